// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/signedrank.h>
#include <measure/statistics.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <string.h>

#define RESAMPLES 2000
#define SEED 20261124
#define LEVEL 0.95
/* of comparisons that are to see the "visible" difference */
#define POWER 0.95

Summary statistics_summary(const double *values, guint n)
{
	g_autofree double *sorted = g_memdup2(values, n * sizeof(double));

	gsl_sort(sorted, 1, n);
	return (Summary){
		.n = n,
		.median = gsl_stats_median_from_sorted_data(sorted, 1, n),
		.low = sorted[0],
		.high = sorted[n - 1],
		.spread = gsl_stats_quantile_from_sorted_data(sorted, 1, n, 0.75) -
			  gsl_stats_quantile_from_sorted_data(sorted, 1, n, 0.25),
	};
}

double statistics_median(const double *values, guint n)
{
	return statistics_summary(values, n).median;
}

gint64 statistics_median_known(const gint64 *values, guint n)
{
	g_autofree double *known = g_new(double, n);
	guint k = 0;

	for (guint i = 0; i < n; i++)
		if (values[i] >= 0)
			known[k++] = (double)values[i];
	return k ? (gint64)statistics_median(known, k) : -1;
}

/* Median of the means of all two values, each with itself too. room: n * (n + 1) / 2. */
static double hodges_lehmann(const double *values, guint n, double *room)
{
	gsize k = 0;

	for (guint i = 0; i < n; i++)
		for (guint j = i; j < n; j++)
			room[k++] = (values[i] + values[j]) / 2;
	return gsl_stats_median(room, 1, k);
}

/*
 * The share of resamples below the lower end. A percentile interval is that of a
 * normal distribution with the sample's own variance, not with n / (n - 1) of it,
 * and takes no account of its being estimated: Hesterberg's correction for both.
 */
static double tail_share(guint n)
{
	double t = gsl_cdf_tdist_Pinv((1 - LEVEL) / 2, n - 1);

	return gsl_cdf_ugaussian_P(t * sqrt((double)n / (n - 1)));
}

const char *interval_kind_name(IntervalKind kind)
{
	static const char *const names[] = {
		[INTERVAL_NONE] = "none",
		[INTERVAL_RANGE] = "too-few",
		[INTERVAL_95] = "95%",
		[INTERVAL_EXACT] = "exact",
	};

	return names[kind];
}

Interval interval_negate(const Interval *interval)
{
	return (Interval){ -interval->estimate, -interval->high, -interval->low, interval->kind };
}

/* Of n values, two or more, all are the same. */
static bool all_same(const double *values, guint n)
{
	for (guint i = 1; i < n; i++)
		if (values[i] != values[0])
			return false;
	return n >= 2;
}

/* Where a sample lies. All but the estimate is unknown with a single value. */
typedef struct {
	Interval interval;
	double error; /* standard error */
} Location;

/* values: the sample; sorted: estimates of resamples. */
static void set_ends(Interval *interval, const double *values, const double *sorted, guint n)
{
	double tail = tail_share(n);

	if (all_same(values, n) || n < STATISTICS_MIN_INTERVAL) {
		interval->kind = all_same(values, n) ? INTERVAL_EXACT : INTERVAL_RANGE;
		interval->low = gsl_stats_min(values, 1, n);
		interval->high = gsl_stats_max(values, 1, n);
		return;
	}
	interval->kind = INTERVAL_95;
	interval->low = gsl_stats_quantile_from_sorted_data(sorted, 1, RESAMPLES, tail);
	interval->high = gsl_stats_quantile_from_sorted_data(sorted, 1, RESAMPLES, 1 - tail);
}

static Location bootstrap(const double *values, guint n)
{
	g_autofree double *room = g_new(double, (gsize)n *(n + 1) / 2);
	g_autofree double *sample = g_new(double, n);
	g_autofree double *estimates = g_new(double, RESAMPLES);
	Interval alone = { hodges_lehmann(values, n, room), NAN, NAN, INTERVAL_NONE };
	Location location = { alone, NAN };
	gsl_rng *rng;

	if (n < 2)
		return location;
	rng = gsl_rng_alloc(gsl_rng_mt19937);
	gsl_rng_set(rng, SEED);
	for (guint r = 0; r < RESAMPLES; r++) {
		for (guint i = 0; i < n; i++)
			sample[i] = values[gsl_rng_uniform_int(rng, n)];
		estimates[r] = hodges_lehmann(sample, n, room);
	}
	gsl_rng_free(rng);
	gsl_sort(estimates, 1, RESAMPLES);
	set_ends(&location.interval, values, estimates, n);
	location.error = gsl_stats_sd(estimates, 1, RESAMPLES) * sqrt((double)n / (n - 1));
	return location;
}

static Interval bootstrap_ratio(const double *a, const double *b, guint n)
{
	g_autofree double *logs = g_new(double, n);
	Interval interval;

	for (guint i = 0; i < n; i++) {
		if (a[i] <= 0 || b[i] <= 0)
			return (Interval){ NAN, NAN, NAN, INTERVAL_NONE };
		logs[i] = log(b[i] / a[i]);
	}
	interval = bootstrap(logs, n).interval;
	return (Interval){ exp(interval.estimate), exp(interval.low), exp(interval.high), interval.kind };
}

double statistics_visible(const Paired *paired, double level)
{
	guint n = paired->pairs;

	if (n < 2 || (!paired->same && signedrank_least(n) > level))
		return NAN;
	return paired->error * (gsl_cdf_tdist_Pinv(1 - level / 2, n - 1) + gsl_cdf_tdist_Pinv(POWER, n - 1));
}

Decision statistics_decide(const Paired *paired, bool significant, double level)
{
	if (paired->same)
		return paired->difference.estimate == 0 ? DECISION_NOT_SEEN : DECISION_SEEN;
	if (significant)
		return DECISION_SEEN;
	return signedrank_least(paired->pairs) > level ? DECISION_TOO_FEW : DECISION_NOT_SEEN;
}

Paired statistics_paired(const double *a, const double *b, guint n)
{
	g_autofree double *differences = g_new(double, n);
	Paired paired = { .pairs = n };
	Location location;

	for (guint i = 0; i < n; i++)
		differences[i] = b[i] - a[i];
	location = bootstrap(differences, n);
	paired.difference = location.interval;
	paired.error = location.error;
	paired.ratio = bootstrap_ratio(a, b, n);
	paired.p = signedrank_p(differences, n);
	paired.same = all_same(differences, n);
	paired.visible = statistics_visible(&paired, STATISTICS_LEVEL);
	paired.decision = statistics_decide(&paired, paired.p <= STATISTICS_LEVEL, STATISTICS_LEVEL);
	/* false too where an end is NAN */
	paired.tight = paired.decision != DECISION_TOO_FEW &&
		       (paired.ratio.high - paired.ratio.low) / 2 <= STATISTICS_TIGHT * paired.ratio.estimate;
	return paired;
}
