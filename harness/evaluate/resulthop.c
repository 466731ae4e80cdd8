// SPDX-License-Identifier: GPL-2.0-or-later
#include "records.h"

#include <evaluate/resulthop.h>
#include <proto/frame.h>

#include <string.h>

static const HostUse unknown_use = { -1, -1 };

/* Both figures at the end of a boot, less those at its beginning. */
static HostUse between(const HostUse *from, const HostUse *to)
{
	if (from->faults < 0 || to->faults < from->faults)
		return unknown_use;
	return (HostUse){ to->faults - from->faults,
			  from->bytes < 0 || to->bytes < 0 ? -1 : MAX(0, to->bytes - from->bytes) };
}

static ResultHop *hop_at(const GPtrArray *hops, int hop)
{
	return hop >= 0 && (guint)hop < hops->len ? hops->pdata[hop] : NULL;
}

/* begin: what the host had given when the boot that goes on began. */
static void take_use(ResultHop *hop, const JournalEvent *event, HostUse *begin)
{
	HostUse now = { event->faults, event->rss_bytes };

	if (g_strcmp0(event->at, FRAME_HELLO) != 0) {
		*begin = now;
		return;
	}
	/* a hop that comes up again came through firmware: its first boot counts */
	if (hop->use.faults < 0)
		hop->use = between(begin, &now);
	/* a kernel that did not say that it leaves is no beginning for the next */
	*begin = unknown_use;
}

static void take_record(ResultHop *hop, const JournalEvent *event)
{
	if (g_strcmp0(event->name, FRAME_HELLO) == 0)
		hop->hello_ns = event->ns;
	else if (g_strcmp0(event->name, FRAME_MANIFEST) == 0)
		hop->manifest_ns = event->end_ns;
	else if (g_strcmp0(event->name, FRAME_LEAVING) == 0)
		hop->leaving_ns = event->end_ns;
	else if (g_strcmp0(event->name, FRAME_FAILED) == 0)
		hop->failed = true;
}

static void take_journal(const GPtrArray *hops, const Journal *journal)
{
	HostUse begin = unknown_use;
	int left = 0;

	for (guint i = 0; i < journal->events->len; i++) {
		const JournalEvent *event = journal_at(journal, i);
		ResultHop *hop = hop_at(hops, event->hop);

		if (hop && event->kind == JOURNAL_HOST)
			take_use(hop, event, &begin);
		else if (hop && event->kind == JOURNAL_RECORD && records_kept(event, &left))
			take_record(hop, event);
	}
}

static void add_phases(const GPtrArray *hops, guint i, const Journal *journal, const Console *console)
{
	const JournalEvent *start = journal_find(journal, JOURNAL_START);
	ConsoleKernel lines = console_kernel(console, i);
	ResultHop *hop = hops->pdata[i];
	PhasesConsole seen = {
		.lines = &console->lines,
		.times = console->times,
		.from = lines.banner,
		.to = lines.to,
		.begin_ns = i ? hop_at(hops, (int)i - 1)->leaving_ns : start->ns,
		.begin_text = i ? "(the kernel before says that it leaves)" : "(the machine starts)",
	};

	hop->phases = phases_new(hop->said->log, &seen);
}

static void free_hop(gpointer data)
{
	ResultHop *hop = data;

	hop_free(hop->said);
	phases_free(hop->phases);
	g_free(hop->count);
	g_free(hop);
}

GPtrArray *resulthops_new(GPtrArray *said, const GArray *counts, const Journal *journal, const Console *console,
			  bool timed)
{
	GPtrArray *hops = g_ptr_array_new_with_free_func(free_hop);

	for (guint i = 0; i < said->len; i++) {
		ResultHop *hop = g_new0(ResultHop, 1);

		hop->said = g_steal_pointer(&said->pdata[i]);
		hop->count = i < counts->len ? g_memdup2(&g_array_index(counts, HopCount, i), sizeof(HopCount)) : NULL;
		hop->use = unknown_use;
		hop->hello_ns = hop->manifest_ns = hop->leaving_ns = -1;
		g_ptr_array_add(hops, hop);
	}
	take_journal(hops, journal);
	for (guint i = 0; timed && i < hops->len; i++)
		add_phases(hops, i, journal, console);
	return hops;
}

GArray *handovers_new(const GPtrArray *hops, const Console *console)
{
	GArray *handovers = g_array_new(FALSE, FALSE, sizeof(Handover));

	for (guint i = 1; i < MAX(hops->len, console->kernels->len); i++) {
		const ResultHop *from = hop_at(hops, (int)i - 1), *to = hop_at(hops, (int)i);
		ConsoleKernel lines = console_kernel(console, i);
		bool spoke = lines.banner < lines.to;
		Handover handover = { from ? from->leaving_ns : -1,
				      spoke && lines.banner > 0 ? console_time(console, lines.banner - 1) : -1,
				      spoke ? console_time(console, lines.banner) : -1, to ? to->hello_ns : -1 };

		g_array_append_val(handovers, handover);
	}
	return handovers;
}

gint64 handover_blackout(const Handover *handover)
{
	return handover->left_ns >= 0 && handover->hello_ns >= 0 ? handover->hello_ns - handover->left_ns : -1;
}

gint64 handover_silence(const Handover *handover)
{
	return handover->last_line_ns >= 0 && handover->banner_ns >= 0 ? handover->banner_ns - handover->last_line_ns
								       : -1;
}
