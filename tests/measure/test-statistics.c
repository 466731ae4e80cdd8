// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Statistics against numbers that an implementation of its own gives
 * (statistics/make-fixture.py), and where what must come out is plain.
 * Argument: statistics/fixture.json.
 */
#include <base/json.h>
#include <measure/interleave.h>
#include <measure/signedrank.h>
#include <measure/statistics.h>

#include <math.h>

static const char *fixture;

static void assert_near(double found, double wanted)
{
	/* Python integrates Student's t numerically, to some ten digits */
	g_assert_cmpfloat_with_epsilon(found, wanted, 1e-7 * fabs(wanted) + 1e-12);
}

static double *numbers(JsonObject *object, const char *name, guint *ret_n)
{
	JsonArray *array = json_get_array(object, name);
	double *values = g_new(double, json_array_get_length(array));

	*ret_n = json_array_get_length(array);
	for (guint i = 0; i < *ret_n; i++)
		values[i] = json_array_get_double_element(array, i);
	return values;
}

static void check_summary(JsonObject *wanted, const double *values, guint n)
{
	Summary summary = statistics_summary(values, n);

	g_assert_cmpuint(summary.n, ==, n);
	assert_near(summary.median, json_object_get_double_member(wanted, "median"));
	assert_near(summary.spread, json_object_get_double_member(wanted, "spread"));
}

static void check_interval(JsonObject *object, const char *name, const Interval *interval)
{
	guint n;
	g_autofree double *wanted = numbers(object, name, &n);

	g_assert_cmpuint(n, ==, 3);
	assert_near(interval->estimate, wanted[0]);
	assert_near(interval->low, wanted[1]);
	assert_near(interval->high, wanted[2]);
}

static void test_independent(void)
{
	g_autofree char *text = NULL;
	g_autoptr(JsonObject) root = NULL;
	g_autoptr(GError) error = NULL;
	JsonArray *cases;

	g_file_get_contents(fixture, &text, NULL, &error);
	g_assert_no_error(error);
	root = json_parse_object(text, -1, fixture, &error);
	g_assert_no_error(error);
	cases = json_get_array(root, "cases");
	g_assert_cmpuint(json_array_get_length(cases), >=, 5);
	for (guint i = 0; i < json_array_get_length(cases); i++) {
		JsonObject *one = json_array_get_object_element(cases, i);
		guint n, m;
		g_autofree double *a = numbers(one, "a", &n);
		g_autofree double *b = numbers(one, "b", &m);
		Paired paired = statistics_paired(a, b, n);
		double p = json_object_get_double_member(one, "p");

		g_test_message("%s", json_get_string(one, "name"));
		g_assert_cmpuint(n, ==, m);
		check_summary(json_get_object(one, "summary_a"), a, n);
		check_summary(json_get_object(one, "summary_b"), b, n);
		check_interval(one, "difference", &paired.difference);
		check_interval(one, "ratio", &paired.ratio);
		if (json_object_get_null_member(one, "visible"))
			g_assert_true(isnan(paired.visible));
		else
			assert_near(paired.visible, json_object_get_double_member(one, "visible"));
		assert_near(paired.p, p);
		g_assert_cmpint(paired.decision == DECISION_SEEN, ==, p <= STATISTICS_LEVEL);
	}
}

/* One wild pair in ten moves neither the estimate nor the decision. */
static void test_outlier(void)
{
	double a[10], b[10];
	Paired paired;

	for (guint i = 0; i < 10; i++) {
		a[i] = 100 + i % 3;
		b[i] = a[i] + 5 + 0.1 * (i % 4);
	}
	b[4] = 1000;
	paired = statistics_paired(a, b, 10);
	g_assert_cmpfloat_with_epsilon(paired.difference.estimate, 5.2, 0.1);
	g_assert_cmpint(paired.decision, ==, DECISION_SEEN);
}

/* -1 is no value, 0 is one; nothing known is not 0. */
static void test_median_known(void)
{
	const gint64 some[] = { -1, 7, 0, -1, 2, -1 }, even[] = { 5, -1, 2 }, none[] = { -1, -1 };

	g_assert_cmpint(statistics_median_known(some, G_N_ELEMENTS(some)), ==, 2);
	g_assert_cmpint(statistics_median_known(even, G_N_ELEMENTS(even)), ==, 3);
	g_assert_cmpint(statistics_median_known(none, G_N_ELEMENTS(none)), ==, -1);
	g_assert_cmpint(statistics_median_known(none, 0), ==, -1);
}

/* Counted instructions: no noise, so two pairs are enough, and one is not. */
static void test_counted(void)
{
	const double a[] = { 1000000, 1000000 }, b[] = { 1000001, 1000001 };
	Paired paired = statistics_paired(a, b, 2);

	g_assert_cmpint(paired.decision, ==, DECISION_SEEN);
	g_assert_true(paired.tight);
	g_assert_cmpfloat(paired.difference.low, ==, 1);
	g_assert_cmpfloat(paired.difference.high, ==, 1);
	g_assert_cmpfloat(paired.visible, ==, 0);
	g_assert_cmpint(statistics_paired(a, a, 2).decision, ==, DECISION_NOT_SEEN);
	paired = statistics_paired(a, b, 1);
	g_assert_cmpint(paired.decision, ==, DECISION_TOO_FEW);
	g_assert_false(paired.tight);
	g_assert_true(isnan(paired.difference.low));
	g_assert_true(isnan(paired.visible));
}

static void test_too_few(void)
{
	const double a[] = { 100, 101, 102, 103, 104, 105, 106 }, b[] = { 200, 202, 204, 206, 208, 210, 212 };
	Paired paired = statistics_paired(a, b, 6);

	g_assert_cmpint(paired.decision, ==, DECISION_TOO_FEW);
	g_assert_true(isnan(paired.visible));
	g_assert_cmpfloat(paired.p, ==, 2.0 / 64);
	paired = statistics_paired(a, b, STATISTICS_MIN_PAIRS);
	g_assert_cmpint(paired.decision, ==, DECISION_SEEN);
	g_assert_false(isnan(paired.visible));
	/* of several figures each has to be clearer, and with so few pairs none is clear enough */
	g_assert_cmpint(statistics_decide(&paired, false, STATISTICS_LEVEL / 2), ==, DECISION_TOO_FEW);
	g_assert_true(isnan(statistics_visible(&paired, STATISTICS_LEVEL / 2)));
	g_assert_cmpint(statistics_decide(&paired, false, STATISTICS_LEVEL), ==, DECISION_NOT_SEEN);
}

/*
 * Of two pairs that differ by as good as the same the interval once excluded 0. Fewer than
 * six have none at 95%, for no distribution is asked for: only their ends are known.
 */
static void test_interval_kinds(void)
{
	const double a[] = { 100, 101, 102, 103, 104, 105 }, b[] = { 200, 203, 204, 207, 208, 210 };
	const double same[] = { 7, 7, 7, 7, 7, 7 };

	g_assert_cmpint(STATISTICS_MIN_INTERVAL, ==, signedrank_pairs(0.05));
	for (guint n = 2; n < STATISTICS_MIN_INTERVAL; n++) {
		Paired paired = statistics_paired(a, b, n);

		g_assert_cmpint(paired.difference.kind, ==, INTERVAL_RANGE);
		g_assert_cmpint(paired.ratio.kind, ==, INTERVAL_RANGE);
		g_assert_cmpfloat(paired.difference.low, ==, 100);
		g_assert_cmpfloat(paired.difference.high, ==, n < 4 ? 102 : 104);
	}
	g_assert_cmpint(statistics_paired(a, b, 6).difference.kind, ==, INTERVAL_95);
	g_assert_cmpint(statistics_paired(a, b, 1).difference.kind, ==, INTERVAL_NONE);
	g_assert_cmpint(statistics_paired(same, same, 6).difference.kind, ==, INTERVAL_EXACT);
	g_assert_cmpint(statistics_paired(same, same, 2).ratio.kind, ==, INTERVAL_EXACT);
}

static void test_negate(void)
{
	const Interval interval = { -2, -3, 1, INTERVAL_95 };
	Interval turned = interval_negate(&interval);

	g_assert_cmpfloat(turned.estimate, ==, 2);
	g_assert_cmpfloat(turned.low, ==, -1);
	g_assert_cmpfloat(turned.high, ==, 3);
	g_assert_cmpint(turned.kind, ==, INTERVAL_95);
}

static void test_signed_rank(void)
{
	const double none[] = { 0, 0, 0 }, one[] = { 0, 3 }, even[] = { 1, -1, 2, -2 };

	g_assert_cmpfloat(signedrank_p(none, 3), ==, 1);
	g_assert_cmpfloat(signedrank_p(one, 2), ==, 1);
	g_assert_cmpfloat(signedrank_p(even, 4), ==, 1);
	g_assert_cmpuint(signedrank_pairs(STATISTICS_LEVEL), ==, STATISTICS_MIN_PAIRS);
	g_assert_cmpuint(signedrank_pairs(0.05), ==, 6);
	g_assert_cmpuint(signedrank_pairs(0.001), ==, 11);
}

/* The textbook's steps: each smallest against what is left of the level. */
static void test_holm(void)
{
	const double p[] = { 0.04, 0.001, 0.012, 0.02 };
	bool significant[4];

	/* 0.001 against 0.0125, 0.012 against 0.0167, 0.02 against 0.025, 0.04 against 0.05 */
	g_assert_cmpfloat(signedrank_holm(p, 4, 0.05, significant), ==, 0.05);
	for (guint i = 0; i < 4; i++)
		g_assert_true(significant[i]);
	/* 0.001 against 0.005, 0.012 against 0.02 / 3: the rest is not asked */
	g_assert_cmpfloat(signedrank_holm(p, 4, 0.02, significant), ==, 0.02 / 3);
	g_assert_true(significant[1]);
	g_assert_false(significant[0] || significant[2] || significant[3]);
	g_assert_cmpfloat(signedrank_holm(p, 0, 0.02, significant), ==, 0.02);
}

static void test_tight(void)
{
	double a[12], b[12];

	for (guint i = 0; i < 12; i++) {
		a[i] = 1000 + i;
		b[i] = 1000 + (i * 7) % 12;
	}
	g_assert_true(statistics_paired(a, b, 12).tight);
	for (guint i = 0; i < 12; i++)
		b[i] = 1000 + 20 * ((i * 7) % 12);
	g_assert_false(statistics_paired(a, b, 12).tight);
}

/* Without a value above zero there is no ratio, and never an end to it. */
static void test_zero(void)
{
	const double a[] = { 0, 0, 0, 0, 0, 0, 0 }, b[] = { 1, 1, 1, 1, 1, 1, 2 };
	Paired paired = statistics_paired(a, b, 7);

	g_assert_true(isnan(paired.ratio.estimate));
	g_assert_false(paired.tight);
	g_assert_cmpint(paired.decision, ==, DECISION_SEEN);
}

/* Over a period each takes every place, and follows every other, as often. */
static void test_balance(void)
{
	for (guint k = 1; k <= 7; k++) {
		guint period = interleave_period(k);
		g_autofree guint *places = g_new0(guint, k * k), *follows = g_new0(guint, k * k);

		for (guint round = 0; round < period; round++) {
			for (guint p = 0; p < k; p++) {
				guint which = interleave_at(k, round, p);

				g_assert_cmpuint(which, <, k);
				places[which * k + p]++;
				if (p)
					follows[interleave_at(k, round, p - 1) * k + which]++;
			}
		}
		for (guint i = 0; i < k * k; i++) {
			g_assert_cmpuint(places[i], ==, period / k);
			g_assert_cmpuint(follows[i], ==, i % (k + 1) ? period / k : 0);
		}
	}
	g_assert_cmpuint(interleave_at(2, 0, 0), ==, 0);
	g_assert_cmpuint(interleave_at(2, 1, 0), ==, 1);
	g_assert_cmpuint(interleave_at(2, 2, 0), ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	fixture = argv[1];
	g_test_add_func("/statistics/independent", test_independent);
	g_test_add_func("/statistics/outlier", test_outlier);
	g_test_add_func("/statistics/median-known", test_median_known);
	g_test_add_func("/statistics/counted", test_counted);
	g_test_add_func("/statistics/too-few", test_too_few);
	g_test_add_func("/statistics/interval-kinds", test_interval_kinds);
	g_test_add_func("/statistics/negate", test_negate);
	g_test_add_func("/statistics/signed-rank", test_signed_rank);
	g_test_add_func("/statistics/holm", test_holm);
	g_test_add_func("/statistics/tight", test_tight);
	g_test_add_func("/statistics/zero", test_zero);
	g_test_add_func("/interleave/balance", test_balance);
	return g_test_run();
}
