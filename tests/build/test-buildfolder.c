// SPDX-License-Identifier: GPL-2.0-or-later
/* Which kernels share a build folder, and how a new one begins. */
#include "buildfolder.h"
#include "sandbox.h"

#include <base/log.h>

#include <string.h>

static char *name_with(const char *const *fragments, const char *const *config)
{
	g_autoptr(Series) series = series_none();
	KernelSpec spec = { .series = series, .profile = "check", .extra_fragments = fragments, .config = config };

	return buildfolder_name(&spec, "7.1");
}

static void test_name(void)
{
	static const char *const hugetlb[] = { "hugetlb", NULL }, *const both[] = { "hugetlb", "cma", NULL };
	static const char *const turned[] = { "cma", "hugetlb", NULL };
	static const char *const hz[] = { "CONFIG_HZ=250", NULL }, *const other_hz[] = { "HZ=1000", NULL };
	g_autofree char *plain = name_with(NULL, NULL), *one = name_with(hugetlb, NULL), *two = name_with(both, NULL);
	g_autofree char *again = name_with(turned, NULL), *set = name_with(NULL, hz),
			*changed = name_with(NULL, other_hz);

	g_assert_cmpstr(plain, ==, "7.1-check-deferred");
	g_assert_true(g_str_has_prefix(one, "7.1-check-deferred+"));
	g_assert_cmpstr(one, !=, two);
	g_assert_cmpstr(two, ==, again);
	/* another value of the same symbol is the next edit of the same thing */
	g_assert_cmpstr(set, ==, changed);
	g_assert_cmpstr(set, !=, one);
}

static void prepare_by(Sandbox *sandbox, const char *name, const char *tools)
{
	g_autofree char *parent = sandbox_path(sandbox, "build");
	g_autoptr(GError) error = NULL;

	buildfolder_prepare(parent, name, tools, NULL, &error);
	g_assert_no_error(error);
}

static void prepare(Sandbox *sandbox, const char *name)
{
	prepare_by(sandbox, name, "gcc 12\n");
}

/* The copy has the times of the original, which make goes by; what the original becomes later is not in it. */
static void test_seed(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *times = NULL, *kept = NULL, *empty = NULL, *command = NULL, *moved = NULL, *wanted = NULL;

	prepare(sandbox, "t-check");
	sandbox_write(sandbox, "build/t-check/mm/page_alloc.o", "object");
	/* what make compares with the command that it would run now */
	command = g_strdup_printf("savedcmd_x := gcc -o %s/build/t-check/tools/objtool/x.o\n", sandbox->path);
	sandbox_write(sandbox, "build/t-check/tools/objtool/.x.o.cmd", command);
	g_free(sandbox_run(sandbox,
			   "touch -d 2020-01-01 build/t-check/mm/page_alloc.o; ln -s /tree build/t-check/source"));
	prepare(sandbox, "t-check+0123abcd");
	times = sandbox_run(sandbox, "cd build/t-check+0123abcd; cat mm/page_alloc.o; date -r mm/page_alloc.o +%Y; "
				     "readlink source; ls ..");
	g_assert_cmpstr(times, ==, "object2020\n/tree\nt-check\nt-check+0123abcd");
	moved = sandbox_run(sandbox, "cat build/t-check+0123abcd/tools/objtool/.x.o.cmd");
	wanted = g_strdup_printf("savedcmd_x := gcc -o %s/build/t-check+0123abcd/tools/objtool/x.o", sandbox->path);
	g_assert_cmpstr(moved, ==, wanted);
	sandbox_write(sandbox, "build/t-check+0123abcd/mm/page_alloc.o", "other");
	prepare(sandbox, "t-check+0123abcd");
	kept = sandbox_run(sandbox, "cat build/t-check+0123abcd/mm/page_alloc.o build/t-check/mm/page_alloc.o");
	g_assert_cmpstr(kept, ==, "otherobject");
	/* without one to begin from it is empty */
	prepare(sandbox, "u-check+0123abcd");
	empty = sandbox_run(sandbox, "ls -A build/u-check+0123abcd");
	g_assert_cmpstr(empty, ==, ".tools");
}

/* Those used last stay, and none of another kind goes. */
static void test_prune(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *left = NULL;

	for (guint i = 1; i <= 4; i++) {
		g_autofree char *name = g_strdup_printf("t-check+0000000%u", i);
		g_autofree char *touch = g_strdup_printf("touch -d 2026-01-0%u build/%s/khotest.fragment", i, name);

		prepare(sandbox, name);
		g_free(sandbox_run(sandbox, touch));
	}
	prepare(sandbox, "t-check-deferred+00000001");
	g_free(sandbox_run(sandbox, "touch -d 2026-01-05 build/t-check+00000002/khotest.fragment"));
	prepare(sandbox, "t-check+00000005");
	left = sandbox_run(sandbox, "ls build | tr '\\n' ' '");
	g_assert_cmpstr(left, ==, "t-check+00000002 t-check+00000004 t-check+00000005 t-check-deferred+00000001");
}

/* After an upgrade make would look for headers of the compiler that is gone: nothing of it stays, in copies neither. */
static void test_other_tools(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *same = NULL, *plain = NULL, *copied = NULL, *old = NULL;

	prepare(sandbox, "t-check");
	sandbox_write(sandbox, "build/t-check/a.o", "of gcc 12");
	prepare(sandbox, "t-check");
	same = sandbox_run(sandbox, "cat build/t-check/a.o");
	g_assert_cmpstr(same, ==, "of gcc 12");
	prepare_by(sandbox, "t-check+0123abcd", "gcc 14\n");
	copied = sandbox_run(sandbox, "ls build/t-check+0123abcd");
	g_assert_cmpstr(copied, ==, "");
	prepare_by(sandbox, "t-check", "gcc 14\n");
	sandbox_write(sandbox, "build/t-check/a.o", "of gcc 14");
	prepare(sandbox, "t-check");
	plain = sandbox_run(sandbox, "ls build/t-check");
	g_assert_cmpstr(plain, ==, "");
	/* one from before this was kept: nobody knows */
	g_free(sandbox_run(sandbox, "mkdir build/u-check; touch build/u-check/a.o"));
	prepare(sandbox, "u-check");
	old = sandbox_run(sandbox, "ls build/u-check");
	g_assert_cmpstr(old, ==, "");
}

/* What is younger than now would not be built again by make when its source changes now. */
static void test_clock(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *kept = NULL, *gone = NULL, *seeded = NULL;

	prepare(sandbox, "t-check");
	sandbox_write(sandbox, "build/t-check/mm/page_alloc.o", "object");
	prepare(sandbox, "t-check");
	kept = sandbox_run(sandbox, "ls -A build/t-check");
	g_assert_cmpstr(kept, ==, ".tools\nmm");
	g_free(sandbox_run(sandbox, "touch -d '+1 hour' build/t-check/mm/page_alloc.o"));
	prepare(sandbox, "t-check+0123abcd");
	seeded = sandbox_run(sandbox, "ls -A build/t-check+0123abcd");
	g_assert_cmpstr(seeded, ==, ".tools");
	sandbox_write(sandbox, "build/t-check/mm/page_alloc.o", "object");
	g_free(sandbox_run(sandbox, "touch -d '+1 hour' build/t-check/mm/page_alloc.o"));
	prepare(sandbox, "t-check");
	gone = sandbox_run(sandbox, "ls -A build/t-check");
	g_assert_cmpstr(gone, ==, ".tools");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	log_set_level(LOG_QUIET);
	g_test_add_func("/buildfolder/name", test_name);
	sandbox_add("/buildfolder/seed", test_seed);
	sandbox_add("/buildfolder/prune", test_prune);
	sandbox_add("/buildfolder/other-tools", test_other_tools);
	sandbox_add("/buildfolder/clock", test_clock);
	return g_test_run();
}
