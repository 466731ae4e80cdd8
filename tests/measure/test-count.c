// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/count.h>

typedef struct {
	const char *mark;
	const char *edge;
	gint64 instructions;
} Reading;

/* One kernel's way, as the journal of a real run had it, in smaller numbers. */
static const Reading boot[] = {
	{ COUNT_ENTRY, "at", 1000 },	 { COUNT_MEMMAP, "enter", 1100 }, { COUNT_MEMMAP, "leave", 1150 },
	{ COUNT_MEMMAP, "enter", 1160 }, { COUNT_MEMMAP, "leave", 1360 }, { COUNT_KHO, "enter", 1400 },
	{ COUNT_KHO, "leave", 1420 },	 { COUNT_FREE, "enter", 1500 },	  { COUNT_FIRST_FREE, "at", 1570 },
	{ COUNT_FREE, "leave", 1700 },	 { COUNT_LATE, "enter", 2000 },	  { COUNT_LATE, "leave", 2900 },
	{ COUNT_INIT, "at", 5000 },
};

static Counts *take(const Reading *readings, gsize n, gint64 offset)
{
	Counts *counts = counts_new();

	for (gsize i = 0; i < n; i++)
		counts_add(counts, readings[i].mark, readings[i].edge, readings[i].instructions + offset);
	return counts;
}

static const HopCount *hop(const Counts *counts, guint i)
{
	g_assert_cmpuint(counts_hops(counts)->len, >, i);
	return &g_array_index(counts_hops(counts), HopCount, i);
}

static void test_phases(void)
{
	g_autoptr(Counts) counts = take(boot, G_N_ELEMENTS(boot), 0);
	const HopCount *first;

	for (gsize i = 0; i < G_N_ELEMENTS(boot); i++)
		counts_add(counts, boot[i].mark, boot[i].edge, boot[i].instructions * 2 + 10000);
	g_assert_cmpuint(counts_hops(counts)->len, ==, 2);
	first = hop(counts, 0);
	g_assert_cmpint(first->to_init, ==, 4000);
	g_assert_cmpint(first->memmap, ==, 250);
	g_assert_cmpint(first->kho, ==, 20);
	g_assert_cmpint(first->reserved, ==, 70);
	g_assert_cmpint(first->freeing, ==, 130);
	g_assert_cmpint(first->late, ==, 900);
	g_assert_cmpint(hop(counts, 1)->to_init, ==, 8000);
	g_assert_cmpint(hop(counts, 1)->late, ==, 1800);
}

/* A kernel that died on its way, or lacks a function: what was not passed is not known. */
static void test_missing(void)
{
	g_autoptr(Counts) cut = take(boot, 8, 0);
	g_autoptr(Counts) headless = take(boot + 1, G_N_ELEMENTS(boot) - 1, 0);
	g_autoptr(Counts) odd = counts_new();

	g_assert_cmpint(hop(cut, 0)->memmap, ==, 250);
	g_assert_cmpint(hop(cut, 0)->reserved, ==, -1);
	g_assert_cmpint(hop(cut, 0)->late, ==, -1);
	g_assert_cmpint(hop(cut, 0)->to_init, ==, -1);
	g_assert_cmpuint(counts_hops(headless)->len, ==, 0);

	counts_add(odd, COUNT_ENTRY, "at", 100);
	counts_add(odd, COUNT_KHO, "leave", 200);     /* never entered */
	counts_add(odd, COUNT_FIRST_FREE, "at", 300); /* outside of its call */
	counts_add(odd, COUNT_LATE, "enter", 500);
	counts_add(odd, COUNT_LATE, "leave", 400); /* backwards */
	counts_add(odd, "unheard-of", "at", 600);
	counts_add(odd, NULL, NULL, 700);
	counts_add(odd, COUNT_INIT, "at", -1);
	g_assert_cmpint(hop(odd, 0)->kho, ==, -1);
	g_assert_cmpint(hop(odd, 0)->reserved, ==, -1);
	g_assert_cmpint(hop(odd, 0)->late, ==, -1);
	g_assert_cmpint(hop(odd, 0)->to_init, ==, -1);
}

/* A breakpoint that was not hit: a sum without that call would be wrong, not smaller. */
static void test_missed_call(void)
{
	g_autoptr(Counts) counts = counts_new();

	counts_add(counts, COUNT_ENTRY, "at", 100);
	counts_add(counts, COUNT_MEMMAP, "enter", 110);
	counts_add(counts, COUNT_MEMMAP, "leave", 120);
	counts_add(counts, COUNT_MEMMAP, "leave", 140);
	counts_add(counts, COUNT_MEMMAP, "enter", 150);
	counts_add(counts, COUNT_MEMMAP, "leave", 160);
	g_assert_cmpint(hop(counts, 0)->memmap, ==, -1);

	counts_add(counts, COUNT_ENTRY, "at", 1000);
	counts_add(counts, COUNT_MEMMAP, "enter", 1010);
	counts_add(counts, COUNT_MEMMAP, "enter", 1030);
	counts_add(counts, COUNT_MEMMAP, "leave", 1040);
	g_assert_cmpint(hop(counts, 1)->memmap, ==, -1);

	counts_add(counts, COUNT_ENTRY, "at", 2000);
	counts_add(counts, COUNT_MEMMAP, "enter", 2010);
	counts_add(counts, COUNT_MEMMAP, "leave", 2040);
	g_assert_cmpint(hop(counts, 2)->memmap, ==, 30);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/measure/count/phases", test_phases);
	g_test_add_func("/measure/count/missing", test_missing);
	g_test_add_func("/measure/count/missed-call", test_missed_call);
	return g_test_run();
}
