// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Comparison directories made of recordings: which runs are a pair, what is left out,
 * and what is said about it; and sweeps: the interval of a line. Arguments: two
 * recordings with different times to /init.
 */
#include "../recorded.h"

#include <base/error.h>
#include <base/files.h>
#include <page/plot.h>
#include <report/storedcomparison.h>
#include <report/sweep.h>
#include <report/tap.h>

#include <math.h>
#include <string.h>
#include <unistd.h>

static const char *recordings[2];
static const char *const series[] = { "stock", "central", NULL };

typedef struct {
	char *folder, *path;
	CompareDir *dir;
} Fixture;

static void set_up(Fixture *f, gconstpointer data)
{
	static const char *const asked[] = { "khotest", "compare", NULL };

	f->folder = g_dir_make_tmp("khotest-stored-XXXXXX", NULL);
	f->path = g_build_filename(f->folder, "one", NULL);
	f->dir = comparedir_create(f->path, series, asked, true, NULL);
	g_assert_nonnull(f->dir);
}

static void tear_down(Fixture *f, gconstpointer data)
{
	comparedir_free(f->dir);
	g_assert_true(files_remove_tree(f->folder, NULL));
	g_free(f->folder);
	g_free(f->path);
}

/* One of the recordings as that run; which < 0: the directory is not there. */
static void add(const Fixture *f, guint round, guint side, guint position, int which)
{
	g_autofree char *name = g_strdup_printf("r%u-%u", round, side);
	g_autofree char *runs = comparedir_file(f->dir, COMPARE_RUNS);
	g_autofree char *link = g_build_filename(runs, name, NULL);

	if (which >= 0)
		g_assert_cmpint(symlink(recordings[which], link), ==, 0);
	g_assert_true(comparedir_note_run(f->dir, &(CompareRun){ round, side, position, name }, NULL));
}

static StoredComparison *load(const Fixture *f)
{
	g_autoptr(GError) error = NULL;
	StoredComparison *stored = storedcomparison_load(f->path, &error);

	g_assert_no_error(error);
	return stored;
}

static const Result *run_at(const StoredComparison *stored, guint side, guint place)
{
	const ComparisonSide *of = stored->comparison->sides->pdata[side];

	return of->runs->pdata[place];
}

static bool has_note(const StoredComparison *stored, const char *words)
{
	for (guint i = 0; i < stored->notes->len; i++)
		if (strstr(stored->notes->pdata[i], words))
			return true;
	return false;
}

/* The directory as one that --anyway did not make. */
static void say_not_anyway(const Fixture *f)
{
	g_autofree char *path = comparedir_file(f->dir, COMPARE_JSON), *text = NULL, *changed = NULL;
	g_auto(GStrv) parts = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	parts = g_strsplit(text, "\"anyway\" : true", -1);
	g_assert_cmpuint(g_strv_length(parts), ==, 2);
	changed = g_strjoinv("\"anyway\" : false", parts);
	g_assert_true(g_file_set_contents(path, changed, -1, NULL));
}

/* Rounds 1 and 3 are whole; of round 2 a run is gone, and round 4 was cut off. */
static void test_pairs(Fixture *f, gconstpointer data)
{
	g_autoptr(StoredComparison) stored = NULL;
	g_autoptr(GPtrArray) results = NULL;
	g_autofree char *csv = NULL, *text = NULL, *cover = NULL;
	g_auto(GStrv) lines = NULL;

	add(f, 0, 0, 0, 0);
	add(f, 0, 1, 1, 1);
	add(f, 1, 0, 0, 0);
	add(f, 1, 1, 1, 1);
	add(f, 2, 1, 0, -1);
	add(f, 2, 0, 1, 1);
	add(f, 3, 1, 0, 1);
	add(f, 3, 0, 1, 0);
	add(f, 4, 0, 0, 0);
	stored = load(f);
	g_assert_cmpuint(comparison_rounds(stored->comparison), ==, 2);
	g_assert_cmpuint(storedcomparison_round(stored, 0), ==, 1);
	g_assert_cmpuint(storedcomparison_round(stored, 1), ==, 3);
	g_assert_cmpstr(run_at(stored, 0, 1)->id, ==, "r3-0");
	g_assert_cmpstr(run_at(stored, 1, 1)->id, ==, "r3-1");
	g_assert_true(has_note(stored, "round 2, central: there is no run directory"));
	g_assert_true(has_note(stored, "round 2 is not whole"));
	g_assert_true(has_note(stored, "round 4 is not whole (central"));
	g_assert_true(has_note(stored, "it was cut off: 2 whole rounds"));
	text = storedcomparison_to_text(stored);
	g_assert_nonnull(strstr(text, "note: round 2 is not whole"));
	/* a mail has no longer lines */
	cover = storedcomparison_to_cover(stored);
	lines = g_strsplit(cover, "\n", -1);
	for (char **line = lines; *line; line++)
		g_assert_cmpint(g_utf8_strlen(*line, -1), <=, 75);
	g_test_message("%s", cover);
	g_assert_nonnull(strstr(cover, "  time to /init, second kernel:\n    "));
	g_assert_nonnull(strstr(cover, "say little about hardware"));
	g_assert_nonnull(strstr(cover, "\nNote: it was cut off: 2 whole rounds.\n"));
	g_assert_nonnull(strstr(cover, "\nNote: 2 of 4 rounds are left out, "));
	/* in the order in which they ran */
	results = storedcomparison_results(stored);
	g_assert_cmpuint(results->len, ==, 4);
	g_assert_cmpstr(((const Result *)results->pdata[2])->id, ==, "r3-1");
	csv = storedcomparison_to_csv(stored);
	g_assert_nonnull(strstr(csv, "\n0,2,2,central,r0-1,init2,guest,ns,"));
	g_assert_nonnull(strstr(csv, "\n3,1,2,central,r3-1,init2,guest,ns,"));
	g_assert_null(strstr(csv, ",r2-0,"));
}

/* A cover letter says of how many pairs a figure is, and what it could not see. */
static void test_cover(Fixture *f, gconstpointer data)
{
	g_autoptr(StoredComparison) stored = NULL;
	g_autofree char *cover = NULL, *few = NULL;

	for (guint round = 1; round <= 8; round++) {
		add(f, round, 0, 0, 0);
		add(f, round, 1, 1, 1);
	}
	g_assert_true(comparedir_note_end(f->dir, "rounds", NULL));
	stored = load(f);
	for (gint64 place = 0; place < 8; place++) {
		gint64 change = (place + 1) * (place % 2 ? 1000000 : -1000000);

		hop_of(run_at(stored, 0, place), 1)->boot_to_init_ns = 1000000000;
		hop_of(run_at(stored, 1, place), 1)->boot_to_init_ns = 1000000000 + change;
	}
	hop_of(run_at(stored, 0, 7), 1)->boot_to_init_ns = -1;
	cover = storedcomparison_to_cover(stored);
	g_test_message("%s", cover);
	g_assert_nonnull(strstr(cover, "paired differences of 7 pairs of"));
	g_assert_nonnull(strstr(cover, "(8 pairs):\n"));
	g_assert_nonnull(strstr(cover, "(no difference seen; one of "));
	g_assert_null(strstr(cover, "too few for an interval"));
	g_assert_null(strstr(cover, "cut off"));
	for (guint place = 3; place < 8; place++)
		hop_of(run_at(stored, 0, place), 1)->boot_to_init_ns = -1;
	few = storedcomparison_to_cover(stored);
	g_assert_nonnull(strstr(few, "paired differences of 3 pairs of"));
	g_assert_nonnull(strstr(few, "too few for an interval"));
}

/* A round that KVM ran, among others that it did not: it counts only where that was asked for. */
static void test_elsewhere(Fixture *f, gconstpointer data)
{
	g_autofree char *runs = comparedir_file(f->dir, COMPARE_RUNS), *run = NULL, *text = NULL;
	g_autoptr(StoredComparison) stored = NULL;
	bool anyway = GPOINTER_TO_INT(data);

	for (guint round = 0; round <= 2; round++) {
		add(f, round, 0, 0, 0);
		add(f, round, 1, 1, round == 2 ? -1 : 1);
	}
	recorded_path = recordings[1];
	run = recorded_elsewhere(runs, "r2-1");
	if (!anyway)
		say_not_anyway(f);
	stored = load(f);
	text = storedcomparison_to_text(stored);
	g_assert_cmpuint(comparison_rounds(stored->comparison), ==, anyway ? 2 : 1);
	g_assert_true(has_note(stored, "1 round is left out, as figures of different things cannot be compared: "
				       "round 2, central: accelerator: tcg and kvm") == !anyway);
	g_assert_true(!strstr(text, "central, from run to run: accelerator: tcg and kvm") == !anyway);
}

/* Every figure that a run has is a line, and as the metric has it. */
static void test_csv(Fixture *f, gconstpointer data)
{
	g_autoptr(StoredComparison) stored = NULL;
	g_autofree char *csv = NULL;
	guint n, lines = 1;
	const Metric *metrics = metrics_all(&n);

	add(f, 1, 0, 0, 0);
	add(f, 1, 1, 1, 1);
	stored = load(f);
	csv = storedcomparison_to_csv(stored);
	for (guint side = 0; side < 2; side++)
		for (guint m = 0; m < n; m++) {
			gint64 value = metric_value(&metrics[m], run_at(stored, side, 0));
			g_autofree char *line = g_strdup_printf(
				"\n1,%u,%u,%s,r1-%u,%s,%s,%s,%" G_GINT64_FORMAT "\n", side + 1, side + 1, series[side],
				side, metrics[m].id, metrics[m].clock ? metrics[m].clock : "", metrics[m].unit, value);

			g_assert_cmpint(value >= 0, ==, strstr(csv, line) != NULL);
			lines += value >= 0;
		}
	for (const char *at = csv; *at; at++)
		lines -= *at == '\n';
	g_assert_cmpuint(lines, ==, 0);
}

/* Cut off early it still says what there is; without any run it says why there is nothing. */
static void test_early(Fixture *f, gconstpointer data)
{
	g_autoptr(StoredComparison) stored = NULL;
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL, *json = NULL;

	g_assert_null(storedcomparison_load(f->path, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT);
	g_assert_nonnull(strstr(error->message, "has no run that came to its end"));
	add(f, 0, 0, 0, 0);
	stored = load(f);
	text = storedcomparison_to_text(stored);
	g_assert_true(g_str_has_prefix(text, "No round of stock, central is whole"));
	json = storedcomparison_to_json(stored);
	g_assert_nonnull(strstr(json, "it was cut off: 0 whole rounds"));
}

static void test_ends(Fixture *f, gconstpointer data)
{
	g_autoptr(StoredComparison) stored = NULL;

	add(f, 1, 0, 0, 0);
	add(f, 1, 1, 1, 1);
	g_assert_true(comparedir_note_end(f->dir, "rounds", NULL));
	stored = load(f);
	g_assert_cmpuint(stored->notes->len, ==, 0);
	g_clear_pointer(&stored, storedcomparison_free);
	g_assert_true(comparedir_note_end(f->dir, "budget", NULL));
	stored = load(f);
	g_assert_true(has_note(stored, "the time was spent"));
}

/* At 0 the interval of the line is that of its offset, and it is narrowest in the middle of the points. */
static void test_band(void)
{
	static const double x[] = { 1, 2, 3, 4, 6 }, y[] = { 3.1, 4.9, 7.2, 8.8, 13.1 };
	SweepCurve curve = { .x = g_array_new(FALSE, FALSE, sizeof(double)) };
	double half;

	g_array_append_vals(curve.x, x, G_N_ELEMENTS(x));
	g_assert_cmpfloat(sweepcurve_band(&curve, 0), ==, 0);
	curve.has_fit = fit_line(x, y, G_N_ELEMENTS(x), &curve.fit);
	half = curve.fit.offset_high - curve.fit.offset;
	g_assert_cmpfloat(half, >, 0);
	g_assert_cmpfloat_with_epsilon(sweepcurve_band(&curve, 0), half, 1e-9 * half);
	g_assert_cmpfloat(sweepcurve_band(&curve, 3.2), <, sweepcurve_band(&curve, 3.1));
	g_assert_cmpfloat(sweepcurve_band(&curve, 3.2), <, sweepcurve_band(&curve, 3.3));
	g_array_unref(curve.x);
}

/* A sweep of memory with one figure of one series, whose lowest points come first. */
static Sweep *make_sweep(const char *series_name, const double *y, guint n)
{
	Sweep *sweep = g_new0(Sweep, 1);
	SweepFigure *figure = g_new0(SweepFigure, 1);
	SweepCurve *curve = g_new0(SweepCurve, 1);

	curve->kernel = g_strdup("7.1");
	curve->series = g_strdup(series_name);
	curve->at = g_array_new(FALSE, FALSE, sizeof(guint64));
	curve->x = g_array_new(FALSE, FALSE, sizeof(double));
	curve->y = g_array_new(FALSE, FALSE, sizeof(double));
	for (guint i = 0; i < n; i++) {
		guint64 at = (i + 1) * 4096;
		double x = i + 1;

		g_array_append_val(curve->at, at);
		g_array_append_val(curve->x, x);
		g_array_append_val(curve->y, y[i]);
	}
	curve->has_fit = fit_line((const double *)(gpointer)curve->x->data, y, n, &curve->fit);
	figure->metric = metric_find("insn2.to_init");
	figure->curves = g_ptr_array_new();
	g_ptr_array_add(figure->curves, curve);
	sweep->what = sweepkey_find("memory");
	sweep->values = g_array_new(FALSE, FALSE, sizeof(guint64));
	sweep->figures = g_ptr_array_new();
	g_ptr_array_add(sweep->figures, figure);
	return sweep;
}

static void free_sweep(Sweep *sweep)
{
	SweepFigure *figure = sweep->figures->pdata[0];
	SweepCurve *curve = figure->curves->pdata[0];

	g_free(curve->kernel);
	g_free(curve->series);
	g_array_unref(curve->at);
	g_array_unref(curve->x);
	g_array_unref(curve->y);
	g_free(curve);
	g_ptr_array_unref(figure->curves);
	g_free(figure);
	sweep_free(sweep);
}

/* The numbers in the square brackets of a sentence. */
static void ends_in(const char *sentence, double *ret_low, double *ret_high)
{
	const char *bracket = strchr(sentence, '[');
	char *comma;

	g_assert_nonnull(bracket);
	*ret_low = g_ascii_strtod(bracket + 1, &comma);
	*ret_high = g_ascii_strtod(comma + strlen(", "), NULL);
}

/* The sentence has the slope and the ends of its interval with the signs that the table gives them. */
static void test_slope_sign(void)
{
	static const double falls[] = { 9000, 8100, 8300, 7000, 7400 }, rises[] = { 7000, 8300, 8100, 9000, 9100 };

	for (guint i = 0; i < 2; i++) {
		Sweep *sweep = make_sweep("s", i ? rises : falls, 5);
		const SweepFigure *figure = sweep->figures->pdata[0];
		const SweepCurve *curve = figure->curves->pdata[0];
		g_autofree char *sentence = sweepcurve_sentence(sweep, figure, curve);
		double low, high;

		g_test_message("%s", sentence);
		ends_in(sentence, &low, &high);
		g_assert_cmpfloat_with_epsilon(low, curve->fit.slope_low, 0.5);
		g_assert_cmpfloat_with_epsilon(high, curve->fit.slope_high, 0.5);
		g_assert_nonnull(strstr(sentence, i ? " + 490 instructions a page [" : " - 430 instructions a page ["));
		free_sweep(sweep);
	}
}

/* A series may be a path, and a path may have anything in it. */
static void test_sweep_csv(void)
{
	static const double y[] = { 1, 2, 3 };
	Sweep *sweep = make_sweep("a,b \"c\".patch", y, 3);
	g_autofree char *csv = sweep_to_csv(sweep);

	g_assert_true(g_str_has_prefix(csv, "metric,kernel,series,memory,value\n"
					    "insn2.to_init,7.1,\"a,b \"\"c\"\".patch\",4096,1\n"));
	free_sweep(sweep);
}

/* What a terminal gets is no wider than one, and has no blanks at its ends. */
static void test_letters(void)
{
	Plot plot = { .script = (char *)"plot x\n", .lines = 10 },
	     wrong = { .script = (char *)"plot (\n", .lines = 10 };
	g_autofree char *program = g_find_program_in_path("gnuplot");
	g_autofree char *letters = NULL, *none = plot_letters(NULL);
	g_auto(GStrv) lines = NULL;

	g_assert_null(none);
	if (!program) {
		g_test_skip("gnuplot is not installed");
		return;
	}
	none = plot_letters(&wrong);
	g_assert_null(none);
	letters = plot_letters(&plot);
	lines = g_strsplit(letters, "\n", -1);
	g_assert_cmpuint(g_strv_length(lines), >, 5);
	for (char **line = lines; *line; line++) {
		g_assert_cmpuint(strlen(*line), <=, 79);
		g_assert_false(g_str_has_suffix(*line, " "));
	}
}

/* Each picture can be drawn, and says in words what it shows. */
static void test_plots(Fixture *f, gconstpointer data)
{
	g_autoptr(StoredComparison) stored = NULL;
	g_autofree char *program = g_find_program_in_path("gnuplot");

	for (guint round = 1; round <= 3; round++) {
		add(f, round, 0, 0, 0);
		add(f, round, 1, 1, 1);
	}
	stored = load(f);
	for (guint i = 0; i < 2; i++) {
		g_autoptr(Plot) plot = i ? storedcomparison_plot_rounds(stored, metric_find("init2"))
					 : comparison_plot_differences(stored->comparison);
		g_autoptr(GError) error = NULL;
		g_autofree char *svg = NULL;

		g_assert_nonnull(strstr(plot->words, i ? "second kernel" : "init2: "));
		if (!program)
			continue;
		svg = plot_svg(plot->script, PLOT_WIDTH, plot->height, true, &error);
		g_assert_no_error(error);
		g_assert_nonnull(strstr(svg, i ? "stock" : "init2"));
	}
}

/* In TAP, what fails in a run that came out as it should is told apart from what should not fail. */
static void test_tap(Fixture *f, gconstpointer data)
{
	g_autoptr(StoredComparison) stored = NULL;
	g_autofree char *tap = NULL, *alone = NULL;
	g_auto(GStrv) failed = NULL;

	add(f, 1, 0, 0, 0);
	add(f, 1, 1, 1, 1);
	stored = load(f);
	tap = storedcomparison_to_tap(stored);
	failed = g_strsplit(tap, "\nnot ok ", -1);
	g_assert_cmpuint(g_strv_length(failed), ==, 2);
	g_assert_nonnull(strstr(failed[1], " # TODO fails as expected\n  ---\n"));
	alone = result_to_tap(run_at(stored, 1, 0));
	g_assert_nonnull(strstr(alone, "\nnot ok "));
	g_assert_null(strstr(alone, "# TODO"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_assert_cmpint(argc, ==, 3);
	recordings[0] = argv[1];
	recordings[1] = argv[2];
	g_test_add("/storedcomparison/pairs", Fixture, NULL, set_up, test_pairs, tear_down);
	g_test_add("/storedcomparison/cover", Fixture, NULL, set_up, test_cover, tear_down);
	g_test_add("/storedcomparison/elsewhere", Fixture, GINT_TO_POINTER(false), set_up, test_elsewhere, tear_down);
	g_test_add("/storedcomparison/elsewhere-anyway", Fixture, GINT_TO_POINTER(true), set_up, test_elsewhere,
		   tear_down);
	g_test_add("/storedcomparison/csv", Fixture, NULL, set_up, test_csv, tear_down);
	g_test_add("/storedcomparison/early", Fixture, NULL, set_up, test_early, tear_down);
	g_test_add("/storedcomparison/ends", Fixture, NULL, set_up, test_ends, tear_down);
	g_test_add("/storedcomparison/plots", Fixture, NULL, set_up, test_plots, tear_down);
	g_test_add("/storedcomparison/tap", Fixture, NULL, set_up, test_tap, tear_down);
	g_test_add_func("/sweep/slope-sign", test_slope_sign);
	g_test_add_func("/sweep/csv", test_sweep_csv);
	g_test_add_func("/plot/band", test_band);
	g_test_add_func("/plot/letters", test_letters);
	return g_test_run();
}
