/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_SCRATCHPAGES_H
#define MEASURE_SCRATCHPAGES_H

#include <glib.h>
#include <stdbool.h>

/*
 * What lives in scratch, page by page: the records "scratch-pages" and "scratch-pages-end"
 * (proto/frame.h). Scratch is memory that the next kernel boots out of. So it may have in
 * it what is free, what the kernel can move away, and what the kernel's own early boot put
 * there before there was an allocator; nothing else.
 */
typedef enum {
	PAGES_FREE,	  /* the allocator's, on the lists of CPUs too */
	PAGES_MOVABLE,	  /* of user space and of the page cache */
	PAGES_HUGETLB,	  /* of hugetlb, in use or in its pool */
	PAGES_CMA_AREA,	  /* whoever has them took them from an ordinary CMA area that lies there */
	PAGES_EARLY,	  /* reserved: from memblock, before the allocator had them; the memory map, for one */
	PAGES_OFFLINE,	  /* taken out of use, as by a balloon */
	PAGES_NO_MEMORY,  /* a hole */
	PAGES_UNKNOWN,	  /* free or the kernel's: that cannot be told without struct pages */
	PAGES_SLAB,	  /* these and those below cannot be moved */
	PAGES_PAGE_TABLE, /* of user space, and of the kernel's own that are younger than the allocator */
	PAGES_KERNEL,	  /* the kernel has taken them for itself; what for, their flags do not say */
	PAGE_KINDS,
} PageKind;

/* Pages one after the other with everything in common. */
typedef struct {
	guint64 pfn;
	guint64 count;
	guint64 flags; /* as in /proc/kpageflags, of those that are sent */
	gint64 mapped; /* as in /proc/kpagecount; -1 not asked for, as refs */
	gint64 refs;   /* _refcount of each struct page */
	gint64 type;   /* page_type of each; with refs */
	PageKind kind;
} PageRun;

typedef struct {
	const char *record; /* the name of the record that says so; static */
	GArray *runs;	    /* PageRun: all of scratch, in the order of its regions */
	guint64 pages[PAGE_KINDS];
} ScratchPages;

/*
 * scratch: ScratchRegion, as the same kernel lists them: the record has to have all of their
 * pages. areas: CmaArea. Errors: FAILED, naming the line.
 */
ScratchPages *scratchpages_parse(const char *text, const char *record, const GArray *scratch, const GArray *areas,
				 guint page_shift, GError **error);
void scratchpages_free(ScratchPages *pages);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ScratchPages, scratchpages_free)

/* "page-table": stable, for scripts. */
const char *pagekind_id(PageKind kind);

/* "page tables": for people. */
const char *pagekind_title(PageKind kind);

/* Whether nothing can move such pages, and early boot did not put them there. */
bool pagekind_is_harm(PageKind kind);

/* Pages of these kinds; and those that are not of early boot, nor holes: what should be empty, or be made empty. */
guint64 scratchpages_harm(const ScratchPages *pages);
guint64 scratchpages_due(const ScratchPages *pages);

/* "512 pages of slab, 3 page tables and 1 other page of the kernel"; of what does harm. Caller frees. */
char *scratchpages_harm_text(const ScratchPages *pages);

/* Who allocated a page: a report of /sys/kernel/debug/page_owner, which has the stack. */
typedef struct {
	guint64 pfn;
	char *text;
} PageOwner;

/* The record "scratch-owners": GPtrArray of PageOwner. Errors: FAILED. */
GPtrArray *pageowners_parse(const char *text, GError **error);

/*
 * Those with one stack: the first of them, and how many there are. owners: PageOwner, which has to outlive it; or NULL.
 * The stack of most pages comes first. Caller unrefs.
 */
typedef struct {
	const PageOwner *first;
	guint pages;
} PageOwnerStack;

GArray *pageowners_stacks(const GPtrArray *owners);

#endif
