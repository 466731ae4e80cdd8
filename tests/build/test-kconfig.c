// SPDX-License-Identifier: GPL-2.0-or-later
#include "kconfigtree.h"
#include "sandbox.h"

#include <build/kconfig.h>

#include <base/error.h>

#include <string.h>

static void test_parse(void)
{
	g_autoptr(GPtrArray) wishes = g_ptr_array_new();
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL, *joined = NULL;
	g_auto(GStrv) words = NULL;

	kconfig_parse("# about it\n\nCONFIG_B=y\nCONFIG_A=18\nCONFIG_S=\"x y\"\n", "base", wishes, &error);
	g_assert_no_error(error);
	kconfig_parse("# CONFIG_B is not set\nCONFIG_C=0x1f", "mine", wishes, &error);
	g_assert_no_error(error);
	text = kconfig_text(wishes);
	g_assert_cmpstr(text, ==, "CONFIG_A=18\n# CONFIG_B is not set\nCONFIG_C=0x1f\nCONFIG_S=\"x y\"\n");
	words = kconfig_words(wishes);
	joined = g_strjoinv("|", words);
	g_assert_cmpstr(joined, ==, "CONFIG_A=18|CONFIG_B=n|CONFIG_C=0x1f|CONFIG_S=\"x y\"");
}

static void test_parse_bad(void)
{
	static const char *const lines[] = { "CONFIG_A",  "A=y",	  "CONFIG_A=yes",
					     "CONFIG_=y", "CONFIG_A B=y", "CONFIG_A=\"x" };

	for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
		g_autoptr(GPtrArray) wishes = g_ptr_array_new();
		g_autofree char *text = g_strconcat("\n", lines[i], NULL);
		g_autoptr(GError) error = NULL;

		g_assert_false(kconfig_parse(text, "mine", wishes, &error));
		sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "mine, line 2", lines[i]);
	}
}

static void test_find(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = kconfig_find(KCONFIGS, "deferred", &error);

	g_assert_no_error(error);
	g_assert_true(g_str_has_suffix(path, "/deferred.config"));
	g_assert_null(kconfig_find(KCONFIGS, "defered", &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "'defered'", "did you mean deferred");
}

static GHashTable *table(const char *const *pairs)
{
	GHashTable *config = g_hash_table_new(g_str_hash, g_str_equal);

	for (; *pairs; pairs += 2)
		g_hash_table_insert(config, (gpointer)pairs[0], (gpointer)pairs[1]);
	return config;
}

static void test_evaluate(void)
{
	static const char *const pairs[] = { "YES", "y", "MOD", "m", "NUM", "12", "NO", "n", NULL };
	static const struct {
		const char *expression;
		int value;
	} cases[] = {
		{ "YES", 1 },
		{ "ABSENT", 0 },
		{ "!ABSENT", 1 },
		{ "MOD", 1 },
		{ "YES && NO", 0 },
		{ "NO || YES", 1 },
		{ "NO || YES && NO", 0 },
		{ "(NO || YES) && !NO", 1 },
		{ "NUM=12", 1 },
		{ "NUM != 12", 0 },
		{ "YES=y && MOD!=y", 1 },
		{ "$(cc-option,-fx)", -1 },
		{ "$(f,(x)) && NO", 0 },
		{ "$(f,(x)) && YES", -1 },
		{ "$(f,(x)) || YES", 1 },
		{ "!$(f,x)", -1 },
		{ "NUM > 4 && NO", 0 },
		{ "NUM > 4", -1 },
	};
	g_autoptr(GHashTable) config = table(pairs);

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
		if (kconfigtree_evaluate(cases[i].expression, config) != cases[i].value)
			g_error("%s is not %d", cases[i].expression, cases[i].value);
}

/* A small kernel's Kconfig: what surrounds a symbol counts, help texts do not. */
static void make_tree(Sandbox *sandbox)
{
	sandbox_write(sandbox, "Kconfig",
		      "mainmenu \"x\"\nsource \"init/Kconfig\"\n\nmenu \"Live\"\n\tdepends on !DEFERRED\n\n"
		      "source \"live/Kconfig\"\nendmenu\nconfig OUTSIDE\n\tbool \"o\"\n");
	sandbox_write(sandbox, "init/Kconfig",
		      "config DEFERRED\n\tbool \"d\"\n\thelp\n\t  config HANDOVER\n\t  depends on OUTSIDE\n\n"
		      "source \"arch/$(SRCARCH)/Kconfig\"\n");
	sandbox_write(sandbox, "arch/x86/Kconfig", "config ARCH_OK\n\tdef_bool y\n");
	sandbox_write(sandbox, "live/Kconfig",
		      "if ARCH_OK\nconfig OTHER\n\tbool \"n\"\n\tdepends on NEVER\n\nconfig HANDOVER\n\tbool \"h\"\n"
		      "\tdepends on ARCH_OK && \\\n\t\tSMP\n\tdepends on $(cc-option,-fx)\n\tselect OTHER\n"
		      "\thelp\n\t  depends on HELP\nendif\nconfig NAMED\n\tstring \"s\" if OUTSIDE\n");
}

static void test_verify(Sandbox *sandbox, gconstpointer data)
{
	g_autoptr(GPtrArray) wishes = g_ptr_array_new();
	g_autoptr(GError) error = NULL;

	make_tree(sandbox);
	kconfig_parse("CONFIG_HANDOVER=y\nCONFIG_ARCH_OK=y\n# CONFIG_ABSENT is not set\n", "kho", wishes, NULL);
	kconfig_verify(wishes, "CONFIG_ARCH_OK=y\nCONFIG_HANDOVER=y\n", arch_default(), NULL, &error);
	g_assert_no_error(error);

	g_assert_false(kconfig_verify(wishes, "CONFIG_ARCH_OK=y\nCONFIG_DEFERRED=y\n# CONFIG_SMP is not set\n",
				      arch_default(), sandbox->path, &error));
	g_assert_null(strstr(error->message, "HELP"));
	g_assert_null(strstr(error->message, "NEVER"));
	g_assert_null(strstr(error->message, "OUTSIDE"));
	g_assert_null(strstr(error->message, "CONFIG_ABSENT"));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "CONFIG_HANDOVER=y (asked for by kho) became n",
			     "depends on !DEFERRED (Kconfig:5), and DEFERRED=y",
			     "depends on ARCH_OK && SMP (live/Kconfig:8)", "SMP=n");
}

static void test_verify_others(Sandbox *sandbox, gconstpointer data)
{
	g_autoptr(GPtrArray) wishes = g_ptr_array_new();
	g_autoptr(GError) error = NULL;

	make_tree(sandbox);
	kconfig_parse("CONFIG_NOWHERE=y\nCONFIG_OUTSIDE=n\nCONFIG_NUMBER=3\n", "mine", wishes, NULL);
	g_assert_false(
		kconfig_verify(wishes, "CONFIG_OUTSIDE=y\nCONFIG_NUMBER=4\n", arch_default(), sandbox->path, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT,
			     "CONFIG_NOWHERE=y (asked for by mine) became n: this kernel has no such symbol",
			     "CONFIG_OUTSIDE=n (asked for by mine) became y",
			     "CONFIG_NUMBER=3 (asked for by mine) became 4");
}

static void test_where_known(Sandbox *sandbox, gconstpointer data)
{
	g_autoptr(GPtrArray) wishes = g_ptr_array_new();
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;

	make_tree(sandbox);
	kconfig_parse(
		"# about it\n# khotest: where known\n# more\nCONFIG_NOWHERE=y\nCONFIG_HANDOVER=y\n\nCONFIG_GONE=y\n",
		"mine", wishes, &error);
	g_assert_no_error(error);
	/* it is asked for all the same: the kernel decides */
	text = kconfig_text(wishes);
	g_assert_cmpstr(text, ==, "CONFIG_GONE=y\nCONFIG_HANDOVER=y\nCONFIG_NOWHERE=y\n");
	g_assert_false(kconfig_verify(wishes, "CONFIG_ARCH_OK=y\n", arch_default(), sandbox->path, &error));
	g_assert_null(strstr(error->message, "CONFIG_NOWHERE"));
	/* known, but not kept; and the empty line ended it */
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "CONFIG_HANDOVER=y (asked for by mine) became n",
			     "CONFIG_GONE=y (asked for by mine) became n: this kernel has no such symbol");
	/* of a kernel that was built from the same text: its tree was asked then */
	g_assert_false(kconfig_verify(wishes, "CONFIG_HANDOVER=y\n", arch_default(), NULL, &error));
	g_assert_null(strstr(error->message, "CONFIG_NOWHERE"));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT,
			     "CONFIG_GONE=y (asked for by mine) became n: this kernel has no such symbol");
}

/* A symbol that is not there is off, so that a slip of the pen would do nothing, and nobody would be told. */
static void test_unknown(Sandbox *sandbox, gconstpointer data)
{
	g_autoptr(GPtrArray) wishes = g_ptr_array_new(), known = g_ptr_array_new();
	g_autoptr(GError) error = NULL;
	g_autofree char *unknown = NULL;

	make_tree(sandbox);
	kconfig_parse("CONFIG_OUTSDIE=n\n# CONFIG_HANDOVR is not set\nCONFIG_GONE=y\nCONFIG_HANDOVER=n\n"
		      "CONFIG_OUTSIDE=n\nCONFIG_GENERATED=n\n# khotest: where known\nCONFIG_NOWHERE=n\n",
		      "--config", wishes, &error);
	g_assert_no_error(error);
	unknown = kconfig_unknown(wishes, "# CONFIG_OUTSIDE is not set\n# CONFIG_GENERATED is not set\n",
				  arch_default(), sandbox->path);
	g_assert_cmpstr(unknown, ==, "CONFIG_OUTSDIE, CONFIG_HANDOVR");
	kconfig_parse("CONFIG_HANDOVER=n\n", "--config", known, NULL);
	g_assert_null(kconfig_unknown(known, "", arch_default(), sandbox->path));
}

/* Many options are lost with one pair that is not allowed: what to do is said once, at the end. */
static void test_pair(Sandbox *sandbox, gconstpointer data)
{
	g_autoptr(GPtrArray) wishes = g_ptr_array_new();
	g_autoptr(GError) error = NULL;

	sandbox_write(sandbox, "Kconfig",
		      "config DEFERRED_STRUCT_PAGE_INIT\n\tbool \"d\"\n\nconfig KEXEC_HANDOVER\n\tbool \"k\"\n"
		      "\tdepends on !DEFERRED_STRUCT_PAGE_INIT\n\nconfig KEXEC_HANDOVER_DEBUGFS\n\tbool \"d\"\n"
		      "\tdepends on KEXEC_HANDOVER\n");
	kconfig_parse("CONFIG_DEFERRED_STRUCT_PAGE_INIT=y\nCONFIG_KEXEC_HANDOVER=y\nCONFIG_KEXEC_HANDOVER_DEBUGFS=y\n",
		      "kho", wishes, NULL);
	g_assert_false(
		kconfig_verify(wishes, "CONFIG_DEFERRED_STRUCT_PAGE_INIT=y\n", arch_default(), sandbox->path, &error));
	g_assert_nonnull(strstr(error->message, "try -f no-deferred, or another kernel"));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "CONFIG_KEXEC_HANDOVER=y", "CONFIG_KEXEC_HANDOVER_DEBUGFS=y");
	/* lost for another reason, it is no advice */
	g_assert_false(kconfig_verify(wishes, "CONFIG_DEFERRED_STRUCT_PAGE_INIT=y\nCONFIG_KEXEC_HANDOVER=y\n",
				      arch_default(), sandbox->path, &error));
	g_assert_null(strstr(error->message, "no-deferred"));
	g_clear_error(&error);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/kconfig/parse", test_parse);
	g_test_add_func("/kconfig/parse-bad", test_parse_bad);
	g_test_add_func("/kconfig/find", test_find);
	g_test_add_func("/kconfig/evaluate", test_evaluate);
	sandbox_add("/kconfig/verify", test_verify);
	sandbox_add("/kconfig/verify-others", test_verify_others);
	sandbox_add("/kconfig/where-known", test_where_known);
	sandbox_add("/kconfig/unknown", test_unknown);
	sandbox_add("/kconfig/pair", test_pair);
	return g_test_run();
}
