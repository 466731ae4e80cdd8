// SPDX-License-Identifier: GPL-2.0-or-later
/* What a check may look at, and what it may say. */
#include "look.h"

#include <string.h>

KhoState kho_of(const Evidence *evidence, const Hop *first)
{
	/* a kernel that hands nothing over may do without */
	if (!first || !first->complete || first->kho_present || evidence->hops_wanted == 1)
		return KHO_FINE;
	return first->log && first->log->kho_disabled ? KHO_GAVE_UP : KHO_NONE;
}

static CheckScope scope_of(const Hop *hop, KhoState kho)
{
	if (hop->index > 0)
		return kho == KHO_NONE ? CHECK_OF_ANY : CHECK_OF_KHO;
	return kho == KHO_FINE ? CHECK_OF_KHO : CHECK_OF_MEMORY;
}

/* Whether the data are the first of the chain, or one more than the kernel before it had; else why not. */
static char *wrong_count(const Hop *hop, const Hop *previous)
{
	const KernelLog *log = hop->log;
	g_autofree char *count = NULL;
	gint64 before;

	/* that lines were lost, its count among them, is a reason of its own (check-records.c) */
	if (!previous->log || (previous->log->kho_count < 0 && previous->log->lost_records))
		return NULL;
	/* before 7.1 kernels do not count; the first one of a chain that does counts from 0 */
	before = MAX(0, previous->log->kho_count);
	if (log->kho_count >= 0 ? log->kho_count == before + 1 : !before || log->lost_records)
		return NULL;
	count = log->kho_count < 0 ? g_strdup("no count") : g_strdup_printf("count %" G_GINT64_FORMAT, log->kho_count);
	return g_strdup_printf("its handover data have %s, and count %" G_GINT64_FORMAT " was due", count, before + 1);
}

static void find_handover(Look *look)
{
	const Hop *hop = look->hop, *previous = look->previous;
	const KernelLog *log = hop->log;

	if (hop->index == 0)
		return;
	look->same_boot = previous && previous->boot_id && hop->boot_id && strcmp(previous->boot_id, hop->boot_id) == 0;
	if (look->same_boot)
		look->no_handover = g_strdup_printf("has the boot id of the %s: no other kernel was started",
						    hop_name(previous->index));
	else if (!log)
		return;
	else if (log->kho_refused)
		look->refused = log->kho_refused;
	else if (log->kho_disabled)
		look->no_handover = g_strdup("its log says that it could not use the handover data (KHO disabled)");
	else if (!log->kho_found && log->lost_records)
		/* that lines were lost is a reason of its own (check-records.c) */
		return;
	else if (!log->kho_found)
		look->no_handover = g_strdup("it was started by kexec, but its log has no \"KHO: found kexec handover "
					     "data\"");
	else if (previous && log->kho_from && previous->release && strcmp(log->kho_from, previous->release) != 0)
		look->no_handover = g_strdup_printf("its handover data are from %s, but the %s was %s", log->kho_from,
						    hop_name(previous->index), previous->release);
	else if (previous)
		look->no_handover = wrong_count(hop, previous);
	look->handed_over = !look->no_handover && !look->refused;
}

Look look_at(Judge *judge, const Hop *hop)
{
	Look look = { .judge = judge, .evidence = judge->evidence, .hop = hop };

	if (hop->index >= 0 && (guint)hop->index < judge->evidence->hops_wanted)
		look.wanted = judge->evidence->kernels[hop->index];
	look.previous = judge_hop(judge, hop->index - 1);
	look.kho = kho_of(judge->evidence, judge_hop(judge, 0));
	look.scope = scope_of(hop, look.kho);
	find_handover(&look);
	return look;
}

void look_clear(Look *look)
{
	g_clear_pointer(&look->no_handover, g_free);
}

void look_add(const Look *look, const char *id, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	judge_add(look->judge, id, "%s: %s", hop_name(look->hop->index), text);
}

/* Takes why over. */
static void say(const Look *look, CheckState state, char *why)
{
	if (state <= look->result->state) {
		g_free(why);
		return;
	}
	look->result->state = state;
	g_free(look->result->why);
	look->result->why = why;
}

void look_saw(const Look *look)
{
	say(look, CHECK_SAW, NULL);
}

void look_gap(const Look *look, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	judge_add_text(look->judge->verdict->gaps, text);
	say(look, CHECK_GAP, text);
}

void look_blind(const Look *look, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(look, CHECK_BLIND, g_strdup_vprintf(format, args));
	va_end(args);
}

bool look_knows_scratch(const Look *look)
{
	const Hop *hop = look->hop;

	if (hop_knows_scratch(hop))
		return true;
	if (hop->complete && !hop->kho_present)
		look_blind(look,
			   "there is no kho/ in debugfs, and nothing says that KHO is off: its scratch regions are "
			   "not known");
	return false;
}

bool look_has_handover(const Look *look)
{
	if (look->handed_over)
		return true;
	look_blind(look, look->refused || look->no_handover ? "nothing was handed over to it"
							    : "whether anything was handed over to it is not known");
	return false;
}

bool look_has_config(const Look *look)
{
	if (look->hop->config)
		return true;
	if (look->wanted.image)
		look_gap(look,
			 "%s: %s was not checked, since the kernel does not show its configuration "
			 "(CONFIG_IKCONFIG_PROC)",
			 hop_name(look->hop->index), look->judge->check->title);
	else
		look_blind(look, "its configuration is neither in proc/config.gz nor in the run directory");
	return false;
}

bool look_has_log(const Look *look)
{
	const KernelLog *log = look->hop->log;

	if (log && !log->lost_records)
		return true;
	look_blind(look, log ? "its log has lost lines" : "its log did not come");
	return false;
}
