// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/terminal.h>
#include <base/text.h>
#include <report/table.h>

#include <stdbool.h>
#include <string.h>

#define GAP 2	       /* between columns */
#define CELL_MOST 500u /* columns of a terminal: more in one cell is a name that nobody reads to its end */

static guint most_columns; /* of the reader's terminal; 0: as many as it takes */

struct Table {
	guint columns;
	const char **headers; /* without the mark */
	bool *right;
	GPtrArray *rows; /* char **; NULL is a rule */
	bool markdown;	 /* cells have marks of their own */
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

void table_row(Table *table, char *label, char *const *cells, guint n)
{
	char **row = g_new0(char *, table->columns);

	row[0] = label;
	for (guint i = 0; i < n; i++)
		row[i + 1] = cells[i];
	table_add(table, row);
}

char *table_number(gint64 number)
{
	return number < 0 ? g_strdup("-") : g_strdup_printf("%" G_GINT64_FORMAT, number);
}

void table_rule(Table *table)
{
	g_ptr_array_add(table->rows, NULL);
}

void table_set_markdown(Table *table)
{
	table->markdown = true;
}

void table_set_columns(guint columns)
{
	most_columns = columns;
}

static glong width_of(const char *text)
{
	return terminal_width(text);
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

/* The longest word of a column, which is its least width. */
static glong least_width(const Table *table, guint c)
{
	glong least = 0;

	for (guint r = 0; r <= table->rows->len; r++) {
		char **row = r < table->rows->len ? table->rows->pdata[r] : NULL;
		const char *text = row ? row[c] : r == table->rows->len ? table->headers[c] : "";
		g_auto(GStrv) words = g_strsplit(text, " ", -1);

		for (char **word = words; *word; word++)
			least = MAX(least, width_of(*word));
	}
	return least;
}

/* Which columns stand side by side, and how wide each is. */
typedef struct {
	guint n;
	guint *columns;
	glong *width; /* by column, of all */
} Block;

static glong width_of_block(const Block *block)
{
	glong sum = (glong)(block->n ? block->n - 1 : 0) * GAP;

	for (guint i = 0; i < block->n; i++)
		sum += block->width[block->columns[i]];
	return sum;
}

/* The words of a cell in lines of that width; one that fits stays as it is. */
static GPtrArray *fold(const char *text, glong width)
{
	GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
	g_auto(GStrv) words = g_strsplit(text, " ", -1);
	GString *line = g_string_new(NULL);
	glong taken = 0;

	if (width_of(text) <= width) {
		g_string_free(line, TRUE);
		g_ptr_array_add(lines, g_strdup(text));
		return lines;
	}
	for (char **word = words; *word; word++) {
		glong more = width_of(*word);

		if (line->len && taken + 1 + more > width) {
			g_ptr_array_add(lines, g_strdup(line->str));
			g_string_truncate(line, 0);
			taken = 0;
		}
		taken += (line->len > 0) + more;
		g_string_append_printf(line, "%s%s", line->len ? " " : "", *word);
	}
	g_ptr_array_add(lines, g_string_free(line, FALSE));
	return lines;
}

/* What a column takes when its cells are folded at that width. */
static glong folded_width(const Table *table, guint c, glong width)
{
	glong most = 0;

	for (guint r = 0; r <= table->rows->len; r++) {
		char **row = r < table->rows->len ? table->rows->pdata[r] : NULL;
		const char *text = row ? row[c] : r == table->rows->len ? table->headers[c] : "";
		g_autoptr(GPtrArray) lines = fold(text, width);

		for (guint i = 0; i < lines->len; i++)
			most = MAX(most, width_of(lines->pdata[i]));
	}
	return most;
}

/* What a column takes where none may take more than that, as far as its words allow. */
static glong capped_width(const Table *table, const Block *block, const glong *least, guint c, glong most)
{
	return block->width[c] <= most ? block->width[c] : folded_width(table, c, MAX(most, least[c]));
}

static glong capped_block(const Table *table, const Block *block, const glong *least, glong most)
{
	glong sum = (glong)(block->n ? block->n - 1 : 0) * GAP;

	for (guint i = 0; i < block->n; i++)
		sum += capped_width(table, block, least, block->columns[i], most);
	return sum;
}

/* The least width at which all columns, capped at it, have no room yet; 0 if they never have. Found by halves. */
static glong least_cap(const Table *table, const Block *block, const glong *least)
{
	glong low = 0, high = 0;

	for (guint i = 0; i < block->n; i++)
		high = MAX(high, block->width[block->columns[i]]);
	if (capped_block(table, block, least, 0) > (glong)most_columns)
		return 0;
	while (low + 1 < high) {
		glong middle = low + (high - low) / 2;

		if (capped_block(table, block, least, middle) > (glong)most_columns)
			high = middle;
		else
			low = middle;
	}
	return high;
}

/*
 * The widest columns first, as far as their words allow: all are capped at one width, and of those that take all of
 * that, the first ones at one less, until there is room.
 */
static void narrow(const Table *table, const Block *block, const glong *least)
{
	glong cap;

	if (width_of_block(block) <= (glong)most_columns)
		return;
	cap = least_cap(table, block, least);
	for (guint i = 0; i < block->n; i++)
		block->width[block->columns[i]] = capped_width(table, block, least, block->columns[i], cap);
	for (guint i = 0; i < block->n && width_of_block(block) > (glong)most_columns; i++)
		block->width[block->columns[i]] = capped_width(table, block, least, block->columns[i], cap - 1);
}

static void put_rule(GString *out, const Block *block)
{
	for (guint i = 0; i < block->n; i++) {
		pad(out, i ? GAP : 0);
		for (glong at = 0; at < block->width[block->columns[i]]; at++)
			g_string_append_c(out, '-');
	}
	end_line(out);
}

static void put_row(GString *out, const Table *table, const Block *block, const char *const *cells)
{
	g_autoptr(GPtrArray) folded = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
	guint height = 1;

	for (guint i = 0; i < block->n; i++) {
		GPtrArray *lines = fold(cells[block->columns[i]], block->width[block->columns[i]]);

		height = MAX(height, lines->len);
		g_ptr_array_add(folded, lines);
	}
	for (guint at = 0; at < height; at++) {
		for (guint i = 0; i < block->n; i++) {
			const GPtrArray *lines = folded->pdata[i];
			guint c = block->columns[i];

			pad(out, i ? GAP : 0);
			put_cell(out, at < lines->len ? lines->pdata[at] : "", block->width[c], table->right[c]);
		}
		end_line(out);
	}
}

static void put_block(GString *out, const Table *table, const Block *block)
{
	if (out->len)
		g_string_append_c(out, '\n');
	put_row(out, table, block, table->headers);
	put_rule(out, block);
	for (guint r = 0; r < table->rows->len; r++) {
		char **row = table->rows->pdata[r];

		if (row)
			put_row(out, table, block, (const char *const *)row);
		else
			put_rule(out, block);
	}
}

static char *cut_cell(const char *text)
{
	return width_of(text) > (glong)CELL_MOST ? terminal_fit(text, "", CELL_MOST) : g_strdup(text);
}

/* The same table with each of its texts made another. */
static Table *table_with(const Table *table, char *(*of)(const char *))
{
	Table *made = g_new0(Table, 1);

	made->columns = table->columns;
	made->headers = g_new0(const char *, table->columns);
	for (guint c = 0; c < table->columns; c++) {
		g_autofree char *header = of(table->headers[c]);

		made->headers[c] = g_intern_string(header);
	}
	made->right = g_memdup2(table->right, table->columns * sizeof(*table->right));
	made->rows = g_ptr_array_new_with_free_func(free_row);
	for (guint r = 0; r < table->rows->len; r++) {
		char **row = table->rows->pdata[r], **cells = row ? g_new0(char *, table->columns + 1) : NULL;

		for (guint c = 0; row && c < table->columns; c++)
			cells[c] = of(row[c]);
		g_ptr_array_add(made->rows, cells);
	}
	return made;
}

/*
 * Where the terminal is too narrow, cells are folded between words; where that is not
 * enough, the columns that have no room stand in a table of their own below, with the first
 * column before them.
 */
static char *to_text(const Table *table)
{
	g_autofree glong *width = widths(table), *least = g_new0(glong, table->columns);
	g_autofree guint *columns = g_new0(guint, table->columns);
	Block block = { .columns = columns, .width = width };
	GString *out = g_string_new(NULL);

	for (guint c = 0; c < table->columns; c++)
		least[c] = most_columns ? least_width(table, c) : width[c];
	for (guint c = 0; c < table->columns; c++) {
		glong needed = 0;

		block.columns[block.n++] = c;
		for (guint i = 0; i < block.n; i++)
			needed += least[block.columns[i]] + (i ? GAP : 0);
		if (!most_columns || needed <= (glong)most_columns || block.n <= 2)
			continue;
		block.n--;
		narrow(table, &block, least);
		put_block(out, table, &block);
		block.n = 1; /* the first column is in each */
		block.columns[block.n++] = c;
	}
	if (most_columns)
		narrow(table, &block, least);
	put_block(out, table, &block);
	return g_string_free(out, FALSE);
}

char *table_to_text(const Table *table)
{
	g_autoptr(Table) cut = most_columns ? table_with(table, cut_cell) : NULL;

	return to_text(cut ? cut : table);
}

/* What would end a cell whatever it is in. */
static char *escape_bars(const char *text)
{
	g_auto(GStrv) split = g_strsplit(text, "|", -1);

	return g_strjoinv("\\|", split);
}

char *table_to_markdown(const Table *raw)
{
	g_autoptr(Table) table = table_with(raw, raw->markdown ? escape_bars : text_markdown);
	/* an escaped bar is shown as one character in a table that is written to be read so */
	g_autofree glong *width = widths(raw->markdown ? raw : table);
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
			g_string_append_c(out, ' ');
			put_cell(out, row[c], MAX(width[c], 3), table->right[c]);
			g_string_append(out, " |");
		}
		g_string_append_c(out, '\n');
	}
	return g_string_free(out, FALSE);
}
