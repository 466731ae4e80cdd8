// SPDX-License-Identifier: GPL-2.0-or-later
#include "fixture.h"

#include <base/error.h>
#include <string.h>

#define SCRATCH "sys/kernel/debug/kho/out/scratch_"

static Oracle *oracle_of(Fixture *fixture, int hop)
{
	g_autoptr(GError) error = NULL;
	Oracle *oracle = oracle_new(fixture_hop(fixture, hop), NULL, &error);

	g_assert_no_error(error);
	return oracle;
}

static void assert_zone(const Oracle *oracle, guint i, int node, const char *name, guint64 expected, guint64 found)
{
	const OracleZone *zone;

	g_assert_cmpuint(i, <, oracle->zones->len);
	zone = g_ptr_array_index(oracle->zones, i);
	g_assert_cmpint(zone->node, ==, node);
	g_assert_cmpstr(zone->zone, ==, name);
	g_assert_cmpuint(zone->expected, ==, expected);
	/* all that is CMA there; what is beyond the expected is told apart */
	g_assert_cmpuint(zone->found, ==, MIN(found, expected));
	g_assert_cmpuint(zone->excess, ==, found - MIN(found, expected));
}

static void set_scratch(Fixture *fixture, const char *phys, const char *bytes)
{
	fixture_set(fixture, 1, SCRATCH "phys", phys);
	fixture_set(fixture, 1, SCRATCH "len", bytes);
}

/* One node; its second region is empty. */
static void test_one_node(void)
{
	g_autoptr(Fixture) stock = fixture_new("stock-1n"), unfixed = fixture_new("unfixed-1n");
	g_autoptr(Oracle) good_first = oracle_of(stock, 0), good = oracle_of(stock, 1);
	g_autoptr(Oracle) bad_first = oracle_of(unfixed, 0), bad = oracle_of(unfixed, 1);

	g_assert_cmpuint(good->block_bytes, ==, 2 << 20);
	g_assert_cmpuint(good_first->zones->len, ==, 1);
	g_assert_cmpuint(good_first->expected, >, 0);
	g_assert_cmpuint(good_first->expected, ==, good_first->found);
	g_assert_cmpuint(good->expected, ==, good->found);
	g_assert_cmpuint(good->expected, ==, good_first->expected);
	g_assert_null(good->note);
	/* (0x5c00000 + 0x5600000) / 0x200000 */
	assert_zone(bad_first, 0, 0, "DMA32", 89, 89);
	assert_zone(bad, 0, 0, "DMA32", 89, 0);
}

static void test_two_nodes(void)
{
	g_autoptr(Fixture) fixture = fixture_new("central-2n");
	g_autoptr(Oracle) oracle = oracle_of(fixture, 1);

	g_assert_cmpuint(oracle->zones->len, ==, 3);
	assert_zone(oracle, 0, 0, "DMA32", 91, 91);
	assert_zone(oracle, 1, 0, "Normal", 67, 67);
	assert_zone(oracle, 2, 1, "Normal", 124, 124);
	g_assert_cmpuint(oracle->expected, ==, 282);
	g_assert_cmpuint(oracle->found, ==, 282);
	g_assert_null(oracle->note);
}

/* The standing negative control at full size: all of the highest zone is wrong, all below it right. */
static void test_unfixed_100g(void)
{
	g_autoptr(Fixture) fixture = fixture_new("unfixed-100g");
	g_autoptr(Oracle) first = oracle_of(fixture, 0), second = oracle_of(fixture, 1);

	g_assert_cmpuint(first->expected, ==, first->found);
	g_assert_cmpuint(second->zones->len, ==, 2);
	assert_zone(second, 0, 0, "DMA32", 91, 91);
	/* (0xd4600000 + 0xcb600000) / 0x200000 */
	assert_zone(second, 1, 0, "Normal", 3326, 0);
}

static void test_regions(void)
{
	g_autoptr(Fixture) empty = fixture_new("central-2n"), shared = fixture_new("central-2n");
	g_autoptr(Fixture) straddling = fixture_new("central-2n"), nowhere = fixture_new("central-2n");
	g_autoptr(Oracle) of_empty = NULL, of_shared = NULL, of_straddling = NULL, of_nowhere = NULL;
	g_autoptr(Oracle) of_within = NULL;

	/* of no bytes: no block, though it has an address in one */
	set_scratch(empty, "0x40000000\n0x114e00000\n", "0x0\n0x0\n");
	of_empty = oracle_of(empty, 1);
	g_assert_cmpuint(of_empty->expected, ==, 0);
	g_assert_cmpuint(of_empty->found, ==, 0);
	g_assert_cmpuint(of_empty->excess, ==, 282);
	g_assert_cmpuint(of_empty->zones->len, ==, 3);

	/* two pages in one block, and a region that ends inside it: still two blocks in all */
	set_scratch(shared, "0x40200000\n0x40201000\n0x40001000\n", "0x1000\n0x1000\n0x1ff001\n");
	of_shared = oracle_of(shared, 1);
	assert_zone(of_shared, 0, 0, "DMA32", 2, 91);

	/* a region within another one, and one that touches both its ends */
	set_scratch(shared, "0x40000000\n0x40200000\n0x40800000\n", "0x800000\n0x200000\n0x200000\n");
	of_within = oracle_of(shared, 1);
	assert_zone(of_within, 0, 0, "DMA32", 5, 91);

	/* one byte before and one behind the border of the nodes, 0x120000000 */
	set_scratch(straddling, "0x11fffffff\n", "0x2\n");
	of_straddling = oracle_of(straddling, 1);
	assert_zone(of_straddling, 1, 0, "Normal", 1, 67);
	assert_zone(of_straddling, 2, 1, "Normal", 1, 124);

	set_scratch(nowhere, "0x40000000\n0x10000000000\n", "0x200000\n0x400000\n");
	of_nowhere = oracle_of(nowhere, 1);
	g_assert_cmpuint(of_nowhere->expected, ==, 1);
	g_assert_cmpuint(of_nowhere->outside, ==, 2);
	g_assert_nonnull(of_nowhere->note);
	g_assert_nonnull(strstr(of_nowhere->note, "2 pageblocks of scratch or CMA areas lie in no zone"));
}

static void test_cma_area(void)
{
	g_autoptr(Fixture) fixture = fixture_new("central-2n"), unknown = fixture_new("central-2n");
	g_autoptr(Oracle) oracle = NULL, half = NULL;

	/* 16 MiB, of which 2 MiB are scratch too */
	fixture_replace(fixture, 1, "proc/meminfo", "CmaTotal:              0 kB", "CmaTotal:          16384 kB");
	fixture_log_add(fixture, 1, "cma: Reserved 16 MiB at 0x000000006f000000");
	fixture_log_add(unknown, 1, "cma: Reserved 8 MiB at 0x0000000060000000");
	fixture_log_add(unknown, 1, "cma: Reserved 8 MiB in 1 range");
	fixture_replace(unknown, 1, "proc/meminfo", "CmaTotal:              0 kB", "CmaTotal:          16384 kB");
	oracle = oracle_of(fixture, 1);
	/* scratch begins at 0x6fa00000: 10 MiB lie before it, 6 MiB in it */
	assert_zone(oracle, 0, 0, "DMA32", 91 + 5, 91);
	g_assert_cmpuint(oracle->unplaced, ==, 0);
	g_assert_null(oracle->note);

	half = oracle_of(unknown, 1);
	assert_zone(half, 0, 0, "DMA32", 91 + 4, 91);
	g_assert_cmpuint(half->unplaced, ==, 4);
	g_assert_nonnull(half->note);
	g_assert_nonnull(strstr(half->note, "16384 KiB"));
}

/* Nodes that take turns: spans overlap, and only sums can be compared. */
static void test_interleaved(void)
{
	g_autoptr(Fixture) fixture = fixture_new("central-2n");
	g_autoptr(Oracle) oracle = NULL;

	fixture_replace(fixture, 1, "proc/zoneinfo", "start_pfn:           1179648", "start_pfn:           1048576");
	fixture_replace(fixture, 1, "proc/zoneinfo", "spanned  655360", "spanned  786432");
	oracle = oracle_of(fixture, 1);
	g_assert_cmpuint(oracle->zones->len, ==, 2);
	assert_zone(oracle, 0, 0, "DMA32", 91, 91);
	assert_zone(oracle, 1, -1, "Normal", 191, 191);
	g_assert_nonnull(oracle->note);
	g_assert_nonnull(strstr(oracle->note, "interleaved"));
}

/* The kernel counts a block on the border of two zones in both: from each zone's first page on. */
static void test_border(void)
{
	g_autoptr(Fixture) fixture = fixture_new("central-2n");
	g_autoptr(Oracle) oracle = NULL;

	/* node 1 begins in the middle of a block, and node 0 ends there */
	fixture_replace(fixture, 1, "proc/zoneinfo", "start_pfn:           1179648", "start_pfn:           1179904");
	fixture_replace(fixture, 1, "proc/zoneinfo", "spanned  655360", "spanned  655104");
	fixture_replace(fixture, 1, "proc/zoneinfo", "spanned  131072", "spanned  131328");
	set_scratch(fixture, "0x120000000\n", "0x200000\n");
	oracle = oracle_of(fixture, 1);
	assert_zone(oracle, 1, 0, "Normal", 1, 67);
	assert_zone(oracle, 2, 1, "Normal", 1, 124);
}

static void test_missing(void)
{
	static const char *const needed[] = { "proc/pagetypeinfo", "proc/zoneinfo", SCRATCH "len" };
	g_autoptr(Fixture) odd = fixture_new("central-2n");
	g_autoptr(GError) odd_error = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(needed); i++) {
		g_autoptr(Fixture) fixture = fixture_new("central-2n");
		g_autoptr(GError) error = NULL;

		fixture_drop(fixture, 1, needed[i]);
		g_assert_null(oracle_new(fixture_hop(fixture, 1), NULL, &error));
		g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_FAILED);
	}
	fixture_replace(odd, 1, "proc/pagetypeinfo", "Node 1, zone   Normal", "Node 2, zone   Normal");
	fixture_replace(odd, 1, "proc/pagetypeinfo", "Node    1, zone   Normal", "Node    2, zone   Normal");
	g_assert_null(oracle_new(fixture_hop(odd, 1), NULL, &odd_error));
	g_assert_nonnull(strstr(odd_error->message, "node 2 zone Normal"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/oracle/one-node", test_one_node);
	g_test_add_func("/oracle/two-nodes", test_two_nodes);
	g_test_add_func("/oracle/unfixed-100g", test_unfixed_100g);
	g_test_add_func("/oracle/regions", test_regions);
	g_test_add_func("/oracle/cma-area", test_cma_area);
	g_test_add_func("/oracle/interleaved", test_interleaved);
	g_test_add_func("/oracle/border", test_border);
	g_test_add_func("/oracle/missing", test_missing);
	return g_test_run();
}
