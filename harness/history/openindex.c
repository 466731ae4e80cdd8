// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/error.h>
#include <base/files.h>
#include <base/log.h>
#include <history/openindex.h>
#include <history/readrun.h>
#include <store/comparedir.h>
#include <store/matrixdir.h>
#include <store/results.h>

/* The runs of all directories that list() finds. */
static void add_runs(GPtrArray *folders, char **(*list)(const char *), const char *parent)
{
	g_auto(GStrv) paths = list(parent);

	for (char **path = paths; *path; path++) {
		g_autofree char *runs = matrixdir_runs_of(*path);

		g_ptr_array_add(folders, g_canonicalize_filename(runs, NULL));
	}
}

/* Where khotest itself puts run directories, unless it is told otherwise. A sweep is a matrix too. */
static GPtrArray *default_folders(const char *results)
{
	GPtrArray *folders = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *runs = g_build_filename(results, RUNS_FOLDER, NULL);
	g_autofree char *matrices = g_build_filename(results, MATRICES_FOLDER, NULL);
	g_autofree char *sweeps = g_build_filename(results, SWEEPS_FOLDER, NULL);
	g_autofree char *comparisons = g_build_filename(results, COMPARISONS_FOLDER, NULL);

	g_ptr_array_add(folders, g_canonicalize_filename(runs, NULL));
	add_runs(folders, matrixdir_list, matrices);
	add_runs(folders, matrixdir_list, sweeps);
	add_runs(folders, comparedir_list, comparisons);
	return folders;
}

/* A folder of run directories, or of a matrix or a comparison, which have them in runs/. */
static bool add_folder(const char *path, GPtrArray *folders, GError **error)
{
	g_autofree char *runs = matrixdir_runs_of(path);

	if (!g_file_test(path, G_FILE_TEST_IS_DIR))
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "there is no folder %s: --runs takes one that has run directories in it", path);
	g_ptr_array_add(folders, g_canonicalize_filename(runs, NULL));
	return true;
}

/* In the cache, under a name that stands for these folders. */
static char *cached_index(const char *cache, char **folders)
{
	g_autofree char *all = g_strjoinv("\n", folders);
	g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, all, -1);
	g_autofree char *name = g_strdup_printf("%.16s.sqlite", digest);

	return g_build_filename(cache, "index", name, NULL);
}

RunIndex *openindex(const char *cache, const char *results, char **folders, RunIndexUpdate *ret_update,
		    GCancellable *cancel, GError **error)
{
	g_autoptr(GPtrArray) list = folders ? g_ptr_array_new_with_free_func(g_free) : default_folders(results);
	g_autofree char *path = NULL, *why = NULL;
	g_autofree char *maker = files_sha256("/proc/self/exe", error);
	g_autoptr(RunIndex) index = NULL;

	for (char **folder = folders; folder && *folder; folder++)
		if (!add_folder(*folder, list, error))
			return NULL;
	g_ptr_array_add(list, NULL);
	path = folders ? cached_index(cache, (char **)list->pdata) : g_build_filename(results, INDEX_FILE, NULL);
	index = maker ? runindex_open(path, maker, cancel, &why, error) : NULL;
	if (!index && !folders)
		g_prefix_error(error, "%s cannot hold its index ('--runs %s/runs' keeps one in the cache): ", results,
			       results);
	if (!index)
		return NULL;
	if (why)
		log_info("the index %s is made anew: %s", path, why);
	if (!runindex_update(index, (const char *const *)list->pdata, readrun, NULL, cancel, ret_update, error))
		return NULL;
	return g_steal_pointer(&index);
}

char *openindex_previous(const char *cache, const char *results, const Result *result, GCancellable *cancel,
			 GError **error)
{
	g_autoptr(GPtrArray) defaults = default_folders(results);
	g_autofree char *folder = g_path_get_dirname(result->path);
	char *only[] = { folder, NULL };
	bool usual = g_ptr_array_find_with_equal_func(defaults, folder, g_str_equal, NULL);
	g_autoptr(RunIndex) index = openindex(cache, results, usual ? NULL : only, NULL, cancel, error);
	g_autoptr(IndexedRun) run = readrun_from_result(result);
	char *path = NULL;

	if (!index || !runindex_previous(index, run, &path, error))
		return NULL;
	if (!path)
		error_set(
			error, KHOTEST_ERROR_INPUT,
			"no run before %s has its key and series, below %s; --against RUNDIR takes any other, and with "
			"--anyway one that cannot be compared",
			result->id, usual ? results : folder);
	return path;
}
