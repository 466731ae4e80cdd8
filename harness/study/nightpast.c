// SPDX-License-Identifier: GPL-2.0-or-later
#include "nightpast.h"

static void cell_past_free(gpointer data)
{
	CellPast *cell = data;

	g_hash_table_unref(cell->titles);
	g_free(cell->had[false]);
	g_free(cell->had[true]);
	g_ptr_array_unref(cell->firm);
	g_free(cell);
}

NightPast *nightpast_new(void)
{
	NightPast *past = g_new0(NightPast, 1);

	past->cells = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, cell_past_free);
	return past;
}

void nightpast_free(NightPast *past)
{
	g_hash_table_unref(past->cells);
	g_free(past);
}

static guint place_of(const Metric *metric)
{
	guint n;

	return (guint)(metric - metrics_all(&n));
}

CellPast *nightpast_cell(NightPast *past, const char *name)
{
	CellPast *cell = g_hash_table_lookup(past->cells, name);
	guint n;

	if (cell)
		return cell;
	metrics_all(&n);
	cell = g_new0(CellPast, 1);
	cell->titles = g_hash_table_new(g_str_hash, g_str_equal);
	cell->had[false] = g_new0(Baseline, n);
	cell->had[true] = g_new0(Baseline, n);
	cell->firm = g_ptr_array_new_full(n, (GDestroyNotify)g_array_unref);
	for (guint i = 0; i < n; i++)
		g_ptr_array_add(cell->firm, g_array_new(FALSE, FALSE, sizeof(Baseline)));
	g_hash_table_insert(past->cells, g_strdup(name), cell);
	return cell;
}

const Baseline *nightpast_had(const CellPast *cell, bool alone, const Metric *metric)
{
	return &cell->had[alone][place_of(metric)];
}

const GArray *nightpast_firm(const CellPast *cell, const Metric *metric)
{
	return cell->firm->pdata[place_of(metric)];
}

static void add_figures(CellPast *cell, const Baseline *one)
{
	for (guint i = 0; i < one->cell->figures->len; i++) {
		const NightFigure *figure = one->cell->figures->pdata[i];
		bool told = !figure_is_counted(figure->metric->figure) || nightfigure_is_steady(figure);

		cell->had[one->cell->alone][place_of(figure->metric)] = *one;
		if (told && one->cell->state == CELL_MET)
			g_array_append_val((GArray *)nightpast_firm(cell, figure->metric), *one);
	}
}

static void add_good(CellPast *cell, const Baseline *one)
{
	add_figures(cell, one);
	if (one->cell->state != CELL_MET)
		return;
	cell->met = *one;
	for (guint i = 0; i < one->cell->titles->len; i++)
		g_hash_table_add(cell->titles, one->cell->titles->pdata[i]);
}

void nightpast_add(NightPast *past, const NightVerdict *verdict)
{
	bool good = nightverdict_is_good(verdict);

	past->good = good ? verdict->night : past->good;
	for (guint i = 0; i < verdict->night->cells->len; i++) {
		const Baseline one = { verdict->night, verdict->night->cells->pdata[i] };
		CellPast *cell = nightpast_cell(past, one.cell->name);

		if (one.cell->state == CELL_MET || one.cell->state == CELL_UNMET)
			cell->judged = one.cell;
		if (good)
			add_good(cell, &one);
	}
}
