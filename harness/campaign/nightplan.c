// SPDX-License-Identifier: GPL-2.0-or-later
/* Which cells of the plan a night runs, and what it says of that before anything is run. */
#include "nightparts.h"

#include <base/error.h>
#include <campaign/nightchoice.h>
#include <campaign/resolve.h>
#include <campaign/runner.h>
#include <report/table.h>
#include <store/results.h>

Estimate *nightplan_learn(const char *parent)
{
	g_autofree char *matrices = paths_results(MATRICES_FOLDER);
	Estimate *estimate = estimate_new(matrices);
	g_auto(GStrv) ids = nights_list(parent);

	for (char **id = ids; *id; id++) {
		g_autofree char *path = g_build_filename(parent, *id, NULL);
		g_autofree char *matrix = night_file(path, NIGHT_MATRIX);
		g_autoptr(MatrixDir) dir = matrixdir_is(matrix) ? matrixdir_open(matrix, false, NULL) : NULL;
		g_autoptr(MatrixJournal) journal = dir ? matrixdir_journal(dir) : NULL;

		if (journal)
			estimate_learn(estimate, dir->cells, journal);
	}
	return estimate;
}

/* Verdicts of the nights that ended, borrowed. */
static GPtrArray *ended_nights(const Nights *nights)
{
	GPtrArray *ended = g_ptr_array_new();

	for (guint i = 0; i < nights->verdicts->len; i++)
		if (((NightVerdict *)nights->verdicts->pdata[i])->night->facts->ended)
			g_ptr_array_add(ended, nights->verdicts->pdata[i]);
	return ended;
}

static bool some_chosen(const GPtrArray *chosen, const NightlySpec *spec, GError **error)
{
	g_autofree char *budget = estimate_format(spec->budget_ns);

	return chosen->len ||
	       error_set(error, KHOTEST_ERROR_INPUT,
			 "--budget %s has no room for any cell of the plan '%s' and its kernel: 'khotest "
			 "matrix %s --dry-run' says how long they take",
			 budget, spec->plan, spec->plan);
}

char *nightplan_choose(const NightlySpec *spec, PlanFile *plan, NightFacts *facts, Estimate *estimate, gint64 left_ns,
		       GError **error)
{
	g_autoptr(GPtrArray) builds = builds_list(plan->cells, spec->paths, spec->cancel, error);
	g_autoptr(Nights) nights = builds ? nights_load(spec->parent, spec->cancel, error) : NULL;
	g_autoptr(GPtrArray) earlier = NULL, chosen = NULL, cells = NULL;
	char *sum;
	Capacity capacity = runner_capacity(spec->jobs);
	NightPlan from = { plan->cells, builds, NULL, &capacity, estimate_cell, estimate, left_ns };

	if (!nights)
		return NULL;
	from.earlier = earlier = ended_nights(nights);
	chosen = nightchoice_make(&from, facts);
	if (!some_chosen(chosen, spec, error))
		return NULL;
	sum = nightchoice_sum(&from, facts, chosen);
	cells = g_ptr_array_new_with_free_func((GDestroyNotify)cell_free);
	for (guint i = 0; i < chosen->len; i++)
		g_ptr_array_add(cells, cell_copy(chosen->pdata[i]));
	g_ptr_array_unref(plan->cells);
	plan->cells = g_steal_pointer(&cells);
	facts->planned = true;
	return sum;
}

char *nightly_outline(const NightlySpec *spec, GError **error)
{
	static const char *const headers[] = { "cell", "", ">runs", ">takes", "why", NULL };
	g_autoptr(PlanFile) plan = resolve_plan(spec->paths->plans, spec->plan, spec->paths, error);
	g_autoptr(Estimate) estimate = nightplan_learn(spec->parent);
	g_autoptr(NightFacts) facts = nightfacts_new();
	g_autoptr(Table) table = table_new(headers);
	g_autofree char *sum = NULL, *text = NULL;

	sum = plan ? nightplan_choose(spec, plan, facts, estimate, spec->budget_ns, error) : NULL;
	if (!sum)
		return NULL;
	for (guint i = 0; i < facts->choices->len; i++) {
		const NightChoice *one = facts->choices->pdata[i];

		TABLE_ROW(table, g_strdup(one->name), g_strdup(one->chosen ? "run" : "left out"),
			  g_strdup_printf("%u", one->runs), estimate_format(one->estimate_ns), g_strdup(one->why));
	}
	text = table_to_text(table);
	return g_strconcat(text, sum, "\n", NULL);
}
