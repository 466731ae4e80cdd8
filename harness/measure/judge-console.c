// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reports that came after a hop had sent its log, or from a hop that never sent
 * it, are on the console only.
 */
#include "complaint.h"
#include "judge.h"

#include <measure/consoletext.h>

#include <measure/kernellog.h>

/* Of each kind. Of a kernel that does nothing but complain, the first say what there is to say. */
#define REPORTS_TOLD 100u

enum {
	KIND_OOPS,
	KIND_STALL,
	KIND_OTHER,
	KINDS,
};

/* How often each report is in the logs that were sent: text -> count */
static GHashTable *known_complaints(const Judge *judge)
{
	GHashTable *known = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < judge->evidence->hops->len; i++) {
		const Hop *hop = g_ptr_array_index(judge->evidence->hops, i);

		for (guint j = 0; hop->log && j < hop->log->complaints->len; j++) {
			char *text = g_ptr_array_index(hop->log->complaints, j);
			guint count = GPOINTER_TO_UINT(g_hash_table_lookup(known, text));

			g_hash_table_insert(known, text, GUINT_TO_POINTER(count + 1));
		}
	}
	return known;
}

static int kind_of(const char *text)
{
	return kernellog_is_oops(text) ? KIND_OOPS : kernellog_is_stall(text) ? KIND_STALL : KIND_OTHER;
}

/* Whether a log that was sent has that report too, once more than it was asked about. */
static bool is_known(GHashTable *known, const char *text)
{
	gpointer key = NULL, count = NULL;

	if (!g_hash_table_lookup_extended(known, text, &key, &count) || !count)
		return false;
	g_hash_table_insert(known, key, GUINT_TO_POINTER(GPOINTER_TO_UINT(count) - 1));
	return true;
}

static void judge_range(Judge *judge, GHashTable *known, guint from, guint to, const char *whose)
{
	g_autofree char *whose_console = g_strdup_printf("%s, on its console", whose);
	guint told[KINDS] = { 0 }, more = 0;
	ComplaintScan scan;

	complaint_scan_init(&scan);
	for (guint i = from; i <= to; i++) {
		g_autoptr(GPtrArray) last = i == to ? complaint_scan_finish(&scan) : NULL;
		GPtrArray *found = last ? last : scan.found;
		guint whole = last ? last->len : complaint_scan_whole(&scan);

		for (guint j = 0; j < whole; j++) {
			if (is_known(known, found->pdata[j]))
				continue;
			if (told[kind_of(found->pdata[j])]++ < REPORTS_TOLD)
				judge_complaint(judge, whose_console, found->pdata[j]);
			else
				more++;
		}
		g_ptr_array_remove_range(found, 0, whole);
		if (i < to)
			complaint_scan_line(&scan, console_text(console_line(judge->evidence->console, i)));
	}
	if (more)
		judge_add(judge, "kernel-complaint", "%s: and %u more", whose_console, more);
}

guint judge_console_border(const Judge *judge)
{
	const Evidence *evidence = judge->evidence;
	int line;

	/* nobody left: everything is of the kernel that was running */
	if (evidence->console_handover_line < 0)
		return 0;
	line = console_find_new_kernel(evidence->console, (guint)evidence->console_handover_line);
	return line < 0 ? evidence->console->len : (guint)line;
}

const char *judge_console_before(const Judge *judge)
{
	return judge->evidence->end_hop <= 1 ? hop_name(0) : "an earlier kernel";
}

void judge_console(Judge *judge)
{
	g_autoptr(GHashTable) known = known_complaints(judge);
	guint border = judge_console_border(judge);

	judge_range(judge, known, 0, border, judge_console_before(judge));
	judge_range(judge, known, border, judge->evidence->console->len, hop_name(judge->evidence->end_hop));
}
