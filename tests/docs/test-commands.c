// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every command of a document, one after the other, as its reader enters them, in an empty folder: each has to end with
 * the exit status that the document states ("# exit status 1"), or with 0. A block of another language with a name
 * behind it ("ini my.plan") is a file that the reader writes. A block of shell that is not run has to say why, and what
 * runs it ("sh not-run: ...").
 *
 * usage: test-commands KHOTEST PROJECT DOCUMENT
 */
#include "markdown.h"

#include <base/files.h>
#include <base/spawn.h>

#include <string.h>
#include <unistd.h>

#define NOT_RUN "not-run: "
#define STATUS "# exit status "
#define TIMEOUT_S 1200

static char *khotest, *project, *document, *folder;
static guint run;

/* The command with its comment cut off, which may state how it ends. */
static int expected_status(char *command)
{
	char *status = strstr(command, STATUS);
	char *comment = strstr(command, "  #");
	int expected = status ? atoi(status + strlen(STATUS)) : 0;

	if (status)
		*status = '\0';
	else if (comment)
		*comment = '\0';
	g_strchomp(command);
	return expected;
}

static void run_command(const MarkdownBlock *block, char *command)
{
	int expected = expected_status(command);
	const char *const argv[] = { "sh", "-c", command, NULL };
	SpawnSpec spec = { .argv = argv, .cwd = folder, .timeout_ns = TIMEOUT_S * 1000000000ll, .keep_output = true };
	g_auto(SpawnResult) result = { 0 };
	g_autoptr(GError) error = NULL;
	gint64 begin = g_get_monotonic_time();

	g_test_message("line %u: %s", block->line, command);
	spawn_run(&spec, &result, &error);
	g_assert_no_error(error);
	g_test_message("exit status %d, %.1f s", result.status,
		       (double)(g_get_monotonic_time() - begin) / G_USEC_PER_SEC);
	if (result.status != expected)
		g_test_message("%s%s", result.out, result.err);
	g_assert_cmpint(result.status, ==, expected);
	run++;
}

static void do_block(const MarkdownBlock *block)
{
	g_auto(GStrv) info = g_strsplit(block->info, " ", 2);
	g_auto(GStrv) commands = NULL;

	if (g_strv_length(info) < 1)
		return;
	if (strcmp(info[0], "sh") != 0) {
		g_autofree char *path = info[1] ? g_build_filename(folder, info[1], NULL) : NULL;

		if (path)
			g_assert_true(files_write_fast(path, block->text, strlen(block->text), NULL));
		return;
	}
	if (info[1]) {
		g_assert_true(g_str_has_prefix(info[1], NOT_RUN));
		g_assert_cmpuint(strlen(info[1]), >, strlen(NOT_RUN) + 10);
		g_test_message("line %u is not run: %s", block->line, info[1] + strlen(NOT_RUN));
		return;
	}
	commands = markdown_commands(block->text);
	for (char **command = commands; *command; command++)
		run_command(block, *command);
}

/* What a reader has: a khotest in the PATH, and the folders of the project that documents name. */
static void furnish(void)
{
	static const char *const folders[] = { "patches", "plans", "kconfigs", "docs", "initramfs" };
	g_autofree char *bin = g_build_filename(folder, "bin", NULL), *program = g_build_filename(bin, "khotest", NULL);
	g_autofree char *path = g_strdup_printf("%s:%s", bin, g_getenv("PATH"));
	g_autofree char *config = g_build_filename(folder, "config", NULL);

	g_assert_true(files_mkdirs(bin, NULL));
	g_assert_cmpint(symlink(khotest, program), ==, 0);
	for (guint i = 0; i < G_N_ELEMENTS(folders); i++) {
		g_autofree char *from = g_build_filename(project, folders[i], NULL);
		g_autofree char *to = g_build_filename(folder, folders[i], NULL);

		g_assert_cmpint(symlink(from, to), ==, 0);
	}
	g_setenv("PATH", path, TRUE);
	g_setenv("XDG_CONFIG_HOME", config, TRUE);
	/* not among the reader's own */
	g_setenv("KHOTEST_RESULTS", "results", TRUE);
}

/*
 * A kernel tree of the reader's, "linux", for documents that have one: it borrows the objects of 7.1 in the cache, and
 * git is told that all files but three are elsewhere, so that none has to be written. False if the cache has no such
 * tree.
 */
static bool furnish_tree(void)
{
	g_autofree char *objects = g_build_filename(g_get_user_cache_dir(), "khotest/trees/7.1/.git", NULL);
	g_autofree char *command = g_strdup_printf(
		"git init -q -b my-branch linux && cd linux && echo '%s/objects' >.git/objects/info/alternates &&"
		"git update-ref HEAD $(git --git-dir='%s' rev-parse base) && git read-tree HEAD &&"
		"git checkout-index Makefile Kconfig Kbuild && git ls-files | grep -vxE 'Makefile|Kconfig|Kbuild' | "
		"git update-index --skip-worktree "
		"--stdin",
		objects, objects);
	const char *const argv[] = { "sh", "-euc", command, NULL };
	g_autoptr(GError) error = NULL;

	if (!g_file_test(objects, G_FILE_TEST_IS_DIR))
		return false;
	spawn_check(argv, folder, NULL, NULL, &error);
	g_assert_no_error(error);
	return true;
}

static void test_document(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) bytes = files_read(document, &error);
	g_autofree char *text = bytes ? g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes)) : NULL;
	g_autoptr(GPtrArray) blocks = NULL;

	g_assert_no_error(error);
	if (strstr(text, "--tree linux") && !furnish_tree()) {
		g_test_skip("the cache has no tree of 7.1 yet");
		return;
	}
	blocks = markdown_blocks(text);
	for (guint i = 0; i < blocks->len; i++)
		do_block(blocks->pdata[i]);
	g_test_message("%u commands", run);
	g_assert_cmpuint(run, >, 0);
}

int main(int argc, char **argv)
{
	g_autofree char *name = NULL, *path = NULL;
	int status;

	g_test_init(&argc, &argv, NULL);
	g_assert_cmpint(argc, ==, 4);
	khotest = argv[1];
	project = argv[2];
	document = argv[3];
	folder = g_dir_make_tmp("khotest-docs-XXXXXX", NULL);
	g_assert_nonnull(folder);
	furnish();
	name = g_path_get_basename(document);
	path = g_strconcat("/docs/", name, NULL);
	g_test_add_func(path, test_document);
	status = g_test_run();
	g_assert_true(files_remove_tree(folder, NULL));
	return status;
}
