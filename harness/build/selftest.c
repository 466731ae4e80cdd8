// SPDX-License-Identifier: GPL-2.0-or-later
#include <build/cache.h>
#include <build/selftest.h>

#include "git.h"
#include "kbuild.h"
#include "selftestfolder.h"
#include "selftestsource.h"
#include "toolenv.h"
#include "tree.h"

#include <base/error.h>
#include <base/files.h>
#include <base/lock.h>
#include <base/log.h>
#include <base/spawn.h>
#include <base/usage.h>

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* Raise it when something here changes what comes out for the same input. */
#define BUILDER_VERSION "1"
#define KEY_LENGTH 16
#define SELFTESTS_BUSY "another khotest, or what is left of one that was killed, is building the same selftests"
#define COMPILE_TIMEOUT_NS (G_GINT64_CONSTANT(300) * 1000000000)

/* What the tests are compiled from, as far as a tree has it. */
static const char *const sources[] = {
	SELFTEST_LIVEUPDATE,
	SELFTEST_KHO,
	"tools/testing/selftests/lib.mk",
	"tools/testing/selftests/kselftest.h",
	"tools/testing/selftests/kselftest_harness.h",
	"tools/testing/selftests/kselftest",
	"tools/include/nolibc",
	"tools/include/uapi",
	"scripts/subarch.include",
};

/* ... and what the headers are made from that the kernel shows to user space. */
static const char *const header_sources[] = {
	"include/uapi",
	"scripts/headers_install.sh",
	"usr/include",
};

/* What of the tree takes part in "make headers". */
static const char *const header_tools[] = { "Makefile", "Kbuild",	"Kconfig",
					    "scripts",	"include/uapi", "include/asm-generic",
					    "usr",	"tools/scripts" };

static bool is_source(const char *path)
{
	for (gsize i = 0; i < G_N_ELEMENTS(sources); i++)
		if (strcmp(path, sources[i]) == 0)
			return true;
	return false;
}

/* A build on its way. */
typedef struct {
	const KernelSpec *spec;
	Tree *tree;
	char *commit; /* the tree with the patches of the series */
	char *tools;
	char *listing; /* what git has of all of the above, a line each: "100644 blob ID\tPATH" */
	char *folder;  /* cache/selftests/KEY */
	char *half;    /* where that is made */
	int lock;      /* what keeps others out of it; 0 before there is one */
} Work;

static void work_clear(Work *work)
{
	tree_free(work->tree);
	g_free(work->commit);
	g_free(work->tools);
	g_free(work->listing);
	g_free(work->folder);
	g_free(work->half);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Work, work_clear)

static Git git_of(const Work *work, char **ret_dir)
{
	*ret_dir = g_build_filename(work->tree->path, ".git", NULL);
	return (Git){ .dir = *ret_dir, .work = work->tree->path };
}

/* What goes in, with the ids of its contents: of what is not there, there is no line. */
static bool list_inputs(Work *work, GError **error)
{
	g_autoptr(GPtrArray) args = g_ptr_array_new();
	g_autofree char *arch = g_strdup_printf("arch/%s/include/uapi", work->spec->arch->kbuild);
	g_autofree char *calls = g_strdup_printf("arch/%s/entry/syscalls", work->spec->arch->kbuild);
	g_autofree char *dir = NULL;
	Git git = git_of(work, &dir);

	g_ptr_array_add(args, (gpointer) "ls-tree");
	g_ptr_array_add(args, work->commit);
	g_ptr_array_add(args, (gpointer) "--");
	for (gsize i = 0; i < G_N_ELEMENTS(sources); i++)
		g_ptr_array_add(args, (gpointer)sources[i]);
	for (gsize i = 0; i < G_N_ELEMENTS(header_sources); i++)
		g_ptr_array_add(args, (gpointer)header_sources[i]);
	g_ptr_array_add(args, arch);
	g_ptr_array_add(args, calls);
	g_ptr_array_add(args, NULL);
	return git_run(&git, (const char *const *)args->pdata, work->spec->cancel, &work->listing, error);
}

static bool begin(const KernelSpec *spec, Work *work, GError **error)
{
	g_autofree char *text = NULL, *key = NULL, *name = NULL;

	*work = (Work){ .spec = spec };
	work->tree = tree_of(spec, error);
	work->tools = work->tree ? kbuild_tools(spec->cancel, error) : NULL;
	work->commit = work->tools
			       ? series_commit(spec->series, work->tree->path, work->tree->base, spec->cancel, error)
			       : NULL;
	if (!work->commit || !list_inputs(work, error))
		return false;
	text = g_strdup_printf("builder %s\narchitecture %s\ntools\n%sfiles\n%s\n", BUILDER_VERSION, spec->arch->name,
			       work->tools, work->listing);
	key = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
	name = g_strndup(key, KEY_LENGTH);
	work->folder = g_build_filename(spec->cache, CACHE_SELFTESTS, name, NULL);
	work->half = g_strconcat(work->folder, ".half", NULL);
	return true;
}

/*
 * half/tree becomes those paths as they are with the patches, as far as they are there. The
 * working copy has no part in it, and no object lands there.
 */
static bool export_paths(const Work *work, const char *half, const char *const *paths, gsize n, GError **error)
{
	g_autoptr(GPtrArray) args = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *to = g_build_filename(half, "tree", NULL), *index = g_build_filename(half, "index", NULL);
	g_autofree char *dir = NULL, *there = NULL;
	Git git = git_of(work, &dir);
	gsize found = 0;

	g_ptr_array_add(args, g_strdup("checkout"));
	g_ptr_array_add(args, g_strdup("-q"));
	g_ptr_array_add(args, g_strdup(work->commit));
	g_ptr_array_add(args, g_strdup("--"));
	for (gsize i = 0; i < n; i++) {
		g_autofree char *object = g_strdup_printf("%s:%s", work->commit, paths[i]);

		if (!git_run(&git, GIT_ARGS("cat-file", "-e", object), work->spec->cancel, NULL, NULL))
			continue;
		g_ptr_array_add(args, g_strdup(paths[i]));
		found++;
	}
	g_ptr_array_add(args, NULL);
	git.work = to;
	git.index = index;
	return files_mkdirs(to, error) &&
	       (!found || git_run(&git, (const char *const *)args->pdata, work->spec->cancel, NULL, error));
}

/* Lines of the listing that are about headers, and what makes them: what their folder is named by. Caller frees. */
static char *headers_key(const Work *work)
{
	g_auto(GStrv) lines = g_strsplit(work->listing, "\n", -1);
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

	g_checksum_update(sum, (const guchar *)BUILDER_VERSION, -1);
	g_checksum_update(sum, (const guchar *)work->tools, -1);
	for (char **line = lines; *line; line++) {
		const char *tab = strchr(*line, '\t');

		if (tab && !is_source(tab + 1))
			g_checksum_update(sum, (const guchar *)*line, -1);
	}
	return g_strndup(g_checksum_get_string(sum), KEY_LENGTH);
}

/*
 * From an export too: whoever builds a kernel in the working copy is not waited for, and not
 * disturbed. The tool's rename makes a folder whole at once, so that two who make the same do no harm.
 */
static bool make_headers_in(const Work *work, const char *half, const char *folder, GError **error)
{
	g_autofree char *tree = g_build_filename(half, "tree", NULL), *output = g_build_filename(half, "out", NULL);
	g_autofree char *usr = g_build_filename(output, "usr", "include", NULL);
	g_autofree char *arch = g_build_filename("arch", work->spec->arch->kbuild, NULL);
	const Kbuild kbuild = { .arch = work->spec->arch,
				.tree = tree,
				.output = output,
				.localversion = "",
				.jobs = work->spec->jobs,
				.lock = work->lock,
				.cancel = work->spec->cancel };

	const char *const of_arch[] = { arch };

	return export_paths(work, half, header_tools, G_N_ELEMENTS(header_tools), error) &&
	       export_paths(work, half, of_arch, 1, error) && kbuild_headers(&kbuild, error) &&
	       (g_rename(usr, folder) == 0 || g_file_test(folder, G_FILE_TEST_IS_DIR) ||
		error_set(error, KHOTEST_ERROR_FAILED, "cannot rename %s to %s: %s", usr, folder, g_strerror(errno)));
}

/* The headers of the tree, which other selftests with the same ones find again. Caller frees. */
static char *make_headers(const Work *work, GError **error)
{
	g_autofree char *parent = g_path_get_dirname(work->folder), *key = headers_key(work);
	g_autofree char *name = g_strconcat("headers-", key, NULL);
	g_autofree char *folder = g_build_filename(parent, name, NULL);
	g_autofree char *half = g_strdup_printf("%s.%d.half", folder, (int)getpid());
	bool ok;

	if (g_file_test(folder, G_FILE_TEST_IS_DIR))
		return g_steal_pointer(&folder);
	log_detail("making the headers for user space of %s in %s", work->tree->describe, folder);
	ok = make_headers_in(work, half, folder, error);
	files_remove_tree(half, NULL);
	return ok ? g_steal_pointer(&folder) : NULL;
}

/*
 * By the tree's own Makefile, statically, since a guest has no libraries: with nolibc where
 * the tree's scripts do so too, else with this host's C library.
 */
static bool compile(const Work *work, const Selftest *test, const char *headers, const char *program, GError **error)
{
	g_autofree char *folder = g_build_filename(work->half, "tree", SELFTEST_LIVEUPDATE, NULL);
	g_autofree char *nolibc = g_build_filename(work->half, "tree", "tools", "include", "nolibc", NULL);
	g_autofree char *out = g_path_get_dirname(program), *output = g_strconcat("OUTPUT=", out, NULL);
	g_autofree char *arch = g_strconcat("ARCH=", work->spec->arch->kbuild, NULL);
	g_autofree char *include = g_strconcat("KHDR_INCLUDES=-isystem ", headers, NULL);
	g_autofree char *flags =
		selftestsource_is_nolibc(folder)
			? g_strdup_printf("CFLAGS=-static -nostdinc -nostdlib -fno-stack-protector -I%s", nolibc)
			: g_strdup("CFLAGS=-static");
	const char *const argv[] = { "make", "-C", folder, arch, output, include, program, NULL };
	/* as a variable of make's it would be the only word: the tree's Makefile adds to it */
	g_auto(GStrv) environment = toolenv_make((const char *const[]){ flags, NULL });
	const SpawnSpec spec = { .argv = argv,
				 .only_env = (const char *const *)environment,
				 .timeout_ns = COMPILE_TIMEOUT_NS,
				 .cancel = work->spec->cancel,
				 .keep_output = true,
				 .lock = work->lock };
	g_auto(SpawnResult) result = { 0 };
	g_autofree char *first = NULL;

	if (!spawn_run(&spec, &result, error))
		return false;
	if (result.status == 0)
		return true;
	first = kbuild_first_error(result.err);
	return error_set(error, KHOTEST_ERROR_FAILED, "the selftest %s of %s does not build: %s", test->source,
			 work->tree->describe, first ? first : g_strstrip(result.err));
}

static bool make_test(const Work *work, const Selftest *test, const char *headers, GError **error)
{
	g_autofree char *out = g_build_filename(work->half, "out", NULL);
	g_autofree char *program = g_build_filename(out, test->name, NULL);

	return files_mkdirs(out, error) && compile(work, test, headers, program, error) &&
	       selftestfolder_write(work->half, test, program, error);
}

static bool is_program(const Selftest *test)
{
	return test->kind == SELFTEST_STAGES || test->kind == SELFTEST_WHOLE;
}

static guint programs_of(const GPtrArray *tests)
{
	guint n = 0;

	for (guint i = 0; i < tests->len; i++)
		n += is_program(tests->pdata[i]);
	return n;
}

static bool make_all(const Work *work, GError **error)
{
	g_autofree char *tree = g_build_filename(work->half, "tree", NULL);
	g_autofree char *out = g_build_filename(work->half, "out", NULL);
	g_autofree char *headers = NULL;
	g_autoptr(GPtrArray) tests = NULL;

	if (!files_remove_tree(work->half, error) ||
	    !export_paths(work, work->half, sources, G_N_ELEMENTS(sources), error))
		return false;
	tests = selftestsource_list(tree);
	if (programs_of(tests)) {
		log_info("building the selftests of %s with series %s", work->tree->describe, work->spec->series->name);
		headers = make_headers(work, error);
		if (!headers)
			return false;
	}
	for (guint i = 0; i < tests->len; i++)
		if (is_program(tests->pdata[i]) && !make_test(work, tests->pdata[i], headers, error))
			return false;
	return files_remove_tree(out, error) && (g_rename(work->half, work->folder) == 0 ||
						 error_set(error, KHOTEST_ERROR_FAILED, "cannot rename %s to %s: %s",
							   work->half, work->folder, g_strerror(errno)));
}

/* Whoever comes second finds what the first has made. */
static bool make_once(Work *work, GError **error)
{
	g_autofree char *parent = g_path_get_dirname(work->folder);
	g_autofree char *lock = g_strconcat(work->folder, ".lock", NULL);
	bool ok;

	if (g_file_test(work->folder, G_FILE_TEST_IS_DIR)) {
		usage_mark(work->folder);
		return true;
	}
	if (!files_mkdirs(parent, error))
		return false;
	work->lock = lock_wait(lock, SELFTESTS_BUSY, work->spec->cancel, error);
	if (work->lock < 0)
		return false;
	ok = g_file_test(work->folder, G_FILE_TEST_IS_DIR) || make_all(work, error);
	close(work->lock);
	return ok;
}

/*
 * What the tests' own configuration asks for beyond the spec, as a file whose name is its content's: folders in which
 * kernels are compiled go by names of fragments (buildfolder.h).
 */
static bool write_fragment(const Work *work, char **ret_path, GError **error)
{
	g_autofree char *of_arch = g_strconcat("config.", work->spec->arch->name, NULL);
	const char *const names[] = { "config", of_arch };
	g_autoptr(GString) all = g_string_new(NULL);
	g_autofree char *wished = kernel_wished(work->spec, error);
	g_autofree char *text = NULL, *digest = NULL, *name = NULL, *parent = NULL;
	g_autoptr(GError) local = NULL;

	if (!wished)
		return false;
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(work->folder, "tree", SELFTEST_LIVEUPDATE, names[i], NULL);
		g_autofree char *own = NULL;

		if (g_file_get_contents(path, &own, NULL, NULL))
			g_string_append_printf(all, "%s\n", own);
	}
	text = selftestsource_lacking(all->str, wished, SELFTEST_LIVEUPDATE "/config", &local);
	if (local) {
		g_propagate_error(error, g_steal_pointer(&local));
		return false;
	}
	if (!text)
		return true;
	digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
	name = g_strdup_printf("%.12s.config", digest);
	parent = g_build_filename(work->spec->cache, CACHE_SELFTESTS, "fragments", NULL);
	*ret_path = g_build_filename(parent, name, NULL);
	usage_mark(parent);
	return g_file_test(*ret_path, G_FILE_TEST_IS_REGULAR) ||
	       (files_mkdirs(parent, error) && files_write(*ret_path, text, strlen(text), error));
}

SelftestSet *selftest_build(const KernelSpec *spec, GError **error)
{
	g_auto(Work) work = { 0 };
	g_autoptr(SelftestSet) set = g_new0(SelftestSet, 1);
	g_autofree char *tree = NULL;

	if (!kernel_tools(error) || !begin(spec, &work, error) || !make_once(&work, error))
		return NULL;
	set->folder = g_strdup(work.folder);
	set->describe = g_strdup(work.tree->describe);
	tree = g_build_filename(work.folder, "tree", NULL);
	set->tests = selftestsource_list(tree);
	for (guint i = 0; i < set->tests->len; i++) {
		Selftest *test = set->tests->pdata[i];

		if (is_program(test))
			test->payload = g_build_filename(work.folder, test->name, NULL);
	}
	return write_fragment(&work, &set->fragment, error) ? g_steal_pointer(&set) : NULL;
}
