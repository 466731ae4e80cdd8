// SPDX-License-Identifier: GPL-2.0-or-later
/* The parsers of the audit's records: whole ones, empty ones, and every way of being wrong. */
#include "auditsample.h"

#include <base/error.h>
#include <string.h>

static void test_sites(void)
{
	g_autoptr(Sample) sample = sample_new();
	g_autoptr(GError) error = NULL;
	g_autoptr(AuditSites) sites = auditsites_parse(sample->sites, &error);
	const AuditSite *site;

	g_assert_no_error(error);
	g_assert_cmpuint(sites->sites->len, ==, 4);
	g_assert_cmpuint(sites->beyond, ==, 0);
	site = sites->sites->pdata[2];
	g_assert_cmpuint(site->id, ==, 2);
	g_assert_cmpstr(site->function, ==, "deferred_free_pages");
	g_assert_cmpuint(site->line, ==, 2004);
	g_assert_cmpuint(site->calls, ==, 438);
	g_assert_cmpuint(site->pageblocks, ==, 438);
	g_assert_cmpuint(site->unknown, ==, 0);
	g_assert_cmpuint(site->overlap, ==, 84);
	g_assert_cmpuint(site->overlap_other, ==, 84);
	g_assert_cmpuint(site->asked->len, ==, 1);
	g_assert_cmpuint(auditsite_share(site->asked, "Movable"), ==, 438);
	g_assert_cmpuint(auditsite_share(site->set, "Movable"), ==, 354);
	g_assert_cmpuint(auditsite_share(site->set, "CMA"), ==, 84);
	g_assert_cmpuint(auditsite_share(site->set, "Unmovable"), ==, 0);
	site = sites->sites->pdata[3];
	g_assert_cmpuint(site->asked->len + site->set->len, ==, 0);
	g_assert_null(site->via);

	sample_replace(&sample->sites, "line=2004 ", "line=2004 via=set_pageblock_migratetype ");
	sample_replace(&sample->sites, "line=710 ", "line=710 via=init_pageblock_migratetype ");
	auditsites_free(sites);
	sites = auditsites_parse(sample->sites, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(((const AuditSite *)sites->sites->pdata[2])->via, ==, "set_pageblock_migratetype");
	g_assert_null(((const AuditSite *)sites->sites->pdata[1])->via);
}

typedef struct {
	const char *from, *to, *complaint;
} Spoil;

static void test_bad_sites(void)
{
	static const Spoil spoils[] = {
		{ "audit 1", "audit 2", "line 1 of" },
		{ "# khotest audit 1\n", "", "line 1 of" },
		{ "site=1 ", "site=0 ", "line 3 of" },
		{ "site=1 ", "site=64 ", "line 3 of" },
		{ "site=1 ", "", "line 3 of" },
		{ "calls=438 ", "calls=438x ", "line 4 of" },
		{ "calls=438 ", "calls=-1 ", "line 4 of" },
		{ "calls=438 ", "via= calls=438 ", "line 4 of" },
		{ "calls=438 ", "via=x calls=438 via=x ", "line 4 of" },
		{ "unknown=64 ", "", "line 2 of" },
		{ "asked=Movable:438", "asked=Movable:438,", "line 4 of" },
		{ "asked=Movable:438", "asked=Movable", "line 4 of" },
		{ "asked=Movable:438", "asked=", "line 4 of" },
		{ "asked=Movable:438", "asked=Movable:0", "line 4 of" },
		{ "set=Movable:354,CMA:84", "set=Movable:354,Movable:84", "line 4 of" },
		{ "set=Movable:64", "set=Movable:64 more", "line 2 of" },
		{ "asked=- ", "asked=-1 ", "line 5 of" },
		{ "beyond=0\n", "", "line 5 of" },
		{ "beyond=0\n", "beyond=0", "breaks off" },
		{ "beyond=0\n", "beyond=0 0\n", "line 6 of" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(spoils); i++) {
		g_autoptr(Sample) sample = sample_new();
		g_autoptr(GError) error = NULL;

		sample_replace(&sample->sites, spoils[i].from, spoils[i].to);
		g_assert_null(auditsites_parse(sample->sites, &error));
		g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_FAILED);
		g_assert_nonnull(strstr(error->message, spoils[i].complaint));
		g_assert_nonnull(strstr(error->message, "audit/sites"));
	}
	g_assert_null(auditsites_parse("", NULL));
}

static void test_touched(void)
{
	g_autoptr(Sample) sample = sample_new();
	g_autoptr(GError) error = NULL;
	g_autoptr(GArray) touches = audittouch_parse(sample->touched, &error);
	g_autoptr(GArray) none = audittouch_parse("", &error);
	const BlockTouch *touch;
	static const char *const bad[] = { "0 64 1\n0 1 2\n", "0 64\n",	   "0 0 1\n",	"0 1 0\n", "x 1 1\n",
					   "0 -1 1\n",	      "0 1 1 1\n", "\n0 1 1\n", "0 64 1" };

	g_assert_no_error(error);
	g_assert_cmpuint(none->len, ==, 0);
	g_assert_cmpuint(touches->len, ==, 4);
	touch = &g_array_index(touches, BlockTouch, 3);
	g_assert_cmpuint(touch->pfn, ==, 0x33400);
	g_assert_cmpuint(touch->count, ==, 102);
	g_assert_cmpuint(touch->mask, ==, 4);
	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) why = NULL;

		g_assert_null(audittouch_parse(bad[i], &why));
		g_assert_error(why, KHOTEST_ERROR, KHOTEST_ERROR_FAILED);
		g_assert_nonnull(strstr(why->message, "audit/touched"));
	}
}

static void test_pageblocks(void)
{
	g_autoptr(Sample) sample = sample_new();
	g_autoptr(GError) error = NULL;
	g_autoptr(Pageblocks) pageblocks = auditpageblocks_parse(sample->pageblocks, &error);
	const PageblockRun *run;
	static const Spoil spoils[] = {
		{ "# pageblock_order=9 page_shift=12\n", "", "line 1 of" },
		{ "pageblock_order=9", "pageblock_order=99", "line 1 of" },
		{ "page_shift=12", "page_shift=12 x=1", "line 1 of" },
		{ "a00 400 ", "a01 400 ", "line 3 of" }, /* not at the beginning of a pageblock */
		{ "a00 400 ", "a00 401 ", "line 4 of" }, /* overlaps the next */
		{ "a00 400 ", "0 400 ", "line 3 of" },
		{ "a00 400 0 ", "a00 400 ", "line 3 of" },
		{ "a00 400 0 ", "a00 0 0 ", "line 3 of" },
		{ "32a00 89 0 DMA32 CMA\n", "32a00 89 0 DMA32\n", "line 4 of" },
		{ "32a00 89 0 DMA32 CMA\n", "32a00 89 0 DMA32 CMA 1\n", "line 4 of" },
		{ "32a00 89 0 DMA32 CMA\n", "\n", "line 4 of" },
		{ "Reclaimable\n", "Reclaimable", "breaks off" },
	};

	g_assert_no_error(error);
	g_assert_cmpuint(pageblocks->pageblock_order, ==, 9);
	g_assert_cmpuint(pageblocks->page_shift, ==, 12);
	g_assert_cmpuint(pageblocks->runs->len, ==, 5);
	run = pageblocks->runs->pdata[2];
	g_assert_cmpuint(run->pfn, ==, 0x32a00);
	g_assert_cmpuint(run->count, ==, 89);
	g_assert_cmpint(run->node, ==, 0);
	g_assert_cmpstr(run->zone, ==, "DMA32");
	g_assert_cmpstr(run->type, ==, "CMA");
	for (guint i = 0; i < G_N_ELEMENTS(spoils); i++) {
		g_autoptr(Sample) spoiled = sample_new();
		g_autoptr(GError) why = NULL;

		sample_replace(&spoiled->pageblocks, spoils[i].from, spoils[i].to);
		g_assert_null(auditpageblocks_parse(spoiled->pageblocks, &why));
		g_assert_error(why, KHOTEST_ERROR, KHOTEST_ERROR_FAILED);
		g_assert_nonnull(strstr(why->message, spoils[i].complaint));
		g_assert_nonnull(strstr(why->message, "audit/pageblocks"));
	}
	g_assert_null(auditpageblocks_parse("", NULL));
	g_assert_null(auditpageblocks_parse("# pageblock_order=9 page_shift=12\n", NULL));
	/* no kernel has so many nodes, and no machine so much memory: what draws a map would not come to an end */
	g_assert_null(auditpageblocks_parse("# pageblock_order=9 page_shift=12\n0 8 2147483647 DMA32 Movable\n", NULL));
	g_assert_null(auditpageblocks_parse("# pageblock_order=9 page_shift=12\n0 8000000000 0 DMA32 Movable\n", NULL));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/auditrecord/sites", test_sites);
	g_test_add_func("/auditrecord/bad-sites", test_bad_sites);
	g_test_add_func("/auditrecord/touched", test_touched);
	g_test_add_func("/auditrecord/pageblocks", test_pageblocks);
	return g_test_run();
}
