// SPDX-License-Identifier: GPL-2.0-or-later
/* What the records say together: a finding for each caller, scratch and CMA block by block, and contradictions. */
#include "auditsample.h"

#include <base/error.h>
#include <string.h>

static const AuditCaller *caller_at(const Audit *audit, guint i)
{
	g_assert_cmpuint(i, <, audit->callers->len);
	return audit->callers->pdata[i];
}

static void assert_finding(const Audit *audit, guint i, AuditFinding finding, const char *words)
{
	const AuditCaller *caller = caller_at(audit, i);
	g_autofree char *sentence = audit_sentence(caller);

	g_assert_cmpstr(audit_finding_name(caller->finding), ==, audit_finding_name(finding));
	g_assert_nonnull(strstr(sentence, words));
}

static void assert_sound(const Audit *audit)
{
	for (guint i = 0; i < audit->map->problems->len; i++)
		g_test_message("%s", (const char *)audit->map->problems->pdata[i]);
	g_assert_cmpuint(audit->map->problems->len, ==, 0);
}

/* The sample as it is. */
static void test_checked(void)
{
	g_autoptr(Fixture) fixture = fixture_new("stock-1n");
	g_autoptr(Sample) sample = sample_new();
	g_autoptr(Audit) audit = sample_audit(sample, fixture);
	const AuditCaller *caller = caller_at(audit, 2);
	g_autofree char *names = audit_mask_text(audit, 0x5);
	g_autofree char *nobody = audit_mask_text(audit, 0);

	assert_sound(audit);
	g_assert_cmpuint(audit->map->notes->len, ==, 0);
	g_assert_cmpuint(audit->map->block_bytes, ==, 2 << 20);
	g_assert_cmpuint(audit->map->scratch_blocks, ==, 89);
	g_assert_cmpuint(audit->map->scratch_cma, ==, 89);
	g_assert_cmpuint(audit->map->scratch_lost->len, ==, 0);
	g_assert_cmpuint(audit->map->cma_elsewhere->len, ==, 0);
	g_assert_cmpstr(names, ==, "memmap_init_range:932, deferred_free_pages:2004");
	g_assert_cmpstr(nobody, ==, "nobody");
	assert_finding(audit, 0, AUDIT_NO_SCRATCH, "never touches scratch");
	assert_finding(audit, 1, AUDIT_NEEDED, "asks for Movable in known scratch (5 calls)");
	assert_finding(audit, 2, AUDIT_NEEDED, "84 of its pageblocks");
	assert_finding(audit, 3, AUDIT_NOT_CALLED, "not called here");
	g_assert_cmpuint(caller->walks, ==, 438);
	g_assert_cmpuint(caller->scratch, ==, 84);
	g_assert_cmpuint(caller->only, ==, 84);
	g_assert_cmpuint(caller->acted, ==, 84);
	g_assert_cmpuint(caller->lost, ==, 0);
	g_assert_cmpuint(caller_at(audit, 0)->walks, ==, 0);
}

/* The first caller touches scratch as well, before it is known. */
static void test_too_early(void)
{
	g_autoptr(Fixture) fixture = fixture_new("stock-1n");
	g_autoptr(Sample) sample = sample_new();
	g_autoptr(Audit) audit = NULL;

	sample_replace(&sample->sites,
		       "calls=64 pageblocks=64 unknown=64 overlap=0 overlap_not_cma=0 asked=Movable:64 "
		       "set=Movable:64",
		       "calls=74 pageblocks=74 unknown=74 overlap=0 overlap_not_cma=0 asked=Movable:74 set=Movable:74");
	sample_replace(&sample->touched, "32000 10 2", "32000 10 3");
	audit = sample_audit(sample, fixture);
	assert_sound(audit);
	g_assert_cmpuint(caller_at(audit, 0)->scratch, ==, 5);
	assert_finding(audit, 0, AUDIT_TOO_EARLY, "cannot act");
	assert_finding(audit, 1, AUDIT_NEEDED, "5 of its pageblocks");
}

/* Another caller asks for CMA in part of scratch, or in all of it. */
static void test_others_ask(void)
{
	g_autoptr(Fixture) fixture = fixture_new("stock-1n");
	g_autoptr(Sample) part = sample_new(), all = sample_new();
	g_autoptr(Audit) of_part = NULL, of_all = NULL;

	sample_replace(&part->sites,
		       "line=1616 calls=0 pageblocks=0 unknown=0 overlap=0 overlap_not_cma=0 asked=- set=-",
		       "line=1616 calls=3 pageblocks=3 unknown=0 overlap=3 overlap_not_cma=0 asked=CMA:3 set=CMA:3");
	sample_replace(&part->touched, "33400 102 4\n", "33400 3 c\n33a00 99 4\n");
	of_part = sample_audit(part, fixture);
	assert_sound(of_part);
	assert_finding(of_part, 2, AUDIT_NEEDED, "81 of its pageblocks");
	assert_finding(of_part, 3, AUDIT_ASKS_CMA, "asked for CMA in every call");
	g_assert_cmpuint(caller_at(of_part, 3)->only, ==, 3);
	g_assert_cmpuint(caller_at(of_part, 3)->acted, ==, 0);

	sample_replace(
		&all->sites, "line=1616 calls=0 pageblocks=0 unknown=0 overlap=0 overlap_not_cma=0 asked=- set=-",
		"line=1616 calls=89 pageblocks=89 unknown=0 overlap=89 overlap_not_cma=0 asked=CMA:89 set=CMA:89");
	sample_replace(&all->touched, "32000 10 2\n33400 102 4\n", "32000 5 2\n32a00 5 a\n33400 84 c\n3dc00 18 4\n");
	of_all = sample_audit(all, fixture);
	assert_sound(of_all);
	assert_finding(of_all, 1, AUDIT_PERHAPS, "others ask for CMA too");
	assert_finding(of_all, 2, AUDIT_PERHAPS, "shows whether");

	/* no check acted, and all is well in the end */
	sample_replace(&all->sites, "set=Movable:354,CMA:84", "set=Movable:438");
	audit_free(of_all);
	of_all = sample_audit(all, fixture);
	assert_sound(of_all);
	assert_finding(of_all, 2, AUDIT_HARMLESS, "does without");
}

static void test_chooses(void)
{
	g_autoptr(Fixture) fixture = fixture_new("stock-1n");
	g_autoptr(Sample) sample = sample_new();
	g_autoptr(Audit) audit = NULL;

	sample_replace(&sample->sites, "overlap_not_cma=84 asked=Movable:438",
		       "overlap_not_cma=0 asked=Movable:354,CMA:84");
	audit = sample_audit(sample, fixture);
	assert_sound(audit);
	assert_finding(audit, 2, AUDIT_CHOOSES, "by itself (84 calls)");
}

/* No check anywhere: the recording of the series that has the bug. */
static void test_loses(void)
{
	g_autoptr(Fixture) fixture = fixture_new("unfixed-1n");
	g_autoptr(Sample) sample = sample_new();
	g_autoptr(Audit) audit = NULL;
	const BlockSpan *lost;

	sample_replace(&sample->pageblocks, "a00 400 0 DMA32 Movable\n32a00 89 0 DMA32 CMA\n3dc00 16 0 DMA32 Movable\n",
		       "a00 505 0 DMA32 Movable\n");
	sample_replace(&sample->sites,
		       "calls=438 pageblocks=438 unknown=0 overlap=84 overlap_not_cma=84 asked=Movable:438 "
		       "set=Movable:354,CMA:84",
		       "calls=440 pageblocks=440 unknown=0 overlap=86 overlap_not_cma=86 asked=Movable:440 "
		       "set=Movable:440");
	sample_replace(&sample->sites, "set=Movable:5,CMA:5", "set=Movable:10");
	/* two pageblocks that both came across */
	sample_replace(&sample->touched, "32000 10 2\n33400 102 4\n", "32000 8 2\n33000 2 6\n33400 102 4\n");
	audit = sample_audit(sample, fixture);
	assert_sound(audit);
	g_assert_cmpuint(audit->map->scratch_blocks, ==, 89);
	g_assert_cmpuint(audit->map->scratch_cma, ==, 0);
	g_assert_cmpuint(audit->map->scratch_lost->len, ==, 1);
	lost = &g_array_index(audit->map->scratch_lost, BlockSpan, 0);
	g_assert_cmpuint(lost->first, ==, 405);
	g_assert_cmpuint(lost->count, ==, 89);
	g_assert_cmpstr(lost->type, ==, "Movable");
	g_assert_cmpuint(lost->mask, ==, 6);
	assert_finding(audit, 1, AUDIT_LOSES, "5 pageblocks are not CMA in the end: it needs a check, since 3 of them");
	assert_finding(audit, 2, AUDIT_LOSES,
		       "86 pageblocks are not CMA in the end: it needs a check, since 84 of them");

	/* and where it did nothing alone */
	sample_replace(&sample->touched, "32000 8 2\n33000 2 6\n33400 102 4\n", "32000 5 2\n32a00 5 6\n33400 102 4\n");
	sample_replace(&sample->sites,
		       "calls=440 pageblocks=440 unknown=0 overlap=86 overlap_not_cma=86 asked=Movable:440 "
		       "set=Movable:440",
		       "calls=443 pageblocks=443 unknown=0 overlap=89 overlap_not_cma=89 asked=Movable:443 "
		       "set=Movable:443");
	audit_free(audit);
	audit = sample_audit(sample, fixture);
	assert_sound(audit);
	assert_finding(audit, 1, AUDIT_SUSPECT, "or the other callers that did so there");
}

/* A caller of another function pays for no check and needs none, and is to blame for nothing. */
static void test_beside(void)
{
	g_autoptr(Fixture) fixture = fixture_new("unfixed-1n");
	g_autoptr(Sample) sample = sample_new();
	g_autoptr(Audit) audit = NULL;

	sample_replace(&sample->pageblocks, "32a00 89 0 DMA32 CMA", "32a00 89 0 DMA32 Movable");
	sample_replace(&sample->sites,
		       "line=1616 calls=0 pageblocks=0 unknown=0 overlap=0 overlap_not_cma=0 asked=- set=-",
		       "line=99 via=set_pageblock_migratetype calls=7 pageblocks=7 unknown=0 overlap=7 "
		       "overlap_not_cma=7 asked=Unmovable:7 set=Unmovable:7");
	sample_replace(&sample->touched, "33400 102 4\n", "33400 7 c\n34200 95 4\n");
	audit = sample_audit(sample, fixture);
	assert_sound(audit);
	assert_finding(audit, 3, AUDIT_BESIDE,
		       "set_pageblock_migratetype(), which such a check does not reach; 7 calls");
	g_assert_cmpuint(caller_at(audit, 3)->walks, ==, 0);
	assert_finding(audit, 2, AUDIT_LOSES, "84 pageblocks are not CMA");
	g_assert_cmpuint(caller_at(audit, 2)->lost_only, ==, 84);
}

/* CMA where there is no scratch. */
static void test_elsewhere(void)
{
	g_autoptr(Fixture) fixture = fixture_new("stock-1n"), with_area = fixture_new("stock-1n");
	g_autoptr(Sample) sample = sample_new();
	g_autoptr(Audit) audit = NULL, of_area = NULL;
	const BlockSpan *span;

	sample_replace(&sample->pageblocks, "32a00 89 0 DMA32 CMA\n3dc00 16 0 DMA32 Movable\n",
		       "32a00 91 0 DMA32 CMA\n3e000 14 0 DMA32 Movable\n");
	fixture_replace(fixture, 1, "proc/pagetypeinfo", "416            2            0           89",
			"414            2            0           91");
	audit = sample_audit(sample, fixture);
	assert_sound(audit);
	g_assert_cmpuint(audit->map->cma_elsewhere->len, ==, 1);
	span = &g_array_index(audit->map->cma_elsewhere, BlockSpan, 0);
	g_assert_cmpuint(span->first, ==, 494);
	g_assert_cmpuint(span->count, ==, 2);

	/* an ordinary area of the kernel's own, as the log has it */
	fixture_log_add(with_area, 1, "cma: Reserved 4 MiB at 0x000000003dc00000");
	fixture_replace(with_area, 1, "proc/pagetypeinfo", "416            2            0           89",
			"414            2            0           91");
	of_area = sample_audit(sample, with_area);
	assert_sound(of_area);
	g_assert_cmpuint(of_area->map->cma_elsewhere->len, ==, 0);
}

/* Free memory may change its type between the two readings; nothing else may. */
static void test_moved(void)
{
	g_autoptr(Fixture) fixture = fixture_new("stock-1n");
	g_autoptr(Sample) sample = sample_new();
	g_autoptr(Audit) audit = NULL;

	sample_replace(&sample->pageblocks, "0 5 0 DMA32 Unmovable\na00 400 ", "0 6 0 DMA32 Unmovable\nc00 399 ");
	audit = sample_audit(sample, fixture);
	assert_sound(audit);
	g_assert_cmpuint(audit->map->notes->len, ==, 1);
	g_assert_nonnull(strstr(audit->map->notes->pdata[0], "1 pageblock changed type"));
}

/* Every contradiction is found, and is found alone. */
static void test_problems(void)
{
	enum { SITES, TOUCHED, PAGEBLOCKS };
	static const struct {
		guint record;
		const char *from, *to, *complaint;
	} spoils[] = {
		{ SITES, "beyond=0", "beyond=1", "beyond the recorder's array" },
		{ SITES, "asked=Movable:438", "asked=Movable:437", "437 types asked for" },
		{ SITES, "set=Movable:354,", "set=Movable:355,", "439 types set" },
		{ SITES, "calls=64 pageblocks=64 unknown=64", "calls=64 pageblocks=64 unknown=65", "do not fit" },
		{ SITES, "overlap=84 overlap_not_cma=84", "overlap=84 overlap_not_cma=85", "do not fit" },
		{ SITES, "overlap=84 overlap_not_cma=84", "overlap=83 overlap_not_cma=83",
		  "other regions than it reports" },
		{ TOUCHED, "8000 336 4", "8000 335 4", "has 437 of them" },
		{ PAGEBLOCKS, "3fc00 2 ", "3fc00 1 ", "511 pageblocks in" },
		{ PAGEBLOCKS, "32a00 89 0 DMA32 CMA", "32c00 88 0 DMA32 CMA", "lie where" },
		{ PAGEBLOCKS, "32a00 89 0 DMA32 CMA\n3dc00 16 ", "32a00 90 0 DMA32 CMA\n3de00 15 ",
		  "90 pageblocks of type CMA" },
		{ PAGEBLOCKS, "3fc00 2 0 DMA32", "3fc00 2 1 DMA32", "node 1 zone DMA32 is in" },
		{ PAGEBLOCKS, "3fc00 2 0 DMA32 Reclaimable", "3fc00 2 0 DMA32 Odd", "type Odd is in" },
	};
	g_autoptr(Fixture) fixture = fixture_new("stock-1n"), order = fixture_new("stock-1n");
	g_autoptr(Sample) sample = sample_new();
	g_autoptr(Audit) of_order = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(spoils); i++) {
		g_autoptr(Sample) spoiled = sample_new();
		g_autoptr(Audit) audit = NULL;
		char **records[] = { &spoiled->sites, &spoiled->touched, &spoiled->pageblocks };

		sample_replace(records[spoils[i].record], spoils[i].from, spoils[i].to);
		audit = sample_audit(spoiled, fixture);
		g_assert_cmpuint(audit->map->problems->len, >=, 1);
		g_assert_nonnull(strstr(audit->map->problems->pdata[0], spoils[i].complaint));
	}
	fixture_replace(order, 1, "proc/pagetypeinfo", "Page block order: 9", "Page block order: 10");
	fixture_replace(order, 1, "proc/pagetypeinfo", "Pages per block:  512", "Pages per block:  1024");
	of_order = sample_audit(sample, order);
	g_assert_cmpuint(of_order->map->problems->len, ==, 1);
	g_assert_nonnull(strstr(of_order->map->problems->pdata[0], "of order 10 in /proc/pagetypeinfo"));
}

/* A pageblock on the border of two zones is in both counts of /proc/pagetypeinfo, and in one run. */
static void test_border(void)
{
	g_autoptr(Fixture) fixture = fixture_new("central-2n");
	g_autoptr(Sample) sample = sample_new();
	g_autoptr(Audit) audit = NULL;
	guint problems;

	/* node 1 begins one page later than a pageblock does */
	g_free(sample->pageblocks);
	sample->pageblocks =
		g_strdup("# pageblock_order=9 page_shift=12\n0 8 0 DMA32 Movable\n1000 8 0 Normal Movable\n"
			 "2000 8 1 Normal Movable\n");
	fixture_set(fixture, 1, "proc/pagetypeinfo",
		    "Page block order: 9\nPages per block:  512\n\n"
		    "Free pages count per migrate type at order       0\n"
		    "Node    0, zone   Normal, type      Movable      0\n"
		    "Node    0, zone    DMA32, type      Movable      0\n"
		    "Node    1, zone   Normal, type      Movable      0\n\n"
		    "Number of blocks type     Movable          CMA\n"
		    "Node 0, zone    DMA32            8            0\n"
		    "Node 0, zone   Normal            8            0\n"
		    "Node 1, zone   Normal            9            0\n");
	fixture_set(fixture, 1, "proc/zoneinfo",
		    "Node 0, zone    DMA32\n        spanned  4096\n        present  4096\n        managed  1\n"
		    "  start_pfn:           0\n"
		    "Node 0, zone   Normal\n        spanned  4095\n        present  4095\n        managed  1\n"
		    "  start_pfn:           4096\n"
		    "Node 1, zone   Normal\n        spanned  4097\n        present  4097\n        managed  1\n"
		    "  start_pfn:           8191\n");
	audit = sample_audit(sample, fixture);
	problems = audit->map->problems->len;
	for (guint i = 0; i < problems; i++)
		g_assert_null(strstr(audit->map->problems->pdata[i], "node 1 zone Normal"));

	/* without that page it would be one too many */
	fixture_replace(fixture, 1, "proc/zoneinfo", "start_pfn:           8191", "start_pfn:           8192");
	audit_free(audit);
	audit = sample_audit(sample, fixture);
	g_assert_cmpuint(audit->map->problems->len, ==, problems + 1);
}

static void test_errors(void)
{
	static const struct {
		const char *from, *to, *complaint;
	} spoils[] = {
		{ "33400 102 4", "33400 102 14", "does not list" },
		{ "33400 102 4", "33401 102 4", "does not begin a pageblock" },
		{ "32000 10 2", "32000 11 2", "overlaps the line before" },
	};
	g_autoptr(Fixture) fixture = fixture_new("stock-1n"), no_scratch = fixture_new("stock-1n");
	g_autoptr(Sample) none = sample_new(), sample = sample_new();
	g_autoptr(Audit) audit = NULL;
	g_autoptr(GError) error = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(spoils); i++) {
		g_autoptr(Sample) spoiled = sample_new();
		g_autoptr(GError) why = NULL;

		sample_replace(&spoiled->touched, spoils[i].from, spoils[i].to);
		g_assert_false(sample_read(spoiled, fixture, &audit, &why));
		g_assert_error(why, KHOTEST_ERROR, KHOTEST_ERROR_FAILED);
		g_assert_nonnull(strstr(why->message, spoils[i].complaint));
		g_assert_null(audit);
	}
	fixture_drop(no_scratch, 1, "sys/kernel/debug/kho/out/scratch_phys");
	fixture_drop(no_scratch, 1, "sys/kernel/debug/kho/out/scratch_len");
	g_assert_false(sample_read(sample, no_scratch, &audit, &error));
	g_assert_nonnull(strstr(error->message, "list of scratch regions"));
	g_clear_error(&error);

	/* one record missing is damage; all three: not instrumented */
	g_clear_pointer(&none->touched, g_free);
	g_assert_false(sample_read(none, fixture, &audit, &error));
	g_assert_nonnull(strstr(error->message, "audit/touched of hop 1 is missing"));
	g_clear_error(&error);
	g_clear_pointer(&none->sites, g_free);
	g_clear_pointer(&none->pageblocks, g_free);
	g_assert_true(sample_read(none, fixture, &audit, &error));
	g_assert_null(audit);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/audit/checked", test_checked);
	g_test_add_func("/audit/too-early", test_too_early);
	g_test_add_func("/audit/others-ask", test_others_ask);
	g_test_add_func("/audit/chooses", test_chooses);
	g_test_add_func("/audit/loses", test_loses);
	g_test_add_func("/audit/beside", test_beside);
	g_test_add_func("/audit/elsewhere", test_elsewhere);
	g_test_add_func("/audit/moved", test_moved);
	g_test_add_func("/audit/problems", test_problems);
	g_test_add_func("/audit/border", test_border);
	g_test_add_func("/audit/errors", test_errors);
	return g_test_run();
}
