// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Figures and comparisons of runs, on copies of a recording. Arguments: a recording that passes.
 */
#include <base/files.h>
#include <base/json.h>
#include <base/spawn.h>
#include <report/agreement.h>
#include <report/comparison.h>
#include <report/noise.h>

#include <math.h>
#include <string.h>

static const char *recording;

static Result *load(const char *path)
{
	g_autoptr(GError) error = NULL;
	Result *result = result_load(path, &error);

	g_assert_no_error(error);
	return result;
}

static char *copy(const char *folder, const char *name)
{
	char *path = g_build_filename(folder, name, NULL);
	const char *const argv[] = { "cp", "-R", recording, path, NULL };
	g_autoptr(GError) error = NULL;

	spawn_check(argv, NULL, NULL, NULL, &error);
	g_assert_no_error(error);
	return path;
}

static void append(const char *folder, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	g_autofree char *before = NULL;
	g_autofree char *all = NULL;

	g_file_get_contents(path, &before, NULL, NULL);
	all = g_strconcat(before ? before : "", text, NULL);
	g_assert_true(g_file_set_contents(path, all, -1, NULL));
}

static void test_metrics(void)
{
	g_autoptr(Result) result = load(recording);
	const Metric *init = metric_find("init2");
	guint n;
	const Metric *all = metrics_all(&n);

	for (guint i = 0; i < n; i++)
		g_assert_true(metric_find(all[i].id) == &all[i]);
	g_assert_null(metric_find("init9"));
	g_assert_cmpint(metric_value(init, result), ==, ((const Hop *)result->hops->pdata[1])->boot_to_init_ns);
	g_assert_cmpint(metric_value(init, result), >, 0);
	g_assert_cmpint(metric_value(metric_find("blackout"), result), ==, result->blackout_ns);
	g_assert_cmpint(metric_value(metric_find("insn2.to_init"), result), ==, -1);
	counts_add(result->counts, COUNT_ENTRY, "at", 1000);
	counts_add(result->counts, COUNT_INIT, "at", 5000);
	g_assert_cmpint(metric_value(metric_find("insn1.to_init"), result), ==, 4000);
	g_assert_cmpint(metric_value(metric_find("insn1.late"), result), ==, -1);
	g_assert_cmpint(metric_value(metric_find("insn2.to_init"), result), ==, -1);
}

/* Where instructions are counted neither clock gives a time. */
static void test_counted(void)
{
	g_autofree char *folder = g_dir_make_tmp("comparison-XXXXXX", NULL);
	g_autofree char *path = copy(folder, "counted");
	g_autofree char *file = g_build_filename(path, "plan.json", NULL);
	g_autofree char *text = NULL;
	g_autoptr(GString) plan = NULL;
	g_autoptr(Result) result = NULL;
	guint n;
	const Metric *all = metrics_all(&n);

	g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
	plan = g_string_new(text);
	g_assert_cmpuint(g_string_replace(plan, "\"profile\"", "\"mode\" : \"counted\", \"profile\"", 0), ==, 1);
	g_assert_true(files_write(file, plan->str, plan->len, NULL));
	result = load(path);
	for (guint i = 0; i < n; i++)
		g_assert_cmpint(metric_value(&all[i], result), ==, -1);
	g_assert_cmpint(result->silent_ns, ==, -1);
	g_assert_null(result->timeline);
	g_assert_cmpint(result->wall_ns, >, 0);
	/* nor have they anything to say about times */
	g_array_index(result->host_use, HostUse, 1) = (HostUse){ 10000000, 1 };
	g_assert_false(hostuse_matters(&g_array_index(result->host_use, HostUse, 1), result->plan));
	g_free(result->plan->mode);
	result->plan->mode = g_strdup("wall");
	g_assert_true(hostuse_matters(&g_array_index(result->host_use, HostUse, 1), result->plan));
	g_assert_true(files_remove_tree(folder, NULL));
}

static Hop *hop_of(const Result *result, guint i)
{
	return result->hops->pdata[i];
}

/* As if the recorded machine had made so many handovers: its second kernel's hop and phases again and again. */
static void add_kernels(Result *result, guint kernels)
{
	while (result->hops->len < kernels) {
		g_autoptr(Result) other = load(recording);
		HostUse use = { 100, 1000 };

		/* they do not take turns in testing KHO */
		hop_of(other, 1)->log->kho_test = hop_of(result, 1)->log->kho_test = -1;
		g_ptr_array_add(result->hops, g_ptr_array_steal_index(other->hops, 1));
		g_ptr_array_add(result->oracles, g_ptr_array_steal_index(other->oracles, 1));
		g_ptr_array_add(result->timeline->hops, g_ptr_array_steal_index(other->timeline->hops, 1));
		g_array_append_val(result->host_use, use);
	}
}

static gint64 value_of(const Result *result, const char *id)
{
	return metric_value(metric_find(id), result);
}

static void test_later(void)
{
	static const char *const ids[] = { "init.later", "memmap.later", "free.later", "deferred.later",
					   "blackout.later" };
	g_autoptr(Result) result = load(recording);
	TimelineSpan *span;
	Phase *memmap;

	for (gsize i = 0; i < G_N_ELEMENTS(ids); i++)
		g_assert_cmpint(value_of(result, ids[i]), ==, -1);
	add_kernels(result, 5);
	hop_of(result, 1)->boot_to_init_ns = 9000;
	hop_of(result, 2)->boot_to_init_ns = 100;
	hop_of(result, 3)->boot_to_init_ns = 400;
	hop_of(result, 4)->boot_to_init_ns = 200;
	g_assert_cmpint(value_of(result, "init.later"), ==, 200);
	g_assert_cmpint(metric_of_kernel(metric_find("init.later"), result, 3), ==, 400);
	g_assert_cmpint(value_of(result, "insn.later.to_init"), ==, -1);
	/* of those that have it */
	hop_of(result, 4)->boot_to_init_ns = -1;
	g_assert_cmpint(value_of(result, "init.later"), ==, 250);
	g_assert_cmpint(value_of(result, "init2"), ==, 9000);
	memmap = (Phase *)phases_find(timeline_phases(result->timeline, 1), "memmap");
	g_assert_cmpint(value_of(result, "memmap2"), ==, phase_ns(memmap));
	g_assert_cmpint(value_of(result, "memmap.later"), ==, phase_ns(memmap));
	g_assert_cmpint(value_of(result, "memmap2"), >, 0);
	span = g_new0(TimelineSpan, 1);
	*span = (TimelineSpan){ "blackout", "", 3, 10, 45 };
	g_ptr_array_add(result->timeline->spans, span);
	g_assert_cmpint(value_of(result, "blackout.later"), ==, 35);
	/* the figure is the guest's clock's, and no other's */
	memmap->clock = PHASE_CLOCK_HOST;
	g_assert_cmpint(value_of(result, "memmap2"), ==, -1);
}

/* Of the first line that begins so. */
static void assert_line(const char *text, const char *begin, const char *has)
{
	const char *line = strstr(text, begin);

	g_assert_nonnull(line);
	g_assert_nonnull(g_strstr_len(line, (gssize)strcspn(line, "\n"), has));
}

/* Later kernels have a column where there are such: the median of each phase, and the pageblocks of what went wrong. */
static void test_later_column(void)
{
	g_autoptr(Result) two = load(recording), five = load(recording);
	g_autofree char *without = result_to_text(two);
	g_autofree char *with = NULL;
	g_autofree char *wrong = NULL;
	Oracle *fourth;

	g_assert_nonnull(strstr(without, "phase, and whose clock"));
	g_assert_null(strstr(without, "later kernels"));
	add_kernels(five, 5);
	for (guint hop = 2; hop < 5; hop++) {
		Phase *memmap = (Phase *)phases_find(timeline_phases(five->timeline, hop), "memmap");

		memmap->end_ns = memmap->begin_ns + (hop == 3 ? 700000000 : 123400000 - hop);
	}
	hop_of(five, 2)->boot_to_init_ns = 7770000000;
	hop_of(five, 3)->boot_to_init_ns = 7780000000;
	hop_of(five, 4)->boot_to_init_ns = 9000000000;
	with = result_to_text(five);
	g_assert_nonnull(strstr(with, "later kernels\n"));
	assert_line(with, "memory map allocated and initialised", " 123.4 ms guest");
	assert_line(with, "time to /init, guest clock", " 7.78 s");
	g_assert_null(strstr(with, "(kernel"));
	/* one zone of one kernel */
	fourth = five->oracles->pdata[3];
	((OracleZone *)fourth->zones->pdata[0])->found = 3;
	wrong = result_to_text(five);
	assert_line(wrong, "scratch pageblocks CMA, ", "  3 of ");
	assert_line(wrong, "scratch pageblocks CMA, ", "(kernel 4)");
}

static void test_format(void)
{
	static const struct {
		const char *metric;
		double value;
		const char *text;
	} samples[] = {
		{ "init2", 1.97e9, "1.97 s" },
		{ "init2", -340e6, "-340 ms" },
		{ "init2", 12.34e9, "12.3 s" },
		{ "init2", 4.5e3, "4.50 us" },
		{ "init2", 999.7e6, "1.00 s" },
		{ "init2", 999.4e6, "999 ms" },
		{ "init2", -999.7e6, "-1.00 s" },
		{ "init2", 9.996e9, "10.0 s" },
		{ "init2", 99.96e9, "100 s" },
		{ "init2", 999.6e3, "1.00 ms" },
		{ "init2", 0, "0 s" },
		{ "init2", -1, "-" },
		{ "init2", NAN, "-" },
		{ "insn2.to_init", 12345678, "12345678" },
		{ "insn2.to_init", -1, "-1" },
		{ "insn2.to_init", NAN, "-" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(samples); i++) {
		g_autofree char *text = metric_format(metric_find(samples[i].metric), samples[i].value);

		g_assert_cmpstr(text, ==, samples[i].text);
	}
}

/*
 * A comparison of machines of so many kernels, the second series of which takes
 * shift longer to /init in the second kernel and all after it.
 */
static Comparison *make_sides(guint sides, guint kernels, guint rounds, gint64 shift)
{
	const char *const names[] = { "one", sides > 1 ? "two" : NULL, NULL };
	Comparison *comparison = comparison_new(names);

	for (guint r = 0; r <= rounds; r++) {
		for (guint side = 0; side < sides; side++) {
			Result *result = load(recording);

			add_kernels(result, kernels);
			for (guint hop = 1; hop < kernels; hop++)
				hop_of(result, hop)->boot_to_init_ns =
					1000000000 + (side ? shift : 0) + ((r * 7 + side * 3) % 5) * 1000000 + r;
			/* the warm-up would spoil it all */
			if (r == 0)
				hop_of(result, 1)->boot_to_init_ns *= 10;
			comparison_add(comparison, side, result);
		}
	}
	return comparison;
}

static Comparison *make_of(guint kernels, guint rounds, gint64 shift)
{
	return make_sides(2, kernels, rounds, shift);
}

static Comparison *make(guint rounds, gint64 shift)
{
	return make_of(2, rounds, shift);
}

/* Among all of them, since they are decided together; false if there is none. */
static bool find(const Comparison *comparison, const char *id, Finding *ret_finding)
{
	g_autoptr(GArray) findings = comparison_findings(comparison);

	for (guint i = 0; i < findings->len; i++)
		if (strcmp(g_array_index(findings, Finding, i).metric->id, id) == 0) {
			*ret_finding = g_array_index(findings, Finding, i);
			return true;
		}
	return false;
}

static guint known_figures(const Comparison *comparison)
{
	guint n, known = 0;
	const Metric *metrics = metrics_all(&n);
	Finding finding;

	for (guint m = 0; m < n; m++)
		known += find(comparison, metrics[m].id, &finding);
	return known;
}

static void test_seen(void)
{
	g_autoptr(Comparison) comparison = make(10, -200000000);
	g_autofree char *text = comparison_to_text(comparison);
	g_autofree char *json = comparison_to_json(comparison);
	g_autoptr(JsonObject) parsed = json_parse_object(json, -1, "comparison", NULL);
	Finding finding;

	g_assert_cmpuint(comparison_rounds(comparison), ==, 10);
	g_assert_true(comparison_tight(comparison));
	g_assert_true(find(comparison, "init2", &finding));
	g_assert_cmpint(finding.paired.decision, ==, DECISION_SEEN);
	g_assert_true(finding.about);
	g_assert_cmpfloat(finding.level, ==, STATISTICS_LEVEL);
	g_assert_cmpfloat_with_epsilon(finding.paired.difference.estimate, -200e6, 4e6);
	g_assert_nonnull(strstr(text, "time to /init, second kernel, at 4G: two saves "));
	g_assert_nonnull(strstr(text, "one against two, 10 pairs)"));
	/* all else is the same recording, and one line says so */
	g_assert_nonnull(strstr(text, "no difference seen between one and two in: time to /init, first kernel; "));
	g_assert_null(strstr(text, "first kernel, at 4G"));
	g_assert_null(strstr(text, "NOT COMPARABLE"));
	g_assert_null(strstr(text, "insn"));
	g_assert_null(strstr(text, "later"));
	g_assert_nonnull(parsed);
	g_assert_cmpuint(json_array_get_length(json_get_array(parsed, "findings")), ==, known_figures(comparison));
	g_assert_cmpuint(json_array_get_length(json_get_array(parsed, "agreement")), ==, 0);
	g_assert_true(json_object_get_null_member(parsed, "sample_rate"));
}

static void test_not_seen(void)
{
	g_autoptr(Comparison) comparison = make(10, 0), few = make(3, -200000000);
	g_autofree char *text = comparison_to_text(comparison);
	g_autofree char *few_text = comparison_to_text(few);

	g_assert_nonnull(
		strstr(text, "time to /init, second kernel, at 4G: no difference seen between one and two; one of "));
	g_assert_nonnull(strstr(few_text, "too few pairs to tell; 7 are needed"));
	g_assert_false(comparison_tight(few));
}

static void set_first(Comparison *comparison, guint rounds, gint64 shift)
{
	for (guint side = 0; side < 2; side++) {
		const ComparisonSide *s = comparison->sides->pdata[side];

		for (guint r = 0; r < rounds; r++)
			hop_of(s->runs->pdata[r], 0)->boot_to_init_ns =
				2000000000 + r * 1000 + (side ? shift + r * 10 : 0);
	}
}

/* A figure beside the one that it is about has to be clearer, the more of them there are. */
static void test_family(void)
{
	g_autoptr(Comparison) alone = make(8, 0), many = make(8, 0);
	g_autofree char *text = NULL;
	Finding init1, silent;

	set_first(alone, 8, 100000);
	g_assert_true(find(alone, "init1", &init1));
	g_assert_false(init1.about);
	g_assert_cmpfloat(init1.paired.p, ==, 2.0 / 256);
	g_assert_cmpint(init1.paired.decision, ==, DECISION_SEEN);
	/* the same, but with two more that differ by chance: 0.0078 is no longer below 0.02 / 3 */
	set_first(many, 8, 100000);
	for (guint side = 0; side < 2; side++) {
		const ComparisonSide *s = many->sides->pdata[side];

		for (guint r = 0; r < 8; r++) {
			Result *result = s->runs->pdata[r];

			result->silent_ns =
				1000000 + (side && r % 2 ? 100 + r : 0) - (side && r % 2 == 0 ? 101 + r : 0);
			result->blackout_ns = result->silent_ns + 7;
		}
	}
	g_assert_true(find(many, "silent", &silent));
	g_assert_cmpint(silent.paired.decision, !=, DECISION_SEEN);
	g_assert_true(find(many, "init1", &init1));
	g_assert_cmpfloat(init1.paired.p, ==, 2.0 / 256);
	g_assert_cmpfloat(init1.level, ==, 0.02 / 3);
	g_assert_cmpint(init1.paired.decision, ==, DECISION_TOO_FEW);
	text = comparison_to_text(many);
	g_assert_nonnull(
		strstr(text, "too few pairs to tell (9 are needed) between one and two in: time to /init, first"));
}

static void test_later_decides(void)
{
	g_autoptr(Comparison) comparison = make_of(4, 10, -200000000);
	g_autofree char *text = NULL;
	Finding finding;

	g_assert_cmpstr(comparison_about(comparison, 1)->id, ==, "init.later");
	g_assert_true(find(comparison, "init2", &finding));
	g_assert_false(finding.about);
	g_assert_true(comparison_tight(comparison));
	text = comparison_to_text(comparison);
	g_assert_nonnull(strstr(text, "time to /init, later kernels, at 4G: two saves "));
	g_assert_nonnull(strstr(text, "Later handovers against the first of the same machines:"));
}

/* Second kernels take so many times as long as later ones, and the host gives out so many pages. */
static Comparison *make_disagree(guint kernels, double factor, gint64 faults)
{
	/* agreement is of a side, and loading a recording takes an instrumented program its time */
	Comparison *comparison = make_sides(1, kernels, 8, 0);

	for (guint side = 0; side < comparison->sides->len; side++) {
		const ComparisonSide *s = comparison->sides->pdata[side];

		for (guint r = 0; r < s->runs->len; r++) {
			Result *result = s->runs->pdata[r];
			Hop *second = hop_of(result, 1);

			second->boot_to_init_ns = (gint64)((double)second->boot_to_init_ns * factor) + r * 1000;
			g_array_index(result->host_use, HostUse, 1) = (HostUse){ faults, 1 };
		}
	}
	return comparison;
}

static void test_agreement(void)
{
	g_autoptr(Comparison) two = make(8, 0), same = make_disagree(3, 1.01, 120), other = make_disagree(5, 3, 4000),
			      silent = make_disagree(3, 3, -1), turned = make_disagree(3, 0.5, 4000);
	g_autoptr(Agreement) yes = agreement_new(same->sides->pdata[0]), no = agreement_new(other->sides->pdata[0]),
			     unknown = agreement_new(silent->sides->pdata[0]),
			     reverse = agreement_new(turned->sides->pdata[0]), turns = NULL;
	const AgreementRow *init = yes->rows->pdata[0], *drift = no->rows->pdata[no->rows->len - 1];
	SampleRate rate;

	g_assert_null(agreement_new(two->sides->pdata[0]));
	g_assert_false(agreement_sample_rate(two, &rate));
	g_assert_cmpint(yes->kind, ==, AGREEMENT_YES);
	g_assert_cmpuint(yes->machines, ==, 8);
	g_assert_cmpfloat_with_epsilon(init->ratio.estimate, 1 / 1.01, 1e-4);
	g_assert_nonnull(strstr(yes->sentence, "agree with the first of a machine within 0.99%"));
	/* three kernels: the third is the last */
	for (guint i = 0; i < yes->rows->len; i++)
		g_assert_cmpstr(((const AgreementRow *)yes->rows->pdata[i])->id, !=, "drift");
	g_assert_cmpint(no->kind, ==, AGREEMENT_NO);
	g_assert_cmpint(no->first_faults, ==, 4000);
	g_assert_cmpint(no->later_faults, ==, 100);
	g_assert_nonnull(strstr(no->sentence, "0.333 ["));
	g_assert_nonnull(strstr(no->sentence, "They stand for kernels that find their memory there"));
	/* page faults do not make the other kernel slow */
	g_assert_cmpint(reverse->kind, ==, AGREEMENT_NO);
	g_assert_nonnull(strstr(reverse->sentence, "which does not explain it"));
	g_assert_nonnull(strstr(no->sentence, "gave out 4000 pages while a second kernel booted, 100 while"));
	g_assert_cmpstr(drift->id, ==, "drift");
	g_assert_cmpfloat(drift->ratio.estimate, ==, 1);
	g_assert_cmpint(unknown->kind, ==, AGREEMENT_NO);
	g_assert_nonnull(strstr(unknown->sentence, "were not recorded"));
	/* whatever the host did: one saves and the next restores */
	hop_of(((const ComparisonSide *)other->sides->pdata[0])->runs->pdata[7], 1)->log->kho_test = 1;
	turns = agreement_new(other->sides->pdata[0]);
	g_assert_cmpint(turns->kind, ==, AGREEMENT_NO);
	g_assert_nonnull(strstr(turns->sentence, "in turn, so they do not do the same work"));
}

/* As if instructions had been counted in each kernel: so many up to /init, and some to spare for the kernel's number.
 */
static void count_kernels(Result *result, const gint64 *to_init, guint kernels)
{
	g_clear_pointer(&result->timeline, timeline_free);
	result->blackout_ns = result->silent_ns = -1;
	for (guint hop = 0; hop < kernels; hop++) {
		gint64 entry = 1000000 * hop;

		hop_of(result, hop)->boot_to_init_ns = -1;
		counts_add(result->counts, COUNT_ENTRY, "at", entry);
		counts_add(result->counts, COUNT_KHO, "enter", entry + 100);
		counts_add(result->counts, COUNT_KHO, "leave", entry + 150);
		counts_add(result->counts, COUNT_INIT, "at", entry + to_init[hop]);
	}
}

/* Two machines that count the same. */
static Comparison *make_counted(const gint64 *to_init, guint kernels)
{
	Comparison *comparison = make_sides(1, kernels, 2, 0);
	const ComparisonSide *side = comparison->sides->pdata[0];

	for (guint r = 0; r < side->runs->len; r++)
		count_kernels(side->runs->pdata[r], to_init, kernels);
	return comparison;
}

/* Counts say whether later kernels do the same work as the second, whatever a clock says. */
static void test_agreement_counted(void)
{
	static const gint64 alike[] = { 5000, 200000, 200010, 200020, 200002 },
			    unlike[] = { 5000, 200000, 250000, 250010, 250020 };
	g_autoptr(Comparison) same = make_counted(alike, 5), other = make_counted(unlike, 5);
	const Result *result = ((const ComparisonSide *)same->sides->pdata[0])->runs->pdata[0];
	g_autoptr(Agreement) yes = agreement_new(same->sides->pdata[0]), no = agreement_new(other->sides->pdata[0]);
	const AgreementRow *init = yes->rows->pdata[0], *kho = yes->rows->pdata[1], *drift = yes->rows->pdata[2];
	SampleRate rate;

	g_assert_cmpint(value_of(result, "insn.later.to_init"), ==, 200010);
	g_assert_cmpint(value_of(result, "insn.later.memmap"), ==, -1);
	g_assert_cmpint(value_of(result, "init.later"), ==, -1);
	g_assert_cmpint(metric_of_kernel(metric_find("insn.later.to_init"), result, 4), ==, 200002);
	g_assert_cmpint(metric_of_kernel(metric_find("insn.later.to_init"), result, 5), ==, -1);
	g_assert_cmpint(yes->kind, ==, AGREEMENT_YES);
	g_assert_cmpuint(yes->rows->len, ==, 3);
	g_assert_cmpfloat(init->first.median, ==, 200000);
	g_assert_cmpfloat(init->later.median, ==, 200010);
	g_assert_cmpstr(kho->id, ==, "kho");
	g_assert_cmpfloat(kho->ratio.estimate, ==, 1);
	g_assert_cmpstr(drift->id, ==, "drift");
	g_assert_cmpfloat(drift->later.median, ==, 200002);
	g_assert_nonnull(strstr(yes->sentence, "within 0.005% (instructions to /init, 2 machines): they do the same"));
	g_assert_cmpint(no->kind, ==, AGREEMENT_NO);
	g_assert_nonnull(strstr(no->sentence, "1.250 [1.250, 1.250] (2 machines); they do other work"));
	/* and there is no hurry */
	g_assert_false(agreement_sample_rate(same, &rate));
}

/* The recording's own journal: from begin to end, and to the second kernel's manifest. */
static void test_sample_rate(void)
{
	g_autoptr(Comparison) comparison = make_of(6, 2, 0);
	g_autoptr(RunDir) run = rundir_open(recording, NULL);
	g_autoptr(GPtrArray) lines = rundir_journal_read(run);
	double begin = (double)json_get_int(lines->pdata[0], "ns");
	double end = (double)json_get_int(lines->pdata[lines->len - 1], "ns");
	double fresh = 0;
	SampleRate rate;

	for (guint i = 0; i < lines->len; i++)
		if (g_strcmp0(json_get_string(lines->pdata[i], "name"), "manifest") == 0)
			fresh = (double)json_get_int(lines->pdata[i], "end_ns"); /* the last: the second kernel's */
	g_assert_cmpstr(json_get_string(lines->pdata[lines->len - 1], "event"), ==, "end");
	g_assert_true(agreement_sample_rate(comparison, &rate));
	g_assert_cmpuint(rate.samples, ==, 2 * 2 * 4);
	g_assert_cmpfloat_with_epsilon(rate.per_hour, 4 * 3600e9 / (end - begin), 1e-6);
	g_assert_cmpfloat_with_epsilon(rate.fresh_per_hour, 3600e9 / (fresh - begin), 1e-6);
	g_assert_cmpfloat(rate.fresh_per_hour, >, 3600e9 / (end - begin));
}

/* A pair of which one is unknown is no pair, for that figure. */
static void test_unknown(void)
{
	g_autoptr(Comparison) comparison = make(8, 0);
	const ComparisonSide *side = comparison->sides->pdata[1];
	Finding finding;

	((Hop *)((Result *)side->runs->pdata[3])->hops->pdata[1])->boot_to_init_ns = -1;
	g_assert_true(find(comparison, "init2", &finding));
	g_assert_cmpuint(finding.paired.pairs, ==, 7);
	g_assert_false(find(comparison, "insn1.kho", &finding));
}

static void test_keys_differ(void)
{
	g_autoptr(Comparison) comparison = make(6, 0);
	ComparisonSide *side = comparison->sides->pdata[1];
	g_autofree char *text = NULL;
	g_autofree char *page = NULL;

	g_assert_null(comparison_difference(comparison));
	side->warm_up->plan->cpus = 64;
	text = comparison_difference(comparison);
	g_assert_nonnull(text);
	g_assert_true(g_str_has_prefix(text, "two: guest CPUs: "));
	comparison->anyway = true;
	page = comparison_to_text(comparison);
	g_assert_true(g_str_has_prefix(page, "NOT COMPARABLE, shown anyway: two: guest CPUs: "));
}

#define HOST(number, place, faults, rss)                                                                               \
	"{\"event\":\"host\",\"ns\":1,\"hop\":" #number ",\"at\":\"" #place "\",\"minflt\":" #faults                   \
	",\"rss_bytes\":" #rss "}\n"

static void test_host_use(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *folder = g_dir_make_tmp("khotest-host-XXXXXX", &error);
	g_autofree char *known = copy(folder, "known");
	g_autoptr(Result) without = load(recording), with = NULL;
	g_autofree char *none = hostuse_note(without->host_use, without->plan);
	g_autofree char *note = NULL, *in_file = NULL;

	g_assert_cmpint(hostuse_at(without->host_use, 1).faults, ==, -1);
	g_assert_cmpint(hostuse_at(NULL, 0).faults, ==, -1);
	g_assert_null(none);
	append(known, "journal.jsonl",
	       HOST(0, start, 100, 1000000) HOST(0, hello, 150, 2000000) HOST(0, leaving, 160, 2500000)
		       HOST(1, hello, 20160, 70000000) HOST(0, hello, 50000, 80000000) HOST(1, done, 20170, null));
	with = load(known);
	g_assert_cmpint(hostuse_at(with->host_use, 0).faults, ==, 50);
	g_assert_cmpint(hostuse_at(with->host_use, 1).faults, ==, 20000);
	g_assert_cmpint(hostuse_at(with->host_use, 1).bytes, ==, 67500000);
	g_assert_cmpint(hostuse_at(with->host_use, 2).faults, ==, -1);
	g_assert_cmpint(hostuse_later_faults(with->host_use), ==, -1);
	/* 4G have a map of 64M, 16384 pages */
	note = hostuse_note(with->host_use, with->plan);
	g_assert_nonnull(strstr(note, "while the second kernel booted the host gave out 64M of memory"));
	g_assert_nonnull(strstr(note, "(20000 page faults)"));
	g_assert_true(hostuse_matters(&(HostUse){ 12288, 0 }, with->plan));
	g_assert_false(hostuse_matters(&(HostUse){ 12287, 0 }, with->plan));
	/* how much that is cannot be told where the host may have written it back meanwhile */
	with->plan->memory_dir = g_strdup("/var/tmp");
	in_file = hostuse_note(with->host_use, with->plan);
	g_assert_nonnull(strstr(in_file, "took 20000 page faults for guest memory, which is in a file"));
	with->plan->prefault = true;
	g_assert_false(hostuse_matters(&(HostUse){ 12288, 0 }, with->plan));
	g_assert_true(files_remove_tree(folder, &error));
}

#define NOISE(ns, pressure, memory, steal, khz, copy)                                                                  \
	"{\"event\":\"noise\",\"ns\":" #ns ",\"cpu_pressure_us\":" #pressure ",\"memory_pressure_us\":" #memory        \
	",\"io_pressure_us\":null,\"steal_ns\":" #steal ",\"busy_ns\":1,\"load\":0.5,\"khz\":" #khz                    \
	",\"cpus\":2,\"copy_ns\":" #copy "}\n"

static void test_noise(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *folder = g_dir_make_tmp("khotest-noise-XXXXXX", &error);
	g_autofree char *noisy = copy(folder, "noisy"), *uneven = copy(folder, "uneven"),
			*unknown = copy(folder, "unknown");
	g_autofree char *without = NULL;
	g_autofree char *sentence = NULL, *counted = NULL, *quiet = NULL, *odd = NULL;
	g_autoptr(Comparison) comparison = make(1, 0);
	ComparisonSide *side = comparison->sides->pdata[0];
	Result *others[2];
	NoiseSum sum = { 0 };
	RunNoise noise;

	without = noise_sentence(comparison);
	g_assert_null(without);
	append(noisy, "journal.jsonl",
	       NOISE(1000000000, 0, 5, 0, 2000000, 4000000)
		       NOISE(11000000000, 1000000, 300005, 2000000000, 1900000, 6000000));
	g_ptr_array_add(side->runs, load(noisy));
	noise = noise_of(side->runs->pdata[1]);
	g_assert_cmpfloat_with_epsilon(noise.share[NOISE_CPU], 0.1, 1e-9);
	g_assert_cmpfloat_with_epsilon(noise.share[NOISE_MEMORY], 0.03, 1e-9);
	g_assert_true(isnan(noise.share[NOISE_IO]));
	g_assert_cmpfloat_with_epsilon(noise.share[NOISE_STEAL], 0.1, 1e-9);
	g_assert_cmpfloat_with_epsilon(noise.share[NOISE_SLOWDOWN], 0.05, 1e-9);
	sentence = noise_sentence(comparison);
	g_assert_cmpstr(sentence, ==,
			"the host was too noisy in 1 of 3 runs: tasks waiting for memory up to 3% (limit 2%), CPU time "
			"stolen up to 10% (limit 2%); again on a quieter host");
	/* others beside which nothing is wrong, but copying took a third of the time longer, or is not known */
	append(uneven, "journal.jsonl", NOISE(1, 0, 0, 0, 1, 6500000) NOISE(2000000001, 0, 0, 0, 1, 7000000));
	append(unknown, "journal.jsonl", NOISE(1, 0, 0, 0, 1, null) NOISE(2000000001, 0, 0, 0, 1, null));
	noise_add(&sum, side->runs->pdata[1]);
	sum.noisy = 0;
	noise_add(&sum, others[0] = load(unknown));
	quiet = noise_sum_sentence(&sum);
	g_assert_null(quiet);
	noise_add(&sum, others[1] = load(uneven));
	odd = noise_sum_sentence(&sum);
	g_assert_cmpstr(odd, ==,
			"the host was uneven: copying memory took it up to 35% longer beside some runs than beside "
			"others (limit 25%); again on a quieter host");
	/* instructions do not mind */
	g_free(((Result *)side->runs->pdata[1])->plan->mode);
	((Result *)side->runs->pdata[1])->plan->mode = g_strdup("counted");
	counted = noise_sentence(comparison);
	g_assert_null(counted);
	for (gsize k = 0; k < G_N_ELEMENTS(others); k++)
		result_free(others[k]);
	g_assert_true(files_remove_tree(folder, &error));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	recording = argv[1];
	g_test_add_func("/metric/values", test_metrics);
	g_test_add_func("/metric/counted", test_counted);
	g_test_add_func("/metric/later", test_later);
	g_test_add_func("/metric/later-column", test_later_column);
	g_test_add_func("/metric/format", test_format);
	g_test_add_func("/host-use/journal", test_host_use);
	g_test_add_func("/comparison/seen", test_seen);
	g_test_add_func("/comparison/not-seen", test_not_seen);
	g_test_add_func("/comparison/family", test_family);
	g_test_add_func("/comparison/later", test_later_decides);
	g_test_add_func("/comparison/agreement", test_agreement);
	g_test_add_func("/comparison/agreement-counted", test_agreement_counted);
	g_test_add_func("/comparison/sample-rate", test_sample_rate);
	g_test_add_func("/comparison/unknown", test_unknown);
	g_test_add_func("/comparison/keys-differ", test_keys_differ);
	g_test_add_func("/noise/sentence", test_noise);
	return g_test_run();
}
