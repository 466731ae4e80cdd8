// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reports that came after a hop had sent its log, or from a hop that never sent
 * it, are on the console only.
 */
#include "complaint.h"
#include "judge.h"
#include "titleparts.h"

#include <measure/consoletext.h>

#include <measure/kernellog.h>

/* Of each kind, which differ by more than numbers. Of a kernel that does nothing but complain, the first say it all. */
#define REPORTS_TOLD 100u

enum {
	KIND_OOPS,
	KIND_STALL,
	KIND_OTHER,
	KINDS,
};

static void add_known(GHashTable *known, const GPtrArray *texts)
{
	for (guint i = 0; i < texts->len; i++) {
		guint count = GPOINTER_TO_UINT(g_hash_table_lookup(known, texts->pdata[i]));

		g_hash_table_insert(known, texts->pdata[i], GUINT_TO_POINTER(count + 1));
	}
}

/* How often each report is in the logs that were sent: text -> count. What a program wrote there is no news either. */
static GHashTable *known_complaints(const Judge *judge)
{
	GHashTable *known = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < judge->evidence->hops->len; i++) {
		const Hop *hop = g_ptr_array_index(judge->evidence->hops, i);

		if (!hop->log)
			continue;
		add_known(known, hop->log->complaints);
		add_known(known, hop->log->said);
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

/* A report that is told, and how often it was there again, but for its numbers. */
typedef struct {
	char *text;
	guint more;
} Told;

static void told_free(gpointer data)
{
	Told *told = data;

	g_free(told->text);
	g_free(told);
}

/* The reports of one kernel on its console. */
typedef struct {
	GPtrArray *told;     /* Told, in their order */
	GHashTable *by_text; /* text without numbers -> Told */
	guint of_kind[KINDS];
	guint left_out;
} Reports;

static void reports_init(Reports *reports)
{
	*reports = (Reports){
		.told = g_ptr_array_new_with_free_func(told_free),
		.by_text = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
	};
}

static void reports_clear(Reports *reports)
{
	g_hash_table_unref(reports->by_text);
	g_ptr_array_unref(reports->told);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reports, reports_clear)

static void reports_add(Reports *reports, const char *text)
{
	g_autofree char *plain = titletext_plain(text);
	Told *told = g_hash_table_lookup(reports->by_text, plain);

	if (told) {
		told->more++;
	} else if (reports->of_kind[kind_of(text)]++ >= REPORTS_TOLD) {
		reports->left_out++;
	} else {
		told = g_new0(Told, 1);
		told->text = g_strdup(text);
		g_ptr_array_add(reports->told, told);
		g_hash_table_insert(reports->by_text, g_steal_pointer(&plain), told);
	}
}

static void judge_reports(Judge *judge, const Reports *reports, int hop, const char *whose)
{
	g_autofree char *whose_console = g_strdup_printf("%s, on its console", whose);

	for (guint i = 0; i < reports->told->len; i++) {
		const Told *told = reports->told->pdata[i];
		g_autofree char *text = told->more ? g_strdup_printf("%s (and %u more like it)", told->text, told->more)
						   : g_strdup(told->text);

		judge_complaint(judge, hop, whose_console, text);
	}
	if (reports->left_out)
		judge_add(judge, "kernel-complaint", "%s: and %u more", whose_console, reports->left_out);
}

/* The reasons that come now are the check log's, where the kernel is certain. */
static void take_log(Judge *judge, int hop)
{
	guint n;

	judge->on_console = true;
	if (hop < 0 || (guint)hop >= judge->verdict->hops)
		return;
	judge->check = checks_all(&n)[check_find(CHECK_LOG)];
	judge->hop = (guint)hop;
}

static void judge_range(Judge *judge, GHashTable *known, guint from, guint to)
{
	g_auto(Reports) reports;
	ComplaintScan scan;

	reports_init(&reports);
	complaint_scan_init(&scan);
	for (guint i = from; i <= to; i++) {
		g_autoptr(GPtrArray) last = i == to ? complaint_scan_finish(&scan) : NULL;
		GPtrArray *found = last ? last : scan.found;
		guint whole = last ? last->len : complaint_scan_whole(&scan);

		for (guint j = 0; j < whole; j++)
			if (!is_known(known, found->pdata[j]))
				reports_add(&reports, found->pdata[j]);
		g_ptr_array_remove_range(found, 0, whole);
		if (i < to)
			complaint_scan_line(&scan, console_text(console_line(judge->evidence->console, i)));
	}
	take_log(judge, judge_console_hop(judge, from));
	judge_reports(judge, &reports, judge_console_hop(judge, from), judge_console_kernel(judge, from));
	judge->check = NULL;
	judge->on_console = false;
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

int judge_console_hop(const Judge *judge, guint line)
{
	int hop = judge->evidence->end_hop;

	return line >= judge_console_border(judge) ? hop : hop <= 1 ? 0 : -1;
}

const char *judge_console_kernel(const Judge *judge, guint line)
{
	int hop = judge_console_hop(judge, line);

	return hop < 0 ? "an earlier kernel" : hop_name(hop);
}

void judge_console(Judge *judge)
{
	g_autoptr(GHashTable) known = known_complaints(judge);
	guint border = judge_console_border(judge);

	/* judge_channel() says that lines of it are not the run's: whose a report is cannot be told */
	if (judge->evidence->console_strange)
		return;
	judge_range(judge, known, 0, border);
	judge_range(judge, known, border, judge->evidence->console->len);
}
