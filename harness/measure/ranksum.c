// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/ranksum.h>

#include <gsl/gsl_sort.h>
#include <math.h>

#define TAIL 0.025 /* on each side of an interval of 95% */

static bool all_same(const double *values, guint n)
{
	for (guint i = 1; i < n; i++)
		if (values[i] != values[0])
			return false;
	return true;
}

static bool all_positive(const double *values, guint n)
{
	for (guint i = 0; i < n; i++)
		if (!(values[i] > 0))
			return false;
	return true;
}

/*
 * Of all orders of na and nb values, the share in which u pairs are the wrong way round, for u from 0 to na * nb. The
 * counts are the coefficients of the Gaussian binomial: the product over i of (1 - q^(nb+i)) / (1 - q^i).
 */
static double *distribution(guint na, guint nb)
{
	guint most = na * nb;
	double *share = g_new0(double, most + 1);

	share[0] = 1;
	for (guint i = 1; i <= na; i++) {
		for (guint u = most; u >= nb + i; u--)
			share[u] -= share[u - nb - i];
		for (guint u = i; u <= most; u++)
			share[u] += share[u - i];
		/* from counts to shares step by step: the counts themselves leave the range of a double */
		for (guint u = 0; u <= most; u++)
			share[u] *= (double)i / (double)(nb + i);
	}
	return share;
}

/* How many of the sorted ratios are left out at each end, and one more; 0: even the outermost two are not 95% apart. */
static guint ends(guint na, guint nb)
{
	g_autofree double *share = distribution(na, nb);
	double sum = 0;
	guint u = 0;

	while (2 * u < na * nb && sum + share[u] <= TAIL)
		sum += share[u++];
	return u;
}

Interval ranksum_ratio(const double *a, guint na, const double *b, guint nb)
{
	g_autofree double *ratios = g_new(double, (gsize)na *nb);
	guint n = na * nb, end;

	if (!all_positive(a, na) || !all_positive(b, nb))
		return (Interval){ NAN, NAN, NAN, INTERVAL_NONE };
	for (guint i = 0; i < na; i++)
		for (guint j = 0; j < nb; j++)
			ratios[i * nb + j] = b[j] / a[i];
	if (all_same(a, na) && all_same(b, nb))
		return n == 1 ? (Interval){ ratios[0], NAN, NAN, INTERVAL_NONE }
			      : (Interval){ ratios[0], ratios[0], ratios[0], INTERVAL_EXACT };
	gsl_sort(ratios, 1, n);
	end = ends(na, nb);
	return (Interval){ .estimate = statistics_median(ratios, n),
			   .low = ratios[end ? end - 1 : 0],
			   .high = ratios[n - (end ? end : 1)],
			   .kind = end ? INTERVAL_95 : INTERVAL_RANGE };
}
