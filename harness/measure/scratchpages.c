// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Whose a page is, by its flags: stable_page_flags() of fs/proc/page.c, and what
 * Documentation/admin-guide/mm/pagemap.rst says of each. Early boot allocates from memblock,
 * which has all of that reserved when it gives the rest to the allocator
 * (memmap_init_reserved_pages() of mm/memblock.c): the memory map, the kernel's first page
 * tables and its image have PG_reserved, and no page of the allocator has.
 */
#include <measure/scratchpages.h>

#include "scan.h"

#include <base/error.h>
#include <measure/cmaareas.h>
#include <measure/scratch.h>
#include <proto/frame.h>
#include <string.h>

#define N G_GUINT64_FORMAT
#define FIRST_LINE "# khotest scratch-pages 1 "
#define PFN_MOST (1ull << 40)

/* The first that fits counts. */
static const struct {
	guint64 any_of;
	PageKind kind;
} by_flag[] = {
	{ KPF_BIT(KPF_NOPAGE), PAGES_NO_MEMORY },
	{ KPF_BIT(KPF_RESERVED), PAGES_EARLY },
	{ KPF_BIT(KPF_BUDDY), PAGES_FREE },
	{ KPF_BIT(KPF_HUGE), PAGES_HUGETLB },
	{ KPF_BIT(KPF_SLAB), PAGES_SLAB },
	{ KPF_BIT(KPF_PGTABLE), PAGES_PAGE_TABLE },
	{ KPF_BIT(KPF_OFFLINE), PAGES_OFFLINE },
	/* that of huge pages, for the small one is part of the kernel's image: allocated not movable (mm/huge_memory.c)
	 */
	{ KPF_BIT(KPF_ZERO_PAGE), PAGES_KERNEL },
	{ KPF_BIT(KPF_LRU) | KPF_BIT(KPF_ANON) | KPF_BIT(KPF_SWAPBACKED) | KPF_BIT(KPF_UPTODATE), PAGES_MOVABLE },
	/* the kernel's own, which user space sees too: rings, for one */
	{ KPF_BIT(KPF_MMAP) | KPF_BIT(KPF_COMPOUND_HEAD) | KPF_BIT(KPF_COMPOUND_TAIL), PAGES_KERNEL },
};

/* The same of a page without flags, by the highest byte of page_type: enum pagetype of include/linux/page-flags.h. */
#define NO_TYPE 0xffffffffll
static const struct {
	gint64 type;
	PageKind kind;
} by_type[] = {
	{ 0xf0, PAGES_FREE },	    /* buddy */
	{ 0xf1, PAGES_OFFLINE },    /* offline */
	{ 0xf2, PAGES_PAGE_TABLE }, /* table */
	{ 0xf3, PAGES_FREE },	    /* guard, of debug_pagealloc */
	{ 0xf4, PAGES_HUGETLB },    /* hugetlb */
	{ 0xf5, PAGES_SLAB },	    /* slab */
	{ 0xf6, PAGES_MOVABLE },    /* zsmalloc */
	{ 0xf7, PAGES_FREE },	    /* unaccepted */
};

static const struct {
	const char *id, *title;
	const char *one, *many; /* behind a number, of what does harm */
} kinds[PAGE_KINDS] = {
	[PAGES_FREE] = { "free", "free", NULL, NULL },
	[PAGES_MOVABLE] = { "movable", "movable", NULL, NULL },
	[PAGES_HUGETLB] = { "hugetlb", "hugetlb", NULL, NULL },
	[PAGES_CMA_AREA] = { "cma-area", "in use from a CMA area", NULL, NULL },
	[PAGES_EARLY] = { "early", "reserved by early boot", NULL, NULL },
	[PAGES_OFFLINE] = { "offline", "offline", NULL, NULL },
	[PAGES_NO_MEMORY] = { "no-memory", "no memory", NULL, NULL },
	[PAGES_UNKNOWN] = { "unknown", "free or the kernel's, not known", NULL, NULL },
	[PAGES_SLAB] = { "slab", "slab", "page of slab", "pages of slab" },
	[PAGES_PAGE_TABLE] = { "page-table", "page tables", "page table", "page tables" },
	[PAGES_KERNEL] = { "kernel", "other memory of the kernel", "other page of the kernel",
			   "other pages of the kernel" },
};

const char *pagekind_id(PageKind kind)
{
	return kinds[kind].id;
}

const char *pagekind_title(PageKind kind)
{
	return kinds[kind].title;
}

bool pagekind_is_harm(PageKind kind)
{
	return kinds[kind].one != NULL;
}

static PageKind kind_of_type(const PageRun *run)
{
	if (run->refs < 0)
		return PAGES_UNKNOWN;
	for (gsize i = 0; i < G_N_ELEMENTS(by_type); i++)
		if (run->type >> 24 == by_type[i].type)
			return by_type[i].kind;
	return run->refs || run->type != NO_TYPE ? PAGES_KERNEL : PAGES_FREE;
}

static PageKind kind_of(const PageRun *run)
{
	for (gsize i = 0; i < G_N_ELEMENTS(by_flag); i++)
		if (run->flags & by_flag[i].any_of)
			return by_flag[i].kind;
	return kind_of_type(run);
}

/* Up to where the answer of the first page holds: whether it is in an area. */
static bool in_area(const GArray *areas, guint page_shift, guint64 pfn, guint64 *end)
{
	bool inside = false;

	for (guint i = 0; i < areas->len; i++) {
		const CmaArea *area = &g_array_index(areas, CmaArea, i);
		guint64 from = area->phys >> page_shift, to = (area->phys + area->bytes) >> page_shift;

		inside |= pfn >= from && pfn < to;
		if (from > pfn)
			*end = MIN(*end, from);
		if (to > pfn)
			*end = MIN(*end, to);
	}
	return inside;
}

/* What was taken from an area is that area's, whatever it is. */
static void add_run(ScratchPages *pages, PageRun run, const GArray *areas, guint page_shift)
{
	guint64 pfn = run.pfn, last = run.pfn + run.count;
	PageKind kind = kind_of(&run);

	while (pfn < last) {
		guint64 end = last;
		bool taken = in_area(areas, page_shift, pfn, &end) && pagekind_is_harm(kind);

		run.kind = taken ? PAGES_CMA_AREA : kind;
		run.pfn = pfn;
		run.count = end - pfn;
		g_array_append_val(pages->runs, run);
		pages->pages[run.kind] += run.count;
		pfn = end;
	}
}

static bool bad_line(const ScratchPages *pages, guint number, const char *line, const char *why, GError **error)
{
	return error_set(error, KHOTEST_ERROR_FAILED, "line %u of the record %s %s: '%.160s'", number, pages->record,
			 why, line);
}

static bool scan_number(const char **at, gint64 *ret)
{
	guint64 number;

	*ret = -1;
	if (!scan_blank(at))
		return false;
	if (scan_literal(at, "-"))
		return true;
	if (!scan_u64(at, 16, &number) || number > G_MAXINT64)
		return false;
	*ret = (gint64)number;
	return true;
}

static bool scan_run(const char *at, PageRun *run)
{
	return scan_u64(&at, 16, &run->pfn) && scan_blank(&at) && scan_u64(&at, 16, &run->count) && scan_blank(&at) &&
	       scan_u64(&at, 16, &run->flags) && scan_number(&at, &run->mapped) && scan_number(&at, &run->refs) &&
	       scan_number(&at, &run->type) && !*at && run->count && run->count < PFN_MOST && run->pfn < PFN_MOST;
}

/* What the first line says. */
typedef struct {
	guint64 page_shift, flags, struct_pages;
} Head;

static bool scan_head(const char *at, Head *head)
{
	return scan_literal(&at, FIRST_LINE "page_shift=") && scan_u64(&at, 10, &head->page_shift) &&
	       scan_literal(&at, " flags=") && scan_u64(&at, 16, &head->flags) && scan_literal(&at, " struct_pages=") &&
	       scan_u64(&at, 10, &head->struct_pages) && !*at && head->struct_pages <= 1;
}

/* Whether the figures of a line go together: each is there for those pages that have it, and no others. */
static bool is_sound(const PageRun *run, const Head *head)
{
	bool mapped = run->flags & KPF_BIT(KPF_MMAP), told = kind_of(run) != PAGES_UNKNOWN;

	return !(run->flags & ~head->flags) && mapped == (run->mapped >= 0) && (run->refs < 0) == (run->type < 0) &&
	       (told || !head->struct_pages) && (run->refs < 0 || head->struct_pages) && run->type <= NO_TYPE;
}

/* Where the next run has to begin. */
typedef struct {
	const GArray *scratch;
	guint page_shift, region;
	guint64 due, end;
} Cover;

static void next_region(Cover *cover)
{
	while (cover->due == cover->end && cover->region < cover->scratch->len) {
		const ScratchRegion *region = &g_array_index(cover->scratch, ScratchRegion, cover->region++);

		cover->due = region->phys >> cover->page_shift;
		cover->end = (region->phys + region->bytes) >> cover->page_shift;
	}
}

static bool parse_lines(ScratchPages *pages, char **lines, const Head *head, Cover *cover, const GArray *areas,
			GError **error)
{
	guint i;

	for (i = 1; lines[i]; i++) {
		PageRun run;

		next_region(cover);
		if (!scan_run(lines[i], &run))
			return bad_line(pages, i + 1, lines[i], "is not 'PFN COUNT FLAGS MAPPED REFS TYPE'", error);
		if (!is_sound(&run, head))
			return bad_line(pages, i + 1, lines[i], "has figures that do not go together", error);
		if (run.pfn != cover->due || run.count > cover->end - cover->due)
			return bad_line(pages, i + 1, lines[i], "does not go on in scratch where the line before ended",
					error);
		add_run(pages, run, areas, cover->page_shift);
		cover->due += run.count;
	}
	next_region(cover);
	if (cover->due != cover->end)
		return error_set(error, KHOTEST_ERROR_FAILED,
				 "the record %s ends before scratch does: page frame 0x%" G_GINT64_MODIFIER
				 "x is missing",
				 pages->record, cover->due);
	return true;
}

ScratchPages *scratchpages_parse(const char *text, const char *record, const GArray *scratch, const GArray *areas,
				 guint page_shift, GError **error)
{
	g_autoptr(ScratchPages) pages = g_new0(ScratchPages, 1);
	g_autofree char **lines = scan_lines(text, record, error);
	Cover cover = { .scratch = scratch, .page_shift = page_shift };
	Head head;

	pages->record = record;
	pages->runs = g_array_new(FALSE, FALSE, sizeof(PageRun));
	if (!lines)
		return NULL;
	if (!lines[0] || !scan_head(lines[0], &head) || head.page_shift != page_shift) {
		bad_line(pages, 1, lines[0] ? lines[0] : "",
			 "is not '" FIRST_LINE "page_shift=...' with all that belongs to it", error);
		return NULL;
	}
	return parse_lines(pages, lines, &head, &cover, areas, error) ? g_steal_pointer(&pages) : NULL;
}

void scratchpages_free(ScratchPages *pages)
{
	if (!pages)
		return;
	g_clear_pointer(&pages->runs, g_array_unref);
	g_free(pages);
}

guint64 scratchpages_harm(const ScratchPages *pages)
{
	guint64 sum = 0;

	for (PageKind kind = 0; kind < PAGE_KINDS; kind++)
		sum += pagekind_is_harm(kind) ? pages->pages[kind] : 0;
	return sum;
}

guint64 scratchpages_due(const ScratchPages *pages)
{
	guint64 sum = 0;

	for (PageKind kind = 0; kind < PAGE_KINDS; kind++)
		sum += kind == PAGES_EARLY || kind == PAGES_NO_MEMORY ? 0 : pages->pages[kind];
	return sum;
}

char *scratchpages_harm_text(const ScratchPages *pages)
{
	GString *text = g_string_new(NULL);
	guint left = 0;

	for (PageKind kind = 0; kind < PAGE_KINDS; kind++)
		left += pagekind_is_harm(kind) && pages->pages[kind];
	for (PageKind kind = 0; kind < PAGE_KINDS; kind++) {
		guint64 n = pages->pages[kind];

		if (!pagekind_is_harm(kind) || !n)
			continue;
		left--;
		g_string_append_printf(text, "%" N " %s%s", n, n == 1 ? kinds[kind].one : kinds[kind].many,
				       left > 1	   ? ", "
				       : left == 1 ? " and "
						   : "");
	}
	return g_string_free(text, FALSE);
}
