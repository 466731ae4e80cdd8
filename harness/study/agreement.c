// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/json.h>
#include <proto/frame.h>
#include <study/agreement.h>

#include <math.h>
#include <string.h>

#define SECOND 1      /* a kernel, and its selector */
#define FIRST_LATER 2 /* the first kernel that finds its memory given */

static void free_row(gpointer data)
{
	AgreementRow *row = data;

	g_free(row->title);
	g_free(row);
}

/* Takes the title. first, later: -1 unknown; machines that lack one of them are left out. */
static void add_row(Agreement *agreement, const char *id, char *title, const Metric *metric, const gint64 *first,
		    const gint64 *later, guint machines)
{
	g_autofree double *a = g_new(double, machines);
	g_autofree double *b = g_new(double, machines);
	AgreementRow *row;
	guint n = 0;

	for (guint i = 0; i < machines; i++)
		if (first[i] >= 0 && later[i] >= 0) {
			a[n] = (double)first[i];
			b[n++] = (double)later[i];
		}
	if (!n) {
		g_free(title);
		return;
	}
	row = g_new(AgreementRow, 1);
	*row = (AgreementRow){
		id, title, metric, statistics_summary(a, n), statistics_summary(b, n), statistics_paired(a, b, n).ratio
	};
	g_ptr_array_add(agreement->rows, row);
}

/* The same figure of other kernels: "init.later" for "init2". */
static gint64 later_value(const Figure *figure, const Result *result)
{
	return figure_select(figure, &selectors[SELECTORS - 1], result);
}

/* Every figure of a clock, or of a count, that both the second kernel and later ones have. */
static void add_figures(Agreement *agreement, const ComparisonSide *side)
{
	guint machines = side->runs->len, n;
	const Metric *metrics = metrics_all(&n);
	g_autofree gint64 *first = g_new(gint64, machines);
	g_autofree gint64 *later = g_new(gint64, machines);

	for (guint m = 0; m < n; m++) {
		const Figure *figure = metrics[m].figure;

		if (!metrics[m].clock || metrics[m].selector != &selectors[SECOND] ||
		    !(figure->kernels & FIGURE_OF_LATER))
			continue;
		for (guint i = 0; i < machines; i++) {
			first[i] = metric_measured(&metrics[m], side->runs->pdata[i]);
			later[i] = later_value(figure, side->runs->pdata[i]);
		}
		/* a run has times or counts, and never both: what is about the same has the same id */
		add_row(agreement, figure->time ? figure->time : figure->id, g_strdup(figure->title), &metrics[m],
			first, later, machines);
	}
}

/* Whether kernels get slower, or faster, the more have been before them: by the first row, which is there. */
static void add_drift(Agreement *agreement, const ComparisonSide *side)
{
	const AgreementRow *init = agreement->rows->pdata[0];
	guint machines = side->runs->len;
	g_autofree gint64 *third = g_new(gint64, machines);
	g_autofree gint64 *last = g_new(gint64, machines);

	for (guint i = 0; i < machines; i++) {
		const Result *result = side->runs->pdata[i];
		const Figure *figure = init->metric->figure;
		bool more = verdict_kind_judged(result->verdict->kind) && result->hops->len > FIRST_LATER + 1;

		third[i] = more ? figure_of(figure, result, FIRST_LATER) : -1;
		last[i] = more ? figure_of(figure, result, result->hops->len - 1) : -1;
	}
	add_row(agreement, "drift", g_strdup_printf("%s, third kernel and last", init->title), init->metric, third,
		last, machines);
}

static gint64 median_of(gint64 (*faults)(const Result *), const ComparisonSide *side)
{
	g_autofree gint64 *values = g_new(gint64, side->runs->len);

	for (guint i = 0; i < side->runs->len; i++)
		values[i] = faults(side->runs->pdata[i]);
	return statistics_median_known(values, side->runs->len);
}

static gint64 second_faults(const Result *result)
{
	return result_use(result, SECOND).faults;
}

static gint64 later_faults(const Result *result)
{
	g_autofree gint64 *values = g_new(gint64, result->hops->len);
	guint n = 0;

	for (guint hop = FIRST_LATER; hop < result->hops->len; hop++)
		values[n++] = result_use(result, hop).faults;
	return statistics_median_known(values, n);
}

/* lib/test_kho.c saves data in one kernel and restores it in the next, in turn: such kernels are of two sorts. */
static bool take_turns(const ComparisonSide *side)
{
	for (guint r = 0; r < side->runs->len; r++) {
		const Result *result = side->runs->pdata[r];

		for (guint i = 0; i < result->hops->len; i++) {
			const Hop *hop = result_said(result, i);

			if (hop->log && hop->log->kho_test >= 0)
				return true;
		}
	}
	return false;
}

/* Page faults of the host can make the first slower, and not the later ones, and change no count of instructions. */
static char *why(const Agreement *agreement, const ComparisonSide *side)
{
	const AgreementRow *init = agreement->rows->pdata[0];
	bool cause = init->ratio.estimate < 1 && agreement->first_faults >= 2 * agreement->later_faults;

	if (take_turns(side))
		return g_strdup(
			"kernels with CONFIG_TEST_KEXEC_HANDOVER save test data and restore it in turn, so they "
			"do not do the same work; those of --profile timing do");
	if (strcmp(init->metric->clock, "count") == 0)
		return g_strdup("they do other work than fresh boots");
	if (agreement->first_faults < 0 || agreement->later_faults < 0)
		return g_strdup("host page faults, which may be the cause, were not recorded. They do not stand for "
				"fresh boots");
	return g_strdup_printf("the host gave out %" G_GINT64_FORMAT
			       " pages while a second kernel booted, %" G_GINT64_FORMAT " while a later one did%s",
			       agreement->first_faults, agreement->later_faults,
			       cause ? ". They stand for kernels that find their memory there, not for fresh boots"
				     : ", which does not explain it; --mode counted tells whether they do the same "
				       "work. They do not stand for fresh boots");
}

static void conclude(Agreement *agreement, const ComparisonSide *side)
{
	const AgreementRow *init = agreement->rows->pdata[0];
	const Interval *ratio = &init->ratio;
	const char *name = side->name;
	double away = MAX(fabs(ratio->low - 1), fabs(ratio->high - 1));
	g_autofree char *text = ratio_format(ratio);
	g_autofree char *machines =
		g_strdup_printf("%u machine%s", agreement->machines, agreement->machines == 1 ? "" : "s");
	g_autofree char *cause = NULL;

	if (isnan(ratio->low) || ratio->kind == INTERVAL_RANGE) {
		agreement->sentence = g_strdup_printf("%s: whether later handovers agree with the first of a machine "
						      "cannot be told of %s, too few for an "
						      "interval: the ratio of their %s is %s",
						      name, machines, init->title, text);
	} else if (away > AGREEMENT_LIMIT && ratio->low <= 1 && ratio->high >= 1) {
		agreement->sentence = g_strdup_printf(
			"%s: whether later handovers agree with the first of a machine cannot be told: the ratio of "
			"their %s is %s (%s)",
			name, init->title, text, machines);
	} else if (away <= AGREEMENT_LIMIT) {
		agreement->kind = AGREEMENT_YES;
		agreement->sentence = g_strdup_printf(
			"%s: later handovers agree with the first of a machine within %.2g%% (%s, %s): they %s", name,
			away * 100, init->title, machines,
			strcmp(init->metric->clock, "count") == 0 ? "do the same work as fresh boots"
								  : "stand for fresh boots");
	} else {
		agreement->kind = AGREEMENT_NO;
		cause = why(agreement, side);
		agreement->sentence = g_strdup_printf(
			"%s: later handovers do not agree with the first of a machine: the ratio of their %s is %s "
			"(%s); %s",
			name, init->title, text, machines, cause);
	}
}

Agreement *agreement_new(const ComparisonSide *side)
{
	g_autoptr(Agreement) agreement = g_new0(Agreement, 1);

	agreement->rows = g_ptr_array_new_with_free_func(free_row);
	add_figures(agreement, side);
	/* the way to /init comes first, and all else is beside it */
	if (!agreement->rows->len || strcmp(((const AgreementRow *)agreement->rows->pdata[0])->id, "init") != 0)
		return NULL;
	agreement->machines = ((const AgreementRow *)agreement->rows->pdata[0])->first.n;
	agreement->first_faults = median_of(second_faults, side);
	agreement->later_faults = median_of(later_faults, side);
	add_drift(agreement, side);
	conclude(agreement, side);
	return g_steal_pointer(&agreement);
}

void agreement_free(Agreement *agreement)
{
	if (!agreement)
		return;
	g_ptr_array_unref(agreement->rows);
	g_free(agreement->sentence);
	g_free(agreement);
}

const char *agreement_kind_name(AgreementKind kind)
{
	static const char *const names[] = {
		[AGREEMENT_UNSURE] = "unsure", [AGREEMENT_YES] = "yes", [AGREEMENT_NO] = "no"
	};

	return names[kind];
}

/* What a machine took to its end, and to where it could have ended with the second kernel's records. */
static bool times_of(const Result *result, gint64 *ret_whole, gint64 *ret_fresh)
{
	const JournalEvent *first = journal_find(result->journal, JOURNAL_BEGIN);
	const JournalEvent *last = journal_find(result->journal, JOURNAL_END);
	const ResultHop *second = result_hop(result, SECOND);
	gint64 begin = first ? first->ns : -1, end = last ? last->ns : -1, fresh = second ? second->manifest_ns : -1;

	*ret_whole = end - begin;
	*ret_fresh = fresh - begin;
	return begin >= 0 && fresh > begin && end > begin;
}

static guint count_later(const Result *result)
{
	guint n = 0;

	for (guint hop = FIRST_LATER; hop < result->hops->len; hop++)
		n += result_said(result, hop)->boot_to_init_ns >= 0;
	return n;
}

bool agreement_sample_rate(const Comparison *comparison, SampleRate *ret_rate)
{
	const double hour_ns = 3600e9;
	double whole_ns = 0, fresh_ns = 0;
	guint machines = 0, samples = 0;

	for (guint i = 0; i < comparison->sides->len; i++) {
		const ComparisonSide *side = comparison->sides->pdata[i];

		for (guint r = 0; r < side->runs->len; r++) {
			guint later = count_later(side->runs->pdata[r]);
			gint64 whole, fresh;

			if (!later || !times_of(side->runs->pdata[r], &whole, &fresh))
				continue;
			machines++;
			samples += later;
			whole_ns += (double)whole;
			fresh_ns += (double)fresh;
		}
	}
	if (!machines)
		return false;
	*ret_rate = (SampleRate){ samples, samples / whole_ns * hour_ns, machines / fresh_ns * hour_ns };
	return true;
}
