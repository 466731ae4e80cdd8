// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the statistics of a comparison find and what they make up: invented boots,
 * with noise like that of real ones, through the same rule of stopping as
 * "khotest compare --runs auto". Nothing is timed, so a busy host changes nothing.
 *
 * Argument: tries of each kind.
 */
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

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	tries = (guint)g_ascii_strtoull(argv[1], NULL, 10);
	g_test_add_func("/bench/detect", bench_detect);
	return g_test_run();
}
