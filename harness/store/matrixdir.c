// SPDX-License-Identifier: GPL-2.0-or-later
#include "lines.h"
#include "matrixjournal.h"

#include <base/error.h>
#include <base/files.h>
#include <store/begun.h>
#include <store/results.h>

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static const char *const file_names[] = {
	[MATRIX_PLAN] = "plan", [MATRIX_CELLS] = "cells.json", [MATRIX_JOURNAL] = "journal.jsonl",
	[MATRIX_RUNS] = "runs", [MATRIX_JSON] = "matrix.json", [MATRIX_MARKDOWN] = "matrix.md",
	[MATRIX_LOCK] = "lock",
};

static MatrixDir *dir_new(const char *path)
{
	MatrixDir *dir = g_new0(MatrixDir, 1);

	dir->path = g_canonicalize_filename(path, NULL);
	dir->journal_fd = dir->lock_fd = -1;
	return dir;
}

void matrixdir_free(MatrixDir *dir)
{
	if (!dir)
		return;
	if (dir->journal_fd >= 0)
		close(dir->journal_fd);
	if (dir->lock_fd >= 0)
		close(dir->lock_fd);
	g_clear_pointer(&dir->cells, g_ptr_array_unref);
	g_strfreev(dir->asked);
	g_free(dir->path);
	g_free(dir->plan);
	g_free(dir->summary);
	g_free(dir->sweep);
	g_free(dir);
}

char *matrixdir_file(const MatrixDir *dir, MatrixFile file)
{
	return g_build_filename(dir->path, file_names[file], NULL);
}

bool matrixdir_write(const MatrixDir *dir, MatrixFile file, const char *text, GError **error)
{
	g_autofree char *path = matrixdir_file(dir, file);

	return files_write(path, text, strlen(text), error);
}

char *matrixdir_name(const char *parent, const char *plan)
{
	return results_name(parent, plan);
}

static bool take_lock(MatrixDir *dir, GError **error)
{
	g_autofree char *lock = matrixdir_file(dir, MATRIX_LOCK);
	g_autofree char *what = g_strdup_printf("the matrix %s", dir->path);

	dir->lock_fd = lines_lock(lock, what, error);
	return dir->lock_fd >= 0;
}

static char *cells_json(const MatrixDir *dir)
{
	g_autoptr(JsonBuilder) b = json_builder_new();

	json_builder_begin_object(b);
	json_put_int(b, "schema", MATRIXDIR_SCHEMA);
	json_put_string(b, "plan", dir->plan);
	json_put_string(b, "summary", dir->summary);
	json_put_string(b, "sweep", dir->sweep);
	json_put_strings(b, "asked", (const char *const *)dir->asked);
	json_begin_array(b, "cells");
	for (guint i = 0; i < dir->cells->len; i++)
		cell_put(dir->cells->pdata[i], b);
	json_builder_end_array(b);
	json_builder_end_object(b);
	return json_text(b, true);
}

/* A directory that is not there, or is empty. */
static bool make_folder(const char *path, GError **error)
{
	g_autoptr(GDir) old = g_dir_open(path, 0, NULL);

	if (old && g_dir_read_name(old))
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "%s is not empty: name a new folder, or go on with the matrix in it by --resume %s",
				 path, path);
	return files_mkdirs(path, error);
}

MatrixDir *matrixdir_create(const char *path, const MatrixPlan *plan, GError **error)
{
	g_autoptr(MatrixDir) dir = dir_new(path);
	g_autofree char *runs = matrixdir_file(dir, MATRIX_RUNS);
	g_autofree char *json = NULL;

	dir->schema = MATRIXDIR_SCHEMA;
	dir->plan = g_strdup(plan->name);
	dir->summary = g_strdup(plan->summary);
	dir->sweep = g_strdup(plan->sweep);
	dir->asked = g_strdupv((char **)plan->asked);
	dir->cells = g_ptr_array_ref(plan->cells);
	json = cells_json(dir);
	/* cells.json last: a directory that has it is whole */
	if (!make_folder(path, error) || !take_lock(dir, error) || !files_mkdirs(runs, error) ||
	    !matrixdir_write(dir, MATRIX_PLAN, plan->text, error) || !journal_open(dir, error) ||
	    (plan->cache && !begun_note_text(plan->cache, json, error)) ||
	    !matrixdir_write(dir, MATRIX_CELLS, json, error))
		return NULL;
	return g_steal_pointer(&dir);
}

static bool read_cells(MatrixDir *dir, GError **error)
{
	g_autofree char *path = matrixdir_file(dir, MATRIX_CELLS);
	g_autoptr(GBytes) bytes = files_read(path, error);
	g_autoptr(JsonObject) object = NULL;
	JsonArray *cells;

	if (bytes)
		object = json_parse_object(g_bytes_get_data(bytes, NULL), (gssize)g_bytes_get_size(bytes), path, error);
	if (!object || !json_check_schema(object, MATRIXDIR_SCHEMA, path, error))
		return false;
	dir->schema = (int)json_get_int(object, "schema");
	dir->plan = g_strdup(json_get_name(object, "plan"));
	if (!dir->plan && json_get_string(object, "plan"))
		return error_set(error, KHOTEST_ERROR_FAILED, "%s names a plan that is a path elsewhere: it is damaged",
				 path);
	dir->summary = g_strdup(json_get_string(object, "summary"));
	dir->sweep = g_strdup(json_get_string(object, "sweep"));
	dir->asked = json_get_strings(object, "asked");
	dir->cells = g_ptr_array_new_with_free_func((GDestroyNotify)cell_free);
	cells = json_get_array(object, "cells");
	for (guint i = 0; cells && i < json_array_get_length(cells); i++) {
		JsonNode *node = json_array_get_element(cells, i);
		Cell *cell = cell_get(JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL, error);

		if (!cell) {
			g_prefix_error(error, "%s, cell %u: ", path, i + 1);
			return false;
		}
		g_ptr_array_add(dir->cells, cell);
	}
	return dir->cells->len > 0 || error_set(error, KHOTEST_ERROR_FAILED, "%s has no cells: it is damaged", path);
}

bool matrixdir_copy_plan(const MatrixDir *dir, const char *to, GError **error)
{
	g_autofree char *from = files_find_below(dir->path, file_names[MATRIX_PLAN]);

	if (!from)
		return error_set(error, KHOTEST_ERROR_FAILED, "%s has no file '%s', or it lies elsewhere", dir->path,
				 file_names[MATRIX_PLAN]);
	return files_copy(from, to, error);
}

MatrixDir *matrixdir_open(const char *path, bool for_work, GError **error)
{
	g_autoptr(MatrixDir) dir = dir_new(path);

	if (!matrixdir_is(path)) {
		error_set(error, KHOTEST_ERROR_INPUT, "%s is no directory of a matrix or a sweep: it has no %s", path,
			  file_names[MATRIX_CELLS]);
		return NULL;
	}
	if (!read_cells(dir, error) || (for_work && (!take_lock(dir, error) || !journal_open(dir, error))))
		return NULL;
	return g_steal_pointer(&dir);
}

bool matrixdir_busy(const MatrixDir *dir)
{
	g_autofree char *lock = matrixdir_file(dir, MATRIX_LOCK);

	return files_locked(lock);
}

bool matrixdir_is(const char *path)
{
	g_autofree char *cells = g_build_filename(path, file_names[MATRIX_CELLS], NULL);

	return g_file_test(cells, G_FILE_TEST_EXISTS);
}

char **matrixdir_list(const char *parent)
{
	char **names = lines_folders(parent, file_names[MATRIX_CELLS]);

	for (char **name = names; *name; name++) {
		char *path = g_build_filename(parent, *name, NULL);

		g_free(*name);
		*name = path;
	}
	return names;
}

char *matrixdir_runs_of(const char *path)
{
	g_autofree char *runs = g_build_filename(path, file_names[MATRIX_RUNS], NULL);

	return g_file_test(runs, G_FILE_TEST_IS_DIR) ? g_steal_pointer(&runs) : g_strdup(path);
}
