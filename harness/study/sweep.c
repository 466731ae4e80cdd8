// SPDX-License-Identifier: GPL-2.0-or-later
#include <study/noisesum.h>
#include <study/sweep.h>

#include <base/error.h>

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

/* NULL if no run has that figure. */
static SweepFigure *make_figure(const MatrixResult *matrix, const Sweep *sweep, const Metric *metric)
{
	SweepFigure *figure = g_new0(SweepFigure, 1);
	guint known = 0;

	figure->metric = metric;
	figure->curves = g_ptr_array_new_with_free_func(free_curve);
	for (guint i = 0; i < matrix->cells->len; i++) {
		const MatrixCell *cell = matrix->cells->pdata[i];
		SweepCurve *curve = find_curve(figure, cell->cell);
		const Result *result = matrixcell_result(cell);
		gint64 figure_value = result ? metric_measured(metric, result) : -1;
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

static bool add_figures(const MatrixResult *matrix, Sweep *sweep, const char *const *metrics, GError **error)
{
	static const char *const usual[] = { "init1",	      "init2",	       "init.later",
					     "memmap.later",  "free.later",    "deferred.later",
					     "insn1.to_init", "insn2.to_init", NULL };

	for (const char *const *id = metrics ? metrics : usual; *id; id++) {
		const Metric *metric = metric_named(*id, error);
		SweepFigure *figure = metric ? make_figure(matrix, sweep, metric) : NULL;

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

	sweep->values = g_array_new(FALSE, FALSE, sizeof(guint64));
	sweep->figures = g_ptr_array_new_with_free_func(free_figure);
	if (!find_values(matrix, sweep, error))
		return NULL;
	sweep->noise = noise_of_runs(matrix);
	return add_figures(matrix, sweep, metrics, error) ? g_steal_pointer(&sweep) : NULL;
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
