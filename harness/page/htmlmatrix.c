// SPDX-License-Identifier: GPL-2.0-or-later
/* A page over a matrix: the grid first, what is not as expected, and a short section for each cell. */
#include "htmlparts.h"

#include <base/units.h>
#include <evaluate/contradiction.h>
#include <machine/machineword.h>
#include <page/html.h>
#include <report/matrix.h>
#include <string.h>

static const MatrixCell *cell_at(const MatrixResult *matrix, guint i)
{
	return matrix->cells->pdata[i];
}

GPtrArray *html_matrix_results(const MatrixResult *matrix)
{
	GPtrArray *results = g_ptr_array_new();

	for (guint i = 0; i < matrix->cells->len; i++)
		if (matrixcell_result(cell_at(matrix, i)))
			g_ptr_array_add(results, (gpointer)matrixcell_result(cell_at(matrix, i)));
	return results;
}

HtmlSum html_matrix_sum(const MatrixResult *matrix)
{
	g_autoptr(GPtrArray) results = html_matrix_results(matrix);

	return (HtmlSum){
		.met = matrix->counts[CELL_MET],
		.unjudged = matrix->counts[CELL_SKIPPED],
		.of = matrix->cells->len,
		.contradicted = results_contradicted(results),
	};
}

static bool is_contradicted(const MatrixCell *cell)
{
	const Result *result = matrixcell_result(cell);
	g_autoptr(GPtrArray) contradictions = result ? result_contradictions(result) : NULL;

	return contradictions && contradictions->len;
}

/* "as-expected": the class of the state in html.css */
static char *state_class(const MatrixCell *cell)
{
	if (is_contradicted(cell))
		return g_strdup("error");
	return g_strdelimit(g_strdup(cell_state_name(cell->state)), " ", '-');
}

/* "PASS 20/20", "FAIL 0/20 (!)": nothing is told by colour alone */
static void put_place(HtmlWriter *w, const MatrixCell *cell, guint n)
{
	g_autofree char *class = state_class(cell);
	g_autofree char *link = g_strdup_printf("#r%u", n);
	const Reason *reason = matrixcell_reason(cell);

	html_open(w, "a", "href", link, "class", class, "title", cell->cell->id, NULL);
	html_text(w, matrixcell_verdict(cell));
	if (cell->found >= 0)
		html_textf(w, " %" G_GINT64_FORMAT "/%" G_GINT64_FORMAT, cell->found, cell->expected);
	else if (reason)
		html_textf(w, " %s", reason->id);
	if (cell->state == CELL_UNMET || cell->state == CELL_ERROR || is_contradicted(cell))
		html_text(w, " (!)");
	html_close(w);
}

static void put_places(HtmlWriter *w, const MatrixResult *matrix, const Cell *row, guint64 memory, guint nodes)
{
	html_open(w, "td", NULL);
	for (guint i = 0; i < matrix->cells->len; i++) {
		const MatrixCell *cell = cell_at(matrix, i);

		if (cell_same_row(cell->cell, row) && cell->cell->guest.memory_bytes == memory &&
		    machine_nodes(&cell->cell->guest) == nodes)
			put_place(w, cell, i + 1);
	}
	html_close(w);
}

static guint most_nodes(const MatrixResult *matrix, const char *block)
{
	guint most = 0;

	for (guint i = 0; i < matrix->cells->len; i++)
		if (strcmp(cell_at(matrix, i)->cell->block, block) == 0)
			most = MAX(most, machine_nodes(&cell_at(matrix, i)->cell->guest));
	return most;
}

static bool has_place(const MatrixResult *matrix, const char *block, guint64 memory, guint nodes)
{
	for (guint i = 0; i < matrix->cells->len; i++) {
		const Cell *cell = cell_at(matrix, i)->cell;

		if (strcmp(cell->block, block) == 0 && cell->guest.memory_bytes == memory &&
		    machine_nodes(&cell->guest) == nodes)
			return true;
	}
	return false;
}

/* Columns of a block: each size of memory with each number of nodes that it has. */
static GPtrArray *columns_of(const MatrixResult *matrix, const char *block, GArray *ret_sizes, GArray *ret_nodes)
{
	g_autoptr(GArray) sizes = matrix_sizes(matrix, block);
	GPtrArray *headers = g_ptr_array_new_with_free_func(g_free);

	g_ptr_array_add(headers, g_strdup("kernel, series"));
	g_ptr_array_add(headers, g_strdup("expected"));
	for (guint s = 0; s < sizes->len; s++)
		for (guint nodes = 1; nodes <= most_nodes(matrix, block); nodes++) {
			guint64 size = g_array_index(sizes, guint64, s);
			g_autofree char *text = units_format_size(size);

			if (!has_place(matrix, block, size, nodes))
				continue;
			g_array_append_val(ret_sizes, size);
			g_array_append_val(ret_nodes, nodes);
			g_ptr_array_add(headers, g_strdup_printf("%s, %u node%s", text, nodes, nodes == 1 ? "" : "s"));
		}
	g_ptr_array_add(headers, NULL);
	return headers;
}

static char *block_caption(const Cell *cell)
{
	return g_strdup_printf("%s: profile %s, %s%s%s%s", cell->block, cell->profile,
			       strcmp(cell->mode, "counted") == 0 ? "counted instructions" : "wall clock",
			       cell->hops == 1 ? ", no handover" : "", cell->append ? ", " : "",
			       cell->append ? cell->append : "");
}

static void put_word(HtmlWriter *w, const char *what, const char *word)
{
	if (word)
		html_textf(w, ", %s%s", what, word);
}

/* The kernel and the machine, but for what the columns say. */
static void put_row_name(HtmlWriter *w, const Cell *cell)
{
	const Machine *guest = &cell->guest;
	g_autofree char *kernel = cell_kernel_name(cell), *config = cell_config_text(cell);
	g_autofree char *asked = cell_asked_text(cell);
	g_autofree char *devices = machineword_get(guest, "device");
	g_autofree char *numa = machine_numa_is_count(guest) ? NULL : machineword_get(guest, "numa");

	html_textf(w, "%s %s, %u CPU%s", kernel, cell->series, guest->cpus, guest->cpus == 1 ? "" : "s");
	put_word(w, "nodes of ", machine_nodes(guest) > 1 ? numa : NULL);
	put_word(w, "scratch ", guest->scratch);
	put_word(w, "", guest->accelerator);
	put_word(w, "with ", machine_has_devices(guest) ? devices : NULL);
	put_word(w, "", guest->prefault ? "prefault" : NULL);
	put_word(w, "", config);
	put_word(w, "", asked);
}

static void put_block(HtmlWriter *w, const MatrixResult *matrix, const Cell *like)
{
	g_autoptr(GArray) sizes = g_array_new(FALSE, FALSE, sizeof(guint64));
	g_autoptr(GArray) nodes = g_array_new(FALSE, FALSE, sizeof(guint));
	g_autoptr(GPtrArray) headers = columns_of(matrix, like->block, sizes, nodes);
	g_autofree char *caption = block_caption(like);

	html_open(w, "div", "class", "grid", NULL);
	html_table_open(w, caption, (const char *const *)headers->pdata);
	for (guint i = 0; i < matrix->cells->len; i++) {
		const Cell *cell = cell_at(matrix, i)->cell;
		g_autofree char *expectation = cell_expectation(cell);
		bool had = strcmp(cell->block, like->block) != 0;

		for (guint j = 0; j < i && !had; j++)
			had = cell_same_row(cell_at(matrix, j)->cell, cell);
		if (had)
			continue;
		html_open(w, "tr", NULL);
		html_open(w, "th", "scope", "row", NULL);
		put_row_name(w, cell);
		html_close(w);
		html_element(w, "td", expectation, NULL);
		for (guint c = 0; c < sizes->len; c++)
			put_places(w, matrix, cell, g_array_index(sizes, guint64, c), g_array_index(nodes, guint, c));
		html_close(w);
	}
	html_table_close(w);
	html_close(w);
}

static void put_grid(HtmlPage *page, const MatrixResult *matrix)
{
	const char *last = NULL;

	htmlpage_section(page, "grid", "Cells");
	html_element(page->w, "p",
		     "Each cell has its verdict, and CMA pageblocks found/expected in the second kernel; (!): not as "
		     "expected, or contradicted by its own records. Repeats are below each other. A cell leads to what "
		     "is known of it.",
		     NULL);
	for (guint i = 0; i < matrix->cells->len; i++) {
		const Cell *cell = cell_at(matrix, i)->cell;

		if (last && strcmp(last, cell->block) == 0)
			continue;
		last = cell->block;
		put_block(page->w, matrix, cell);
	}
	html_close(page->w);
}

#define UNMET_CELLS_MOST 20u /* there may be more than anybody reads in one place */

static void put_unmet(HtmlWriter *w, const MatrixCell *cell, guint n, bool linked)
{
	const Result *result = matrixcell_result(cell);
	g_autoptr(GPtrArray) contradictions = result ? result_contradictions(result) : g_ptr_array_new();
	g_autofree char *link = linked ? g_strdup_printf("#r%u", n) : NULL;

	html_open(w, "li", NULL);
	html_element(w, linked ? "a" : "span", cell->cell->id, "href", link, NULL);
	if (cell->state != CELL_MET)
		html_textf(w, ": %s: %s", cell_state_name(cell->state), cell->why);
	if (contradictions->len)
		html_textf(w, "%s contradicted by its own records", cell->state == CELL_MET ? ":" : ";");
	for (guint i = 0; i < contradictions->len; i++)
		html_textf(w, "%s %s", i ? ";" : ":", (const char *)contradictions->pdata[i]);
	html_close(w);
}

void html_unmet_cells(HtmlWriter *w, const MatrixResult *matrix, bool linked)
{
	guint shown = 0, left = 0;

	for (guint i = 0; i < matrix->cells->len; i++) {
		const MatrixCell *cell = cell_at(matrix, i);

		if ((cell->state == CELL_MET && !is_contradicted(cell)) || cell->state == CELL_NOT_RUN)
			continue;
		if (shown == UNMET_CELLS_MOST) {
			left++;
			continue;
		}
		if (!shown++)
			html_open(w, "ul", NULL);
		put_unmet(w, cell, i + 1, linked);
	}
	if (left) {
		html_open(w, "li", NULL);
		html_textf(w, "and %u more", left);
		html_close(w);
	}
	if (shown)
		html_close(w);
}

static void put_lead(HtmlWriter *w, const MatrixResult *matrix)
{
	HtmlSum sum = html_matrix_sum(matrix);

	html_open(w, "div", "class", html_sum_class(&sum), NULL);
	html_sum_verdict(w, &sum);
	for (guint state = CELL_UNMET; state <= CELL_NOT_RUN; state++)
		if (matrix->counts[state])
			html_textf(w, ", %u %s", matrix->counts[state], cell_state_name((CellState)state));
	html_element(w, "p", matrix->dir->summary, NULL);
	html_unmet_cells(w, matrix, true);
	html_close(w);
}

/* Attempts before the last, which decides. */
static void put_attempts(HtmlWriter *w, const MatrixCell *cell)
{
	for (guint i = 0; i + 1 < cell->attempts->len; i++) {
		const MatrixAttempt *attempt = cell->attempts->pdata[i];

		html_open(w, "p", NULL);
		html_textf(w, "Attempt %u was %s: %s (%s)", i + 1, matrixattempt_outcome(attempt),
			   matrixattempt_why(attempt),
			   attempt->attempt->run ? attempt->attempt->run : "no run directory");
		html_close(w);
	}
}

static void put_cell(HtmlPage *page, const MatrixCell *cell, guint n)
{
	HtmlWriter *w = page->w;
	const Result *result = matrixcell_result(cell);
	g_autofree char *id = g_strdup_printf("r%u", n);
	g_autofree char *expectation = cell_expectation(cell->cell);

	html_raw(w, "\n");
	html_open(w, "section", "id", id, "class", "cell", "data-run", result ? result->id : NULL, NULL);
	html_element(w, "h3", cell->cell->id, NULL);
	html_open(w, "p", NULL);
	if (result)
		html_verdict_of(w, result, false);
	else
		html_verdict(w, matrixcell_verdict(cell), NULL);
	html_textf(w, " expected %s: %s", expectation, cell_state_name(cell->state));
	if (cell->why)
		html_textf(w, ": %s", cell->why);
	html_close(w);
	put_attempts(w, cell);
	if (result) {
		html_reasons(w, result);
		html_contradictions(w, result);
		/* what went as it should needs no console here: it is in its run directory */
		if (cell->state != CELL_MET) {
			html_last_lines(w, result);
			html_console(w, result, n, true);
		}
		html_figures(page, result);
		html_reproduce_brief(w, result);
	}
	html_element(w, "a", "back to all cells", "href", "#grid", NULL);
	html_close(w);
}

/* Times of cells that shared the machine with others are not comparable: only those that had it for themselves. */
static GPtrArray *timed_results(const MatrixResult *matrix)
{
	GPtrArray *results = g_ptr_array_new();

	for (guint i = 0; i < matrix->cells->len; i++)
		if (cell_at(matrix, i)->cell->alone && matrixcell_result(cell_at(matrix, i)))
			g_ptr_array_add(results, (gpointer)matrixcell_result(cell_at(matrix, i)));
	return results;
}

char *html_of_matrix(const MatrixResult *matrix)
{
	g_autoptr(HtmlPage) page = htmlpage_new();
	g_autoptr(GPtrArray) results = html_matrix_results(matrix), timed = timed_results(matrix);
	g_autofree char *title = g_strdup_printf("Matrix %s", matrix->dir->plan);
	g_autofree char *markdown = matrix_to_markdown(matrix);

	html_element(page->lead, "h1", title, NULL);
	html_origin(page->lead, results);
	put_lead(page->lead, matrix);
	put_grid(page, matrix);
	html_spread(page, timed);
	html_cost(page, results);
	html_map_section(page, results);
	html_to_copy(page, markdown, NULL);
	html_reproduce_many(page, matrix->dir->asked, "matrix", matrix->dir->path);
	htmlpage_section(page, "each", "Each cell");
	for (guint i = 0; i < matrix->cells->len; i++)
		put_cell(page, cell_at(matrix, i), i + 1);
	return htmlpage_finish(page, title);
}
