// SPDX-License-Identifier: GPL-2.0-or-later
#include "runindexfile.h"

/* Runs whose figures mean something: the harness did its job in them, whatever the kernel did. */
#define JUDGED "verdict IN ('PASS', 'FAIL')"

GPtrArray *runindex_runs(RunIndex *index, const char *metric, GError **error)
{
	g_autoptr(GPtrArray) runs = g_ptr_array_new_with_free_func((GDestroyNotify)indexedrun_free);
	g_autoptr(sqlite3_stmt) rows =
		sql_prepare(index->db, error,
			    "SELECT path, date, kernel, release, image, series, profile, mode, verdict, key, value"
			    " FROM run_values JOIN runs ON runs.id = run WHERE metric = ? AND " JUDGED
			    " ORDER BY key, series, date, path",
			    "s", metric);
	int more = -1;

	while (rows && (more = sql_step(rows, error)) > 0) {
		g_autofree char *path = sql_text(rows, 0);
		IndexedRun *run = indexedrun_new(path);
		char **texts[] = { &run->date,	  &run->kernel, &run->release, &run->image, &run->series,
				   &run->profile, &run->mode,	&run->verdict, &run->key };

		for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
			*texts[i] = sql_text(rows, (int)i + 1);
		indexedrun_add_value(run, metric, sqlite3_column_int64(rows, G_N_ELEMENTS(texts) + 1));
		g_ptr_array_add(runs, run);
	}
	return more < 0 ? NULL : g_steal_pointer(&runs);
}

GPtrArray *runindex_all(RunIndex *index, GError **error)
{
	g_autoptr(GPtrArray) runs = g_ptr_array_new_with_free_func((GDestroyNotify)indexedrun_free);
	g_autoptr(sqlite3_stmt) rows = sql_prepare(
		index->db, error, "SELECT path, verdict, class, title, problem FROM runs ORDER BY path", "");
	int more = -1;

	while (rows && (more = sql_step(rows, error)) > 0) {
		g_autofree char *path = sql_text(rows, 0);
		IndexedRun *run = indexedrun_new(path);

		run->verdict = sql_text(rows, 1);
		run->class = sql_text(rows, 2);
		run->title = sql_text(rows, 3);
		run->problem = sql_text(rows, 4);
		g_ptr_array_add(runs, run);
	}
	return more < 0 ? NULL : g_steal_pointer(&runs);
}

GPtrArray *runindex_key(RunIndex *index, const char *key, GError **error)
{
	g_autoptr(IndexedRun) holder = indexedrun_new(NULL);
	g_autoptr(sqlite3_stmt) rows =
		sql_prepare(index->db, error, "SELECT name, value FROM keys WHERE key = ? ORDER BY position", "s", key);
	int more = -1;

	while (rows && (more = sql_step(rows, error)) > 0)
		indexedrun_add_part(holder, (const char *)sqlite3_column_text(rows, 0),
				    (const char *)sqlite3_column_text(rows, 1));
	return more < 0 ? NULL : g_ptr_array_ref(holder->parts);
}

bool runindex_previous(RunIndex *index, const IndexedRun *run, char **ret_path, GError **error)
{
	g_autoptr(sqlite3_stmt) rows =
		sql_prepare(index->db, error,
			    "SELECT path FROM runs WHERE key = ? AND series IS ? AND path != ? AND " JUDGED
			    " AND date < ? ORDER BY date DESC, path DESC LIMIT 1",
			    "ssss", run->key, run->series, run->path, run->date);
	int more = rows ? sql_step(rows, error) : -1;

	*ret_path = more > 0 ? sql_text(rows, 0) : NULL;
	return more >= 0;
}

GArray *runindex_metrics(RunIndex *index, GError **error)
{
	g_autoptr(GArray) metrics = g_array_new(FALSE, FALSE, sizeof(IndexedMetric));
	g_autoptr(sqlite3_stmt) rows =
		sql_prepare(index->db, error,
			    "SELECT metric, sum(runs), count(*) FROM (SELECT metric, count(*) AS runs FROM run_values"
			    " JOIN runs ON runs.id = run WHERE " JUDGED " GROUP BY metric, key, series)"
			    " GROUP BY metric ORDER BY metric",
			    "");
	int more = -1;

	while (rows && (more = sql_step(rows, error)) > 0) {
		IndexedMetric one = {
			.metric = g_intern_string((const char *)sqlite3_column_text(rows, 0)),
			.runs = (guint)sqlite3_column_int64(rows, 1),
			.trends = (guint)sqlite3_column_int64(rows, 2),
		};

		g_array_append_val(metrics, one);
	}
	return more < 0 ? NULL : g_steal_pointer(&metrics);
}

static void free_title(gpointer data)
{
	IndexedTitle *one = data;

	g_free(one->title);
	g_free(one->class);
	g_free(one->first);
	g_free(one->last);
	g_free(one->last_path);
	g_free(one);
}

GPtrArray *runindex_titles(RunIndex *index, GError **error)
{
	g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(free_title);
	/* with max() alone, the bare columns are those of that row: SQLite, "Bare columns in an aggregate query" */
	g_autoptr(sqlite3_stmt) rows = sql_prepare(
		index->db, error,
		"SELECT last.title, last.class, first, max(last.date), path, count(*), count(DISTINCT image)"
		" FROM runs AS last JOIN (SELECT title, class, min(date) AS first FROM runs"
		" WHERE title IS NOT NULL GROUP BY title, class) AS begin"
		" ON begin.title = last.title AND begin.class = last.class"
		" GROUP BY last.title, last.class ORDER BY count(*) DESC, last.title",
		"");
	int more = -1;

	while (rows && (more = sql_step(rows, error)) > 0) {
		IndexedTitle *one = g_new0(IndexedTitle, 1);

		one->title = sql_text(rows, 0);
		one->class = sql_text(rows, 1);
		one->first = sql_text(rows, 2);
		one->last = sql_text(rows, 3);
		one->last_path = sql_text(rows, 4);
		one->runs = (guint)sqlite3_column_int64(rows, 5);
		one->images = (guint)sqlite3_column_int64(rows, 6);
		g_ptr_array_add(all, one);
	}
	return more < 0 ? NULL : g_steal_pointer(&all);
}

static void free_series(gpointer data)
{
	IndexedSeries *one = data;

	g_free(one->series);
	g_free(one->kernel);
	g_free(one->mode);
	g_free(one->first);
	g_free(one->last);
	g_free(one);
}

GPtrArray *runindex_series(RunIndex *index, GError **error)
{
	g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(free_series);
	g_autoptr(sqlite3_stmt) rows =
		sql_prepare(index->db, error,
			    "SELECT kernel, series, mode, min(date), max(date), count(*), sum(" JUDGED
			    "), count(DISTINCT key) FROM runs WHERE problem IS NULL"
			    " GROUP BY kernel, series, mode ORDER BY kernel, series, mode",
			    "");
	int more = -1;

	while (rows && (more = sql_step(rows, error)) > 0) {
		IndexedSeries *one = g_new0(IndexedSeries, 1);

		one->kernel = sql_text(rows, 0);
		one->series = sql_text(rows, 1);
		one->mode = sql_text(rows, 2);
		one->first = sql_text(rows, 3);
		one->last = sql_text(rows, 4);
		one->runs = (guint)sqlite3_column_int64(rows, 5);
		one->judged = (guint)sqlite3_column_int64(rows, 6);
		one->keys = (guint)sqlite3_column_int64(rows, 7);
		g_ptr_array_add(all, one);
	}
	return more < 0 ? NULL : g_steal_pointer(&all);
}
