// SPDX-License-Identifier: GPL-2.0-or-later
/* What a hop said of its memory, page by page or pageblock by pageblock. */
#include "hopreader.h"

#include <measure/blockmap.h>
#include <measure/pagesize.h>
#include <proto/frame.h>

/* Of a run of pageblocks, with its span in the map of them. */
#define BYTES_OF_BLOCKS (sizeof(PageblockRun) + 24 + sizeof(BlockSpan))

/* Both need what was read before: zones, the page size, the log. */
static void read_kcore(HopReader *reader)
{
	Hop *hop = reader->hop;
	g_autofree char *pageblocks = hopreader_text(reader, FRAME_PAGEBLOCKS);
	g_autofree char *areas = hopreader_text(reader, FRAME_CMA);
	g_autoptr(GError) error = NULL;

	if (pageblocks && hop->zones && !(hop->pageblocks = pageblocks_parse(pageblocks, hop->zones, &error)))
		hopreader_damaged(reader, FRAME_PAGEBLOCKS, error->message);
	else if (hop->pageblocks &&
		 !hopreader_keep(reader, FRAME_PAGEBLOCKS, hop->pageblocks->runs->len, BYTES_OF_BLOCKS))
		g_clear_pointer(&hop->pageblocks, pageblocks_free);
	g_clear_error(&error);
	if (areas && !(hop->cma_areas = cmaareas_parse(areas, pagesize_shift(hop), &error)))
		hopreader_damaged(reader, FRAME_CMA, error->message);
	hop->cma_known = hop->cma_areas != NULL;
	if (!hop->cma_areas)
		hop->cma_areas =
			hop->log ? g_array_ref(hop->log->cma_areas) : g_array_new(FALSE, FALSE, sizeof(CmaArea));
}

static void read_preserved(HopReader *reader)
{
	g_autofree char *text = hopreader_text(reader, FRAME_PRESERVED);
	g_autoptr(GError) error = NULL;

	if (text && !(reader->hop->preserved = preserved_parse(text, &error)))
		hopreader_damaged(reader, FRAME_PRESERVED, error->message);
}

static ScratchPages *read_pages(HopReader *reader, const char *name)
{
	Hop *hop = reader->hop;
	g_autofree char *text = hop->scratch ? hopreader_text(reader, name) : NULL;
	g_autoptr(GError) error = NULL;
	ScratchPages *pages;

	if (!text)
		return NULL;
	pages = scratchpages_parse(text, name, hop->scratch, hop->cma_areas, pagesize_shift(hop), &error);
	if (!pages)
		hopreader_damaged(reader, name, error->message);
	else if (!hopreader_keep(reader, name, pages->runs->len, sizeof(PageRun)))
		g_clear_pointer(&pages, scratchpages_free);
	return pages;
}

static void read_scratch_pages(HopReader *reader)
{
	g_autofree char *owners = hopreader_text(reader, FRAME_SCRATCH_OWNERS);
	g_autoptr(GError) error = NULL;

	reader->hop->pages = read_pages(reader, FRAME_SCRATCH_PAGES);
	reader->hop->pages_end = read_pages(reader, FRAME_SCRATCH_PAGES_END);
	if (owners && !(reader->hop->owners = pageowners_parse(owners, &error)))
		hopreader_damaged(reader, FRAME_SCRATCH_OWNERS, error->message);
}

void hopreader_pages(HopReader *reader)
{
	read_kcore(reader);
	read_preserved(reader);
	read_scratch_pages(reader);
}
