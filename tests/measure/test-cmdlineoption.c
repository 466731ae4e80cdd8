// SPDX-License-Identifier: GPL-2.0-or-later
/* Words of the command line that need an option of the kernel, and what kexec's messages mean. */
#include <arch/arch.h>
#include <measure/cmdlineoption.h>
#include <measure/kexechint.h>

#include <string.h>

static void test_find(void)
{
	static const struct {
		const char *word;
		const char *options; /* NULL: none are needed */
	} cases[] = {
		{ "crashkernel=128M", "CRASH_DUMP" },
		{ "cma=64M", "CMA DMA_CMA" },
		{ "hugepages=64", "HUGETLBFS" },
		{ "hugetlb_cma=1G", "HUGETLBFS CMA" },
		{ "numa=fake=2", "NUMA_EMU" },
		{ "numa=off", NULL },
		{ "slab_debug=FZPU", "SLUB_DEBUG" },
		{ "slub_debug", "SLUB_DEBUG" },
		{ "slab-debug=P", "SLUB_DEBUG" },
		{ "page_owner=on", "PAGE_OWNER" },
		{ "page_ownership=on", NULL },
		{ "kho_scratch=banana", "KEXEC_HANDOVER" },
		{ "kho=on", "KEXEC_HANDOVER" },
		{ "khotest.hop=0", NULL },
		{ "kfence.sample_interval=10", "KFENCE" },
		{ "\"numa=fake=1G,2G\"", "NUMA_EMU" },
		{ "cma", NULL }, /* without a value nothing takes it */
		{ "quiet", NULL },
		{ "", NULL },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		const char *options = "stale";

		g_test_message("%s", cases[i].word);
		g_assert_cmpint(cmdline_option_for(cases[i].word, &options), ==, cases[i].options != NULL);
		g_assert_cmpstr(options, ==, cases[i].options);
	}
}

static void test_advice(void)
{
	g_autofree char *one = cmdline_option_advice("hugepages=64"), *two = cmdline_option_advice("hugetlb_cma=1G");
	g_autofree char *three = cmdline_option_advice("numa_cma=0:64M"), *ours = cmdline_option_advice("kho=on");

	g_assert_cmpstr(one, ==, "it needs CONFIG_HUGETLBFS=y in the kernel: add -f hugetlb");
	g_assert_cmpstr(two, ==, "it needs CONFIG_HUGETLBFS=y and CONFIG_CMA=y in the kernel: add -f hugetlb");
	g_assert_cmpstr(three, ==,
			"it needs CONFIG_CMA=y, CONFIG_DMA_CMA=y and CONFIG_DMA_NUMA_CMA=y in the kernel: add -f cma");
	g_assert_cmpstr(ours, ==, "it needs CONFIG_KEXEC_HANDOVER=y in the kernel");
	g_assert_null(cmdline_option_advice("loglevel=3"));
}

static void test_words(void)
{
	g_auto(GStrv) words = cmdline_words("  a=1 b=\"x y\" \"c=d e\"\tf\n");
	g_autofree char *joined = g_strjoinv("|", words);
	g_auto(GStrv) none = cmdline_words(" ");

	g_assert_cmpstr(joined, ==, "a=1|b=\"x y\"|\"c=d e\"|f");
	g_assert_null(none[0]);
}

static void test_unmet(void)
{
	static const char config[] = "CONFIG_CMA=y\n# CONFIG_NUMA_EMU is not set\nCONFIG_HUGETLBFS=m\nCONFIG_DMA_CMA=y";
	g_auto(GStrv) unmet = cmdline_option_unmet("hugepages=2 cma=64M numa=fake=2 quiet hugetlb_cma=1G", config);
	g_autofree char *joined = g_strjoinv(" ", unmet);

	g_assert_cmpstr(joined, ==, "hugepages=2 numa=fake=2 hugetlb_cma=1G");
}

/* Each fragment that is named is there, and says what it is named for, together with what every kernel has. */
static void test_fragments(void)
{
	gsize count;
	const CmdlineOption *list = cmdline_option_list(&count);
	g_autofree char *base = NULL, *kho = NULL;

	g_assert_true(g_file_get_contents(KCONFIGS "/base.config", &base, NULL, NULL));
	g_assert_true(g_file_get_contents(KCONFIGS "/kho.config", &kho, NULL, NULL));
	for (gsize i = 0; i < count; i++) {
		g_autofree char *path = g_strdup_printf("%s/%s.config", KCONFIGS, list[i].fragment);
		g_autofree char *own = NULL, *all = NULL;
		g_auto(GStrv) unmet = NULL;

		g_test_message("%s", list[i].word);
		if (list[i].fragment && !g_file_get_contents(path, &own, NULL, NULL))
			g_error("there is no %s", path);
		all = g_strconcat(base, kho, own ? own : "", NULL);
		unmet = cmdline_option_unmet(list[i].word, all);
		g_assert_null(unmet[0]);
	}
}

static void test_kexec_hint(void)
{
	g_assert_nonnull(strstr(kexec_hint("kexec_file_load failed: Cannot assign requested address"),
				"no scratch region has room"));
	g_assert_nonnull(strstr(kexec_hint("kexec_file_load failed: Operation not permitted"), "kexec_load_disabled"));
	g_assert_cmpstr(kexec_hint("kexec_file_load failed: Exec format error"), ==, arch_default()->load_hint);
	g_assert_null(kexec_hint("Cannot open `/boot/bzImage': No such file or directory"));
	g_assert_null(kexec_hint(""));
	g_assert_null(kexec_hint(NULL));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/cmdline-option/find", test_find);
	g_test_add_func("/cmdline-option/advice", test_advice);
	g_test_add_func("/cmdline-option/words", test_words);
	g_test_add_func("/cmdline-option/unmet", test_unmet);
	g_test_add_func("/cmdline-option/fragments", test_fragments);
	g_test_add_func("/kexec/hint", test_kexec_hint);
	return g_test_run();
}
