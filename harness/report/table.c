// SPDX-License-Identifier: GPL-2.0-or-later
#include <report/table.h>

#include <stdbool.h>
#include <string.h>

struct Table {
	guint columns;
	const char **headers; /* without the mark */
	bool *right;
	GPtrArray *rows; /* char **; NULL is a rule */
};

static void free_row(gpointer row)
{
	g_strfreev(row);
}

Table *table_new(const char *const *headers)
{
	Table *table = g_new0(Table, 1);

	table->columns = g_strv_length((char **)headers);
	table->headers = g_new0(const char *, table->columns);
	table->right = g_new0(bool, table->columns);
	table->rows = g_ptr_array_new_with_free_func(free_row);
	for (guint i = 0; i < table->columns; i++) {
		table->right[i] = headers[i][0] == '>';
		table->headers[i] = g_intern_string(headers[i] + table->right[i]);
	}
	return table;
}

void table_free(Table *table)
{
	if (!table)
		return;
	g_free(table->headers);
	g_free(table->right);
	g_ptr_array_unref(table->rows);
	g_free(table);
}

void table_add(Table *table, char **cells)
{
	char **row = g_new0(char *, table->columns + 1);

	for (guint i = 0; i < table->columns; i++)
		row[i] = cells[i] ? cells[i] : g_strdup("");
	g_free(cells);
	g_ptr_array_add(table->rows, row);
}

char *table_number(gint64 number)
{
	return number < 0 ? g_strdup("-") : g_strdup_printf("%" G_GINT64_FORMAT, number);
}

void table_rule(Table *table)
{
	g_ptr_array_add(table->rows, NULL);
}

static glong width_of(const char *text)
{
	return g_utf8_strlen(text, -1);
}

static glong *widths(const Table *table)
{
	glong *width = g_new0(glong, table->columns);

	for (guint c = 0; c < table->columns; c++) {
		width[c] = width_of(table->headers[c]);
		for (guint r = 0; r < table->rows->len; r++) {
			char **row = table->rows->pdata[r];

			if (row)
				width[c] = MAX(width[c], width_of(row[c]));
		}
	}
	return width;
}

static void pad(GString *out, glong n)
{
	while (n-- > 0)
		g_string_append_c(out, ' ');
}

static void put_cell(GString *out, const char *text, glong width, bool right)
{
	glong space = width - width_of(text);

	pad(out, right ? space : 0);
	g_string_append(out, text);
	pad(out, right ? 0 : space);
}

static void end_line(GString *out)
{
	while (out->len > 0 && out->str[out->len - 1] == ' ')
		g_string_truncate(out, out->len - 1);
	g_string_append_c(out, '\n');
}

static void put_rule(GString *out, const Table *table, const glong *width)
{
	for (guint c = 0; c < table->columns; c++) {
		g_string_append(out, c ? "  " : "");
		for (glong i = 0; i < width[c]; i++)
			g_string_append_c(out, '-');
	}
	end_line(out);
}

char *table_to_text(const Table *table)
{
	g_autofree glong *width = widths(table);
	GString *out = g_string_new(NULL);

	for (guint c = 0; c < table->columns; c++) {
		g_string_append(out, c ? "  " : "");
		put_cell(out, table->headers[c], width[c], table->right[c]);
	}
	end_line(out);
	put_rule(out, table, width);
	for (guint r = 0; r < table->rows->len; r++) {
		char **row = table->rows->pdata[r];

		if (!row) {
			put_rule(out, table, width);
			continue;
		}
		for (guint c = 0; c < table->columns; c++) {
			g_string_append(out, c ? "  " : "");
			put_cell(out, row[c], width[c], table->right[c]);
		}
		end_line(out);
	}
	return g_string_free(out, FALSE);
}

char *table_to_markdown(const Table *table)
{
	g_autofree glong *width = widths(table);
	GString *out = g_string_new("|");

	for (guint c = 0; c < table->columns; c++) {
		g_string_append_c(out, ' ');
		put_cell(out, table->headers[c], MAX(width[c], 3), table->right[c]);
		g_string_append(out, " |");
	}
	g_string_append(out, "\n|");
	for (guint c = 0; c < table->columns; c++) {
		g_string_append_c(out, ' ');
		for (glong i = 0; i < MAX(width[c], 3) - (table->right[c] ? 1 : 0); i++)
			g_string_append_c(out, '-');
		g_string_append(out, table->right[c] ? ": |" : " |");
	}
	g_string_append_c(out, '\n');
	for (guint r = 0; r < table->rows->len; r++) {
		char **row = table->rows->pdata[r];

		if (!row)
			continue;
		g_string_append_c(out, '|');
		for (guint c = 0; c < table->columns; c++) {
			g_auto(GStrv) split = g_strsplit(row[c], "|", -1);
			g_autofree char *escaped = g_strjoinv("\\|", split);

			g_string_append_c(out, ' ');
			put_cell(out, escaped, MAX(width[c], 3), table->right[c]);
			g_string_append(out, " |");
		}
		g_string_append_c(out, '\n');
	}
	return g_string_free(out, FALSE);
}
