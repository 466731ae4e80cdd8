// SPDX-License-Identifier: GPL-2.0-or-later
#include <evaluate/timeline.h>
#include <proto/frame.h>

#include <string.h>

static void add_event(Timeline *t, const char *id, const char *title, int hop, gint64 ns)
{
	TimelineEvent *event;

	if (ns < t->start_ns)
		return;
	event = g_new0(TimelineEvent, 1);
	*event = (TimelineEvent){ id, title, hop, ns - t->start_ns };
	g_ptr_array_add(t->events, event);
}

static void add_span(Timeline *t, const char *id, const char *title, int hop, gint64 begin, gint64 end)
{
	TimelineSpan *span;

	if (begin < t->start_ns || end < begin)
		return;
	span = g_new0(TimelineSpan, 1);
	*span = (TimelineSpan){ id, title, hop, begin - t->start_ns, end - t->start_ns };
	g_ptr_array_add(t->spans, span);
}

/* Where an edge lies: where the host saw it, else where the guest's clock puts it; -1. */
static gint64 place_edge(const Phases *phases, const Phase *phase, gint64 at, gint64 seen, bool *placed)
{
	if (phase->clock == PHASE_CLOCK_HOST)
		return at;
	if (seen >= 0)
		return seen;
	*placed = true;
	return phases->clock_zero_ns < 0 ? -1 : phases->clock_zero_ns + at;
}

/*
 * How far the clocks are apart where the host last saw a line of this kernel: an
 * edge that only the guest stamped may be wrong by as much.
 */
static gint64 drift_ns(const Phases *phases)
{
	gint64 most = phases->clock_lag_ns;

	for (guint i = 0; i < phases->phases->len; i++) {
		const Phase *phase = phases->phases->pdata[i];

		if (phase->clock == PHASE_CLOCK_GUEST && phase->end_seen_ns >= 0 && phases->clock_zero_ns >= 0)
			most = MAX(most, ABS(phase->end_seen_ns - phases->clock_zero_ns - phase->end_ns));
	}
	return most;
}

static void add_bars(Timeline *t, const Phases *phases, int hop)
{
	for (guint i = 0; i < phases->phases->len; i++) {
		const Phase *phase = phases->phases->pdata[i];
		bool placed = false;
		gint64 begin, end;
		TimelineBar *bar;

		if (phase->clock == PHASE_CLOCK_NONE)
			continue;
		begin = place_edge(phases, phase, phase->begin_ns, phase->begin_seen_ns, &placed);
		end = place_edge(phases, phase, phase->end_ns, phase->end_seen_ns, &placed);
		if (begin < t->start_ns || end < begin)
			continue;
		bar = g_new0(TimelineBar, 1);
		*bar = (TimelineBar){ phase,
				      hop,
				      begin - t->start_ns,
				      end - t->start_ns,
				      placed ? drift_ns(phases) : phases->clock_lag_ns,
				      placed };
		g_ptr_array_add(t->bars, bar);
	}
}

static gint compare_events(gconstpointer a, gconstpointer b)
{
	const TimelineEvent *left = *(TimelineEvent *const *)a, *right = *(TimelineEvent *const *)b;

	return left->at_ns < right->at_ns ? -1 : left->at_ns > right->at_ns;
}

static void add_hop(Timeline *t, const ResultHop *hop, guint i, const GArray *handovers)
{
	const Handover *handover = i ? &g_array_index(handovers, Handover, i - 1) : NULL;

	add_bars(t, hop->phases, (int)i);
	if (handover)
		add_event(t, "kexec", "last console line of the kernel before", (int)i, handover->last_line_ns);
	add_event(t, "first-line", "first console line", (int)i, hop->phases->first_line_ns);
	add_event(t, "init", "first sign of user space", (int)i, hop->hello_ns);
	add_event(t, "leaving", "last sign of user space", (int)i, hop->leaving_ns);
	if (handover) {
		add_span(t, "silence", "silence after kexec -e", (int)i, handover->last_line_ns, handover->banner_ns);
		add_span(t, "blackout", "handover blackout", (int)i, handover->left_ns, handover->hello_ns);
	}
}

/* The last console line of a kernel, on the host's clock; -1. */
static gint64 last_line(const Console *console, guint hop)
{
	ConsoleKernel lines = console_kernel(console, hop);
	gint64 last = -1;

	for (guint i = lines.banner; i < lines.to; i++)
		last = MAX(last, console_time(console, i));
	return last;
}

/* The kernel that was awaited: the one behind the last whose user space came, if that has left for it. */
static void find_open(Timeline *t, const GPtrArray *hops, const Console *console)
{
	const ResultHop *before;
	guint hop = hops->len;
	gint64 begin, end, spoke;

	while (hop && ((const ResultHop *)hops->pdata[hop - 1])->hello_ns < 0)
		hop--;
	before = hop ? hops->pdata[hop - 1] : NULL;
	if (before && (before->failed || before->leaving_ns < 0))
		return;
	begin = before ? before->leaving_ns : t->start_ns;
	spoke = last_line(console, hop);
	end = t->end_ns >= 0 ? t->end_ns : spoke;
	if (begin < t->start_ns || end < begin)
		return;
	t->open = (TimelineOpen){ (int)hop, begin - t->start_ns, spoke < 0 ? -1 : MIN(spoke, end) - t->start_ns,
				  end - t->start_ns };
}

/* Whether the last kernel said that all is done. */
static bool is_done(const Journal *journal)
{
	for (guint i = 0; i < journal->events->len; i++)
		if (journal_at(journal, i)->kind == JOURNAL_RECORD &&
		    g_strcmp0(journal_at(journal, i)->name, FRAME_DONE) == 0)
			return true;
	return false;
}

Timeline *timeline_new(const Journal *journal, const GPtrArray *hops, const GArray *handovers, const Console *console)
{
	const JournalEvent *start = journal_find(journal, JOURNAL_START), *end = journal_find(journal, JOURNAL_END);
	Timeline *t;

	if (!start)
		return NULL;
	t = g_new0(Timeline, 1);
	t->events = g_ptr_array_new_with_free_func(g_free);
	t->bars = g_ptr_array_new_with_free_func(g_free);
	t->spans = g_ptr_array_new_with_free_func(g_free);
	t->open = (TimelineOpen){ -1, -1, -1, -1 };
	t->start_ns = start->ns;
	t->end_ns = end ? end->ns : -1;
	add_event(t, "power-on", "the machine starts", 0, t->start_ns);
	for (guint i = 0; i < hops->len; i++)
		add_hop(t, hops->pdata[i], i, handovers);
	if (!is_done(journal))
		find_open(t, hops, console);
	g_ptr_array_sort(t->events, compare_events);
	if (t->end_ns >= 0)
		t->end_ns -= t->start_ns;
	return t;
}

void timeline_free(Timeline *timeline)
{
	if (!timeline)
		return;
	g_clear_pointer(&timeline->bars, g_ptr_array_unref);
	g_clear_pointer(&timeline->spans, g_ptr_array_unref);
	g_clear_pointer(&timeline->events, g_ptr_array_unref);
	g_free(timeline);
}

gint64 timeline_event(const Timeline *timeline, const char *id, int hop)
{
	for (guint i = 0; i < timeline->events->len; i++) {
		const TimelineEvent *event = timeline->events->pdata[i];

		if (event->hop == hop && strcmp(event->id, id) == 0)
			return event->at_ns;
	}
	return -1;
}
