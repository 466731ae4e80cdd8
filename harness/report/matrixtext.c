// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The table of a matrix: a row for each kernel, series and machine, a column for
 * each size of memory, 120 columns wide at most for what plans have in them. Repeats
 * of a cell share one place, and must agree.
 */
#include <base/units.h>
#include <machine/machineword.h>
#include <measure/title.h>
#include <report/matrix.h>
#include <report/style.h>

#include <string.h>

/* Not as expected: the mark in the table, as in the table of 'khotest compare'. */
#define MARK " (!)"

/* Cells that share a row: all but memory and repeat are the same. */
static bool same_row(const Cell *a, const Cell *b)
{
	return cell_same_row(a, b) && machine_nodes(&a->guest) == machine_nodes(&b->guest);
}

/* "20/3244"; "20-24/3244" where repeats found different numbers; what happened instead where nothing was counted. */
static char *count_text(GPtrArray *repeats)
{
	gint64 least = G_MAXINT64, most = -1, expected = -1;

	for (guint i = 0; i < repeats->len; i++) {
		const MatrixCell *cell = repeats->pdata[i];

		if (cell->found < 0)
			continue;
		least = MIN(least, cell->found);
		most = MAX(most, cell->found);
		expected = cell->expected;
	}
	if (most < 0) {
		const Reason *reason = matrixcell_reason(repeats->pdata[0]);

		return g_strdup(reason ? reason->id : "");
	}
	if (least == most)
		return g_strdup_printf("%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT, most, expected);
	return g_strdup_printf("%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT, least, most, expected);
}

/* "PASS 4/4", "FAIL 20/3244 x3", "PASS,FAIL,PASS 4/4 (!)" */
static char *place_text(GPtrArray *repeats)
{
	g_autofree char *counts = repeats->len ? count_text(repeats) : NULL;
	GString *text = g_string_new(NULL);
	bool agree = true, marked = false;

	for (guint i = 0; i < repeats->len; i++) {
		const MatrixCell *cell = repeats->pdata[i];

		agree &= strcmp(matrixcell_verdict(cell), matrixcell_verdict(repeats->pdata[0])) == 0;
		marked |= cell->state == CELL_UNMET || cell->state == CELL_ERROR;
	}
	for (guint i = 0; i < (agree ? MIN(repeats->len, 1) : repeats->len); i++)
		g_string_append_printf(text, "%s%s", i ? "," : "", matrixcell_verdict(repeats->pdata[i]));
	if (counts && *counts)
		g_string_append_printf(text, " %s", counts);
	if (agree && repeats->len > 1)
		g_string_append_printf(text, " x%u", repeats->len);
	return g_string_free(g_string_append(text, marked || !agree ? MARK : ""), FALSE);
}

/* The cells of a row that have that memory: one for each repeat, none if the plan has no such cell. */
static GPtrArray *cells_at(const MatrixResult *result, const Cell *row, guint64 memory)
{
	GPtrArray *repeats = g_ptr_array_new();

	for (guint i = 0; i < result->cells->len; i++) {
		MatrixCell *cell = result->cells->pdata[i];

		if (cell->cell->guest.memory_bytes == memory && same_row(cell->cell, row))
			g_ptr_array_add(repeats, cell);
	}
	return repeats;
}

static char *machine_text(const Cell *cell)
{
	g_autofree char *shape = machineword_shape(&cell->guest, " "), *config = cell_config_text(cell);
	g_autofree char *asked = cell_asked_text(cell);

	return g_strconcat(shape, config ? " " : "", config ? config : "", asked ? " " : "", asked, NULL);
}

static void add_row(Table *table, const MatrixResult *result, const Cell *cell, bool first, const GArray *sizes)
{
	g_autoptr(GPtrArray) texts = g_ptr_array_new();

	g_ptr_array_add(texts, first ? g_strdup(cell->block) : NULL);
	g_ptr_array_add(texts, cell_kernel_name(cell));
	g_ptr_array_add(texts, g_strdup(cell->series));
	g_ptr_array_add(texts, machine_text(cell));
	g_ptr_array_add(texts, cell_expectation(cell));
	for (guint i = 0; i < sizes->len; i++) {
		g_autoptr(GPtrArray) repeats = cells_at(result, cell, g_array_index(sizes, guint64, i));

		g_ptr_array_add(texts, place_text(repeats));
	}
	table_add(table, (char **)g_ptr_array_steal(texts, NULL));
}

static Table *matrix_table(const MatrixResult *result)
{
	g_autoptr(GArray) sizes = matrix_sizes(result, NULL);
	g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
	g_auto(GStrv) headers = NULL;
	Table *table;

	g_strv_builder_add_many(builder, "cells", "kernel", "series", "machine", "expected", NULL);
	for (guint i = 0; i < sizes->len; i++) {
		g_autofree char *size = units_format_size(g_array_index(sizes, guint64, i));

		g_strv_builder_add(builder, size);
	}
	headers = g_strv_builder_end(builder);
	table = table_new((const char *const *)headers);
	table_set_naming(table, 4);
	for (guint i = 0; i < result->cells->len; i++) {
		const Cell *cell = ((MatrixCell *)result->cells->pdata[i])->cell;
		const Cell *before = i ? ((MatrixCell *)result->cells->pdata[i - 1])->cell : NULL;
		bool first = !before || strcmp(before->block, cell->block) != 0, had = false;

		for (guint j = 0; j < i && !had; j++)
			had = same_row(((MatrixCell *)result->cells->pdata[j])->cell, cell);
		if (had)
			continue;
		if (first && before)
			table_rule(table);
		add_row(table, result, cell, first, sizes);
	}
	return table;
}

/* "check: profile check, wall clock"; what all cells of a block have in common, once for each block. */
static void put_blocks(GString *out, const MatrixResult *result)
{
	const char *last = "";

	for (guint i = 0; i < result->cells->len; i++) {
		const Cell *cell = ((MatrixCell *)result->cells->pdata[i])->cell;

		if (strcmp(cell->block, last) == 0)
			continue;
		last = cell->block;
		g_string_append_printf(out, "%s: profile %s, %s", cell->block, cell->profile,
				       strcmp(cell->mode, "counted") == 0 ? "counted instructions" : "wall clock");
		if (cell->hops == 1)
			g_string_append(out, ", no handover");
		else if (cell->hops > 2)
			g_string_append_printf(out, ", %u handovers", cell->hops - 1);
		if (cell->append)
			g_string_append_printf(out, ", %s", cell->append);
		if (cell->alone)
			g_string_append(out, ", alone on the machine");
		g_string_append_c(out, '\n');
	}
}

/* Every cell that is not as expected, and every attempt that had to be repeated, with where to look. */
static void put_findings(GString *out, const MatrixResult *result)
{
	for (guint i = 0; i < result->cells->len; i++) {
		const MatrixCell *cell = result->cells->pdata[i];
		g_autofree char *run = matrixcell_run(cell);

		if (cell->state != CELL_MET && cell->state != CELL_NOT_RUN)
			g_string_append_printf(out, "%s: %s: %s (%s)\n", cell->cell->id, cell_state_name(cell->state),
					       cell->why, run ? run : "no run directory");
		for (guint a = 0; a + 1 < cell->attempts->len; a++) {
			const MatrixAttempt *one = cell->attempts->pdata[a];
			const char *where = one->attempt->run ? one->attempt->run : "no run directory";

			g_string_append_printf(out, "%s: attempt %u was %s: %s (%s%s)\n", cell->cell->id, a + 1,
					       matrixattempt_outcome(one), matrixattempt_why(one),
					       one->attempt->run ? "runs/" : "", where);
		}
	}
}

/* Cells that failed in the same way, put together: "kernel BUG in set_zone_contiguous, 2 cells: a, b". */
static void put_titles(GString *out, const MatrixResult *result)
{
	g_autoptr(GHashTable) cells =
		g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
	g_autoptr(GPtrArray) titles = g_ptr_array_new();

	for (guint i = 0; i < result->cells->len; i++) {
		const MatrixCell *cell = result->cells->pdata[i];
		const Result *last = matrixcell_result(cell);
		GPtrArray *same;

		if (!last || !title_tells(last->verdict))
			continue;
		same = g_hash_table_lookup(cells, last->verdict->title);
		if (!same) {
			same = g_ptr_array_new();
			g_hash_table_insert(cells, last->verdict->title, same);
			g_ptr_array_add(titles, last->verdict->title);
		}
		g_ptr_array_add(same, cell->cell->id);
	}
	for (guint t = 0; t < titles->len; t++) {
		GPtrArray *same = g_hash_table_lookup(cells, titles->pdata[t]);

		g_string_append_printf(out, "%s, %u cell%s:", (const char *)titles->pdata[t], same->len,
				       same->len == 1 ? "" : "s");
		for (guint i = 0; i < same->len; i++)
			g_string_append_printf(out, "%s %s", i ? "," : "", (const char *)same->pdata[i]);
		g_string_append_c(out, '\n');
	}
}

static const Result *any_result(const MatrixResult *result)
{
	for (guint i = 0; i < result->cells->len; i++) {
		const Result *last = matrixcell_result(result->cells->pdata[i]);

		if (last && last->plan && last->qemu)
			return last;
	}
	return NULL;
}

static void put_sum(GString *out, const MatrixResult *result)
{
	const Result *any = any_result(result);

	g_string_append_printf(out, "%u cell%s: %u as expected", result->cells->len, result->cells->len == 1 ? "" : "s",
			       result->counts[CELL_MET]);
	for (guint state = CELL_UNMET; state <= CELL_NOT_RUN; state++)
		if (result->counts[state])
			g_string_append_printf(out, ", %u %s", result->counts[state],
					       cell_state_name((CellState)state));
	g_string_append(out, ".");
	if (any)
		g_string_append_printf(out, " %s, %s.", any->plan->accelerator, any->qemu);
	g_string_append_c(out, '\n');
}

static char *render(const MatrixResult *result, const Style *style)
{
	g_autoptr(Table) table = matrix_table(result);
	g_autofree char *body = style->table(table);
	g_autofree char *question = g_strdup_printf("%s: %s\n\n", result->dir->plan, result->dir->summary);
	g_autoptr(GString) blocks = g_string_new(NULL), titles = g_string_new(NULL), findings = g_string_new(NULL);
	g_autoptr(GString) sum = g_string_new(NULL);
	GString *out = g_string_new(NULL);

	put_blocks(blocks, result);
	put_titles(titles, result);
	put_findings(findings, result);
	put_sum(sum, result);
	style_put(out, style, "", question);
	g_string_append_printf(out, "%s\n", body);
	g_string_append(out,
			"Each has its verdict, and CMA pageblocks found/expected in the second kernel; (!): not as "
			"expected.\nMachine: NUMA nodes, CPUs.\n\n");
	style_put(out, style, style->bullet, blocks->str);
	if (titles->len)
		g_string_append(out, "\nWhat went wrong, by title:\n\n");
	style_put(out, style, style->bullet, titles->str);
	g_string_append_c(out, '\n');
	style_put(out, style, style->bullet, findings->str);
	style_put(out, style, "", sum->str);
	return g_string_free(out, FALSE);
}

char *matrix_to_brief(const MatrixResult *result)
{
	GString *out = g_string_new(NULL);

	put_findings(out, result);
	put_sum(out, result);
	return g_string_free(out, FALSE);
}

char *matrix_to_text(const MatrixResult *result)
{
	GString *out = g_string_new(NULL);
	g_autofree char *text = render(result, &style_text);

	g_string_append(out, text);
	if (result->counts[CELL_SKIPPED])
		g_string_append_printf(out,
				       "Skipped cells have not been judged; where the host can by now: 'khotest matrix "
				       "--resume %s'\n",
				       result->dir->path);
	g_string_append_printf(out, "matrix directory: %s\n", result->dir->path);
	return g_string_free(out, FALSE);
}

char *matrix_to_markdown(const MatrixResult *result)
{
	return render(result, &style_markdown);
}
