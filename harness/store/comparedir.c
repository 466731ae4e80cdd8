// SPDX-License-Identifier: GPL-2.0-or-later
#include "lines.h"

#include <base/error.h>
#include <base/files.h>
#include <store/comparedir.h>
#include <store/results.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

static const char *const file_names[] = {
	[COMPARE_JSON] = "compare.json",
	[COMPARE_ROUNDS] = "rounds.jsonl",
	[COMPARE_RUNS] = "runs",
	[COMPARE_LOCK] = "lock",
};

static CompareDir *dir_new(const char *path)
{
	CompareDir *dir = g_new0(CompareDir, 1);

	dir->path = g_canonicalize_filename(path, NULL);
	dir->id = g_path_get_basename(dir->path);
	dir->rounds_fd = dir->lock_fd = -1;
	return dir;
}

void comparedir_free(CompareDir *dir)
{
	if (!dir)
		return;
	if (dir->rounds_fd >= 0)
		close(dir->rounds_fd);
	if (dir->lock_fd >= 0)
		close(dir->lock_fd);
	g_strfreev(dir->series);
	g_strfreev(dir->asked);
	g_free(dir->path);
	g_free(dir->id);
	g_free(dir);
}

char *comparedir_file(const CompareDir *dir, CompareFile file)
{
	return g_build_filename(dir->path, file_names[file], NULL);
}

bool comparedir_is(const char *path)
{
	g_autofree char *json = g_build_filename(path, file_names[COMPARE_JSON], NULL);

	return g_file_test(json, G_FILE_TEST_EXISTS);
}

char *comparedir_name(const char *parent, const char *const *series, const char *memory)
{
	g_autoptr(GString) words = g_string_new(NULL);

	/* a series may be a path: its last part says enough */
	for (; *series; series++) {
		g_autofree char *base = g_path_get_basename(*series);

		g_string_append_printf(words, "%s-", base);
	}
	g_string_append(words, memory);
	return results_name(parent, words->str);
}

static bool write_json(const CompareDir *dir, GError **error)
{
	g_autoptr(JsonBuilder) b = json_builder_new();
	g_autofree char *path = comparedir_file(dir, COMPARE_JSON);
	g_autofree char *text = NULL;

	json_builder_begin_object(b);
	json_put_int(b, "schema", COMPAREDIR_SCHEMA);
	json_put_strings(b, "series", (const char *const *)dir->series);
	json_put_bool(b, "anyway", dir->anyway);
	json_put_strings(b, "asked", (const char *const *)dir->asked);
	json_builder_end_object(b);
	text = json_text(b, true);
	return files_write(path, text, strlen(text), error);
}

/* Nobody else, and the file of rounds is open. */
static bool begin_work(CompareDir *dir, GError **error)
{
	g_autofree char *lock = comparedir_file(dir, COMPARE_LOCK);
	g_autofree char *rounds = comparedir_file(dir, COMPARE_ROUNDS);
	g_autofree char *what = g_strdup_printf("the comparison %s", dir->path);

	dir->lock_fd = lines_lock(lock, what, error);
	if (dir->lock_fd < 0)
		return false;
	dir->rounds_fd = lines_open(rounds, error);
	return dir->rounds_fd >= 0;
}

CompareDir *comparedir_create(const char *path, const char *const *series, const char *const *asked, bool anyway,
			      GError **error)
{
	g_autoptr(CompareDir) dir = dir_new(path);
	g_autoptr(GDir) old = g_dir_open(dir->path, 0, NULL);
	g_autofree char *runs = comparedir_file(dir, COMPARE_RUNS);

	dir->series = g_strdupv((char **)series);
	dir->asked = g_strdupv((char **)asked);
	dir->anyway = anyway;
	if (old && g_dir_read_name(old)) {
		error_set(error, KHOTEST_ERROR_INPUT,
			  "%s is not empty: name a new folder, or go on with the comparison in it by --resume %s", path,
			  path);
		return NULL;
	}
	/* compare.json last: a directory that has it is whole */
	return files_mkdirs(runs, error) && begin_work(dir, error) && write_json(dir, error) ? g_steal_pointer(&dir)
											     : NULL;
}

static bool read_json(CompareDir *dir, GError **error)
{
	g_autofree char *path = comparedir_file(dir, COMPARE_JSON);
	g_autoptr(GBytes) bytes = files_read(path, error);
	g_autoptr(JsonObject) object = NULL;

	if (bytes)
		object = json_parse_object(g_bytes_get_data(bytes, NULL), (gssize)g_bytes_get_size(bytes), path, error);
	if (!object || !json_check_schema(object, COMPAREDIR_SCHEMA, path, error))
		return false;
	dir->series = json_get_strings(object, "series");
	dir->asked = json_get_strings(object, "asked");
	dir->anyway = json_get_bool(object, "anyway");
	return g_strv_length(dir->series) >= 2 ||
	       error_set(error, KHOTEST_ERROR_FAILED, "%s names fewer than two series: it is damaged", path);
}

CompareDir *comparedir_open(const char *path, bool for_work, GError **error)
{
	g_autoptr(CompareDir) dir = dir_new(path);

	if (!comparedir_is(path)) {
		error_set(
			error, KHOTEST_ERROR_INPUT,
			"%s is not a comparison directory: it has no %s ('khotest compare A B --runs auto' makes one)",
			path, file_names[COMPARE_JSON]);
		return NULL;
	}
	return read_json(dir, error) && (!for_work || begin_work(dir, error)) ? g_steal_pointer(&dir) : NULL;
}

/* Ends the line, and syncs it: whatever ends the harness loses only what was running. */
static bool end_line(CompareDir *dir, JsonBuilder *b, GError **error)
{
	g_autofree char *what = g_strdup_printf("the comparison %s", dir->path);

	return lines_write_synced(dir->rounds_fd, b, what, error);
}

bool comparedir_note_run(CompareDir *dir, const CompareRun *run, GError **error)
{
	g_autoptr(JsonBuilder) b = json_builder_new();

	json_builder_begin_object(b);
	json_put_int(b, "round", run->round);
	json_put_int(b, "side", run->side);
	json_put_int(b, "position", run->position);
	json_put_string(b, "run", run->run);
	return end_line(dir, b, error);
}

bool comparedir_note_end(CompareDir *dir, const char *why, GError **error)
{
	g_autoptr(JsonBuilder) b = json_builder_new();

	json_builder_begin_object(b);
	json_put_string(b, "end", why);
	return end_line(dir, b, error);
}

static void free_run(gpointer data)
{
	CompareRun *run = data;

	g_free(run->run);
	g_free(run);
}

void comparerounds_free(CompareRounds *rounds)
{
	if (!rounds)
		return;
	g_ptr_array_unref(rounds->runs);
	g_ptr_array_unref(rounds->notes);
	g_free(rounds->end);
	g_free(rounds);
}

/* false: the line says nothing that can be used. */
static bool take_line(JsonObject *line, guint sides, CompareRounds *rounds)
{
	gint64 round = json_get_int(line, "round"), side = json_get_int(line, "side"),
	       position = json_get_int(line, "position");
	const char *name = json_get_name(line, "run"), *end = json_get_string(line, "end");
	CompareRun *run;

	if (end) {
		g_free(rounds->end);
		rounds->end = g_strdup(end);
		return true;
	}
	if (round < 0 || round > G_MAXINT || side < 0 || side >= sides || position < 0 || position > G_MAXINT || !name)
		return false;
	/* somebody went on with it */
	g_clear_pointer(&rounds->end, g_free);
	run = g_new0(CompareRun, 1);
	*run = (CompareRun){ (guint)round, (guint)side, (guint)position, g_strdup(name) };
	g_ptr_array_add(rounds->runs, run);
	return true;
}

CompareRounds *comparerounds_parse(const char *text, guint sides, const char *path)
{
	CompareRounds *rounds = g_new0(CompareRounds, 1);
	g_auto(GStrv) lines = g_strsplit_set(text, "\n", -1);

	rounds->runs = g_ptr_array_new_with_free_func(free_run);
	rounds->notes = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; lines[i]; i++) {
		g_autoptr(JsonObject) line = lines_parse(lines[i]);

		if (*lines[i] && (!line || !take_line(line, sides, rounds)))
			g_ptr_array_add(rounds->notes,
					g_strdup_printf("%s, line %u is damaged, and passed over", path, i + 1));
	}
	return rounds;
}

CompareRounds *comparedir_rounds(const CompareDir *dir)
{
	g_autofree char *path = comparedir_file(dir, COMPARE_ROUNDS);
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) bytes = files_read(path, &error);
	g_autofree char *text = lines_text(bytes);
	CompareRounds *rounds = comparerounds_parse(text, g_strv_length(dir->series), path);

	if (error)
		g_ptr_array_add(rounds->notes, g_strdup(error->message));
	return rounds;
}

char **comparedir_list(const char *parent)
{
	char **names = lines_folders(parent, file_names[COMPARE_JSON]);

	for (char **name = names; *name; name++) {
		char *path = g_build_filename(parent, *name, NULL);

		g_free(*name);
		*name = path;
	}
	return names;
}
