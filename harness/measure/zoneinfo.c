// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * zoneinfo_show_print() of mm/vmstat.c. Of each zone's block of lines these
 * matter:
 *
 *   Node 0, zone   Normal
 *           spanned  262144
 *           present  262144
 *           managed  239562
 *     start_pfn:           1048576
 *
 * All zones are printed; one without present pages ends before its start_pfn.
 */
#include <measure/zoneinfo.h>

#include "scan.h"

#include <base/error.h>

enum {
	SEEN_SPANNED = 1 << 0,
	SEEN_PRESENT = 1 << 1,
	SEEN_MANAGED = 1 << 2,
	SEEN_START = 1 << 3,
	SEEN_COUNTS = SEEN_SPANNED | SEEN_PRESENT | SEEN_MANAGED,
};

static void span_free(gpointer data)
{
	ZoneSpan *span = data;

	if (!span)
		return;
	g_free(span->zone);
	g_free(span);
}

/* The zone's lines are over: keep it if it is populated. */
static bool span_finish(GPtrArray *spans, ZoneSpan **span, guint seen, GError **error)
{
	ZoneSpan *done = *span;

	if (!done)
		return true;
	if ((seen & SEEN_COUNTS) != SEEN_COUNTS || (done->present && !(seen & SEEN_START)))
		return error_set(
			error, KHOTEST_ERROR_FAILED, "/proc/zoneinfo lacks %s of node %d zone %s: it is cut off",
			(seen & SEEN_COUNTS) == SEEN_COUNTS ? "'start_pfn:'" : "'spanned', 'present' or 'managed'",
			done->node, done->zone);
	*span = NULL;
	if (done->present && done->spanned)
		g_ptr_array_add(spans, done);
	else
		span_free(done);
	return true;
}

static bool span_field(ZoneSpan *span, const char *line, guint *seen)
{
	const struct {
		const char *name;
		guint64 *value;
		guint bit;
	} fields[] = {
		{ "spanned", &span->spanned, SEEN_SPANNED },
		{ "present", &span->present, SEEN_PRESENT },
		{ "managed", &span->managed, SEEN_MANAGED },
		{ "start_pfn:", &span->start_pfn, SEEN_START },
	};

	for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
		const char *at = line;

		if (!scan_blank(&at) || !scan_literal(&at, fields[i].name) || !scan_blank(&at))
			continue;
		*seen |= fields[i].bit;
		return scan_u64(&at, 10, fields[i].value) && scan_end(at);
	}
	return true;
}

GPtrArray *zoneinfo_parse(const char *text, GError **error)
{
	g_autoptr(GPtrArray) spans = g_ptr_array_new_with_free_func(span_free);
	ZoneSpan *span = NULL;
	guint seen = 0;

	if (!scan_is_whole(text, "/proc/zoneinfo", error))
		return NULL;
	for (guint i = 0; *text; i++) {
		g_autofree char *line = scan_line(&text), *zone = NULL;
		const char *at = line;
		int node;

		if (spans->len < ZONES_MOST && scan_node_zone(&at, &node, &zone) && scan_end(at)) {
			if (!span_finish(spans, &span, seen, error))
				goto fail;
			span = g_new0(ZoneSpan, 1);
			span->node = node;
			span->zone = g_steal_pointer(&zone);
			seen = 0;
		} else if (!span || !span_field(span, line, &seen)) {
			error_set(error, KHOTEST_ERROR_FAILED,
				  "line %u of /proc/zoneinfo is not as the kernel writes it: '%.120s'", i + 1, line);
			goto fail;
		}
	}
	if (!span_finish(spans, &span, seen, error))
		goto fail;
	if (!spans->len) {
		error_set(error, KHOTEST_ERROR_FAILED, "/proc/zoneinfo has no populated zone");
		return NULL;
	}
	return g_steal_pointer(&spans);
fail:
	span_free(span);
	return NULL;
}
