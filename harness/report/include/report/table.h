/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_TABLE_H
#define REPORT_TABLE_H

#include <glib.h>

/*
 * A table of text cells, written aligned for a terminal or as Markdown. Columns
 * whose header begins with '>' (not shown) are aligned to the right.
 */
typedef struct Table Table;

Table *table_new(const char *const *headers);
void table_free(Table *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Table, table_free)

/* Takes ownership of the cells; as many as there are headers, NULL for an empty one. */
void table_add(Table *table, char **cells);

/* One row from so many char *, each taken over: TABLE_ROW(table, g_strdup("a"), NULL). */
#define TABLE_ROW(table, ...)                                                                                          \
	table_add(table, g_memdup2(((char *[]){ __VA_ARGS__ }), sizeof((char *[]){ __VA_ARGS__ })))

/* The same of a label and n cells, which are taken over too. */
void table_row(Table *table, char *label, char *const *cells, guint n);

/* The cell of a number; "-" for one that is not known, which is negative. Caller frees. */
char *table_number(gint64 number);

/* Begins a group: a rule is drawn before the next row in text, nothing in Markdown. */
void table_rule(Table *table);

/*
 * So many columns, from the first on, name a row; at the start it is one. Such a cell that is empty, with all before
 * it, is that of the row above.
 */
void table_set_naming(Table *table, guint columns);

/*
 * How wide the reader's terminal is, for all tables of this process: in text, cells are then folded between words, and
 * columns that have no room even so come in a table of their own below, behind those that name a row. 0, as at the
 * start: as wide as it takes.
 */
void table_set_columns(guint columns);

/* Its texts are the harness's own, and have marks of Markdown; else there they are what they are, and have none. */
void table_set_markdown(Table *table);

char *table_to_text(const Table *table);
char *table_to_markdown(const Table *table);

#endif
