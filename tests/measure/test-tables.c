// SPDX-License-Identifier: GPL-2.0-or-later
/* The parsers of /proc/pagetypeinfo, /proc/zoneinfo and the scratch list, on real text, cut text and nonsense. */
#include "fixture.h"

#include <base/error.h>
#include <measure/zoneinfo.h>
#include <string.h>

static char *real(const char *run, int hop, const char *name)
{
	g_autoptr(Fixture) fixture = fixture_new(run);

	return fixture_text(fixture, hop, name);
}

static void assert_bad_pagetypes(const char *text, const char *complaint)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(pagetypeinfo_parse(text, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_FAILED);
	g_assert_nonnull(strstr(error->message, complaint));
}

static char *replaced(const char *text, const char *from, const char *to)
{
	g_auto(GStrv) parts = g_strsplit(text, from, -1);

	g_assert_cmpuint(g_strv_length(parts), >, 1);
	return g_strjoinv(to, parts);
}

static void test_pagetypeinfo(void)
{
	g_autofree char *text = real("central-2n", 1, "proc/pagetypeinfo");
	g_autoptr(GError) error = NULL;
	g_autoptr(PageTypeInfo) info = pagetypeinfo_parse(text, &error);
	static const struct {
		int node;
		const char *zone;
		guint64 unmovable, movable, cma;
	} expected[] = { { 0, "DMA32", 1, 932, 91 }, { 0, "Normal", 6, 181, 67 }, { 1, "Normal", 6, 1148, 124 } };

	g_assert_no_error(error);
	g_assert_cmpuint(info->block_order, ==, 9);
	g_assert_cmpuint(info->block_pages, ==, 512);
	g_assert_cmpuint(g_strv_length(info->types), ==, 6);
	g_assert_cmpstr(info->types[5], ==, "Isolate");
	g_assert_cmpuint(info->zones->len, ==, G_N_ELEMENTS(expected));
	for (guint i = 0; i < info->zones->len; i++) {
		const PageTypeZone *zone = g_ptr_array_index(info->zones, i);

		g_assert_cmpint(zone->node, ==, expected[i].node);
		g_assert_cmpstr(zone->zone, ==, expected[i].zone);
		g_assert_cmpuint(pagetypeinfo_blocks(info, zone, "Unmovable"), ==, expected[i].unmovable);
		g_assert_cmpuint(pagetypeinfo_blocks(info, zone, "Movable"), ==, expected[i].movable);
		g_assert_cmpuint(pagetypeinfo_blocks(info, zone, "CMA"), ==, expected[i].cma);
		g_assert_cmpuint(pagetypeinfo_blocks(info, zone, "NoSuchType"), ==, 0);
	}
}

static void test_pagetypeinfo_page_owner(void)
{
	g_autofree char *text = real("stock-1n", 0, "proc/pagetypeinfo");
	/* pagetypeinfo_showmixedcount(): the same layout, other counts */
	g_autofree char *with =
		g_strconcat(text,
			    "\nNumber of mixed blocks    Unmovable      Movable  Reclaimable   HighAtomic "
			    "         CMA      Isolate \nNode 0, zone    DMA32            3            9        "
			    "    0            0            0            0 \n",
			    NULL);
	g_autoptr(PageTypeInfo) plain = pagetypeinfo_parse(text, NULL), info = pagetypeinfo_parse(with, NULL);

	g_assert_nonnull(info);
	g_assert_cmpuint(info->zones->len, ==, 1);
	g_assert_cmpuint(pagetypeinfo_blocks(info, g_ptr_array_index(info->zones, 0), "Movable"), ==,
			 pagetypeinfo_blocks(plain, g_ptr_array_index(plain->zones, 0), "Movable"));
	g_assert_cmpuint(pagetypeinfo_blocks(info, g_ptr_array_index(info->zones, 0), "Movable"), !=, 9);
}

/*
 * Wherever the text is cut: an error, or, at a node's end, the nodes before it as they are; a cut within the
 * counts must never pass for other counts.
 */
static void test_pagetypeinfo_cut(void)
{
	g_autofree char *text = real("central-2n", 1, "proc/pagetypeinfo");
	gsize length = strlen(text), whole = 0;

	for (gsize n = 0; n < length; n++) {
		g_autofree char *cut = g_strndup(text, n);
		g_autoptr(PageTypeInfo) info = pagetypeinfo_parse(cut, NULL);

		if (!info)
			continue;
		whole++;
		g_assert_cmpuint(info->zones->len, ==, 2);
		g_assert_cmpuint(pagetypeinfo_blocks(info, g_ptr_array_index(info->zones, 1), "CMA"), ==, 67);
	}
	/* node 0 done; its successor's size lines, blank lines and table heads bring no zone yet */
	g_assert_cmpuint(whole, >=, 1);
	g_assert_cmpuint(whole, <=, 5);
}

static void test_pagetypeinfo_nonsense(void)
{
	g_autofree char *text = real("stock-1n", 0, "proc/pagetypeinfo");
	g_autofree char *order = replaced(text, "Page block order: 9", "Page block order: 10");
	g_autofree char *pages = replaced(text, "Pages per block:  512", "Pages per block:  many");
	g_autofree char *zone = replaced(text, "Node 0, zone    DMA32  ", "Node 0, zone    DMA32 x");
	g_autofree char *huge = g_strdup("Page block order: 46\nPages per block:  70368744177664\n");
	g_autofree char *twice = g_strconcat(text, "Node 0, zone    DMA32  1 1 1 1 1 1 \n", NULL);

	g_autofree char *words = g_strnfill(2 * 33, ' '), *types = NULL;
	g_autofree char *column = replaced(text, "            0 \n", "            0            0 \n");

	assert_bad_pagetypes(column, "is not as the kernel writes it");
	/* more types than a kernel can have */
	for (guint i = 0; i < 33; i++)
		words[2 * i] = 'T';
	types = g_strconcat("Page block order: 9\nPages per block:  512\n\nNumber of blocks type ", words, "\n", NULL);
	assert_bad_pagetypes(types, "line 4 ");
	assert_bad_pagetypes("", "no table");
	assert_bad_pagetypes("cat: /proc/pagetypeinfo: Permission denied\n", "line 1 ");
	assert_bad_pagetypes(order, "line 2 ");
	/* more bytes than there are numbers for */
	assert_bad_pagetypes(huge, "line 1 ");
	assert_bad_pagetypes(pages, "line 2 ");
	assert_bad_pagetypes(zone, "is not as the kernel writes it");
	assert_bad_pagetypes(twice, "is not as the kernel writes it");
}

static void test_zoneinfo(void)
{
	g_autofree char *text = real("central-2n", 0, "proc/zoneinfo");
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) zones = zoneinfo_parse(text, &error);
	static const ZoneSpan expected[] = {
		{ 0, (char *)"DMA32", 1, 1048575, 524158, 0 },
		{ 0, (char *)"Normal", 1048576, 131072, 131072, 0 },
		{ 1, (char *)"Normal", 1179648, 655360, 655360, 0 },
	};

	g_assert_no_error(error);
	g_assert_cmpuint(zones->len, ==, G_N_ELEMENTS(expected));
	for (guint i = 0; i < zones->len; i++) {
		const ZoneSpan *span = g_ptr_array_index(zones, i);

		g_assert_cmpint(span->node, ==, expected[i].node);
		g_assert_cmpstr(span->zone, ==, expected[i].zone);
		g_assert_cmpuint(span->start_pfn, ==, expected[i].start_pfn);
		g_assert_cmpuint(span->spanned, ==, expected[i].spanned);
		g_assert_cmpuint(span->present, ==, expected[i].present);
		g_assert_cmpuint(span->managed, >, 0);
		g_assert_cmpuint(span->managed, <=, span->present);
	}
}

static void assert_bad_zones(const char *text, const char *complaint)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(zoneinfo_parse(text, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_FAILED);
	g_assert_nonnull(strstr(error->message, complaint));
}

static void test_zoneinfo_bad(void)
{
	g_autofree char *text = real("stock-1n", 0, "proc/zoneinfo");
	g_autofree char *upto = g_strndup(text, (gsize)(strstr(text, "  start_pfn:") - text));
	g_autofree char *halfway = g_strndup(text, (gsize)(strstr(text, "        present") - text));
	g_autofree char *in_line = g_strndup(text, strlen(upto) + 5);
	g_autofree char *number = replaced(text, "        spanned  ", "        spanned  x");

	assert_bad_zones("", "no populated zone");
	assert_bad_zones("Permission denied\n", "line 1 ");
	assert_bad_zones(upto, "lacks 'start_pfn:' of node 0 zone DMA32");
	assert_bad_zones(halfway, "lacks 'spanned', 'present' or 'managed' of node 0 zone DMA32");
	assert_bad_zones(in_line, "breaks off");
	assert_bad_zones(number, "is not as the kernel writes it: '        spanned  x");
}

static void assert_bad_scratch(const char *phys, const char *bytes, const char *complaint)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(scratch_parse(phys, bytes, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_FAILED);
	g_assert_nonnull(strstr(error->message, complaint));
}

static void test_scratch(void)
{
	g_autofree char *phys = real("unfixed-1n", 0, "sys/kernel/debug/kho/out/scratch_phys");
	g_autofree char *bytes = real("unfixed-1n", 0, "sys/kernel/debug/kho/out/scratch_len");
	g_autoptr(GArray) regions = scratch_parse(phys, bytes, NULL), none = scratch_parse("", "", NULL);
	g_autoptr(GArray) again = scratch_parse(phys, bytes, NULL);

	g_assert_cmpuint(regions->len, ==, 3);
	g_assert_cmphex(g_array_index(regions, ScratchRegion, 0).phys, ==, 0x38000000);
	g_assert_cmphex(g_array_index(regions, ScratchRegion, 0).bytes, ==, 0x5c00000);
	g_assert_cmphex(g_array_index(regions, ScratchRegion, 1).bytes, ==, 0);
	g_assert_cmphex(g_array_index(regions, ScratchRegion, 2).phys, ==, 0x32a00000);
	g_assert_true(scratch_equal(regions, again));
	g_assert_cmpuint(none->len, ==, 0);
	g_assert_false(scratch_equal(regions, none));
	g_array_index(again, ScratchRegion, 2).bytes += 0x200000;
	g_assert_false(scratch_equal(regions, again));

	assert_bad_scratch("0x1000\n0x2000\n", "0x1000\n", "2 scratch addresses but 1 lengths");
	assert_bad_scratch("0x1000\nzero\n", "0x1000\n0x0\n", "'zero'");
	assert_bad_scratch("0x1000\n0x20", "0x1000\n0x0\n", "breaks off");
	assert_bad_scratch("0x1000\n\n", "0x1000\n0x0\n", "line 2 ");
	assert_bad_scratch("0xfffffffffffff000\n", "0x2000\n", "lies where no memory can be");
	assert_bad_scratch("0x10000000000000000\n", "0x2000\n", "not a hexadecimal number");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/pagetypeinfo/two-nodes", test_pagetypeinfo);
	g_test_add_func("/pagetypeinfo/page-owner", test_pagetypeinfo_page_owner);
	g_test_add_func("/pagetypeinfo/cut", test_pagetypeinfo_cut);
	g_test_add_func("/pagetypeinfo/nonsense", test_pagetypeinfo_nonsense);
	g_test_add_func("/zoneinfo/two-nodes", test_zoneinfo);
	g_test_add_func("/zoneinfo/bad", test_zoneinfo_bad);
	g_test_add_func("/scratch", test_scratch);
	return g_test_run();
}
