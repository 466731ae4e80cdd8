// SPDX-License-Identifier: GPL-2.0-or-later
/* The guest's command line: what it is made of, and what is refused before a kernel would choke on it. */
#include <arch/arch.h>
#include <base/error.h>
#include <run/cmdline.h>

#include <string.h>

static const char *const nonces[] = { "0123456789abcdef", "fedcba9876543210", NULL };

static void test_make(void)
{
	CmdlineSpec spec = { .profile = "check", .tsc_khz = 2400000, .append = "a=1 b", .nonces = nonces };
	g_autofree char *check = cmdline_make(&spec), *timing = NULL, *counted = NULL, *second = NULL;

	g_assert_nonnull(strstr(check, " earlycon="));
	g_assert_true(g_str_has_suffix(check, " tsc_early_khz=2400000 no_timer_check a=1 b khotest.hop=0 "
					      "khotest.nonces=0123456789abcdef,fedcba9876543210"));
	/* what tests/guest/test-initramfs.c has the guest make of it for the next kernel */
	spec.hop = 1;
	second = cmdline_make(&spec);
	g_assert_true(g_str_has_prefix(second, "khotest.hop=1 khotest.last=1 console="));
	g_assert_true(g_str_has_suffix(second, " a=1 b khotest.nonces=0123456789abcdef,fedcba9876543210"));
	spec.own = (const char *const[]){ "first=1", "second=2 x", NULL };
	g_free(second);
	second = cmdline_make(&spec);
	g_assert_true(g_str_has_suffix(second, ",fedcba9876543210 khotest.own second=2 x"));
	spec.own = NULL;
	spec.hop = 0;
	spec.profile = "timing";
	spec.tsc_khz = 0;
	spec.append = NULL;
	timing = cmdline_make(&spec);
	g_assert_null(strstr(timing, "earlycon"));
	g_assert_null(strstr(timing, "tsc_early_khz"));
	g_assert_null(strstr(timing, "no_timer_check"));
	spec.counted = true;
	counted = cmdline_make(&spec);
	g_assert_nonnull(strstr(counted, " tsc_early_khz=1000000 no_timer_check nolapic_timer "));
}

static void test_words(void)
{
	static const struct {
		const char *append;
		const char *says; /* NULL: it is taken */
	} cases[] = {
		{ NULL, NULL },
		{ "", NULL },
		{ "dyndbg=\"file mm/* +p\" quiet", NULL },
		{ "a=\"b", "double quote is not closed" },
		{ "a=\"b\" c\"", "double quote is not closed" },
		{ "quiet\nloglevel=3", "character 6 is a newline (0x0a)" },
		{ "quiet\tloglevel=3", "character 6 is a tab (0x09)" },
		{ "quiet\x1b[0m", "character 6 is a control character (0x1b)" },
		{ "a\x7f", "character 2 is a control character (0x7f)" },
		{ "name=\xc3\xa0", "character 6 is not ASCII (0xc3)" },
		{ "quiet khotest.hop=1", "leave out 'khotest.hop=1'" },
		{ "\"khotest.nonces=1\"", "are the harness's own" },
		{ "xkhotest.hop=1", NULL },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		bool taken = cmdline_check_words(cases[i].append, "-a", &error);

		g_assert_cmpint(taken, ==, !cases[i].says);
		if (taken)
			continue;
		g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT);
		g_assert_true(g_str_has_prefix(error->message, "-a: "));
		if (!strstr(error->message, cases[i].says))
			g_error("case %" G_GSIZE_FORMAT ": '%s' lacks '%s'", i, error->message, cases[i].says);
	}
}

/* The longest -a that is taken with so many kernels. */
static guint longest(guint hops)
{
	g_autofree const char **many = g_new0(const char *, hops + 1);
	CmdlineSpec spec = { .profile = "check", .nonces = many };

	for (guint i = 0; i < hops; i++)
		many[i] = nonces[0];
	for (guint length = arch_default()->cmdline_most; length > 0; length--) {
		g_autofree char *append = g_strnfill(length, 'x');

		spec.append = append;
		if (cmdline_check_length(&spec, "-a", NULL)) {
			g_autofree char *line = cmdline_make(&spec);

			/* of a chain, the second kernel's line is the longer one, and its limit the lower */
			g_assert_cmpuint(strlen(line) + (hops > 1 ? strlen("khotest.last=0 ") : 0) + (hops > 10), ==,
					 hops > 1 ? 2016 : 2047);
			return length;
		}
	}
	g_assert_not_reached();
}

static void test_length(void)
{
	g_autofree char *append = g_strnfill(2000, 'x');
	CmdlineSpec spec = { .profile = "check", .append = append, .nonces = nonces };
	g_autoptr(GError) error = NULL;
	guint two = longest(2);

	g_assert_cmpuint(longest(1), ==, two + 17 + 15 + 31);
	g_assert_cmpuint(longest(3), ==, two - 17);
	g_assert_cmpuint(longest(11), ==, two - 9 * 17 - 1);
	g_assert_false(cmdline_check_length(&spec, "-a", &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT);
	g_assert_nonnull(strstr(error->message, "2000 of them from -a"));
	g_assert_nonnull(strstr(error->message, "takes 2016: shorten -a by "));
	g_assert_nonnull(strstr(error->message, "--profile timing makes it 34 shorter"));
	/* the longest of all counts, wherever in the chain it is */
	g_clear_error(&error);
	spec.append = NULL;
	spec.own = (const char *const[]){ append, NULL, NULL };
	g_assert_false(cmdline_check_length(&spec, "--chain", &error));
	g_assert_nonnull(strstr(error->message, "2000 of them from --chain"));
	spec.own = (const char *const[]){ "short", "shorter", NULL };
	g_assert_true(cmdline_check_length(&spec, "--chain", NULL));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cmdline/make", test_make);
	g_test_add_func("/cmdline/words", test_words);
	g_test_add_func("/cmdline/length", test_length);
	return g_test_run();
}
