// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/preserved.h>

#include "scan.h"

#include <base/error.h>
#include <proto/frame.h>

#define HEADER "# khotest preserved 1 page_shift="
#define ORDER_MOST 52 /* of a 64-bit machine with pages of 4 KiB */

void preserved_free(Preserved *preserved)
{
	if (!preserved)
		return;
	g_free(preserved->abi);
	g_free(preserved->unknown);
	g_clear_pointer(&preserved->runs, g_array_unref);
	g_free(preserved);
}

guint64 preserved_bytes(const Preserved *preserved)
{
	return preserved->pages << preserved->page_shift;
}

static bool read_header(Preserved *preserved, const char *line)
{
	guint64 shift;

	if (!scan_literal(&line, HEADER) || !scan_u64(&line, 10, &shift) || shift < 12 || shift > 16 ||
	    !scan_literal(&line, " abi=") || !scan_word(&line, &preserved->abi))
		return false;
	preserved->page_shift = (guint)shift;
	return scan_end(line);
}

/* "order 0 2" */
static bool read_order(Preserved *preserved, const char *line)
{
	guint64 order, count;

	if (!scan_literal(&line, "order ") || !scan_u64(&line, 10, &order) || order > ORDER_MOST ||
	    !scan_blank(&line) || !scan_u64(&line, 10, &count) || !scan_end(line) ||
	    count > G_MAXUINT64 >> preserved->page_shift >> order)
		return false;
	preserved->pages += count << order;
	return true;
}

/* "runs 2" */
static bool read_stretches(Preserved *preserved, const char *line)
{
	return scan_literal(&line, "runs ") && scan_u64(&line, 10, &preserved->stretches) && scan_end(line);
}

/* "968 1 0" */
static bool read_run(Preserved *preserved, const char *line)
{
	PreservedRun run;
	guint64 order;

	if (!scan_u64(&line, 16, &run.pfn) || !scan_blank(&line) || !scan_u64(&line, 16, &run.count) ||
	    !scan_blank(&line) || !scan_u64(&line, 10, &order) || order > ORDER_MOST || !scan_end(line))
		return false;
	run.order = (guint)order;
	g_array_append_val(preserved->runs, run);
	return true;
}

static bool read_line(Preserved *preserved, const char *line, guint number)
{
	if (number == 0)
		return read_header(preserved, line);
	return read_order(preserved, line) || read_stretches(preserved, line) || read_run(preserved, line);
}

/* "!93 Protocol not supported" */
static bool read_unknown(Preserved *preserved, const char *line)
{
	guint64 number;

	if (!scan_literal(&line, "!") || !scan_u64(&line, 10, &number) || !scan_blank(&line))
		return false;
	preserved->unknown = g_strdup(line);
	return true;
}

Preserved *preserved_parse(const char *text, GError **error)
{
	g_autoptr(Preserved) preserved = g_new0(Preserved, 1);
	g_autofree char **lines = scan_lines(text, FRAME_PRESERVED, error);

	if (!lines)
		return NULL;
	preserved->runs = g_array_new(FALSE, FALSE, sizeof(PreservedRun));
	if (*lines && read_unknown(preserved, *lines))
		return g_steal_pointer(&preserved);
	for (guint i = 0; lines[i] && *lines[i]; i++)
		if (!read_line(preserved, lines[i], i)) {
			error_set(error, KHOTEST_ERROR_FAILED,
				  "line %u of the record " FRAME_PRESERVED " cannot be read: '%.160s'", i + 1,
				  lines[i]);
			return NULL;
		}
	if (!preserved->abi) {
		error_set(error, KHOTEST_ERROR_FAILED, "the record " FRAME_PRESERVED " is empty");
		return NULL;
	}
	return g_steal_pointer(&preserved);
}
