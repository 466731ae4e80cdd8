// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/json.h>
#include <proto/frame.h>
#include <report/timeline.h>

#include <string.h>

/* Host times of one kernel's user space; -1 unknown. */
typedef struct {
	gint64 hello_ns;
	gint64 leaving_ns;
	guint from, to; /* its console lines */
	bool failed;	/* its user space gave up */
} HopMarks;

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

static void add_bars(Timeline *t, int hop)
{
	const Phases *phases = t->hops->pdata[hop];

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

/* ret_done: whether the last kernel said that all is done */
static void read_journal(Timeline *t, const GPtrArray *journal, HopMarks *marks, guint n, bool *ret_done)
{
	*ret_done = false;
	for (guint i = 0; i < journal->len; i++) {
		JsonObject *line = journal->pdata[i];
		const char *event = json_get_string(line, "event"), *name = json_get_string(line, "name");
		gint64 hop = json_get_int(line, "hop");

		if (g_strcmp0(event, "start") == 0)
			t->start_ns = json_get_int(line, "ns");
		else if (g_strcmp0(event, "end") == 0)
			t->end_ns = json_get_int(line, "ns");
		else if (g_strcmp0(event, "record") == 0 && g_strcmp0(name, FRAME_DONE) == 0)
			*ret_done = true;
		else if (g_strcmp0(event, "record") != 0 || hop < 0 || hop >= n)
			continue;
		else if (g_strcmp0(name, FRAME_HELLO) == 0)
			marks[hop].hello_ns = json_get_int(line, "ns");
		else if (g_strcmp0(name, FRAME_LEAVING) == 0)
			marks[hop].leaving_ns = json_get_int(line, "end_ns");
		else if (g_strcmp0(name, FRAME_FAILED) == 0)
			marks[hop].failed = true;
	}
}

/* Every kernel begins with its banner (init/main.c, linux_banner); its lines go up to the next one's. */
static void find_lines(const GPtrArray *lines, HopMarks *marks, guint n)
{
	guint hop = 0;

	for (guint i = 0; i < lines->len && hop < n; i++)
		if (strstr(lines->pdata[i], "Linux version ")) {
			if (hop > 0)
				marks[hop - 1].to = i;
			marks[hop].from = i;
			marks[hop++].to = lines->len;
		}
}

static gint compare_events(gconstpointer a, gconstpointer b)
{
	const TimelineEvent *left = *(TimelineEvent *const *)a, *right = *(TimelineEvent *const *)b;

	return left->at_ns < right->at_ns ? -1 : left->at_ns > right->at_ns;
}

static void add_hop(Timeline *t, const Hop *hop, const HopMarks *all, guint i, const GPtrArray *lines,
		    const GArray *times)
{
	const HopMarks *marks = &all[i];
	gint64 left_ns = i ? all[i - 1].leaving_ns : -1;
	PhasesConsole console = { lines,
				  times,
				  marks->from,
				  marks->to,
				  i ? left_ns : t->start_ns,
				  i ? "(the kernel before says that it leaves)" : "(the machine starts)" };
	Phases *phases = phases_new(hop->log, &console);
	gint64 last_ns = i && marks->from > 0 ? g_array_index(times, gint64, marks->from - 1) : -1;

	g_ptr_array_add(t->hops, phases);
	add_bars(t, (int)i);
	add_event(t, "kexec", "last console line of the kernel before", (int)i, last_ns);
	add_event(t, "first-line", "first console line", (int)i, phases->first_line_ns);
	add_event(t, "init", "first sign of user space", (int)i, marks->hello_ns);
	add_event(t, "leaving", "last sign of user space", (int)i, marks->leaving_ns);
	add_span(t, "silence", "silence after kexec -e", (int)i, last_ns, phases->first_line_ns);
	add_span(t, "blackout", "handover blackout", (int)i, left_ns, marks->hello_ns);
}

/* The last console line of the kernel that began then, on the host's clock; -1. Its first line is its banner. */
static gint64 last_line(const GPtrArray *lines, const GArray *times, gint64 begin_ns)
{
	gint64 last = -1;
	bool speaks = false;

	for (guint i = 0; i < lines->len; i++) {
		gint64 at = g_array_index(times, gint64, i);

		speaks |= at >= begin_ns && strstr(lines->pdata[i], "Linux version ") != NULL;
		if (speaks && at >= 0)
			last = at;
	}
	return last;
}

/* The kernel that was awaited: the one behind the last whose user space came, if that has left for it. */
static void find_open(Timeline *t, const HopMarks *marks, guint n, const GPtrArray *lines, const GArray *times)
{
	gint64 begin, end, spoke;
	guint hop = n;

	while (hop && marks[hop - 1].hello_ns < 0)
		hop--;
	if (hop && (marks[hop - 1].failed || marks[hop - 1].leaving_ns < 0))
		return;
	t->open.hop = (int)hop;
	begin = hop ? marks[hop - 1].leaving_ns : t->start_ns;
	spoke = last_line(lines, times, begin);
	end = t->end_ns >= 0 ? t->end_ns : spoke;
	if (begin < t->start_ns || end < begin) {
		t->open.hop = -1;
		return;
	}
	t->open.begin_ns = begin - t->start_ns;
	t->open.last_ns = spoke < 0 ? -1 : MIN(spoke, end) - t->start_ns;
	t->open.end_ns = end - t->start_ns;
}

Timeline *timeline_new(const GPtrArray *journal, const GPtrArray *hops, const GPtrArray *lines, const GArray *times)
{
	g_autoptr(Timeline) t = g_new0(Timeline, 1);
	g_autofree HopMarks *marks = g_new0(HopMarks, hops->len + 1);
	bool done;

	t->hops = g_ptr_array_new_with_free_func((GDestroyNotify)phases_free);
	t->events = g_ptr_array_new_with_free_func(g_free);
	t->bars = g_ptr_array_new_with_free_func(g_free);
	t->spans = g_ptr_array_new_with_free_func(g_free);
	t->start_ns = t->end_ns = -1;
	t->open = (TimelineOpen){ -1, -1, -1, -1 };
	for (guint i = 0; i < hops->len; i++)
		marks[i].hello_ns = marks[i].leaving_ns = -1;
	read_journal(t, journal, marks, hops->len, &done);
	if (t->start_ns < 0)
		return NULL;
	find_lines(lines, marks, hops->len);
	add_event(t, "power-on", "the machine starts", 0, t->start_ns);
	for (guint i = 0; i < hops->len; i++)
		add_hop(t, hops->pdata[i], marks, i, lines, times);
	if (!done)
		find_open(t, marks, hops->len, lines, times);
	g_ptr_array_sort(t->events, compare_events);
	if (t->end_ns >= 0)
		t->end_ns -= t->start_ns;
	return g_steal_pointer(&t);
}

void timeline_free(Timeline *timeline)
{
	if (!timeline)
		return;
	g_clear_pointer(&timeline->bars, g_ptr_array_unref);
	g_clear_pointer(&timeline->events, g_ptr_array_unref);
	g_clear_pointer(&timeline->spans, g_ptr_array_unref);
	g_clear_pointer(&timeline->hops, g_ptr_array_unref);
	g_free(timeline);
}

const Phases *timeline_phases(const Timeline *timeline, guint hop)
{
	return hop < timeline->hops->len ? timeline->hops->pdata[hop] : NULL;
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
