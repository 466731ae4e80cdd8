// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Later kernels of a machine against its second. Arguments: a recording that passes.
 */
#include "../recorded.h"

#include <base/json.h>
#include <string.h>
#include <study/agreement.h>

/* Second kernels take so many times as long as later ones, and the host gives out so many pages. */
static Comparison *make_disagree(guint kernels, double factor, gint64 faults)
{
	/* agreement is of a side, and loading a recording takes an instrumented program its time */
	Comparison *comparison = recorded_sides(1, kernels, 8, 0);

	for (guint side = 0; side < comparison->sides->len; side++) {
		const ComparisonSide *s = comparison->sides->pdata[side];

		for (guint r = 0; r < s->runs->len; r++) {
			Result *result = s->runs->pdata[r];
			Hop *second = hop_of(result, 1);

			second->boot_to_init_ns = (gint64)((double)second->boot_to_init_ns * factor) + r * 1000;
			((ResultHop *)result->hops->pdata[1])->use = (HostUse){ faults, 1 };
		}
	}
	return comparison;
}

static void test_agreement(void)
{
	g_autoptr(Comparison) two = recorded_pair(8, 0), same = make_disagree(3, 1.01, 120),
			      other = make_disagree(5, 3, 4000), silent = make_disagree(3, 3, -1),
			      turned = make_disagree(3, 0.5, 4000);
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

/* What the host did to a machine, it did to each of its kernels: none of its figures is among the rows. */
static void test_unjudged(void)
{
	g_autoptr(Comparison) comparison = make_disagree(5, 3, 4000);
	const ComparisonSide *side = comparison->sides->pdata[0];
	g_autoptr(Agreement) agreement = NULL;

	((Result *)side->runs->pdata[2])->verdict->kind = VERDICT_ERROR;
	agreement = agreement_new(side);
	for (guint i = 0; i < agreement->rows->len; i++)
		g_assert_cmpuint(((const AgreementRow *)agreement->rows->pdata[i])->first.n, ==, 7);
}

/* As if instructions had been counted in each kernel: so many up to /init, and some to spare for the kernel's number.
 */
static void count_kernels(Result *result, const gint64 *to_init, guint kernels)
{
	g_autoptr(Counts) counts = counts_new();

	g_clear_pointer(&result->timeline, timeline_free);
	g_array_set_size(result->handovers, 0);
	for (guint hop = 0; hop < kernels; hop++) {
		gint64 entry = 1000000 * hop;

		hop_of(result, hop)->boot_to_init_ns = -1;
		g_clear_pointer(&((ResultHop *)result->hops->pdata[hop])->phases, phases_free);
		counts_add(counts, COUNT_ENTRY, "at", entry);
		counts_add(counts, COUNT_KHO, "enter", entry + 100);
		counts_add(counts, COUNT_KHO, "leave", entry + 150);
		counts_add(counts, COUNT_INIT, "at", entry + to_init[hop]);
	}
	recorded_counts(result, counts);
}

/* Two machines that count the same. */
static Comparison *make_counted(const gint64 *to_init, guint kernels)
{
	Comparison *comparison = recorded_sides(1, kernels, 2, 0);
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
	g_assert_cmpint(figure_of(metric_find("insn.later.to_init")->figure, result, 4), ==, 200002);
	g_assert_cmpint(figure_of(metric_find("insn.later.to_init")->figure, result, 5), ==, -1);
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
	g_assert_nonnull(strstr(no->sentence, "1.250 (exact) (2 machines); they do other work"));
	/* and there is no hurry */
	g_assert_false(agreement_sample_rate(same, &rate));
}

/* The recording's own journal: from begin to end, and to the second kernel's manifest. */
static void test_sample_rate(void)
{
	g_autoptr(Comparison) comparison = recorded_pair_of(6, 2, 0);
	g_autoptr(RunDir) run = rundir_open(recorded_path, NULL);
	g_autoptr(Journal) journal = journal_read(run);
	double begin = (double)journal_find(journal, JOURNAL_BEGIN)->ns;
	double end = (double)journal_find(journal, JOURNAL_END)->ns;
	double fresh = 0;
	SampleRate rate;

	for (guint i = 0; i < journal->events->len; i++)
		if (g_strcmp0(journal_at(journal, i)->name, "manifest") == 0)
			fresh = (double)journal_at(journal, i)->end_ns; /* the last: the second kernel's */
	g_assert_true(agreement_sample_rate(comparison, &rate));
	g_assert_cmpuint(rate.samples, ==, 2 * 2 * 4);
	g_assert_cmpfloat_with_epsilon(rate.per_hour, 4 * 3600e9 / (end - begin), 1e-6);
	g_assert_cmpfloat_with_epsilon(rate.fresh_per_hour, 3600e9 / (fresh - begin), 1e-6);
	g_assert_cmpfloat(rate.fresh_per_hour, >, 3600e9 / (end - begin));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	recorded_path = argv[1];
	g_test_add_func("/comparison/agreement", test_agreement);
	g_test_add_func("/comparison/agreement-unjudged", test_unjudged);
	g_test_add_func("/comparison/agreement-counted", test_agreement_counted);
	g_test_add_func("/comparison/sample-rate", test_sample_rate);
	return g_test_run();
}
