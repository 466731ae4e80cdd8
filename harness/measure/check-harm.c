// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What lives in scratch: whether a wrong type of a pageblock has done harm. That type says
 * what the allocator may put somewhere; this is what it has put there, when the records
 * were collected, and again when the kernel was left.
 */
#include "look.h"

#include <measure/scratchpages.h>
#include <proto/frame.h>
#include <string.h>

#define N G_GUINT64_FORMAT
#define X "0x%" G_GINT64_MODIFIER "x"

/* How many places are named. */
#define RUNS_SHOWN 4

/* Why a record that this rests on cannot be used; NULL: none of them is damaged. */
static const char *damaged(const Hop *hop)
{
	static const char *const records[] = { FRAME_SCRATCH_PAGES, FRAME_CMA ": ", "sys/kernel/debug/kho/out/" };

	for (guint i = 0; i < hop->damaged->len; i++)
		for (gsize j = 0; j < G_N_ELEMENTS(records); j++)
			if (g_str_has_prefix(hop->damaged->pdata[i], records[j]))
				return hop->damaged->pdata[i];
	return NULL;
}

/* "page frames 0x3ba40-0x3ba4f (slab), 0x3bb40 (page tables) and 7 more places". Caller frees. */
static char *describe_places(const ScratchPages *pages)
{
	GString *text = g_string_new("page frames ");
	guint shown = 0, left = 0;

	for (guint i = 0; i < pages->runs->len; i++) {
		const PageRun *run = &g_array_index(pages->runs, PageRun, i);

		if (!pagekind_is_harm(run->kind))
			continue;
		if (shown == RUNS_SHOWN) {
			left++;
			continue;
		}
		g_string_append_printf(text, "%s" X, shown++ ? ", " : "", run->pfn);
		if (run->count > 1)
			g_string_append_printf(text, "-" X, run->pfn + run->count - 1);
		g_string_append_printf(text, " (%s)", pagekind_title(run->kind));
	}
	if (left)
		g_string_append_printf(text, " and %u more places", left);
	return g_string_free(text, FALSE);
}

/* In one sentence what the harm is: as it was in the end, or, where that is not known or it was gone, before. */
static void tell(const Look *look, const ScratchPages *first, const ScratchPages *last)
{
	guint64 before = first ? scratchpages_harm(first) : 0, after = last ? scratchpages_harm(last) : 0;
	const ScratchPages *worst = after ? last : first;
	g_autofree char *what = NULL, *where = NULL, *when = NULL;

	if (!before && !after)
		return;
	what = scratchpages_harm_text(worst);
	where = describe_places(worst);
	if (!after)
		when = g_strdup_printf("when its records were collected%s", last ? " (gone when it was left)" : "");
	else if (first && before != after)
		when = g_strdup_printf("when it was left (%" N " page%s when its records were collected)", before,
				       before == 1 ? "" : "s");
	else
		when = g_strdup("when it was left");
	look_add(look, "unmovable-in-scratch",
		 "%s %s in its scratch %s: %s. They were allocated there after early boot and cannot be moved: what "
		 "is in them cannot be handed over, and the next kernel, which boots out of scratch, overwrites it",
		 what, scratchpages_harm(worst) == 1 ? "lies" : "lie", when, where);
}

/* Whether nothing is left open by what was read. */
static void note_sight(const Look *look, const ScratchPages *pages)
{
	guint64 unknown = pages->pages[PAGES_UNKNOWN];

	if (!unknown)
		look_saw(look);
	else if (look->wanted.image)
		look_gap(look,
			 "of %" N
			 " page%s in scratch it is not known whether they are free or the kernel's: its struct "
			 "pages could not be read",
			 unknown, unknown == 1 ? "" : "s");
	else
		look_blind(look, "of %" N " page%s in scratch it is not known whether they are free or the kernel's",
			   unknown, unknown == 1 ? "" : "s");
}

static void note_missing(const Look *look, const char *record)
{
	if (look->wanted.image && !look->hop->pages && !look->hop->pages_end)
		look_gap(look, "what lives in scratch was not read: the kernel has no /proc/kpageflags "
			       "(CONFIG_PROC_PAGE_MONITOR)");
	else
		look_blind(look, "the record %s did not come", record);
}

static void run(const Look *look)
{
	const Hop *hop = look->hop;
	const char *why = damaged(hop);

	if (!look_knows_scratch(look))
		return;
	if (!scratch_bytes(hop->scratch)) {
		look_saw(look);
		return;
	}
	if (why) {
		look_blind(look, "%s", why);
		return;
	}
	/* then what is in use there may be an area's */
	if (hop->oracle && (hop->oracle->unplaced || hop->oracle->placed_twice)) {
		look_blind(look, "where CMA areas are is not known, and one may lie in scratch");
		return;
	}
	tell(look, hop->pages, hop->pages_end);
	if (!hop->pages)
		note_missing(look, FRAME_SCRATCH_PAGES);
	else
		note_sight(look, hop->pages);
	if (!hop->pages_end)
		note_missing(look, FRAME_SCRATCH_PAGES_END);
	else
		note_sight(look, hop->pages_end);
}

/* What of scratch is, or can be made, empty; and each kind that is not, by the last that is known. */
static GArray *rows(const Evidence *evidence, const Hop *hop)
{
	const ScratchPages *pages = hop_pages(hop);
	GArray *all;
	guint64 due;

	if (!pages || !pages->runs->len)
		return NULL;
	all = checkrows_new();
	due = scratchpages_due(pages);
	checkrows_add(all, g_strdup("all regions"), "scratch pages free or movable", due,
		      due - scratchpages_harm(pages), 0);
	for (PageKind kind = 0; kind < PAGE_KINDS; kind++)
		if (pagekind_is_harm(kind) && pages->pages[kind])
			checkrows_add(all, g_strdup(pagekind_title(kind)), "scratch pages unmovable", 0, 0,
				      pages->pages[kind]);
	return all;
}

const Check check_harm = {
	.id = "harm",
	.title = "what lives in its scratch",
	.needs = "/proc/kpageflags of all scratch, twice, and the struct pages of what has no flags",
	.proves = "scratch has nothing in it but free and movable pages, and what early boot put there, both after the "
		  "boot and when the kernel was left",
	.not_proves =
		"that nothing was there in between, nor that no page is pinned; and of an allocation of several pages "
		"only the first may show",
	.scope = CHECK_OF_MEMORY,
	.record = FRAME_SCRATCH_PAGES,
	.run = run,
	.rows = rows,
};
