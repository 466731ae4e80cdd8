// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/cmaareas.h>

#include "scan.h"

#include <base/error.h>
#include <proto/frame.h>
#include <string.h>

#define FIRST_LINE "# khotest cma 1"
#define PFN_MOST (1ull << 40)
/* mm/cma.h has 8 of an area, and a kernel some areas for each node. Each page of scratch is looked for in all. */
#define RANGES_MOST 1024

GArray *cmaareas_parse(const char *text, guint page_shift, GError **error)
{
	g_autoptr(GArray) areas = g_array_new(FALSE, FALSE, sizeof(CmaArea));
	g_autofree char **lines = scan_lines(text, FRAME_CMA, error);

	if (!lines)
		return NULL;
	for (guint i = 0; lines[i] || i == 0; i++) {
		const char *at = lines[i] ? lines[i] : "";
		g_autofree char *name = NULL;
		guint64 pages, base, range;
		CmaArea area;

		if (i == 0 && strcmp(at, FIRST_LINE) == 0)
			continue;
		if (i == 0 || !scan_word(&at, &name) || !scan_blank(&at) || !scan_u64(&at, 10, &pages) ||
		    !scan_blank(&at) || !scan_u64(&at, 16, &base) || !scan_blank(&at) || !scan_u64(&at, 16, &range) ||
		    *at || base > PFN_MOST || range > PFN_MOST) {
			error_set(error, KHOTEST_ERROR_FAILED,
				  "line %u of the record " FRAME_CMA " is not %s: '%.160s'", i + 1,
				  i ? "'NAME PAGES BASE_PFN RANGE_PAGES'" : "'" FIRST_LINE "'",
				  lines[i] ? lines[i] : "");
			return NULL;
		}
		area.phys = base << page_shift;
		area.bytes = range << page_shift;
		if (pages && range)
			g_array_append_val(areas, area);
		if (areas->len > RANGES_MOST) {
			error_set(error, KHOTEST_ERROR_FAILED, "the record " FRAME_CMA " has more than %u ranges",
				  RANGES_MOST);
			return NULL;
		}
	}
	return g_steal_pointer(&areas);
}
