// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/kendall.h>

#include <gsl/gsl_sort.h>
#include <math.h>

#define TAIL 0.025 /* of a 95% interval, at either end */

gint64 kendall_s(const TrendPoint *points, guint n)
{
	gint64 s = 0;

	for (guint i = 0; i < n; i++)
		for (guint j = i + 1; j < n; j++)
			if (points[i].sort == points[j].sort)
				s += (points[j].value > points[i].value) - (points[j].value < points[i].value);
	return s;
}

/* ---- what chance gives ---- */

/*
 * A distribution of how many pairs are in the wrong order, among those whose values
 * differ: share[w], w from 0 to pairs. It is the same from either end.
 */
typedef struct {
	double *share;
	guint pairs;
} Wrong;

static void wrong_clear(Wrong *wrong)
{
	g_free(wrong->share);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Wrong, wrong_clear)

static Wrong wrong_none(void)
{
	Wrong none = { g_new0(double, 1), 0 };

	none.share[0] = 1;
	return none;
}

/*
 * Of m values and t others that are all the same and lie above them: Mann and Whitney's
 * (Ann. Math. Statist. 18(1), 1947). The last in order is one of the m with a probability of
 * m / (m + t), and then stands behind all t.
 */
static Wrong wrong_between(guint m, guint t)
{
	g_autofree double *table = g_new0(double, (gsize)(m + 1) * (m * t + 1));
	gsize width = (gsize)m * t + 1;
	Wrong wrong = { g_new0(double, width), m * t };

	/* rows for 0 to m values; column by column of t, in place: row i still has that of t - 1 */
	for (guint i = 0; i <= m; i++)
		table[i * width] = 1;
	for (guint j = 1; j <= t; j++)
		for (guint i = 1; i <= m; i++)
			for (gsize w = width; w-- > 0;)
				table[i * width + w] = ((w >= j ? i * table[(i - 1) * width + w - j] : 0) +
							j * table[i * width + w]) /
						       (i + j);
	for (gsize w = 0; w < width; w++)
		wrong.share[w] = table[m * width + w];
	return wrong;
}

static void wrong_add(Wrong *to, const Wrong *more)
{
	Wrong sum = { g_new0(double, to->pairs + more->pairs + 1), to->pairs + more->pairs };

	for (guint a = 0; a <= to->pairs; a++)
		for (guint b = 0; b <= more->pairs; b++)
			sum.share[a + b] += to->share[a] * more->share[b];
	g_free(to->share);
	*to = sum;
}

/* Values of one sort: each run of equal ones among those below it. */
static void add_sort(Wrong *wrong, double *values, guint n)
{
	gsl_sort(values, 1, n);
	for (guint from = 0, to; from < n; from = to) {
		for (to = from + 1; to < n && values[to] == values[from]; to++)
			;
		if (from > 0) {
			g_auto(Wrong) run = wrong_between(from, to - from);

			wrong_add(wrong, &run);
		}
	}
}

/* The sorts one after the other. distinct: as if no two values were the same. */
static Wrong chance(const TrendPoint *points, guint n, bool distinct)
{
	g_autofree double *values = g_new(double, n);
	g_autofree bool *taken = g_new0(bool, n);
	Wrong wrong = wrong_none();

	for (guint i = 0; i < n; i++) {
		guint count = 0;

		for (guint j = i; j < n; j++)
			if (!taken[j] && points[j].sort == points[i].sort) {
				taken[j] = true;
				values[count] = distinct ? count : points[j].value;
				count++;
			}
		if (count)
			add_sort(&wrong, values, count);
	}
	return wrong;
}

double kendall_p(const TrendPoint *points, guint n)
{
	g_auto(Wrong) wrong = chance(points, n, false);
	/* s is the right ones less the wrong ones */
	guint few = (guint)((gint64)wrong.pairs - ABS(kendall_s(points, n))) / 2;
	double p = 0;

	for (guint w = 0; w <= few; w++)
		p += 2 * wrong.share[w];
	return MIN(p, 1);
}

/* ---- the slope ---- */

static GArray *pair_slopes(const TrendPoint *points, guint n)
{
	GArray *slopes = g_array_new(FALSE, FALSE, sizeof(double));

	for (guint i = 0; i < n; i++)
		for (guint j = i + 1; j < n; j++) {
			double slope = (points[j].value - points[i].value) / (points[j].at - points[i].at);

			if (points[i].sort == points[j].sort)
				g_array_append_val(slopes, slope);
		}
	gsl_sort((double *)(void *)slopes->data, 1, slopes->len);
	return slopes;
}

/* How many slopes lie outside the interval at each end; 0: not even those of all points in order are rare enough. */
static guint outside(const TrendPoint *points, guint n)
{
	g_auto(Wrong) wrong = chance(points, n, true);
	double sum = 0;
	guint w = 0;

	while (w <= wrong.pairs && (sum += wrong.share[w]) <= TAIL)
		w++;
	return w;
}

Interval kendall_slope(const TrendPoint *points, guint n)
{
	g_autoptr(GArray) slopes = pair_slopes(points, n);
	const double *sorted = (const double *)(const void *)slopes->data;
	guint out;

	if (!slopes->len)
		return (Interval){ NAN, NAN, NAN, INTERVAL_NONE };
	if (sorted[0] == sorted[slopes->len - 1])
		return (Interval){ sorted[0], sorted[0], sorted[0], INTERVAL_EXACT };
	out = outside(points, n);
	if (!out)
		return (Interval){ statistics_median(sorted, slopes->len), sorted[0], sorted[slopes->len - 1],
				   INTERVAL_RANGE };
	return (Interval){ statistics_median(sorted, slopes->len), sorted[out - 1], sorted[slopes->len - out],
			   INTERVAL_95 };
}
