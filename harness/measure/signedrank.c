// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/signedrank.h>

#include <gsl/gsl_sort.h>
#include <math.h>

/*
 * Twice the rank of each value, which is whole also where a rank is the mean of
 * two. sorted: ascending. Returns the sum.
 */
static guint double_ranks(const double *sorted, guint n, guint *ret_ranks)
{
	guint sum = 0;

	for (guint from = 0, to; from < n; from = to) {
		for (to = from + 1; to < n && sorted[to] == sorted[from]; to++)
			;
		/* ranks from + 1 to to, in the mean (from + 1 + to) / 2 */
		for (guint i = from; i < to; i++)
			sum += ret_ranks[i] = from + 1 + to;
	}
	return sum;
}

/* Probability of each sum of the ranks that happen to be positive, when either sign is as likely. */
static double *distribution(const guint *ranks, guint n, guint sum)
{
	double *share = g_new0(double, sum + 1);
	guint reached = 0;

	share[0] = 1;
	for (guint i = 0; i < n; i++) {
		reached += ranks[i];
		for (guint s = reached + 1; s-- > 0;)
			share[s] = (share[s] + (s >= ranks[i] ? share[s - ranks[i]] : 0)) / 2;
	}
	return share;
}

double signedrank_p(const double *differences, guint n)
{
	g_autofree double *sizes = g_new(double, n);
	g_autofree guint *ranks = g_new(guint, n);
	g_autofree double *share = NULL;
	guint left = 0, sum, positive = 0;
	double p = 0;

	for (guint i = 0; i < n; i++)
		if (differences[i] != 0)
			sizes[left++] = fabs(differences[i]);
	gsl_sort(sizes, 1, left);
	sum = double_ranks(sizes, left, ranks);
	for (guint i = 0; i < n; i++)
		for (guint r = 0; differences[i] > 0 && r < left; r++)
			if (sizes[r] == differences[i]) {
				positive += ranks[r];
				break;
			}
	share = distribution(ranks, left, sum);
	/* the distribution is the same from either end */
	for (guint s = 0; s <= MIN(positive, sum - positive); s++)
		p += 2 * share[s];
	return MIN(p, 1);
}

double signedrank_least(guint n)
{
	return n ? ldexp(1, 1 - (int)n) : 1;
}

guint signedrank_pairs(double level)
{
	guint n = 1;

	while (signedrank_least(n) > level)
		n++;
	return n;
}

double signedrank_holm(const double *p, guint n, double level, bool *ret_significant)
{
	g_autofree gsize *order = g_new(gsize, n);

	for (guint i = 0; i < n; i++)
		ret_significant[i] = false;
	gsl_sort_index(order, p, 1, n);
	for (guint i = 0; i < n; i++) {
		if (p[order[i]] > level / (n - i))
			return level / (n - i);
		ret_significant[order[i]] = true;
	}
	return level;
}
