// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the statistics of a comparison find and what they make up: invented boots,
 * with noise like that of real ones, through the same rules of stopping as
 * "khotest compare --runs auto", without and with --fail-if. Nothing is timed, so
 * a busy host changes nothing.
 *
 * Argument: tries of each kind.
 */
#include <measure/signedrank.h>
#include <measure/statistics.h>

#include <gsl/gsl_randist.h>
#include <math.h>

#define BOOT_NS 7.1e9
#define SHIFT 0.02
#define SEED 7
/* as verb-compare.c, whose budget of time is a number of pairs here */
#define PAIRS_MAX 100

/* What one boot takes: a spread, a drift that both of a pair share, and now and then something that disturbs. */
typedef struct {
	const char *name;
	double spread; /* standard deviation, relative */
	double drift;  /* from pair to pair, relative */
	double wild;   /* share of boots that are disturbed */
	double worse;  /* by how much, relative */
} Host;

static const Host hosts[] = {
	{ "quiet, 0.5%", 0.005, 0.002, 0.02, 0.05 },
	{ "usual, 1.5%", 0.015, 0.005, 0.05, 0.10 },
};

static double boot(gsl_rng *rng, const Host *host, double level, double shift)
{
	double ns = BOOT_NS * (1 + shift) * level * exp(gsl_ran_gaussian(rng, host->spread));

	return gsl_rng_uniform(rng) < host->wild ? ns * (1 + host->worse * gsl_rng_uniform(rng)) : ns;
}

/* Pairs until the interval is tight enough. */
static Paired compare(gsl_rng *rng, const Host *host, double shift)
{
	double a[PAIRS_MAX], b[PAIRS_MAX], level = 1;
	Paired paired = { 0 };

	for (guint n = 1; n <= PAIRS_MAX && !paired.tight; n++) {
		level *= exp(gsl_ran_gaussian(rng, host->drift));
		a[n - 1] = boot(rng, host, level, 0);
		b[n - 1] = boot(rng, host, level, shift);
		if (n >= STATISTICS_MIN_PAIRS)
			paired = statistics_paired(a, b, n);
	}
	return paired;
}

/* Comparisons of tries that saw a difference, in the right direction; pairs that they took in all. */
static guint count_seen(gsl_rng *rng, const Host *host, double shift, guint tries, guint *ret_pairs)
{
	guint seen = 0;

	*ret_pairs = 0;
	for (guint i = 0; i < tries; i++) {
		Paired paired = compare(rng, host, shift);

		seen += paired.decision == DECISION_SEEN && (shift == 0 || paired.difference.low > 0);
		*ret_pairs += paired.pairs;
	}
	return seen;
}

/* -1: below the limit; 1: beyond it; 0: not decided. As study/condition.c, the cheap half first. */
static int side_of_limit(const double *a, const double *b, guint n, double limit)
{
	double logs[PAIRS_MAX];
	Paired paired;

	for (guint i = 0; i < n; i++)
		logs[i] = log(b[i] / a[i]) - log1p(limit);
	if (signedrank_p(logs, n) > STATISTICS_LEVEL)
		return 0;
	paired = statistics_paired(a, b, n);
	return paired.ratio.low > 1 + limit ? 1 : paired.ratio.high <= 1 + limit ? -1 : 0;
}

/*
 * Tries that "--fail-if 'x>LIMIT'" calls met: by the interval of the ratio, looked at as rounds.c does, until it has
 * the limit no longer within it.
 */
static guint count_met(gsl_rng *rng, const Host *host, double shift, double limit, guint tries)
{
	double a[PAIRS_MAX], b[PAIRS_MAX];
	guint met = 0;

	for (guint i = 0; i < tries; i++) {
		double level = 1;
		int side = 0;

		for (guint n = 1, look = STATISTICS_MIN_PAIRS; n <= PAIRS_MAX && !side; n++) {
			level *= exp(gsl_ran_gaussian(rng, host->drift));
			a[n - 1] = boot(rng, host, level, 0);
			b[n - 1] = boot(rng, host, level, shift);
			/* where the pairs end is a look too, as where a budget does */
			if (n != look && n != PAIRS_MAX)
				continue;
			look *= 2;
			side = side_of_limit(a, b, n, limit);
		}
		met += side > 0;
	}
	return met;
}

static guint tries;

static void bench_detect(void)
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);

	gsl_rng_set(rng, SEED);
	for (gsize h = 0; h < G_N_ELEMENTS(hosts); h++) {
		guint pairs, null_pairs;
		guint found = count_seen(rng, &hosts[h], SHIFT, tries, &pairs);
		guint alarms = count_seen(rng, &hosts[h], 0, tries, &null_pairs);

		g_test_message("host %s: a shift of 2%% found in %u of %u tries (%.1f pairs each), "
			       "A against A claimed a difference in %u of %u (%.1f pairs each)",
			       hosts[h].name, found, tries, (double)pairs / tries, alarms, tries,
			       (double)null_pairs / tries);
		if (found * 20 < tries * 19)
			g_test_fail_printf("%s: fewer than 19 of 20 found", hosts[h].name);
		if (alarms * 20 > tries)
			g_test_fail_printf("%s: more than 1 of 20 made up", hosts[h].name);
	}
	gsl_rng_free(rng);
}

/* A limit of half the shift is passed, and one that lies just where the change does is not. */
static void bench_fail_if(void)
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);

	gsl_rng_set(rng, SEED);
	for (gsize h = 0; h < G_N_ELEMENTS(hosts); h++) {
		guint met = count_met(rng, &hosts[h], SHIFT, SHIFT / 2, tries);
		guint at = count_met(rng, &hosts[h], SHIFT, SHIFT, tries), of = count_met(rng, &hosts[h], 0, 0, tries);

		g_test_message(
			"host %s: a shift of 2%% is beyond a limit of 1%% in %u of %u tries, beyond one of 2%% in "
			"%u, and A against A beyond 0 in %u",
			hosts[h].name, met, tries, at, of);
		if (met * 20 < tries * 19)
			g_test_fail_printf("%s: fewer than 19 of 20 found", hosts[h].name);
		if (at * 20 > tries || of * 20 > tries)
			g_test_fail_printf("%s: more than 1 of 20 made up", hosts[h].name);
	}
	gsl_rng_free(rng);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	tries = (guint)g_ascii_strtoull(argv[1], NULL, 10);
	g_test_add_func("/bench/detect", bench_detect);
	g_test_add_func("/bench/fail-if", bench_fail_if);
	return g_test_run();
}
