// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The file of the index: opened, found unusable, made again; and brought to what
 * the run directories are. Queries are in runquery.c.
 */
#include "runindexfile.h"

#include <base/cancel.h>
#include <base/error.h>
#include <base/files.h>
#include <base/log.h>
#include <store/rundir.h>

#include <errno.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define XSTR(x) #x
#define STR(x) XSTR(x)

/* synchronous=OFF: what a power cut spoils is found by the check and made again */
#define SETTINGS "PRAGMA foreign_keys = ON; PRAGMA synchronous = OFF;"

static const char tables[] =
	"BEGIN;"
	"CREATE TABLE about (maker TEXT NOT NULL);"
	"CREATE TABLE runs (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, date TEXT, kernel TEXT, release TEXT,"
	" image TEXT, series TEXT, profile TEXT, mode TEXT, verdict TEXT, class TEXT, title TEXT, key TEXT, problem "
	"TEXT,"
	" journal_ns INTEGER NOT NULL, journal_bytes INTEGER NOT NULL);"
	"CREATE INDEX runs_by_key ON runs (key, series, date);"
	"CREATE TABLE run_values (run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE, metric TEXT NOT NULL,"
	" value INTEGER NOT NULL, PRIMARY KEY (metric, run)) WITHOUT ROWID;"
	"CREATE INDEX values_by_run ON run_values (run);"
	"CREATE TABLE keys (key TEXT NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,"
	" PRIMARY KEY (key, position)) WITHOUT ROWID;"
	"PRAGMA user_version = " STR(RUNINDEX_SCHEMA) ";"
						      "COMMIT;";

static sqlite3 *open_database(const char *path, GError **error)
{
	sqlite3 *db = NULL;

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) == SQLITE_OK)
		return db;
	error_set(error, KHOTEST_ERROR_FAILED, "cannot open the index %s: %s", path, sqlite3_errmsg(db));
	sqlite3_close(db);
	return NULL;
}

/* First column of the first row; NULL if there is none, for whatever reason. */
static char *ask_one(sqlite3 *db, const char *sql)
{
	g_autoptr(sqlite3_stmt) statement = sql_prepare(db, NULL, sql, "");

	return statement && sql_step(statement, NULL) > 0 ? sql_text(statement, 0) : NULL;
}

/* Why the file cannot be used as it is; NULL if it can. Caller frees. */
static char *find_fault(const char *path, const char *maker)
{
	g_autoptr(sqlite3) db = open_database(path, NULL);
	g_autofree char *check = db ? ask_one(db, "PRAGMA quick_check(1)") : NULL;
	g_autofree char *schema = db ? ask_one(db, "PRAGMA user_version") : NULL;
	g_autofree char *made_by = NULL;

	if (g_strcmp0(check, "ok") != 0)
		return g_strdup("it is damaged");
	if (g_strcmp0(schema, STR(RUNINDEX_SCHEMA)) != 0)
		return g_strdup_printf("it has schema %s, and this khotest " STR(RUNINDEX_SCHEMA),
				       schema ? schema : "-");
	made_by = ask_one(db, "SELECT maker FROM about");
	return g_strcmp0(made_by, maker) == 0 ? NULL : g_strdup("it was made by another build of khotest");
}

static bool remove_database(const char *path, GError **error)
{
	g_autofree char *journal = g_strconcat(path, "-journal", NULL);

	if ((g_unlink(path) < 0 && errno != ENOENT) || (g_unlink(journal) < 0 && errno != ENOENT))
		return error_set(error, KHOTEST_ERROR_FAILED, "cannot make the index %s anew: %s", path,
				 g_strerror(errno));
	return true;
}

RunIndex *runindex_open(const char *path, const char *maker, char **ret_why, GError **error)
{
	g_autoptr(RunIndex) index = g_new0(RunIndex, 1);
	g_autofree char *folder = g_path_get_dirname(path);
	g_autofree char *lock = g_strconcat(path, ".lock", NULL);
	g_autofree char *why = NULL;
	bool fresh;

	index->lock_fd = -1;
	*ret_why = NULL;
	if (!files_mkdirs(folder, error) || (index->lock_fd = files_lock(lock, true, error)) < 0)
		return NULL;
	fresh = !g_file_test(path, G_FILE_TEST_EXISTS);
	why = fresh ? NULL : find_fault(path, maker);
	if (why && !remove_database(path, error))
		return NULL;
	index->db = open_database(path, error);
	if (!index->db || !sql_exec(index->db, SETTINGS, error))
		return NULL;
	if ((fresh || why) &&
	    (!sql_exec(index->db, tables, error) ||
	     !sql_run(sql_prepare(index->db, error, "INSERT INTO about VALUES (?)", "s", maker), error)))
		return NULL;
	*ret_why = g_steal_pointer(&why);
	return g_steal_pointer(&index);
}

void runindex_close(RunIndex *index)
{
	if (!index)
		return;
	sqlite3_close(index->db);
	if (index->lock_fd >= 0)
		close(index->lock_fd);
	g_free(index);
}

/* A run that is in the index already. */
typedef struct {
	gint64 id;
	gint64 journal_ns;
	gint64 journal_bytes;
	bool problem;
	bool there; /* its directory still is */
} Known;

/* path to Known */
static GHashTable *read_known(RunIndex *index, GError **error)
{
	g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_autoptr(sqlite3_stmt) rows = sql_prepare(
		index->db, error, "SELECT path, id, journal_ns, journal_bytes, problem IS NOT NULL FROM runs", "");
	int more = -1;

	while (rows && (more = sql_step(rows, error)) > 0) {
		Known *one = g_new0(Known, 1);

		one->id = sqlite3_column_int64(rows, 1);
		one->journal_ns = sqlite3_column_int64(rows, 2);
		one->journal_bytes = sqlite3_column_int64(rows, 3);
		one->problem = sqlite3_column_int(rows, 4);
		g_hash_table_replace(known, sql_text(rows, 0), one);
	}
	return more < 0 ? NULL : g_steal_pointer(&known);
}

static bool drop_run(RunIndex *index, gint64 id, GError **error)
{
	return sql_run(sql_prepare(index->db, error, "DELETE FROM runs WHERE id = ?", "i", id), error);
}

static bool add_run(RunIndex *index, const IndexedRun *run, const struct stat *journal, GError **error)
{
	static const char insert[] = "INSERT INTO runs VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
	gint64 journal_ns = (gint64)journal->st_mtim.tv_sec * 1000000000 + journal->st_mtim.tv_nsec, id;

	if (!sql_run(sql_prepare(index->db, error, insert, "sssssssssssssii", run->path, run->date, run->kernel,
				 run->release, run->image, run->series, run->profile, run->mode, run->verdict,
				 run->class, run->title, run->key, run->problem, journal_ns, (gint64)journal->st_size),
		     error))
		return false;
	id = sqlite3_last_insert_rowid(index->db);
	for (guint i = 0; i < run->values->len; i++) {
		const IndexedValue *one = &g_array_index(run->values, IndexedValue, i);

		if (!sql_run(sql_prepare(index->db, error,
					 "INSERT INTO run_values (run, metric, value) VALUES (?, ?, ?)", "isi", id,
					 one->metric, one->value),
			     error))
			return false;
	}
	for (guint i = 0; i < run->parts->len; i++) {
		const IndexedKeyPart *part = run->parts->pdata[i];

		if (!sql_run(sql_prepare(index->db, error, "INSERT OR IGNORE INTO keys VALUES (?, ?, ?, ?)", "siss",
					 run->key, (gint64)i, part->name, part->value),
			     error))
			return false;
	}
	return true;
}

typedef struct {
	RunIndex *index;
	GHashTable *known;
	RunIndexReadFunc read;
	gpointer data;
	RunIndexUpdate counts;
} Update;

static bool update_run(Update *update, const char *path, GError **error)
{
	g_autoptr(RunDir) dir = rundir_open(path, NULL);
	g_autofree char *journal_path = dir ? rundir_file(dir, RUNDIR_JOURNAL) : NULL;
	Known *known = g_hash_table_lookup(update->known, path);
	g_autoptr(IndexedRun) run = NULL;
	struct stat journal;
	gint64 ns;

	if (!dir || stat(journal_path, &journal) < 0)
		return true; /* gone since the folder was listed */
	update->counts.runs++;
	ns = (gint64)journal.st_mtim.tv_sec * 1000000000 + journal.st_mtim.tv_nsec;
	if (known && known->journal_ns == ns && known->journal_bytes == (gint64)journal.st_size) {
		known->there = true;
		update->counts.unreadable += known->problem;
		return true;
	}
	if (!update->counts.read++)
		log_progress_begin("run directories");
	run = update->read(path, update->data);
	update->counts.unreadable += run->problem != NULL;
	if (known) {
		known->there = true;
		if (!drop_run(update->index, known->id, error))
			return false;
	}
	log_progress_update("%u read", update->counts.read);
	return add_run(update->index, run, &journal, error);
}

static bool update_folder(Update *update, const char *folder, GCancellable *cancel, GError **error)
{
	g_autofree char *absolute = g_canonicalize_filename(folder, NULL);
	g_auto(GStrv) names = rundir_list(absolute);

	for (char **name = names; *name; name++) {
		g_autofree char *path = g_build_filename(absolute, *name, NULL);

		if (cancel_check(cancel, error) || !update_run(update, path, error))
			return false;
	}
	return true;
}

static bool drop_vanished(Update *update, GError **error)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, update->known);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const Known *known = value;

		if (known->there)
			continue;
		update->counts.dropped++;
		if (!drop_run(update->index, known->id, error))
			return false;
	}
	return sql_exec(update->index->db,
			"DELETE FROM keys WHERE key NOT IN (SELECT key FROM runs WHERE key IS NOT NULL)", error);
}

bool runindex_update(RunIndex *index, const char *const *folders, RunIndexReadFunc read, gpointer data,
		     GCancellable *cancel, RunIndexUpdate *ret_update, GError **error)
{
	g_autoptr(GHashTable) known = NULL;
	Update update = { .index = index, .read = read, .data = data };
	g_autoptr(GError) local = NULL;
	bool ok = true;

	if (!sql_exec(index->db, "BEGIN IMMEDIATE", error) || !(known = read_known(index, error)))
		return false;
	update.known = known;
	for (; ok && *folders; folders++)
		ok = update_folder(&update, *folders, cancel, &local);
	ok = ok && drop_vanished(&update, &local);
	if (update.counts.read)
		log_progress_end("%u, and %u of them read", update.counts.runs, update.counts.read);
	if (!ok && !g_error_matches(local, KHOTEST_ERROR, KHOTEST_ERROR_CANCELLED)) {
		sql_exec(index->db, "ROLLBACK", NULL);
		g_propagate_error(error, g_steal_pointer(&local));
		return false;
	}
	if (!sql_exec(index->db, "COMMIT", error))
		return false;
	if (local)
		g_propagate_error(error, g_steal_pointer(&local));
	else if (ret_update)
		*ret_update = update.counts;
	return ok;
}
