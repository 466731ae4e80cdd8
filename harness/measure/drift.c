// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/drift.h>

#include <math.h>

static const char *const kind_names[] = {
	[DRIFT_TOO_FEW] = "too-few", [DRIFT_SAME] = "same",   [DRIFT_NOISE] = "noise",
	[DRIFT_STEP] = "step",	     [DRIFT_SLOPE] = "slope",
};

const char *drift_kind_name(DriftKind kind)
{
	return kind_names[kind];
}

/* From each point to the next of its sort: how many there are, and whether all have the same slope. */
typedef struct {
	guint n;
	double slope;
	bool same;
} Steps;

static const TrendPoint *next_of_sort(const TrendPoint *points, guint n, guint i)
{
	for (guint j = i + 1; j < n; j++)
		if (points[j].sort == points[i].sort)
			return &points[j];
	return NULL;
}

static Steps count_steps(const TrendPoint *points, guint n)
{
	Steps steps = { .same = true };

	for (guint i = 0; i < n; i++) {
		const TrendPoint *next = next_of_sort(points, n, i);
		double slope;

		if (!next)
			continue;
		slope = (next->value - points[i].value) / (next->at - points[i].at);
		if (steps.n++ == 0)
			steps.slope = slope;
		steps.same &= slope == steps.slope;
	}
	return steps;
}

#define PARTS 3

/* Whether each third of the points goes the way that all go. */
static bool goes_on(const TrendPoint *points, guint n)
{
	bool up = kendall_s(points, n) > 0;

	for (guint part = 0; part < PARTS; part++) {
		guint from = n * part / PARTS, to = n * (part + 1) / PARTS;
		gint64 s = kendall_s(points + from, to - from);

		if (up ? s <= 0 : s >= 0)
			return false;
	}
	return true;
}

static DriftKind kind_of(const Drift *drift, const TrendPoint *points)
{
	Steps steps = count_steps(points, drift->n);

	if (steps.n < DRIFT_STEPS)
		return DRIFT_TOO_FEW;
	if (steps.same)
		return steps.slope == 0 ? DRIFT_SAME : DRIFT_SLOPE;
	if (drift->p > DRIFT_LEVEL)
		return DRIFT_NOISE;
	return goes_on(points, drift->n) ? DRIFT_SLOPE : DRIFT_STEP;
}

Drift drift_of(const TrendPoint *points, guint n)
{
	Drift drift = { .n = n, .low = NAN, .high = NAN };

	for (guint i = 0; i < n; i++) {
		drift.low = fmin(drift.low, points[i].value);
		drift.high = fmax(drift.high, points[i].value);
	}
	drift.slope = kendall_slope(points, n);
	drift.p = kendall_p(points, n);
	drift.kind = kind_of(&drift, points);
	return drift;
}

bool drift_is_leak(const Drift *drift, int leak)
{
	return drift->kind == DRIFT_SLOPE && drift->slope.estimate * leak > 0;
}
