// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The record "scratch-owners": reports of /sys/kernel/debug/page_owner as they are, with an
 * empty line behind each (print_page_owner() of mm/page_owner.c):
 *
 *   Page allocated via order 0, mask 0xcc0(GFP_KERNEL), pid 1, tgid 1 (swapper/0), ts 123 ns
 *   PFN 0x3ba40 type Unmovable Block 477 type Movable Flags 0x...(slab|node=0|zone=1)
 *    new_slab+0x1/0x2
 */
#include <measure/scratchpages.h>

#include "scan.h"

#include <base/error.h>
#include <proto/frame.h>
#include <string.h>

#define FIRST_LINE "# khotest scratch-owners 1\n"
/* initramfs/ sends 64; stacks are held against each other. */
#define REPORTS_MOST 1024

static void owner_free(gpointer data)
{
	PageOwner *owner = data;

	g_free(owner->text);
	g_free(owner);
}

GPtrArray *pageowners_parse(const char *text, GError **error)
{
	g_autoptr(GPtrArray) owners = g_ptr_array_new_with_free_func(owner_free);
	g_auto(GStrv) reports = NULL;

	if (!g_str_has_prefix(text, FIRST_LINE)) {
		error_set(error, KHOTEST_ERROR_FAILED, "the record " FRAME_SCRATCH_OWNERS " begins with '%.60s'", text);
		return NULL;
	}
	reports = g_strsplit(text + strlen(FIRST_LINE), "\n\n", -1);
	for (char **report = reports; *report; report++) {
		const char *at = strstr(*report, "\nPFN ");
		PageOwner *owner;
		guint64 pfn;

		if (!**report)
			continue;
		if (!at || !scan_literal(&at, "\nPFN ") || !scan_u64(&at, 16, &pfn)) {
			error_set(error, KHOTEST_ERROR_FAILED,
				  "a report in the record " FRAME_SCRATCH_OWNERS " names no page frame: '%.160s'",
				  *report);
			return NULL;
		}
		owner = g_new(PageOwner, 1);
		*owner = (PageOwner){ pfn, g_strdup(*report) };
		g_ptr_array_add(owners, owner);
		if (owners->len > REPORTS_MOST) {
			error_set(error, KHOTEST_ERROR_FAILED,
				  "the record " FRAME_SCRATCH_OWNERS " has more than %u reports", REPORTS_MOST);
			return NULL;
		}
	}
	return g_steal_pointer(&owners);
}

/* Behind the lines of when, and of which page frame. */
static const char *stack_of(const PageOwner *owner)
{
	const char *at = strstr(owner->text, "\n ");

	return at ? at : owner->text;
}

static gint by_pages(gconstpointer a, gconstpointer b)
{
	const PageOwnerStack *x = a, *y = b;

	return x->pages != y->pages ? (x->pages < y->pages ? 1 : -1)
				    : (x->first->pfn > y->first->pfn) - (x->first->pfn < y->first->pfn);
}

GArray *pageowners_stacks(const GPtrArray *owners)
{
	GArray *stacks = g_array_new(FALSE, FALSE, sizeof(PageOwnerStack));

	for (guint i = 0; owners && i < owners->len; i++) {
		PageOwnerStack stack = { owners->pdata[i], 1 };
		guint at = 0;

		while (at < stacks->len &&
		       strcmp(stack_of(g_array_index(stacks, PageOwnerStack, at).first), stack_of(stack.first)) != 0)
			at++;
		if (at < stacks->len)
			g_array_index(stacks, PageOwnerStack, at).pages++;
		else
			g_array_append_val(stacks, stack);
	}
	g_array_sort(stacks, by_pages);
	return stacks;
}
