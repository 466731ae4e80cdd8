// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Change points by ranks and permutations.
 *
 * Times of boots are not normal: a busy host adds a long tail, and one run in
 * fifty is far off. So values count by rank only. A stretch of values is split
 * where the rank sums of both sides differ most, each split weighed by what such
 * a difference is worth by chance (a maximally selected rank statistic: Lausen and
 * Schumacher, Biometrics 48, 1992; without the weights it is Pettitt's test, Applied
 * Statistics 28, 1979). Whether the best split is more than chance is asked of
 * permutations of the same values: the search over all positions is part of what
 * is permuted, so no correction for it is needed, and nothing is assumed about
 * how values are distributed.
 *
 * A level that changes and comes back - slower by one commit, repaired by another -
 * hides from single splits, whose sides then are both mixtures. So where there is
 * no split, a part in the middle is held against the rest in the same way (circular
 * binary segmentation: Olshen et al., Biostatistics 5, 2004). What was cut is
 * searched again. Each of the two tests errs once in a hundred.
 */
#include <measure/changepoint.h>
#include <measure/statistics.h>

#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define LEVEL 0.01
#define SPLIT_PERMUTATIONS 9999 /* five values against five others, all apart, have 0.008: to be told from 0.01 */
#define ARC_PERMUTATIONS 999	/* each takes the square of the number of values */
#define ARC_VALUES_MAX 1000	/* for the same reason; splits are searched in any number */
#define SEED 20040401

/*
 * A place is nearly as good as the best if the likelihood says so: twice the logarithm
 * of the ratio is at most the 95% point of chi-square with one degree of freedom.
 */
#define NEARLY 3.84
#define LOCATE_AROUND 500

typedef struct {
	double statistic; /* square of the standardised rank sum, but for a factor that permuting leaves alone */
	guint from;	  /* the part that differs: [from, to) */
	guint to;
} Cut;

typedef Cut (*Search)(const double *ranks, guint n);

/* Number of values in sorted that are less than value (or not greater). */
static guint count_below(const double *sorted, guint n, double value, bool or_equal)
{
	guint low = 0, high = n;

	while (low < high) {
		guint middle = low + (high - low) / 2;

		if (sorted[middle] < value || (or_equal && sorted[middle] == value))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Ranks less their mean, equal values sharing the mean of their ranks: halves, so sums of them are exact. */
static double *centred_ranks(const double *values, guint n)
{
	g_autofree double *sorted = g_memdup2(values, n * sizeof(*values));
	double *ranks = g_new(double, n);

	gsl_sort(sorted, 1, n);
	for (guint i = 0; i < n; i++) {
		guint below = count_below(sorted, n, values[i], false);
		guint up_to = count_below(sorted, n, values[i], true);

		ranks[i] = (below + 1 + up_to) / 2.0 - (n + 1) / 2.0;
	}
	return ranks;
}

static Cut search_split(const double *ranks, guint n)
{
	Cut best = { 0, 0, n };
	double sum = 0;

	for (guint t = 1; t + CHANGEPOINT_STRETCH <= n; t++) {
		double statistic;

		sum += ranks[t - 1];
		statistic = sum * sum / ((double)t * (n - t));
		if (t >= CHANGEPOINT_STRETCH && statistic > best.statistic)
			best = (Cut){ statistic, t, n };
	}
	return best;
}

/* A part in the middle, with enough on both sides of it. */
static Cut search_arc(const double *ranks, guint n)
{
	Cut best = { 0, 0, n };

	for (guint from = CHANGEPOINT_STRETCH; from + 2 * CHANGEPOINT_STRETCH <= n; from++) {
		double sum = 0;

		for (guint to = from + 1; to + CHANGEPOINT_STRETCH <= n; to++) {
			double length = to - from, statistic;

			sum += ranks[to - 1];
			statistic = sum * sum / (length * (n - length));
			if (length >= CHANGEPOINT_STRETCH && statistic > best.statistic)
				best = (Cut){ statistic, from, to };
		}
	}
	return best;
}

/* Whether at most LEVEL of all orders of the same values have a cut as good. */
static bool beyond_chance(Search search, const Cut *cut, const double *ranks, guint n, guint permutations)
{
	g_autofree double *shuffled = g_memdup2(ranks, n * sizeof(*ranks));
	GRand *random = g_rand_new_with_seed(SEED);
	guint most = (guint)(LEVEL * (permutations + 1)) - 1; /* the order that was seen is one of them */
	guint as_good = 0;

	for (guint i = 0; i < permutations && as_good <= most; i++) {
		for (guint last = n - 1; last > 0; last--) {
			guint other = (guint)g_rand_int_range(random, 0, (gint32)last + 1);
			double kept = shuffled[last];

			shuffled[last] = shuffled[other];
			shuffled[other] = kept;
		}
		as_good += search(shuffled, n).statistic >= cut->statistic;
	}
	g_rand_free(random);
	return as_good <= most;
}

static bool find_cut(const double *values, guint n, Cut *ret_cut)
{
	g_autofree double *ranks = NULL;

	if (n < 2 * CHANGEPOINT_STRETCH)
		return false;
	ranks = centred_ranks(values, n);
	*ret_cut = search_split(ranks, n);
	if (beyond_chance(search_split, ret_cut, ranks, n, SPLIT_PERMUTATIONS))
		return true;
	if (n < 3 * CHANGEPOINT_STRETCH || n > ARC_VALUES_MAX)
		return false;
	*ret_cut = search_arc(ranks, n);
	return beyond_chance(search_arc, ret_cut, ranks, n, ARC_PERMUTATIONS);
}

/* Adds the positions at which [from, to) changes, in order. */
static void find_positions(const double *values, guint from, guint to, GArray *positions)
{
	Cut cut;

	if (!find_cut(values + from, to - from, &cut))
		return;
	cut.from += from;
	cut.to += from;
	find_positions(values, from, cut.from, positions);
	g_array_append_val(positions, cut.from);
	find_positions(values, cut.from, cut.to, positions);
	if (cut.to < to) {
		g_array_append_val(positions, cut.to);
		find_positions(values, cut.to, to, positions);
	}
}

static double distance_to_median(const double *values, guint n)
{
	double median = statistics_median(values, n), sum = 0;

	for (guint i = 0; i < n; i++)
		sum += fabs(values[i] - median);
	return sum;
}

/*
 * Where within [from, to), which has a change about at, it is. Ranks tell that there
 * is one, but they draw it to the middle, since equal halves weigh most; so the place
 * is where both sides are nearest to their medians, which far-off values do not move.
 */
static ChangePoint locate(const double *values, guint from, guint to, guint at)
{
	ChangePoint change = { .at = at, .first = at, .last = at };
	g_autofree double *distances = NULL;
	double limit;
	guint n;

	/* far from it nothing depends on; and the effort is the square of the length */
	from = MAX(from, at > LOCATE_AROUND ? at - LOCATE_AROUND : 0);
	to = MIN(to, at + LOCATE_AROUND);
	n = to - from;
	distances = g_new(double, n + 1);
	for (guint t = 1; t < n; t++)
		distances[t] = distance_to_median(values + from, t) + distance_to_median(values + from + t, n - t);
	for (guint t = CHANGEPOINT_STRETCH; t + CHANGEPOINT_STRETCH <= n; t++)
		if (distances[t] < distances[change.at - from])
			change.at = from + t;
	/* the likelihood of exponential deviations with unknown scale is distance to the power of -n */
	limit = distances[change.at - from] * exp(NEARLY / 2 / n);
	change.first = change.last = change.at;
	while (change.first - from > 1 && distances[change.first - from - 1] <= limit)
		change.first--;
	while (change.last - from + 1 < n && distances[change.last - from + 1] <= limit)
		change.last++;
	/* and one more on each side: a single disturbed run at the edge moves it by one, however sure it looks */
	change.first -= change.first - from > 1;
	change.last += change.last - from + 1 < n;
	return change;
}

GArray *changepoints_find(const double *values, guint n)
{
	g_autoptr(GArray) positions = g_array_new(FALSE, FALSE, sizeof(guint));
	GArray *changes = g_array_new(FALSE, FALSE, sizeof(ChangePoint));

	find_positions(values, 0, n, positions);
	/* a first cut was made with later changes on its sides; between its neighbours it is found more exactly */
	for (guint i = 0; i < positions->len; i++) {
		guint from = i ? g_array_index(changes, ChangePoint, i - 1).at : 0;
		guint to = i + 1 < positions->len ? g_array_index(positions, guint, i + 1) : n;
		ChangePoint change = locate(values, from, to, g_array_index(positions, guint, i));

		g_array_append_val(changes, change);
	}
	for (guint i = 0; i < changes->len; i++) {
		ChangePoint *change = &g_array_index(changes, ChangePoint, i);
		guint from = i ? change[-1].at : 0, to = i + 1 < changes->len ? change[1].at : n;

		change->before = statistics_median(values + from, change->at - from);
		change->after = statistics_median(values + change->at, to - change->at);
	}
	return changes;
}
