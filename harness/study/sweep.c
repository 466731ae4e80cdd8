// SPDX-License-Identifier: GPL-2.0-or-later
#include <study/noisesum.h>
#include <study/sweep.h>

#include <base/error.h>
#include <evaluate/key.h>

#include <math.h>
#include <string.h>

static void free_curve(gpointer data)
{
	SweepCurve *curve = data;

	g_free(curve->kernel);
	g_free(curve->series);
	g_array_unref(curve->at);
	g_array_unref(curve->x);
	g_array_unref(curve->y);
	g_free(curve);
}

static void free_figure(gpointer data)
{
	SweepFigure *figure = data;

	g_ptr_array_unref(figure->curves);
	g_free(figure);
}

void sweep_free(Sweep *sweep)
{
	if (!sweep)
		return;
	g_free(sweep->noise);
	g_free(sweep->left_out);
	g_array_unref(sweep->values);
	g_ptr_array_unref(sweep->figures);
	g_free(sweep);
}

static SweepCurve *find_curve(SweepFigure *figure, const Cell *cell)
{
	SweepCurve *curve;

	for (guint i = 0; i < figure->curves->len; i++) {
		curve = figure->curves->pdata[i];
		if (cell_same_kernel(curve->cell, cell))
			return curve;
	}
	curve = g_new0(SweepCurve, 1);
	curve->cell = cell;
	curve->kernel = cell_kernel_name(cell);
	curve->series = g_strdup(cell->series);
	curve->at = g_array_new(FALSE, FALSE, sizeof(guint64));
	curve->x = g_array_new(FALSE, FALSE, sizeof(double));
	curve->y = g_array_new(FALSE, FALSE, sizeof(double));
	g_ptr_array_add(figure->curves, curve);
	return curve;
}

/* What its directory says; where an older khotest made it, which said nothing, the name of the first block. */
static const SweepKey *key_of(const MatrixResult *matrix)
{
	const MatrixCell *first = matrix->cells->len ? matrix->cells->pdata[0] : NULL;
	guint64 value;

	if (matrix->dir->sweep)
		return sweepkey_find(matrix->dir->sweep);
	return first && matrix->dir->schema == 1 ? sweepkey_parse_block(first->cell->block, &value) : NULL;
}

/* Each value once, where the plan has it first: several trees have each of them. */
static void add_value(GArray *values, guint64 value)
{
	for (guint i = 0; i < values->len; i++)
		if (g_array_index(values, guint64, i) == value)
			return;
	g_array_append_val(values, value);
}

/* All cells must be about the same. */
static bool find_values(const MatrixResult *matrix, Sweep *sweep, GError **error)
{
	sweep->what = key_of(matrix);
	if (!sweep->what)
		return error_set(error, KHOTEST_ERROR_INPUT, "%s is no sweep; 'khotest sweep' makes one",
				 matrix->dir->path);
	for (guint i = 0; i < matrix->cells->len; i++) {
		const MatrixCell *cell = matrix->cells->pdata[i];
		guint64 value;

		if (sweepkey_parse_block(cell->cell->block, &value) != sweep->what)
			return error_set(error, KHOTEST_ERROR_INPUT,
					 "%s is a sweep of %s, and its block [%s] names no value of that: it is "
					 "damaged",
					 matrix->dir->path, sweep->what->name, cell->cell->block);
		add_value(sweep->values, value);
		if (!sweep->like)
			sweep->like = matrixcell_result(cell);
	}
	return true;
}

bool matrix_is_sweep(const MatrixResult *matrix)
{
	return matrix->dir->sweep || key_of(matrix);
}

/* Whether a run has figures: a kernel that dies before it can say what it is has none. */
static bool has_said(const Result *result)
{
	return result && verdict_kind_judged(result->verdict->kind) && result_said(result, 0);
}

/* What all runs of a sweep have in common; runs of one kernel, what is that kernel's own too. Caller unrefs. */
static GPtrArray *key_of_run(const Result *result, bool same_kernel)
{
	static const char *const swept[] = { "memory", "guest CPUs", "nodes", "command line" };
	static const char *const own[] = { KEY_COMPILER, KEY_CONFIGURATION, "configuration asked for",
					   "kernels in a row" };
	GPtrArray *key = result_key(result);

	for (gsize i = 0; i < G_N_ELEMENTS(swept); i++)
		key_forget(key, swept[i]);
	for (gsize i = 0; i < G_N_ELEMENTS(own) && !same_kernel; i++)
		key_forget(key, own[i]);
	return key;
}

/* In what a cell's run is of another thing than that one's. NULL: in nothing. Caller frees. */
static char *cells_difference(const MatrixCell *one, const MatrixCell *cell)
{
	const Result *first = matrixcell_result(one), *result = matrixcell_result(cell);
	bool same = cell_same_kernel(one->cell, cell->cell);
	g_autoptr(GPtrArray) then = key_of_run(first, same), now = key_of_run(result, same);
	char *difference = key_difference(then, now);

	/* one that was built anew between two sessions of a sweep has the same name */
	return difference || !same ? difference : key_kernels_difference(first->plan, result->plan);
}

/* In what it differs from the first of all that count, or from the first of these that has its kernel. Caller frees. */
static char *difference_from(const GPtrArray *counting, const MatrixCell *cell)
{
	char *difference = counting->len ? cells_difference(counting->pdata[0], cell) : NULL;

	for (guint i = 1; i < counting->len && !difference; i++)
		if (cell_same_kernel(((const MatrixCell *)counting->pdata[i])->cell, cell->cell))
			return cells_difference(counting->pdata[i], cell);
	return difference;
}

/* The cells whose runs have figures of the same thing; of all others, how many there are and why. Caller unrefs. */
static GPtrArray *find_counting(const MatrixResult *matrix, char **ret_left_out)
{
	GPtrArray *counting = g_ptr_array_new();
	g_autofree char *first = NULL;
	guint others = 0;

	for (guint i = 0; i < matrix->cells->len; i++) {
		MatrixCell *cell = matrix->cells->pdata[i];
		bool said = has_said(matrixcell_result(cell));
		g_autofree char *difference = said ? difference_from(counting, cell) : NULL;

		if (difference && !others++)
			first = g_strdup_printf("%s: %s", cell->cell->id, difference);
		else if (said && !difference)
			g_ptr_array_add(counting, cell);
	}
	*ret_left_out = others ? key_left_out(others, "run", first) : NULL;
	return counting;
}

/* NULL if no run has that figure. counting: find_counting() */
static SweepFigure *make_figure(const MatrixResult *matrix, const GPtrArray *counting, const Sweep *sweep,
				const Metric *metric)
{
	SweepFigure *figure = g_new0(SweepFigure, 1);
	guint known = 0;

	figure->metric = metric;
	figure->curves = g_ptr_array_new_with_free_func(free_curve);
	for (guint i = 0; i < matrix->cells->len; i++) {
		const MatrixCell *cell = matrix->cells->pdata[i];
		SweepCurve *curve = find_curve(figure, cell->cell);
		const Result *result = matrixcell_result(cell);
		gint64 figure_value = result && g_ptr_array_find((GPtrArray *)counting, cell, NULL)
					      ? metric_measured(metric, result)
					      : -1;
		guint64 value = 0;
		double x, y = (double)figure_value;

		if (figure_value < 0 || !sweepkey_parse_block(cell->cell->block, &value))
			continue;
		x = (double)value / sweep->what->divisor;
		g_array_append_val(curve->at, value);
		g_array_append_val(curve->x, x);
		g_array_append_val(curve->y, y);
		known++;
	}
	for (guint i = 0; i < figure->curves->len; i++) {
		SweepCurve *curve = figure->curves->pdata[i];

		curve->has_fit = fit_line((const double *)(gpointer)curve->x->data,
					  (const double *)(gpointer)curve->y->data, curve->x->len, &curve->fit);
	}
	if (known)
		return figure;
	free_figure(figure);
	return NULL;
}

static bool add_figures(const MatrixResult *matrix, const GPtrArray *counting, Sweep *sweep, const char *const *metrics,
			GError **error)
{
	static const char *const usual[] = { "init1",	      "init2",	       "init.later",
					     "memmap.later",  "free.later",    "deferred.later",
					     "insn1.to_init", "insn2.to_init", NULL };

	for (const char *const *id = metrics ? metrics : usual; *id; id++) {
		const Metric *metric = metric_named(*id, error);
		SweepFigure *figure = metric ? make_figure(matrix, counting, sweep, metric) : NULL;

		if (!metric)
			return false;
		if (figure)
			g_ptr_array_add(sweep->figures, figure);
	}
	return sweep->figures->len ||
	       error_set(error, KHOTEST_ERROR_INPUT, "no run of %s has such a figure", matrix->dir->path);
}

static char *noise_of_runs(const MatrixResult *matrix)
{
	NoiseSum sum = { 0 };

	for (guint i = 0; i < matrix->cells->len; i++) {
		const Result *result = matrixcell_result(matrix->cells->pdata[i]);

		if (result)
			noise_add(&sum, result);
	}
	return noise_sum_sentence(&sum);
}

Sweep *sweep_new(const MatrixResult *matrix, const char *const *metrics, GError **error)
{
	g_autoptr(Sweep) sweep = g_new0(Sweep, 1);
	g_autoptr(GPtrArray) counting = NULL;

	sweep->values = g_array_new(FALSE, FALSE, sizeof(guint64));
	sweep->figures = g_ptr_array_new_with_free_func(free_figure);
	if (!find_values(matrix, sweep, error))
		return NULL;
	sweep->noise = noise_of_runs(matrix);
	counting = find_counting(matrix, &sweep->left_out);
	return add_figures(matrix, counting, sweep, metrics, error) ? g_steal_pointer(&sweep) : NULL;
}

bool sweep_is_of_pages(const Sweep *sweep)
{
	for (guint f = 0; f < sweep->figures->len; f++)
		if (strcmp(sweep->what->name, "memory") == 0 &&
		    strcmp(((const SweepFigure *)sweep->figures->pdata[f])->metric->unit, "ns") == 0)
			return true;
	return false;
}

double sweepcurve_band(const SweepCurve *curve, double x)
{
	double mean = 0, squares = 0, steps = curve->x->len;

	for (guint i = 0; i < curve->x->len; i++)
		mean += g_array_index(curve->x, double, i) / steps;
	for (guint i = 0; i < curve->x->len; i++)
		squares += pow(g_array_index(curve->x, double, i) - mean, 2);
	if (!curve->has_fit || squares <= 0)
		return 0;
	/* the slope's half width is t s / sqrt(squares), which gives t s */
	return (curve->fit.slope_high - curve->fit.slope) * sqrt(squares) *
	       sqrt(1 / steps + pow(x - mean, 2) / squares);
}

GArray *sweepcurve_at(const SweepCurve *curve, guint64 value)
{
	GArray *found = g_array_new(FALSE, FALSE, sizeof(double));

	for (guint i = 0; i < curve->at->len; i++)
		if (g_array_index(curve->at, guint64, i) == value)
			g_array_append_val(found, g_array_index(curve->y, double, i));
	return found;
}
