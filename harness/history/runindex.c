// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The file of the index: opened, found unusable, made again; and brought to what
 * the run directories are. Queries are in runquery.c.
 */
#include "runindexfile.h"

#include <base/cancel.h>
#include <base/error.h>
#include <base/files.h>
#include <base/lock.h>
#include <base/log.h>
#include <store/rundir.h>

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
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
	" fingerprint TEXT NOT NULL);"
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

RunIndex *runindex_open(const char *path, const char *maker, GCancellable *cancel, char **ret_why, GError **error)
{
	g_autoptr(RunIndex) index = g_new0(RunIndex, 1);
	g_autofree char *folder = g_path_get_dirname(path);
	g_autofree char *lock = g_strconcat(path, ".lock", NULL);
	g_autofree char *why = NULL;
	bool fresh;

	index->lock_fd = -1;
	*ret_why = NULL;
	if (!files_mkdirs(folder, error))
		return NULL;
	index->lock_fd = lock_wait(lock, "another khotest is reading run directories", cancel, error);
	if (index->lock_fd < 0)
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
	char *fingerprint;
	bool problem;
	bool there; /* its directory still is */
} Known;

static void known_free(gpointer data)
{
	Known *known = data;

	g_free(known->fingerprint);
	g_free(known);
}

/* path to Known */
static GHashTable *read_known(RunIndex *index, GError **error)
{
	g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, known_free);
	g_autoptr(sqlite3_stmt) rows =
		sql_prepare(index->db, error, "SELECT path, id, fingerprint, problem IS NOT NULL FROM runs", "");
	int more = -1;

	while (rows && (more = sql_step(rows, error)) > 0) {
		Known *one = g_new0(Known, 1);

		one->id = sqlite3_column_int64(rows, 1);
		one->fingerprint = sql_text(rows, 2);
		one->problem = sqlite3_column_int(rows, 3);
		g_hash_table_replace(known, sql_text(rows, 0), one);
	}
	return more < 0 ? NULL : g_steal_pointer(&known);
}

static bool drop_run(RunIndex *index, gint64 id, GError **error)
{
	return sql_run(sql_prepare(index->db, error, "DELETE FROM runs WHERE id = ?", "i", id), error);
}

static bool add_run(RunIndex *index, const IndexedRun *run, const char *fingerprint, GError **error)
{
	static const char insert[] = "INSERT INTO runs VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
	gint64 id;

	if (!sql_run(sql_prepare(index->db, error, insert, "ssssssssssssss", run->path, run->date, run->kernel,
				 run->release, run->image, run->series, run->profile, run->mode, run->verdict,
				 run->class, run->title, run->key, run->problem, fingerprint),
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

/* What a verdict goes by, but for records, which the journal seals. */
static const RunFile judged[] = { RUNDIR_JOURNAL,	RUNDIR_PLAN,	     RUNDIR_CONSOLE,
				  RUNDIR_CONSOLE_TIMES, RUNDIR_EMULATOR_LOG, RUNDIR_MACHINE,
				  RUNDIR_MEMORY,	RUNDIR_LINES,	     RUNDIR_CONFIG };

/* The size and the time of each, digested. */
static char *take_fingerprint(const RunDir *dir)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(judged); i++) {
		g_autofree char *path = rundir_file(dir, judged[i]);
		struct stat st = { 0 };

		stat(path, &st);
		g_string_append_printf(text, "%" G_GINT64_FORMAT ".%09ld %" G_GINT64_FORMAT "\n",
				       (gint64)st.st_mtim.tv_sec, st.st_mtim.tv_nsec, (gint64)st.st_size);
	}
	return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text->str, (gssize)text->len);
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
	g_autofree char *fingerprint = NULL;
	g_autoptr(IndexedRun) run = NULL;

	if (!dir || !g_file_test(journal_path, G_FILE_TEST_EXISTS))
		return true; /* gone since the folder was listed */
	update->counts.runs++;
	fingerprint = take_fingerprint(dir);
	if (known && strcmp(known->fingerprint, fingerprint) == 0) {
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
	return add_run(update->index, run, fingerprint, error);
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
