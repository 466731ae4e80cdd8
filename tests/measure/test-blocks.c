// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The record of every pageblock, and of every CMA area: read, laid over scratch, and held
 * against the counts. The recording stock-1n has 512 pageblocks, of which 405 to 493 are
 * scratch.
 */
#include "fixture.h"

#include <base/error.h>
#include <measure/blockmap.h>
#include <measure/zoneinfo.h>
#include <proto/frame.h>
#include <string.h>
#include <time.h>

#define HEAD                                                                                                           \
	"# khotest pageblocks 1 page_shift=12 pageblock_order=9 type_mask=7 isolate_mask=16 "                          \
	"types=Unmovable:0,Movable:1,Reclaimable:2,HighAtomic:3,CMA:4,Isolate:5\n"

/* Bits beside the type: 8 says that compaction skips the block. */
static const char first_kernel[] = HEAD "0 9 0\n1200 2 a\n1600 18a 1\n32a00 59 4\n3dc00 12 9\n";
static const char second_kernel[] = HEAD "0 5 0\na00 2 2\ne00 18e 1\n32a00 59 4\n3dc00 12 1\n";

static Fixture *with_record(const char *second)
{
	Fixture *fixture = fixture_new("stock-1n");

	fixture_set(fixture, 0, FRAME_PAGEBLOCKS, first_kernel);
	if (second)
		fixture_set(fixture, 1, FRAME_PAGEBLOCKS, second);
	fixture->kernels[0].pageblocks = fixture->kernels[1].pageblocks = true;
	return fixture;
}

static void assert_run(const Pageblocks *pageblocks, guint i, guint64 pfn, guint64 count, const char *type)
{
	const PageblockRun *run;

	g_assert_cmpuint(i, <, pageblocks->runs->len);
	run = pageblocks->runs->pdata[i];
	g_assert_cmpuint(run->pfn, ==, pfn);
	g_assert_cmpuint(run->count, ==, count);
	g_assert_cmpstr(run->type, ==, type);
}

static void test_parse(void)
{
	g_autoptr(Fixture) fixture = with_record(second_kernel), two = fixture_new("central-2n");
	const Hop *hop = fixture_hop(fixture, 1), *nodes;

	g_assert_cmpuint(hop->damaged->len, ==, 0);
	g_assert_cmpuint(hop->pageblocks->runs->len, ==, 5);
	assert_run(hop->pageblocks, 1, 0xa00, 2, "Reclaimable");
	assert_run(hop->pageblocks, 3, 0x32a00, 0x59, "CMA");

	/* cut where a zone begins; an isolated pageblock is Isolate whatever its type; nothing is said of the hole */
	fixture_set(two, 1, FRAME_PAGEBLOCKS, HEAD "0 400 1\n100000 1 14\n100200 7ff 1\n");
	nodes = fixture_hop(two, 1);
	g_assert_cmpuint(nodes->damaged->len, ==, 0);
	assert_run(nodes->pageblocks, 0, 0, 0x400, "Movable");
	g_assert_cmpstr(((const PageblockRun *)nodes->pageblocks->runs->pdata[0])->zone, ==, "DMA32");
	assert_run(nodes->pageblocks, 1, 0x100000, 1, "Isolate");
	/* node 0 ends, and node 1 begins, at 0x120000 */
	assert_run(nodes->pageblocks, 2, 0x100200, 0xff, "Movable");
	assert_run(nodes->pageblocks, 3, 0x120000, 0x500, "Movable");
	g_assert_cmpint(((const PageblockRun *)nodes->pageblocks->runs->pdata[3])->node, ==, 1);
}

static void test_parse_errors(void)
{
	static const char *const wrong[] = {
		"",
		"\n",
		"0 5 0\n",
		HEAD "0 5\n",
		HEAD "0 5 0",		       /* its end was lost */
		HEAD "0 0 0\n",		       /* of no pageblock */
		HEAD "1 5 0\n",		       /* within one */
		HEAD "0 5 0\n800 1 0\n",       /* twice */
		HEAD "0 5 7\n",		       /* no such type */
		HEAD "0 ffffffffffffffff 0\n", /* more than there can be */
	};

	for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_autoptr(Fixture) fixture = with_record(wrong[i]);
		const Hop *hop = fixture_hop(fixture, 1);

		g_test_message("%s", (char *)g_ptr_array_index(hop->damaged, 0));
		g_assert_null(hop->pageblocks);
		g_assert_true(g_str_has_prefix(g_ptr_array_index(hop->damaged, 0), FRAME_PAGEBLOCKS ": "));
	}
}

static void test_judge(void)
{
	g_autoptr(Fixture) good = with_record(second_kernel), without = with_record(NULL);
	g_autoptr(Fixture) shifted = with_record(HEAD "0 5 0\na00 2 2\ne00 18f 1\n32c00 59 4\n3de00 11 1\n");
	g_autoptr(Fixture) contradicts = with_record(HEAD "0 5 0\na00 2 2\ne00 18f 1\n32c00 58 4\n3dc00 12 1\n");
	const Verdict *verdict = fixture_judge(good);

	g_assert_cmpint(verdict->kind, ==, VERDICT_PASS);
	g_assert_null(fixture_gap(verdict, "pageblock"));

	/* off by one: the number is right, and nothing else */
	verdict = fixture_judge(shifted);
	g_assert_cmpint(verdict->kind, ==, VERDICT_FAIL);
	g_assert_cmpstr(
		fixture_reason(verdict, "scratch-not-cma"), ==,
		"second kernel: 88 of 89 scratch pageblocks are CMA (node 0 DMA32: 88 of 89 and 1 more); not CMA: "
		"0x32a00000-0x32c00000, 1 pageblock, Movable");
	g_assert_cmpstr(
		fixture_reason(verdict, "unexpected-cma"), ==,
		"second kernel: 1 more pageblocks are CMA than the 89 scratch pageblocks (node 0 DMA32: 88 of 89 "
		"and 1 more): 0x3dc00000-0x3de00000, 1 pageblock, CMA");

	/* two sources that cannot both be true are no PASS, and nobody's fault either */
	verdict = fixture_judge(contradicts);
	g_assert_cmpint(verdict->kind, ==, VERDICT_ERROR);
	g_assert_nonnull(strstr(fixture_reason(verdict, "records-contradict"),
				"88 pageblocks of type CMA in pageblocks, 89 in /proc/pagetypeinfo"));

	verdict = fixture_judge(without);
	g_assert_cmpint(verdict->kind, ==, VERDICT_ERROR);
	g_assert_nonnull(strstr(fixture_reason(verdict, "not-seen"), "the record pageblocks did not come"));
}

/* Whatever else is CMA is a CMA area, whose place the kernel's own table has, or it is a finding. */
static void test_areas(void)
{
	g_autoptr(Fixture) placed = fixture_new("stock-1n"), elsewhere = fixture_new("stock-1n");
	g_autoptr(Fixture) inactive = fixture_new("stock-1n"), wrong = fixture_new("stock-1n");
	const char *counts = "416            2            0           89",
		   *more = "414            2            0           91";
	const Hop *hop;

	/* 4 MiB in two ranges; the log says nothing of such an area's place */
	fixture_set(placed, 1, FRAME_CMA, "# khotest cma 1\nhugetlb0 1024 10000 200\nhugetlb0 1024 20000 200\n");
	fixture_replace(placed, 1, "proc/meminfo", "CmaTotal:              0 kB", "CmaTotal:           4096 kB");
	fixture_replace(placed, 1, "proc/pagetypeinfo", counts, more);
	hop = fixture_hop(placed, 1);
	g_assert_cmpuint(hop->cma_areas->len, ==, 2);
	g_assert_cmpint(fixture_judge(placed)->kind, ==, VERDICT_PASS);

	fixture_replace(elsewhere, 1, "proc/pagetypeinfo", counts, more);
	fixture_set(elsewhere, 1, FRAME_CMA, "# khotest cma 1\n");
	g_assert_nonnull(fixture_reason(fixture_judge(elsewhere), "unexpected-cma"));

	/* the kernel gave its pages back */
	fixture_set(inactive, 1, FRAME_CMA, "# khotest cma 1\ndma 0 10000 400\n");
	g_assert_cmpint(fixture_judge(inactive)->kind, ==, VERDICT_PASS);

	fixture_set(wrong, 1, FRAME_CMA, "# khotest cma 1\ndma 1024 10000\n");
	hop = fixture_hop(wrong, 1);
	g_assert_true(g_str_has_prefix(g_ptr_array_index(hop->damaged, 0), FRAME_CMA ": line 2"));
}

/* A zone that /proc/pagetypeinfo does not have: its scratch drops out of what is expected, and that is no PASS. */
static void test_missing_zone(void)
{
	g_autoptr(Fixture) fixture = fixture_new("unfixed-100g");
	g_autofree char *text = fixture_text(fixture, 1, "proc/pagetypeinfo");
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autoptr(GString) rest = g_string_new(NULL);
	const Verdict *verdict;

	for (guint i = 0; lines[i] && lines[i + 1]; i++)
		if (!strstr(lines[i], "zone   Normal"))
			g_string_append_printf(rest, "%s\n", lines[i]);
	fixture_set(fixture, 1, "proc/pagetypeinfo", rest->str);
	verdict = fixture_judge(fixture);
	g_assert_cmpint(verdict->kind, ==, VERDICT_ERROR);
	g_assert_nonnull(strstr(fixture_reason(verdict, "records-contradict"),
				"3326 pageblocks of scratch or CMA areas lie in no zone"));
}

/* A run of one kernel that has no kho/ in debugfs; cma: with the pageblocks that were its scratch. */
static Fixture *new_alone(const char *cmdline, bool cma)
{
	g_autofree char *pagetypes = NULL;
	Fixture *fixture = fixture_new("stock-1n");

	fixture_drop_hop(fixture, 1);
	fixture->keep_manifest = true;
	fixture->evidence.hops_wanted = 1;
	fixture->evidence.end_hop = 0;
	fixture_set(fixture, 0, "done", "boottime_ns=1\n");
	fixture_set(fixture, 0, "proc/cmdline", cmdline);
	pagetypes = fixture_text(fixture, 0, "proc/pagetypeinfo");
	fixture_without_kho(fixture, 0);
	if (cma)
		fixture_set(fixture, 0, "proc/pagetypeinfo", pagetypes);
	return fixture;
}

/* KHO switched off is a state that is judged too: nothing is scratch then. */
static void test_without_kho(void)
{
	static const char *const off[] = { "console=ttyS0\n", "kho=on kho=off\n", "kho=on kho=0\n", "kho=on kho=no\n" };

	for (gsize i = 0; i < G_N_ELEMENTS(off); i++) {
		g_autoptr(Fixture) clean = new_alone(off[i], false), left = new_alone(off[i], true);

		g_assert_cmpint(fixture_judge(clean)->kind, ==, VERDICT_PASS);
		g_assert_nonnull(strstr(fixture_reason(fixture_judge(left), "unexpected-cma"),
					"first kernel: 89 more pageblocks are CMA than the 0 scratch pageblocks"));
	}
}

/* Without debugfs for it KHO has no kho/ there, and scratch that nobody tells of. */
static void test_without_debugfs(void)
{
	static const char *const on[] = { "console=ttyS0 kho=on\n", "kho=off kho=1\n", "kho=on kho=\n" };

	for (gsize i = 0; i < G_N_ELEMENTS(on); i++) {
		g_autoptr(Fixture) fixture = new_alone(on[i], true);
		const Verdict *verdict = fixture_judge(fixture);

		g_assert_cmpint(verdict->kind, ==, VERDICT_ERROR);
		g_assert_cmpuint(verdict->reasons->len, ==, 2);
		g_assert_nonnull(strstr(fixture_reason(verdict, "not-seen"), "nothing says that KHO is off"));
		g_assert_null(verdict_rows(verdict, 0, check_find(CHECK_PAGEBLOCKS)));

		/* such a kernel says that it does not know the word */
		fixture_log_add(fixture, 0,
				"Unknown kernel command line parameters \"kho=on\", will be passed to user "
				"space.");
		g_assert_nonnull(fixture_reason(fixture_judge(fixture), "unexpected-cma"));
	}
}

static void set_scratch(Hop *hop, const ScratchRegion *regions, guint n)
{
	g_array_set_size(hop->scratch, 0);
	g_array_append_vals(hop->scratch, regions, n);
}

/* Whatever the order of regions, and where they lie within and over each other: parts of pageblocks are whole ones. */
static void test_regions(void)
{
	static const ScratchRegion regions[] = {
		{ 0x3000000, 0x200000 }, /* block 24 */
		{ 0x1000000, 0x800000 }, /* 8 to 11 */
		{ 0x1200000, 0x1000 },	 /* 9, which it has already */
		{ 0x17ff000, 0x2000 },	 /* 11 and 12 */
		{ 0x2000000, 0 },
	};
	static const guint64 expected[] = { 8, 9, 10, 11, 12, 24 };
	g_autoptr(Fixture) fixture = with_record(second_kernel);
	Hop *hop = (Hop *)fixture_hop(fixture, 1);
	g_autoptr(GArray) touches = g_array_new(FALSE, FALSE, sizeof(BlockTouch));
	g_autoptr(BlockMap) map = NULL;
	guint found = 0;

	set_scratch(hop, regions, G_N_ELEMENTS(regions));
	map = blockmap_new(hop, hop->pageblocks, touches);
	for (guint i = 0; i < map->spans->len; i++) {
		const BlockSpan *span = &g_array_index(map->spans, BlockSpan, i);

		for (guint64 block = span->first; span->scratch && block < span->first + span->count; block++) {
			g_assert_cmpuint(found, <, G_N_ELEMENTS(expected));
			g_assert_cmpuint(block, ==, expected[found++]);
		}
	}
	g_assert_cmpuint(found, ==, G_N_ELEMENTS(expected));
	g_assert_cmpuint(map->scratch_blocks, ==, G_N_ELEMENTS(expected));
}

/* Processor time that a map of so many pageblocks takes, each second one of which is a region of scratch. */
static double seconds_for(Hop *hop, guint blocks)
{
	g_autoptr(GArray) touches = g_array_new(FALSE, FALSE, sizeof(BlockTouch));
	g_autoptr(GString) text = g_string_new(HEAD);
	g_autofree ScratchRegion *regions = g_new(ScratchRegion, blocks / 2);
	double least = G_MAXDOUBLE;
	g_autoptr(Pageblocks) record = NULL;

	for (guint i = 0; i < blocks; i++)
		g_string_append_printf(text, "%x 1 %u\n", i << 9, i % 2 ? 1 : 4);
	((ZoneSpan *)hop->zones->pdata[0])->start_pfn = 0;
	((ZoneSpan *)hop->zones->pdata[0])->spanned = (guint64)blocks << 9;
	record = pageblocks_parse(text->str, hop->zones, NULL);
	g_assert_cmpuint(record->runs->len, ==, blocks);
	for (guint i = 0; i < blocks / 2; i++)
		regions[i] = (ScratchRegion){ (guint64)i << 22, 1 << 21 };
	set_scratch(hop, regions, blocks / 2);
	for (guint i = 0; i < 3 && least > 0.1; i++) {
		clock_t begin = clock();
		g_autoptr(BlockMap) map = blockmap_new(hop, record, touches);

		least = MIN(least, (double)(clock() - begin) / CLOCKS_PER_SEC);
		g_assert_cmpuint(map->scratch_cma, ==, blocks / 2);
	}
	return least;
}

/* A guest sends as many regions as it likes: 8 times as many are not 64 times the work. */
static void test_growth(void)
{
	g_autoptr(Fixture) fixture = with_record(second_kernel);
	Hop *hop = (Hop *)fixture_hop(fixture, 1);
	double of_little = seconds_for(hop, 10000), of_much = seconds_for(hop, 80000);

	g_test_message("%.3f s, and %.3f s for 8 times as much", of_little, of_much);
	g_assert_cmpfloat(of_much, <, 0.1 + 24 * of_little);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/blocks/parse", test_parse);
	g_test_add_func("/blocks/parse-errors", test_parse_errors);
	g_test_add_func("/blocks/judge", test_judge);
	g_test_add_func("/blocks/areas", test_areas);
	g_test_add_func("/blocks/missing-zone", test_missing_zone);
	g_test_add_func("/blocks/without-kho", test_without_kho);
	g_test_add_func("/blocks/without-debugfs", test_without_debugfs);
	g_test_add_func("/blocks/regions", test_regions);
	g_test_add_func("/blocks/growth", test_growth);
	return g_test_run();
}
