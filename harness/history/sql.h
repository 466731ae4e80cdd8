/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HISTORY_SQL_H
#define HISTORY_SQL_H

#include <glib.h>
#include <sqlite3.h>
#include <stdbool.h>

/*
 * The little that is needed of SQLite's interface (https://www.sqlite.org/c3ref/intro.html).
 * Errors: FAILED, with the file and what to do about it.
 */

/* Statements without values, as many as there are. */
bool sql_exec(sqlite3 *db, const char *sql, GError **error);

/* A statement with its parameters: types has "s" (const char *, NULL is stored as NULL) or "i" (gint64) for each. */
sqlite3_stmt *sql_prepare(sqlite3 *db, GError **error, const char *sql, const char *types, ...);

/* The next row: 1; 0 at the end; -1 with an error. */
int sql_step(sqlite3_stmt *statement, GError **error);

/* The same for a statement that has no rows; finalises it. NULL is passed on as failure. */
bool sql_run(sqlite3_stmt *statement, GError **error);

/* Text of a column of the present row; NULL if it is NULL. Caller frees. */
char *sql_text(sqlite3_stmt *statement, int column);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(sqlite3_stmt, sqlite3_finalize)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(sqlite3, sqlite3_close)

#endif
