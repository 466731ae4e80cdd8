// SPDX-License-Identifier: GPL-2.0-or-later
/* Where results go that have no -o: not into a tree that is being tested. */
#include <campaign/resultsfolder.h>

#include <base/files.h>

#include <unistd.h>

static char *place;

/* In folder of the place, with that tree and project. */
static void check(const char *folder, const char *tree, const char *project, const char *wanted)
{
	g_autofree char *cwd = g_build_filename(place, folder, NULL), *got = NULL;
	bool moved;

	g_test_message("%s: --tree %s", folder, tree ? tree : "not given");
	g_assert_cmpint(chdir(cwd), ==, 0);
	got = results_folder(tree, project, &moved);
	g_assert_cmpstr(got, ==, wanted);
	g_assert_cmpint(moved, ==, g_strcmp0(wanted, "results") != 0);
}

static void test_places(void)
{
	g_autofree char *project = g_build_filename(place, "project", "results", NULL);
	g_autofree char *tree = g_build_filename(place, "linux", NULL);
	g_autofree char *tree_ref = g_strconcat(tree, "@v7.1", NULL), *linked = g_build_filename(place, "link", NULL);
	g_autofree char *state = g_build_filename(place, "state", "khotest", NULL);

	check("linux", NULL, project, "results");
	check("linux", ".", project, project);
	check("linux/mm", "..", project, project);
	check("linux", ".@HEAD", project, project);
	check("linux/mm", tree_ref, project, project);
	check("linux", linked, project, project);
	check("link/mm", tree, project, project);
	check(".", "linux", project, "results");
	check("linux-next", tree, project, "results");
	/* a project that cannot be written into */
	check("linux", ".", "/etc/passwd/results", state);
}

int main(int argc, char **argv)
{
	g_autofree char *state = NULL;
	int status;

	g_test_init(&argc, &argv, NULL);
	place = g_dir_make_tmp("khotest-results-XXXXXX", NULL);
	g_assert_nonnull(place);
	state = g_build_filename(place, "state", NULL);
	g_setenv("XDG_STATE_HOME", state, TRUE);
	g_assert_cmpint(chdir(place), ==, 0);
	g_assert_cmpint(g_mkdir_with_parents("linux/mm", 0755), ==, 0);
	g_assert_cmpint(g_mkdir_with_parents("linux-next", 0755), ==, 0);
	g_assert_cmpint(g_mkdir_with_parents("project", 0755), ==, 0);
	g_assert_cmpint(symlink("linux", "link"), ==, 0);
	g_test_add_func("/results-folder/places", test_places);
	status = g_test_run();
	g_assert_true(files_remove_tree(place, NULL));
	g_free(place);
	return status;
}
