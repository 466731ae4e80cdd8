// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether a chain of kernels loses memory, from the records of each. */
#include "fixture.h"

#include <proto/frame.h>
#include <string.h>

#define KERNELS 10

/* pages: of each kernel; every second one has what lib/test_kho.c saved beside them. */
static void set_preserved(Fixture *fixture, int hop, guint pages)
{
	g_autofree char *text = g_strdup_printf(
		"# khotest preserved 1 page_shift=12 abi=kho-v3\norder 0 %u\norder 10 2\nruns 1\n968 1 0\n",
		pages + (hop % 2 ? 0 : 6));

	fixture_set(fixture, hop, FRAME_PRESERVED, text);
}

/* Each handed over kernel preserves so many pages more than the one before. */
static Fixture *chain(int kernels, guint leak)
{
	Fixture *fixture = fixture_new("central-2n");

	fixture_chain(fixture, kernels);
	for (int hop = 0; hop < kernels; hop++)
		fixture->kernels[hop].preserved = true;
	for (int hop = 0; hop < kernels; hop++)
		set_preserved(fixture, hop, 2 + (guint)hop * leak);
	return fixture;
}

static CheckState state_of(const Verdict *verdict, int hop)
{
	return verdict_check(verdict, (guint)hop, check_find("endurance"))->state;
}

static void test_none(void)
{
	g_autoptr(Fixture) fixture = chain(KERNELS, 0);
	const Verdict *verdict = fixture_judge(fixture);

	for (guint i = 0; i < verdict->reasons->len; i++)
		g_test_message("%s", ((Reason *)verdict->reasons->pdata[i])->text);
	g_assert_cmpint(verdict->kind, ==, VERDICT_PASS);
	for (int hop = 0; hop < KERNELS; hop++)
		g_assert_cmpint(state_of(verdict, hop), ==, CHECK_SAW);
}

static void test_preserved(void)
{
	g_autoptr(Fixture) fixture = chain(KERNELS, 1);
	const Verdict *verdict = fixture_judge(fixture);

	g_assert_cmpint(verdict->kind, ==, VERDICT_FAIL);
	g_assert_cmpuint(verdict->reasons->len, ==, 1);
	g_assert_cmpstr(fixture_reason(verdict, "leak-over-hops"), ==,
			"1 page more preserved with each handover: 2051 pages in kernel 2 of the chain, 2064 in kernel "
			"9");
}

static void test_managed(void)
{
	g_autoptr(Fixture) fixture = chain(KERNELS, 0);
	const Verdict *verdict;

	for (int hop = 1; hop < KERNELS; hop++) {
		g_autofree char *managed = g_strdup_printf("managed  %d", 644621 - 3 * hop);

		fixture_replace(fixture, hop, "proc/zoneinfo", "managed  644621", managed);
	}
	verdict = fixture_judge(fixture);
	g_assert_cmpint(verdict->kind, ==, VERDICT_FAIL);
	g_assert_nonnull(strstr(fixture_reason(verdict, "leak-over-hops"),
				"3 pages less for the allocator with each handover: "));
}

/* More for the allocator, or less preserved, is none; nor is what happened once. */
static void test_no_leak(void)
{
	g_autoptr(Fixture) fewer = chain(KERNELS, 0), once = chain(KERNELS, 0);

	for (int hop = 0; hop < KERNELS; hop++) {
		set_preserved(fewer, hop, 50 - (guint)hop);
		set_preserved(once, hop, hop < 5 ? 2 : 9);
	}
	g_assert_cmpint(fixture_judge(fewer)->kind, ==, VERDICT_PASS);
	g_assert_cmpint(fixture_judge(once)->kind, ==, VERDICT_PASS);
}

/* What came of a chain that was cut off is as good; its last kernel may have come no further than its first word. */
static void test_cut_off(void)
{
	g_autoptr(Fixture) fixture = chain(KERNELS, 1);
	const Verdict *verdict;

	fixture->evidence.end = END_INTERRUPTED;
	fixture->evidence.hops_wanted = FIXTURE_KERNELS;
	for (int hop = KERNELS; hop < FIXTURE_KERNELS; hop++)
		fixture->nonces[hop] = "none";
	fixture_drop(fixture, KERNELS - 1, "proc/zoneinfo");
	fixture_drop(fixture, KERNELS - 1, FRAME_PRESERVED);
	verdict = fixture_judge(fixture);
	g_assert_cmpint(verdict->kind, ==, VERDICT_FAIL);
	g_assert_nonnull(strstr(fixture_reason(verdict, "leak-over-hops"), "2064 in kernel 9"));
	g_assert_nonnull(fixture_reason(verdict, "interrupted"));
	for (int hop = 0; hop < KERNELS; hop++)
		set_preserved(fixture, hop, 2);
	g_assert_null(fixture_reason(fixture_judge(fixture), "leak-over-hops"));
}

/* Of few kernels nothing can be told. */
static void test_short(void)
{
	g_autoptr(Fixture) fixture = chain(5, 1);

	g_assert_cmpint(fixture_judge(fixture)->kind, ==, VERDICT_PASS);
}

/* What is not there is no leak, and no PASS either. */
static void test_missing(void)
{
	g_autoptr(Fixture) lost = chain(KERNELS, 1), cut = chain(KERNELS, 1), old = chain(KERNELS, 0);
	g_autoptr(Fixture) other = chain(KERNELS, 1), image = chain(KERNELS, 1);
	const Verdict *verdict;

	fixture_drop(lost, 4, FRAME_PRESERVED);
	verdict = fixture_judge(lost);
	g_assert_cmpint(verdict->kind, ==, VERDICT_ERROR);
	g_assert_nonnull(strstr(fixture_reason(verdict, "not-seen"), "what the fifth kernel preserves did not come"));

	fixture_set(cut, 4, FRAME_PRESERVED, "# khotest preserved 1 page_shift=12 abi=kho-v3\norder");
	verdict = fixture_judge(cut);
	g_assert_cmpint(verdict->kind, ==, VERDICT_ERROR);
	g_assert_nonnull(fixture_reason(verdict, "records-damaged"));
	g_assert_null(fixture_reason(verdict, "leak-over-hops"));

	/* the last kernel hands nothing over */
	fixture_drop(old, KERNELS - 1, FRAME_PRESERVED);
	g_assert_cmpint(fixture_judge(old)->kind, ==, VERDICT_PASS);
	/* a recording from before there was the record */
	for (int hop = 0; hop + 1 < KERNELS; hop++)
		fixture_drop(old, hop, FRAME_PRESERVED);
	memset(old->kernels, 0, sizeof(old->kernels));
	g_assert_cmpint(fixture_judge(old)->kind, ==, VERDICT_PASS);
	g_assert_null(fixture_gap(old->verdict, "preserves"));

	/* a kernel that has it in a form that nobody reads */
	for (int hop = 0; hop < KERNELS; hop++) {
		fixture_set(other, hop, FRAME_PRESERVED, "!93 Protocol not supported\n");
		fixture_drop(image, hop, FRAME_PRESERVED);
	}
	g_assert_cmpint(fixture_judge(other)->kind, ==, VERDICT_PASS);
	g_assert_nonnull(fixture_gap(other->verdict, "is not known of the second kernel: Protocol not supported"));
	memset(image->kernels, 0, sizeof(image->kernels));
	for (int hop = 0; hop < KERNELS; hop++)
		image->kernels[hop].image = true;
	g_assert_nonnull(fixture_gap(fixture_judge(image), "how much memory each kernel preserves"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/endurance/none", test_none);
	g_test_add_func("/endurance/preserved", test_preserved);
	g_test_add_func("/endurance/managed", test_managed);
	g_test_add_func("/endurance/no-leak", test_no_leak);
	g_test_add_func("/endurance/cut-off", test_cut_off);
	g_test_add_func("/endurance/short", test_short);
	g_test_add_func("/endurance/missing", test_missing);
	return g_test_run();
}
