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
	guint naming;	      /* columns from the first on that name a row */
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
	table->naming = 1;
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

void table_set_naming(Table *table, guint columns)
{
	table->naming = columns;
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
	guint from;   /* the first of those that name a row and are in each block */
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

/* low: what takes fewer lines than others stands at the bottom, as heads of columns do. */
static void put_row(GString *out, const Table *table, const Block *block, const char *const *cells, bool low)
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
			guint c = block->columns[i], above = low ? height - lines->len : 0;
			bool has = at >= above && at - above < lines->len;

			pad(out, i ? GAP : 0);
			put_cell(out, has ? lines->pdata[at - above] : "", block->width[c], table->right[c]);
		}
		end_line(out);
	}
}

/*
 * The cells of a row, with its name: what is left out at its beginning is that of a row above. names: what that was so
 * far, which is brought up to date. Caller frees the array alone.
 */
static const char **named(const Table *table, char **row, const char **names)
{
	const char **cells = g_memdup2(row, table->columns * sizeof(*cells));
	bool left_out = true;

	for (guint c = 0; c < table->naming; c++) {
		left_out &= !*row[c];
		if (!left_out)
			names[c] = row[c];
		cells[c] = names[c] ? names[c] : "";
	}
	return cells;
}

static bool is_repeated(const Table *table, const Block *block, guint c)
{
	return c >= block->from && c < table->naming;
}

/* Whether the row has anything in the block; further: but for its name. */
static bool has_something(const Table *table, const Block *block, char **row, bool further)
{
	for (guint i = 0; i < block->n; i++)
		if (*row[block->columns[i]] && (!further || !is_repeated(table, block, block->columns[i])))
			return true;
	return false;
}

/* In a further one than the first, rows have their names, and those with nothing else are left out. */
static void put_block(GString *out, const Table *table, const Block *block)
{
	g_autofree const char **names = g_new0(const char *, table->columns);
	bool further = out->len, ruled = false;

	if (further)
		g_string_append_c(out, '\n');
	put_row(out, table, block, table->headers, true);
	put_rule(out, block);
	for (guint r = 0; r < table->rows->len; r++) {
		char **row = table->rows->pdata[r];
		g_autofree const char **cells = row ? named(table, row, names) : NULL;

		ruled |= !row;
		if (!row || !has_something(table, block, row, further))
			continue;
		if (ruled)
			put_rule(out, block);
		ruled = false;
		put_row(out, table, block, further ? cells : (const char *const *)row, false);
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
	made->naming = table->naming;
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

static glong sum_of(const glong *least, guint from, guint to)
{
	glong sum = 0;

	for (guint c = from; c < to; c++)
		sum += least[c] + GAP;
	return sum;
}

/* From which column on the name of a row is repeated: the first ones are not where they leave no room for another. */
static guint naming_from(const Table *table, const glong *least)
{
	glong widest = 0;
	guint from = 0;

	for (guint c = table->naming; c < table->columns; c++)
		widest = MAX(widest, least[c]);
	while (from + 1 < table->naming && sum_of(least, from, table->naming) + widest > (glong)most_columns)
		from++;
	return from;
}

/*
 * Where the terminal is too narrow, cells are folded between words; where that is not enough, the columns that have no
 * room stand in a table of their own below, behind the columns that name a row.
 */
static char *to_text(const Table *table)
{
	g_autofree glong *width = widths(table), *least = g_new0(glong, table->columns);
	g_autofree guint *columns = g_new0(guint, table->columns);
	Block block = { .columns = columns, .width = width };
	GString *out = g_string_new(NULL);
	guint others = 0; /* columns of the block that are not in each */

	for (guint c = 0; c < table->columns; c++)
		least[c] = most_columns ? least_width(table, c) : width[c];
	block.from = naming_from(table, least);
	for (guint c = 0; c < table->columns; c++) {
		glong needed = -GAP;

		block.columns[block.n++] = c;
		for (guint i = 0; i < block.n; i++)
			needed += least[block.columns[i]] + GAP;
		if (most_columns && needed > (glong)most_columns && others) {
			block.n--;
			narrow(table, &block, least);
			put_block(out, table, &block);
			block.n = others = 0;
			for (guint i = block.from; i < MIN(c, table->naming); i++)
				block.columns[block.n++] = i;
			block.columns[block.n++] = c;
		}
		others += !is_repeated(table, &block, c);
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
