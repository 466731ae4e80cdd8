// SPDX-License-Identifier: GPL-2.0-or-later
#include "sql.h"

#include <base/error.h>

#include <stdarg.h>

static bool fail(sqlite3 *db, const char *what, GError **error)
{
	const char *path = sqlite3_db_filename(db, "main");

	return error_set(error, KHOTEST_ERROR_FAILED,
			 "%s the index %s: %s; if that does not pass, delete the file: it is made again from the run "
			 "directories",
			 what, path ? path : "-", sqlite3_errmsg(db));
}

bool sql_exec(sqlite3 *db, const char *sql, GError **error)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK || fail(db, "cannot write", error);
}

sqlite3_stmt *sql_prepare(sqlite3 *db, GError **error, const char *sql, const char *types, ...)
{
	sqlite3_stmt *statement = NULL;
	va_list arguments;

	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK) {
		fail(db, "cannot ask", error);
		return NULL;
	}
	va_start(arguments, types);
	for (int i = 0; types[i]; i++) {
		if (types[i] == 'i')
			sqlite3_bind_int64(statement, i + 1, va_arg(arguments, gint64));
		else
			sqlite3_bind_text(statement, i + 1, va_arg(arguments, const char *), -1, SQLITE_TRANSIENT);
	}
	va_end(arguments);
	return statement;
}

int sql_step(sqlite3_stmt *statement, GError **error)
{
	int code = sqlite3_step(statement);

	if (code == SQLITE_ROW || code == SQLITE_DONE)
		return code == SQLITE_ROW;
	fail(sqlite3_db_handle(statement), "cannot use", error);
	return -1;
}

bool sql_run(sqlite3_stmt *statement, GError **error)
{
	int code = statement ? sql_step(statement, error) : -1;

	sqlite3_finalize(statement);
	return code == 0;
}

char *sql_text(sqlite3_stmt *statement, int column)
{
	return g_strdup((const char *)sqlite3_column_text(statement, column));
}
