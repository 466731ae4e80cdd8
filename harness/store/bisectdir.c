// SPDX-License-Identifier: GPL-2.0-or-later
#include "lines.h"

#include <base/error.h>
#include <base/files.h>
#include <store/bisectdir.h>
#include <store/results.h>

#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

static const char *const file_names[] = {
	[BISECT_JSON] = "bisect.json", [BISECT_STEPS] = "steps.jsonl", [BISECT_RUNS] = "runs",
	[BISECT_SERIES] = "series",    [BISECT_LOCK] = "lock",
};

static const char *const kind_names[] = { [BISECT_GOOD] = "good", [BISECT_BAD] = "bad", [BISECT_SKIP] = "skip" };

const char *bisectkind_name(BisectKind kind)
{
	return kind_names[kind];
}

BisectStep *bisectstep_new(const char *at)
{
	BisectStep *step = g_new0(BisectStep, 1);

	step->at = g_strdup(at);
	step->kind = BISECT_SKIP;
	step->runs = g_ptr_array_new_with_free_func(g_free);
	step->values = g_array_new(FALSE, FALSE, sizeof(double));
	step->beside = g_array_new(FALSE, FALSE, sizeof(double));
	return step;
}

void bisectstep_free(BisectStep *step)
{
	if (!step)
		return;
	g_free(step->at);
	g_free(step->why);
	g_ptr_array_unref(step->runs);
	g_array_unref(step->values);
	g_array_unref(step->beside);
	g_free(step);
}

static BisectDir *dir_new(const char *path)
{
	BisectDir *dir = g_new0(BisectDir, 1);

	dir->path = g_canonicalize_filename(path, NULL);
	dir->steps_fd = dir->lock_fd = -1;
	return dir;
}

void bisectdir_free(BisectDir *dir)
{
	if (!dir)
		return;
	if (dir->steps_fd >= 0)
		close(dir->steps_fd);
	if (dir->lock_fd >= 0)
		close(dir->lock_fd);
	g_strfreev(dir->asked);
	g_free(dir->good);
	g_free(dir->bad);
	g_free(dir->path);
	g_free(dir);
}

char *bisectdir_file(const BisectDir *dir, BisectFile file)
{
	return g_build_filename(dir->path, file_names[file], NULL);
}

bool bisectdir_is(const char *path)
{
	g_autofree char *json = g_build_filename(path, file_names[BISECT_JSON], NULL);

	return g_file_test(json, G_FILE_TEST_EXISTS);
}

char *bisectdir_name(const char *parent, const char *good, const char *bad)
{
	g_autofree char *words = g_strdup_printf("%.24s-%.24s", good, bad);

	return results_name(parent, words);
}

static bool write_json(const BisectDir *dir, GError **error)
{
	g_autoptr(JsonBuilder) b = json_builder_new();
	g_autofree char *path = bisectdir_file(dir, BISECT_JSON);
	g_autofree char *text = NULL;

	json_builder_begin_object(b);
	json_put_int(b, "schema", BISECTDIR_SCHEMA);
	json_put_string(b, "good", dir->good);
	json_put_string(b, "bad", dir->bad);
	json_put_strings(b, "asked", (const char *const *)dir->asked);
	json_builder_end_object(b);
	text = json_text(b, true);
	return files_write(path, text, strlen(text), error);
}

static bool begin_work(BisectDir *dir, GError **error)
{
	g_autofree char *lock = bisectdir_file(dir, BISECT_LOCK);
	g_autofree char *steps = bisectdir_file(dir, BISECT_STEPS);
	g_autofree char *what = g_strdup_printf("the bisection %s", dir->path);

	dir->lock_fd = lines_lock(lock, what, error);
	if (dir->lock_fd < 0)
		return false;
	dir->steps_fd = lines_open(steps, error);
	return dir->steps_fd >= 0;
}

BisectDir *bisectdir_create(const char *path, const char *const *asked, const char *good, const char *bad,
			    GError **error)
{
	g_autoptr(BisectDir) dir = dir_new(path);
	g_autoptr(GDir) old = g_dir_open(dir->path, 0, NULL);
	g_autofree char *runs = bisectdir_file(dir, BISECT_RUNS);

	dir->asked = g_strdupv((char **)asked);
	dir->good = g_strdup(good);
	dir->bad = g_strdup(bad);
	if (old && g_dir_read_name(old)) {
		error_set(error, KHOTEST_ERROR_INPUT,
			  "%s is not empty: name a new folder, or go on with the bisection in it by --resume %s", path,
			  path);
		return NULL;
	}
	/* bisect.json last: a directory that has it is whole */
	return files_mkdirs(runs, error) && begin_work(dir, error) && write_json(dir, error) ? g_steal_pointer(&dir)
											     : NULL;
}

static bool read_json(BisectDir *dir, GError **error)
{
	g_autofree char *path = bisectdir_file(dir, BISECT_JSON);
	g_autoptr(GBytes) bytes = files_read(path, error);
	g_autoptr(JsonObject) object = NULL;

	if (bytes)
		object = json_parse_object(g_bytes_get_data(bytes, NULL), (gssize)g_bytes_get_size(bytes), path, error);
	if (!object || !json_check_schema(object, BISECTDIR_SCHEMA, path, error))
		return false;
	dir->asked = json_get_strings(object, "asked");
	dir->good = g_strdup(json_get_string(object, "good"));
	dir->bad = g_strdup(json_get_string(object, "bad"));
	return (dir->good && dir->bad && g_strv_length(dir->asked) >= 2) ||
	       error_set(error, KHOTEST_ERROR_FAILED, "%s does not say what was asked for: it is damaged", path);
}

BisectDir *bisectdir_open(const char *path, bool for_work, GError **error)
{
	g_autoptr(BisectDir) dir = dir_new(path);

	if (!bisectdir_is(path)) {
		error_set(error, KHOTEST_ERROR_INPUT,
			  "%s is not the directory of a bisection: it has no %s ('khotest bisect' makes one)", path,
			  file_names[BISECT_JSON]);
		return NULL;
	}
	return read_json(dir, error) && (!for_work || begin_work(dir, error)) ? g_steal_pointer(&dir) : NULL;
}

static void put_values(JsonBuilder *b, const char *name, const GArray *values)
{
	json_begin_array(b, name);
	for (guint i = 0; i < values->len; i++)
		json_builder_add_double_value(b, g_array_index(values, double, i));
	json_builder_end_array(b);
}

void bisectstep_put(JsonBuilder *b, const BisectStep *step)
{
	json_put_string(b, "at", step->at);
	json_put_string(b, "kind", bisectkind_name(step->kind));
	json_put_string(b, "why", step->why);
	json_put_texts(b, "runs", step->runs);
	put_values(b, "values", step->values);
	put_values(b, "beside", step->beside);
}

bool bisectdir_note(BisectDir *dir, const BisectStep *step, GError **error)
{
	g_autoptr(JsonBuilder) b = json_builder_new();
	g_autofree char *what = g_strdup_printf("the bisection %s", dir->path);

	json_builder_begin_object(b);
	bisectstep_put(b, step);
	json_put_bool(b, "host", step->host);
	return lines_write_synced(dir->steps_fd, b, what, error);
}

/* A figure without the good end beside it says nothing: that place is tried again. */
static bool are_pairs(const BisectStep *step)
{
	if (step->values->len != step->beside->len)
		return false;
	for (guint i = 0; i < step->values->len; i++)
		if (isnan(g_array_index(step->values, double, i)) || isnan(g_array_index(step->beside, double, i)))
			return false;
	return true;
}

/* NULL: the line says nothing that can be used, or nothing of the place but only of the host. */
static BisectStep *step_of(JsonObject *line)
{
	const char *at = json_get_string(line, "at"), *kind = json_get_string(line, "kind");
	g_autoptr(BisectStep) step = bisectstep_new(at);
	g_auto(GStrv) runs = json_get_strings(line, "runs");
	guint i;

	for (i = 0; kind && i < G_N_ELEMENTS(kind_names) && strcmp(kind, kind_names[i]) != 0; i++)
		;
	if (!at || !kind || i == G_N_ELEMENTS(kind_names) || json_get_bool(line, "host"))
		return NULL;
	step->kind = (BisectKind)i;
	step->why = g_strdup(json_get_string(line, "why"));
	for (char **run = runs; *run; run++)
		g_ptr_array_add(step->runs, g_path_get_basename(*run));
	g_array_unref(step->values);
	g_array_unref(step->beside);
	step->values = json_get_doubles(line, "values");
	step->beside = json_get_doubles(line, "beside");
	return are_pairs(step) ? g_steal_pointer(&step) : NULL;
}

GPtrArray *bisectsteps_parse(const char *text, guint *ret_damaged)
{
	GPtrArray *steps = g_ptr_array_new_with_free_func((GDestroyNotify)bisectstep_free);
	g_autoptr(GPtrArray) lines = lines_read(text, ret_damaged);

	for (guint i = 0; i < lines->len; i++) {
		BisectStep *step = step_of(lines->pdata[i]);

		if (step)
			g_ptr_array_add(steps, step);
	}
	return steps;
}

GPtrArray *bisectdir_steps(const BisectDir *dir, guint *ret_damaged)
{
	g_autofree char *path = bisectdir_file(dir, BISECT_STEPS);
	g_autoptr(GBytes) bytes = files_read(path, NULL);
	g_autofree char *text = lines_text(bytes);

	return bisectsteps_parse(text, ret_damaged);
}
