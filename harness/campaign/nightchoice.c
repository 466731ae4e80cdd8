// SPDX-License-Identifier: GPL-2.0-or-later
#include <campaign/nightchoice.h>

#include <campaign/estimate.h>

#include <string.h>

/* A cell with its repeats, and what earlier nights say of it. */
typedef struct {
	char *name;
	GPtrArray *cells; /* Cell, borrowed */
	gint64 cost_ns;	  /* of all repeats, one after the other */
	bool ever;	  /* it was run before */
	guint waited;	  /* nights since then */
	bool failed, changed;
	bool cheapest; /* of its kernel and series */
	guint place;   /* in the plan */
} Unit;

static void unit_free(gpointer data)
{
	Unit *unit = data;

	g_free(unit->name);
	g_ptr_array_unref(unit->cells);
	g_free(unit);
}

static Unit *find(GPtrArray *units, const char *name)
{
	for (guint i = 0; i < units->len; i++)
		if (strcmp(((Unit *)units->pdata[i])->name, name) == 0)
			return units->pdata[i];
	return NULL;
}

static GPtrArray *units_of(const NightPlan *plan)
{
	GPtrArray *units = g_ptr_array_new_with_free_func(unit_free);

	for (guint i = 0; i < plan->cells->len; i++) {
		Cell *cell = plan->cells->pdata[i];
		g_autofree char *name = night_cell_name(cell);
		Unit *unit = find(units, name);

		if (!unit) {
			unit = g_new0(Unit, 1);
			unit->name = g_steal_pointer(&name);
			unit->cells = g_ptr_array_new();
			unit->place = i;
			g_ptr_array_add(units, unit);
		}
		g_ptr_array_add(unit->cells, cell);
		unit->cost_ns += plan->cost(cell, plan->data);
	}
	return units;
}

static bool has_change(const GPtrArray *changes, const NightCell *cell)
{
	for (guint i = 0; i < changes->len; i++)
		if (((NightChange *)changes->pdata[i])->cell == cell)
			return true;
	return false;
}

/*
 * Releases never change; of a branch, the commit is in the name of the kernel. A tree's is not known before it is
 * built, and those of a chain are not kept.
 */
static bool is_changed(const Unit *unit, const NightCell *before)
{
	const Cell *cell = unit->cells->pdata[0];
	g_autofree char *commit = NULL;
	g_autofree char *kernel = night_kernel_name(cell->kernel, &commit);

	if (cell->tree)
		return true;
	if (cell->chain)
		return commit != NULL;
	return commit && g_strcmp0(commit, before->commit) != 0;
}

/* The host could not run it: that says nothing of the cell. */
static bool is_skipped(const NightCell *before)
{
	return before->state == CELL_SKIPPED && !before->unbuilt;
}

/*
 * What nights say of it, up to the last that ran it. One that was skipped had its turn, and waits no longer; but what
 * is new in it was not seen. One that was never more than skipped is not new again each night: the host is too small.
 */
static void look_back(Unit *unit, const GPtrArray *earlier)
{
	const NightCell *skipped = NULL;
	bool waits = true;

	unit->changed = true;
	for (guint i = earlier->len; i > 0 && !unit->ever; i--) {
		const NightVerdict *verdict = earlier->pdata[i - 1];
		const NightCell *before = night_cell(verdict->night, unit->name);

		if (!before || before->state == CELL_NOT_RUN) {
			unit->waited += waits;
			continue;
		}
		waits = false;
		if (is_skipped(before)) {
			skipped = skipped ? skipped : before;
			continue;
		}
		unit->ever = true;
		unit->failed = before->state == CELL_UNMET || before->state == CELL_ERROR || before->unbuilt ||
			       has_change(verdict->worse, before);
		unit->changed = is_changed(unit, before);
	}
	if (!unit->ever && skipped)
		unit->changed = is_changed(unit, skipped);
}

static bool same_series(const Unit *a, const Unit *b)
{
	const Cell *x = a->cells->pdata[0], *y = b->cells->pdata[0];

	return strcmp(x->kernel, y->kernel) == 0 && g_strcmp0(x->tree, y->tree) == 0 &&
	       strcmp(x->series, y->series) == 0;
}

static void mark_cheapest(GPtrArray *units)
{
	for (guint i = 0; i < units->len; i++) {
		Unit *unit = units->pdata[i];

		unit->cheapest = true;
		for (guint j = 0; j < units->len && unit->cheapest; j++) {
			const Unit *other = units->pdata[j];

			if (same_series(unit, other))
				unit->cheapest =
					other->cost_ns > unit->cost_ns || (other->cost_ns == unit->cost_ns && j >= i);
		}
	}
}

static int by_wait(gconstpointer a, gconstpointer b)
{
	const Unit *x = *(Unit *const *)a, *y = *(Unit *const *)b;

	if (x->waited != y->waited)
		return x->waited > y->waited ? -1 : 1;
	if (x->cost_ns != y->cost_ns)
		return x->cost_ns < y->cost_ns ? -1 : 1;
	return x->place < y->place ? -1 : 1;
}

static int by_worth(gconstpointer a, gconstpointer b)
{
	const Unit *x = *(Unit *const *)a, *y = *(Unit *const *)b;

	if (x->changed != y->changed)
		return x->changed ? -1 : 1;
	if (x->cheapest != y->cheapest)
		return x->cheapest ? -1 : 1;
	return by_wait(a, b);
}

/* The choice while it is being made. */
typedef struct {
	const NightPlan *plan;
	NightFacts *facts;
	GPtrArray *chosen; /* Cell */
	GHashTable *done;  /* Unit: chosen */
} Choice;

/* Kernels that so many cells need and that are not there, then the cells. */
static gint64 length_of(const NightPlan *plan, GPtrArray *cells)
{
	gint64 ns = schedule_length(cells, plan->capacity, plan->cost, plan->data);

	for (guint b = 0; b < plan->builds->len; b++) {
		const Build *build = plan->builds->pdata[b];
		bool needed = false;

		for (guint i = 0; i < cells->len && !build->cached && !needed; i++) {
			g_autoptr(GPtrArray) parts = cell_parts(cells->pdata[i]);

			for (guint p = 0; p < parts->len; p++)
				needed |= build_is_for(build, parts->pdata[p]);
		}
		ns += needed ? build->estimate_ns : 0;
	}
	return ns;
}

static void note(const Choice *choice, const Unit *unit, bool chosen, char *why)
{
	NightChoice *one = nightfacts_add_choice(choice->facts, unit->name);

	one->chosen = chosen;
	one->why = why;
	one->runs = unit->cells->len;
	one->estimate_ns = unit->cost_ns;
}

/* Takes it, if all fits into budget_ns with it. why is taken over. */
static bool take(const Choice *choice, Unit *unit, gint64 budget_ns, char *why)
{
	guint before = choice->chosen->len;

	for (guint i = 0; i < unit->cells->len; i++)
		g_ptr_array_add(choice->chosen, unit->cells->pdata[i]);
	if (length_of(choice->plan, choice->chosen) > budget_ns) {
		g_ptr_array_set_size(choice->chosen, (gint)before);
		g_free(why);
		return false;
	}
	note(choice, unit, true, why);
	g_hash_table_add(choice->done, unit);
	return true;
}

static char *nights_text(const Unit *unit)
{
	return unit->ever ? g_strdup_printf("not run for %u night%s", unit->waited, unit->waited == 1 ? "" : "s")
			  : g_strdup("never run");
}

static void take_failed(const Choice *choice, GPtrArray *units)
{
	for (guint i = 0; i < units->len; i++) {
		Unit *unit = units->pdata[i];

		if (unit->failed && !g_hash_table_contains(choice->done, unit))
			take(choice, unit, choice->plan->budget_ns, g_strdup("failed when it was run last"));
	}
}

/* What was left out, the longest first. Caller unrefs. */
static GPtrArray *waiting_of(GPtrArray *units)
{
	GPtrArray *waiting = g_ptr_array_new();

	for (guint i = 0; i < units->len; i++)
		if (((Unit *)units->pdata[i])->waited)
			g_ptr_array_add(waiting, units->pdata[i]);
	g_ptr_array_sort(waiting, by_wait);
	return waiting;
}

/* One, before anything can take its room: so each has its turn, however much fails every night. */
static void take_longest_waiting(const Choice *choice, GPtrArray *waiting)
{
	for (guint i = 0; i < waiting->len; i++)
		if (take(choice, waiting->pdata[i], choice->plan->budget_ns, nights_text(waiting->pdata[i])))
			return;
}

static void take_waiting(const Choice *choice, GPtrArray *waiting)
{
	gint64 until = length_of(choice->plan, choice->chosen) + choice->plan->budget_ns / NIGHTCHOICE_WAITING;

	for (guint i = 0; i < waiting->len; i++)
		if (!g_hash_table_contains(choice->done, waiting->pdata[i]))
			take(choice, waiting->pdata[i], MIN(until, choice->plan->budget_ns),
			     nights_text(waiting->pdata[i]));
}

static char *why_of(const Unit *unit)
{
	if (unit->changed)
		return g_strdup(unit->ever ? "its kernel has changed" : "never run");
	if (unit->cheapest)
		return g_strdup("the cheapest of its kernel and series");
	return unit->waited ? nights_text(unit) : g_strdup("there was time for it");
}

static void leave_out(const Choice *choice, const Unit *unit)
{
	g_autoptr(GPtrArray) alone = g_ptr_array_new();
	gint64 ns;

	for (guint i = 0; i < unit->cells->len; i++)
		g_ptr_array_add(alone, unit->cells->pdata[i]);
	ns = length_of(choice->plan, alone);
	if (ns > choice->plan->budget_ns) {
		g_autofree char *takes = estimate_format(ns), *budget = estimate_format(choice->plan->budget_ns);

		note(choice, unit, false,
		     g_strdup_printf("it takes %s alone, and the budget has %s: no night can run it", takes, budget));
		return;
	}
	note(choice, unit, false, g_strdup("the budget was used up"));
}

GPtrArray *nightchoice_make(const NightPlan *plan, NightFacts *facts)
{
	g_autoptr(GPtrArray) units = units_of(plan);
	g_autoptr(GHashTable) done = g_hash_table_new(NULL, NULL);
	g_autoptr(GPtrArray) waiting = NULL;
	Choice choice = { plan, facts, g_ptr_array_new(), done };

	for (guint i = 0; i < units->len; i++)
		look_back(units->pdata[i], plan->earlier);
	mark_cheapest(units);
	waiting = waiting_of(units);
	take_longest_waiting(&choice, waiting);
	take_failed(&choice, units);
	take_waiting(&choice, waiting);
	g_ptr_array_sort(units, by_worth);
	for (guint i = 0; i < units->len; i++)
		if (!g_hash_table_contains(done, units->pdata[i]))
			take(&choice, units->pdata[i], plan->budget_ns, why_of(units->pdata[i]));
	for (guint i = 0; i < units->len; i++)
		if (!g_hash_table_contains(done, units->pdata[i]))
			leave_out(&choice, units->pdata[i]);
	return choice.chosen;
}

static char *count(guint n, const char *what)
{
	return g_strdup_printf("%u %s%s", n, what, n == 1 ? "" : "s");
}

char *nightchoice_sum(const NightPlan *plan, const NightFacts *facts, GPtrArray *chosen)
{
	g_autofree char *takes = estimate_format(length_of(plan, chosen)), *runs = count(chosen->len, "run");
	g_autofree char *budget = estimate_format(plan->budget_ns), *cells = NULL, *rest = NULL;
	guint left_out = 0;

	for (guint i = 0; i < facts->choices->len; i++)
		left_out += !((NightChoice *)facts->choices->pdata[i])->chosen;
	cells = count(facts->choices->len - left_out, "cell");
	rest = left_out ? count(left_out, "cell") : g_strdup("no cell");
	return g_strdup_printf("%s, %s, about %s of a budget of %s; %s %s left out", cells, runs, takes, budget, rest,
			       left_out > 1 ? "are" : "is");
}
