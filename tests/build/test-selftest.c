// SPDX-License-Identifier: GPL-2.0-or-later
#include "sandbox.h"
#include "selftestfolder.h"
#include "selftestsource.h"

#include <base/error.h>
#include <base/files.h>

#include <string.h>

static void test_words(void)
{
	/* as in 7.2, and what else make takes */
	static const char makefile[] = "LIB_C += luo_test_utils.c\n"
				       "TEST_GEN_PROGS += liveupdate\n"
				       "# TEST_GEN_PROGS += commented\n"
				       "TEST_GEN_PROGS_EXTENDED += luo_kexec_simple # a remark\n"
				       "TEST_GEN_PROGS_EXTENDED += \\\n"
				       "\tluo_multi_session \\\n"
				       "\tluo_stress_files\n"
				       "include ../lib.mk\n"
				       "TEST_O := $(patsubst %, %.o, $(TEST_GEN_PROGS))\n"
				       "$(TEST_GEN_PROGS) $(TEST_GEN_PROGS_EXTENDED): $(OUTPUT)/%: %.o $(LIB_O)\n"
				       "ANEW = a\nANEW := b $(c) d\n";
	g_auto(GStrv) whole = selftestsource_words(makefile, "TEST_GEN_PROGS");
	g_auto(GStrv) staged = selftestsource_words(makefile, "TEST_GEN_PROGS_EXTENDED");
	g_auto(GStrv) anew = selftestsource_words(makefile, "ANEW");
	g_auto(GStrv) none = selftestsource_words(makefile, "TEST_PROGS");
	g_autofree char *all_whole = g_strjoinv(" ", whole), *all_staged = g_strjoinv(" ", staged);
	g_autofree char *all_anew = g_strjoinv(" ", anew);

	g_assert_cmpstr(all_whole, ==, "liveupdate");
	g_assert_cmpstr(all_staged, ==, "luo_kexec_simple luo_multi_session luo_stress_files");
	g_assert_cmpstr(all_anew, ==, "b d");
	g_assert_null(none[0]);
}

static void test_kind(void)
{
	g_assert_cmpint(selftestsource_kind("int main() {\n\treturn luo_test(argc, argv, NAME,\n", true), ==,
			SELFTEST_STAGES);
	g_assert_cmpint(selftestsource_kind("TEST_HARNESS_MAIN\n", false), ==, SELFTEST_WHOLE);
	g_assert_cmpint(selftestsource_kind("int main() { return not_luo_test(); }\n", true), ==, SELFTEST_UNKNOWN);
}

static void test_lacking(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *some = selftestsource_lacking("CONFIG_TMPFS=y\nCONFIG_LIVEUPDATE_TEST=y\n\nCONFIG_HZ=100\n",
						       "CONFIG_TMPFS=y\nCONFIG_HZ=100\n", "config", &error);
	g_autofree char *none = selftestsource_lacking("CONFIG_TMPFS=y\n", "CONFIG_TMPFS=y\n", "config", &error);

	g_assert_no_error(error);
	g_assert_null(none);
	g_assert_nonnull(strstr(some, "\n# khotest: where known\nCONFIG_LIVEUPDATE_TEST=y\n"));
	g_assert_null(strstr(some, "TMPFS"));
	g_assert_null(strstr(some, "CONFIG_HZ"));
	g_assert_null(selftestsource_lacking("nonsense\n", "", "its/config", &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "its/config", "nonsense");
}

/* A kernel's source, as far as selftests are concerned: lib.mk prefixes programs, make headers makes headers. */
static void write_tree(Sandbox *sandbox)
{
	sandbox_write(sandbox, "tree/Kconfig", "");
	sandbox_write(sandbox, "tree/Kbuild", "");
	sandbox_write(sandbox, "tree/Makefile",
		      "VERSION = 7\nPATCHLEVEL = 9\nSUBLEVEL = 0\nEXTRAVERSION =\n"
		      "headers:\n\tmkdir -p $(O)/usr/include/linux\n"
		      "\tcp include/uapi/linux/luo.h $(O)/usr/include/linux/\n");
	sandbox_write(sandbox, "tree/include/uapi/linux/luo.h", "#define LUO_ANSWER 42\n");
	sandbox_write(sandbox, "tree/tools/testing/selftests/lib.mk",
		      "TEST_GEN_PROGS := $(patsubst %,$(OUTPUT)/%,$(TEST_GEN_PROGS))\n"
		      "TEST_GEN_PROGS_EXTENDED := $(patsubst %,$(OUTPUT)/%,$(TEST_GEN_PROGS_EXTENDED))\n"
		      "all:\n");
}

static void write_tests(Sandbox *sandbox)
{
	sandbox_write(sandbox, "tree/" SELFTEST_LIVEUPDATE "/Makefile",
		      "TEST_GEN_PROGS += liveupdate\nTEST_GEN_PROGS_EXTENDED += luo_simple\n"
		      "TEST_GEN_PROGS_EXTENDED += luo_odd\n"
		      "TEST_GEN_PROGS_EXTENDED += luo_gone\ninclude ../lib.mk\nCFLAGS += $(KHDR_INCLUDES)\n"
		      "$(TEST_GEN_PROGS) $(TEST_GEN_PROGS_EXTENDED): $(OUTPUT)/%: %.o\n"
		      "\t$(CC) $(CFLAGS) $< -o $@\n");
	sandbox_write(sandbox, "tree/" SELFTEST_LIVEUPDATE "/config", "CONFIG_TMPFS=y\nCONFIG_LIVEUPDATE_TEST=y\n");
	sandbox_write(sandbox, "tree/" SELFTEST_LIVEUPDATE "/liveupdate.c",
		      "#include <linux/luo.h>\nint main(void) { return LUO_ANSWER; }\n");
	sandbox_write(sandbox, "tree/" SELFTEST_LIVEUPDATE "/luo_simple.c",
		      "static int luo_test(int argc, char **argv) { return argc * 10 + argv[2][0] - '0'; }\n"
		      "int main(int argc, char **argv) { return luo_test(argc, argv); }\n");
	sandbox_write(sandbox, "tree/" SELFTEST_LIVEUPDATE "/luo_odd.c", "int main(void) { return 0; }\n");
	sandbox_write(sandbox, "tree/" SELFTEST_KHO "/vmtest.sh", "#!/bin/bash\n");
}

static SelftestSet *build(Sandbox *sandbox, GError **error)
{
	g_autofree char *tree = sandbox_path(sandbox, "tree"), *cache = sandbox_path(sandbox, "cache");
	g_autoptr(Series) series = series_none();
	const KernelSpec spec = { .arch = arch_default(),
				  .user_tree = tree,
				  .series = series,
				  .kconfigs = KCONFIGS,
				  .profile = "check",
				  .cache = cache,
				  .jobs = 1 };

	return selftest_build(&spec, error);
}

static const Selftest *test_of(const SelftestSet *set, guint i, const char *name, SelftestKind kind)
{
	const Selftest *test = set->tests->pdata[i];

	g_assert_cmpstr(test->name, ==, name);
	g_assert_cmpint(test->kind, ==, kind);
	return test;
}

static int status_of(Sandbox *sandbox, const Selftest *test, const char *hook)
{
	g_autofree char *command = g_strdup_printf("cd '%s' && s=0; ./%s || s=$?; echo $s", test->payload, hook);
	g_autofree char *out = sandbox_run(sandbox, command);

	return atoi(out);
}

static void test_build(Sandbox *sandbox, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(SelftestSet) set = NULL, again = NULL, other = NULL;
	g_autofree char *fragment = NULL, *left = NULL, *payload = NULL, *kept = NULL;
	const Selftest *test;

	write_tree(sandbox);
	write_tests(sandbox);
	set = build(sandbox, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(set->tests->len, ==, 4);
	g_assert_null(test_of(set, 0, "kho", SELFTEST_TESTDATA)->payload);
	/* the headers are the tree's own */
	test = test_of(set, 1, "liveupdate", SELFTEST_WHOLE);
	g_assert_cmpint(status_of(sandbox, test, "setup"), ==, 42);
	g_assert_cmpint(status_of(sandbox, test, "last"), ==, 42);
	test = test_of(set, 2, "luo_simple", SELFTEST_STAGES);
	g_assert_cmpint(status_of(sandbox, test, "before"), ==, 31);
	g_assert_cmpint(status_of(sandbox, test, "after"), ==, 32);
	payload = g_build_filename(test->payload, "payload", NULL);
	g_assert_true(g_file_get_contents(payload, &kept, NULL, NULL));
	g_assert_nonnull(strstr(kept, "\nsummary: the kernel's own " SELFTEST_LIVEUPDATE "/luo_simple.c\n"));
	g_assert_null(test_of(set, 3, "luo_odd", SELFTEST_UNKNOWN)->payload);
	/* TMPFS is in base.config */
	g_assert_true(g_file_get_contents(set->fragment, &fragment, NULL, NULL));
	g_assert_nonnull(strstr(fragment, "CONFIG_LIVEUPDATE_TEST=y"));
	g_assert_null(strstr(fragment, "TMPFS"));
	/* what the user has is as it was */
	left = sandbox_run(sandbox, "find tree -name '*.o' -o -type f -perm /111 -o -name usr");
	g_assert_cmpstr(left, ==, "");

	/* what has no part in it changes nothing, what has does */
	sandbox_write(sandbox, "tree/mm/memblock.c", "int x;\n");
	again = build(sandbox, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(again->folder, ==, set->folder);
	sandbox_write(sandbox, "tree/include/uapi/linux/luo.h", "#define LUO_ANSWER 43\n");
	other = build(sandbox, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(other->folder, !=, set->folder);
	g_assert_cmpstr(other->fragment, ==, set->fragment);
	g_assert_cmpint(status_of(sandbox, other->tests->pdata[1], "setup"), ==, 43);
}

static void test_none(Sandbox *sandbox, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(SelftestSet) set = NULL;

	write_tree(sandbox);
	set = build(sandbox, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(set->tests->len, ==, 0);
	g_assert_null(set->fragment);
}

static void test_broken(Sandbox *sandbox, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(SelftestSet) set = NULL;

	write_tree(sandbox);
	write_tests(sandbox);
	sandbox_write(sandbox, "tree/" SELFTEST_LIVEUPDATE "/luo_simple.c", "int main(void) { return luo_test(}\n");
	g_assert_null(build(sandbox, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_FAILED, "luo_simple.c of ", "does not build", "error: expected");
	/* and leaves nothing that would be taken for whole */
	write_tests(sandbox);
	set = build(sandbox, &error);
	g_assert_no_error(error);
	g_assert_cmpint(status_of(sandbox, set->tests->pdata[2], "after"), ==, 32);
}

static void test_nolibc(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *folder = sandbox_path(sandbox, "folder");

	sandbox_write(sandbox, "folder/Makefile", "CFLAGS += -O2\n");
	g_assert_false(selftestsource_is_nolibc(folder));
	sandbox_write(sandbox, "folder/vmtest.sh", "gcc -nostdinc -I tools/include/nolibc\n");
	g_assert_true(selftestsource_is_nolibc(folder));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/build/selftest/words", test_words);
	g_test_add_func("/build/selftest/kind", test_kind);
	g_test_add_func("/build/selftest/lacking", test_lacking);
	sandbox_add("/build/selftest/nolibc", test_nolibc);
	sandbox_add("/build/selftest/build", test_build);
	sandbox_add("/build/selftest/none", test_none);
	sandbox_add("/build/selftest/broken", test_broken);
	return g_test_run();
}
