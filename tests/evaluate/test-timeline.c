// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A run on one axis: made-up journals and consoles, where each time is known, and a
 * recording, where the pieces must fit together. Argument: the recording.
 */
#include "timelinejson.h"

#include "story.h"

#include <base/json.h>
#include <evaluate/result.h>
#include <proto/frame.h>

#include <string.h>

static const char *recording;

static void assert_event(const Timeline *t, guint i, const char *id, int hop, gint64 ms)
{
	const TimelineEvent *event;

	g_assert_cmpuint(i, <, t->events->len);
	event = t->events->pdata[i];
	g_assert_cmpstr(event->id, ==, id);
	g_assert_cmpint(event->hop, ==, hop);
	g_assert_cmpint(event->at_ns, ==, ms * MS);
	g_assert_cmpint(timeline_event(t, id, hop), ==, ms * MS);
}

static void assert_span(const Timeline *t, guint i, const char *id, int hop, gint64 begin_ms, gint64 end_ms)
{
	const TimelineSpan *span;

	g_assert_cmpuint(i, <, t->spans->len);
	span = t->spans->pdata[i];
	g_assert_cmpstr(span->id, ==, id);
	g_assert_cmpint(span->hop, ==, hop);
	g_assert_cmpint(span->begin_ns, ==, begin_ms * MS);
	g_assert_cmpint(span->end_ns, ==, end_ms * MS);
}

static const TimelineBar *find_bar(const Timeline *t, const char *id, int hop)
{
	for (guint i = 0; i < t->bars->len; i++) {
		const TimelineBar *bar = t->bars->pdata[i];

		if (bar->hop == hop && strcmp(bar->phase->id, id) == 0)
			return bar;
	}
	return NULL;
}

static void assert_bar(const TimelineBar *bar, gint64 begin_ms, gint64 end_ms, gint64 error_ms, bool placed)
{
	g_assert_nonnull(bar);
	g_assert_cmpint(bar->begin_ns, ==, begin_ms * MS);
	g_assert_cmpint(bar->end_ns, ==, end_ms * MS);
	g_assert_cmpint(bar->error_ns, ==, error_ms < 0 ? -1 : error_ms * MS);
	g_assert_cmpint(bar->placed, ==, placed);
}

static void test_order(Story *story, gconstpointer data)
{
	g_autoptr(Timeline) t = NULL;

	story_event(story, "begin", -20);
	story_event(story, "start", 0);
	for (int hop = 0; hop < 3; hop++)
		story_tell_hop(story, hop, 100 * hop);
	story_record(story, 9, FRAME_HELLO, 290); /* of no kernel that is there */
	story_event(story, "end", 310);
	t = story_timeline(story);
	g_assert_nonnull(t);
	g_assert_cmpint(t->start_ns, ==, START);
	g_assert_cmpint(t->end_ns, ==, 310 * MS);
	g_assert_cmpuint(t->events->len, ==, 12);
	assert_event(t, 0, "power-on", 0, 0);
	for (int hop = 0; hop < 3; hop++) {
		guint i = 1 + 4 * (guint)hop;

		if (hop)
			assert_event(t, i - 1, "kexec", hop, 100 * hop - 2);
		assert_event(t, i, "first-line", hop, 100 * hop + 4);
		assert_event(t, i + 1, "init", hop, 100 * hop + 80);
		assert_event(t, i + 2, "leaving", hop, 100 * hop + 95);
	}
	g_assert_cmpint(timeline_event(t, "kexec", 0), ==, -1);
	g_assert_cmpint(timeline_event(t, "init", 3), ==, -1);
	g_assert_cmpuint(t->spans->len, ==, 4);
	assert_span(t, 0, "silence", 1, 98, 104);
	assert_span(t, 1, "blackout", 1, 95, 180);
	assert_span(t, 2, "silence", 2, 198, 204);
	assert_span(t, 3, "blackout", 2, 195, 280);
	/* each kernel's phases are its own lines', though all kernels say the same */
	for (int hop = 0; hop < 3; hop++) {
		assert_bar(find_bar(t, "setup", hop), 100 * hop + 4, 100 * hop + 14, 0, true);
		assert_bar(find_bar(t, "memmap", hop), 100 * hop + 14, 100 * hop + 44, 0, false);
		assert_bar(find_bar(t, "before", hop), hop ? 100 * hop - 5 : 0, 100 * hop + 4, 0, false);
	}
}

/* Where the guest's clock stood at 0, what the console was late by, and how far clocks run apart later. */
static void test_placed(Story *story, gconstpointer data)
{
	g_autoptr(Timeline) t = NULL;

	story_event(story, "start", 0);
	story_line(story, 100, 0, "Linux version 7.1.13");
	story_line(story, 100, 0, "printk: legacy bootconsole [uart8250] enabled");
	story_line(story, 110, 10, "clocksource: refined-jiffies: mask: 0xffffffff");
	story_line(story, -1, 20, "Zone ranges:"); /* lost on the way to the host */
	story_line(story, 125, 22, "Initmem setup node 0 [mem 0x1000-0xffff]");
	story_line(story, 130, 30, "setup_percpu: NR_CPUS:256");
	story_line(story, 160, 60, "smp: Bringing up secondary CPUs ...");
	story_line(story, 190, 80, "smp: Brought up 1 node, 2 CPUs");
	story_record(story, 0, FRAME_LEAVING, 200);
	story_end_hop(story);
	story_tell_hop(story, 1, 400); /* has all lines: they are not the first kernel's */
	t = story_timeline(story);
	g_assert_nonnull(t);
	g_assert_cmpint(story_phases(story, 0)->clock_zero_ns, ==, START + 100 * MS);
	g_assert_cmpint(story_phases(story, 0)->clock_lag_ns, ==, 3 * MS);
	assert_bar(find_bar(t, "memmap", 0), 110, 130, 3, false);
	assert_bar(find_bar(t, "smp", 0), 160, 190, 3, false);
	/* "smp" ended 10 ms later by the host's clock: that is what a placed edge may be off by */
	assert_bar(find_bar(t, "memmap-to-zones", 0), 110, 120, 10, true);
	assert_bar(find_bar(t, "memmap-from-zones", 0), 120, 130, 10, true);
	g_assert_null(find_bar(t, "free", 0)); /* its lines are not there */
	g_assert_cmpint(t->end_ns, ==, -1);
}

/* A kernel that says nothing more after its user space began: what was last seen of it lies before that. */
static void test_quiet(Story *story, gconstpointer data)
{
	g_autoptr(Timeline) t = NULL;

	story_event(story, "start", 0);
	story_tell_hop(story, 0, 0);
	g_ptr_array_set_size(story->lines, 6);
	g_array_set_size(story->times, 6);
	story_tell_hop(story, 1, 100);
	t = story_timeline(story);
	assert_event(t, 0, "power-on", 0, 0);
	assert_event(t, 1, "first-line", 0, 4);
	assert_event(t, 2, "kexec", 1, 44);
	assert_event(t, 3, "init", 0, 80);
	assert_event(t, 4, "leaving", 0, 95);
	assert_event(t, 5, "first-line", 1, 104);
	assert_span(t, 0, "silence", 1, 44, 104);
}

/* A kernel that sent no log has what the host saw of it; one that never spoke has nothing. */
static void test_without_log(Story *story, gconstpointer data)
{
	g_autoptr(Timeline) t = NULL;

	story_event(story, "start", 0);
	story_tell_hop(story, 0, 0);
	story_console(story, 110, "[    0.000000] Linux version 7.1.13");
	story_console(story, 110, "[    0.000000] printk: legacy bootconsole [uart8250] enabled");
	story_end_hop(story);
	story_end_hop(story);
	story_event(story, "end", 400);
	t = story_timeline(story);
	assert_bar(find_bar(t, "before", 1), 95, 110, -1, false);
	g_assert_null(find_bar(t, "memmap", 1));
	g_assert_cmpint(timeline_event(t, "first-line", 1), ==, 110 * MS);
	g_assert_cmpint(timeline_event(t, "init", 1), ==, -1);
	g_assert_cmpuint(t->spans->len, ==, 1);
	assert_span(t, 0, "silence", 1, 98, 110);
	g_assert_null(find_bar(t, "before", 2));
	for (guint i = 0; i < t->events->len; i++)
		g_assert_cmpint(((const TimelineEvent *)t->events->pdata[i])->hop, <, 2);
}

static void test_never_started(Story *story, gconstpointer data)
{
	story_event(story, "begin", 0);
	story_tell_hop(story, 0, 0);
	story_event(story, "end", 100);
	g_assert_null(story_timeline(story));
}

static void assert_open(Story *story, int hop, gint64 begin_ms, gint64 last_ms, gint64 end_ms)
{
	g_autoptr(Timeline) t = story_timeline(story);

	g_assert_cmpint(t->open.hop, ==, hop);
	g_assert_cmpint(t->open.begin_ns, ==, begin_ms < 0 ? -1 : begin_ms * MS);
	g_assert_cmpint(t->open.last_ns, ==, last_ms < 0 ? -1 : last_ms * MS);
	g_assert_cmpint(t->open.end_ns, ==, end_ms < 0 ? -1 : end_ms * MS);
}

/* A kernel that was awaited and whose user space never came: from where it began to the end of the run. */
static void test_open(Story *story, gconstpointer data)
{
	story_event(story, "start", 0);
	/* cut off before a word: nothing says how far it goes */
	assert_open(story, -1, -1, -1, -1);
	story_console(story, 4, "Linux version 7.1.13");
	story_console(story, 44, "[    0.040000] setup_percpu: NR_CPUS:256");
	assert_open(story, 0, 0, 44, 44);
	story_event(story, "end", 300);
	assert_open(story, 0, 0, 44, 300);
}

/* The same of a second kernel; kexec's own last words are none of its. */
static void test_open_second(Story *story, gconstpointer data)
{
	story_event(story, "start", 0);
	story_tell_hop(story, 0, 0);
	story_event(story, "end", 300);
	assert_open(story, 1, 95, -1, 300);
	story_console(story, 110, "[    0.000000] Linux version 7.1.13");
	story_console(story, 140, "[    0.030000] Zone ranges:");
	assert_open(story, 1, 95, 140, 300);
	/* a record that came from it all the same does not make its boot complete */
	story_record(story, 1, FRAME_KMSG, 150);
	story_end_hop(story);
	story_end_hop(story);
	assert_open(story, 1, 95, 140, 300);
}

/* What user space has come to is no boot, whether it is done, gives up, or hangs itself. */
static void test_open_none(Story *story, gconstpointer data)
{
	story_event(story, "start", 0);
	story_line(story, 4, 0, "Linux version 7.1.13");
	story_record(story, 0, FRAME_HELLO, 80);
	story_end_hop(story);
	story_event(story, "end", 300);
	assert_open(story, -1, -1, -1, -1);
	story_record(story, 0, FRAME_LEAVING, 90);
	assert_open(story, 1, 95, -1, 300);
	story_record(story, 0, FRAME_FAILED, 100);
	assert_open(story, -1, -1, -1, -1);
}

static void test_open_done(Story *story, gconstpointer data)
{
	story_event(story, "start", 0);
	story_tell_hop(story, 0, 0);
	story_record(story, 0, FRAME_DONE, 100);
	story_event(story, "end", 300);
	assert_open(story, -1, -1, -1, -1);
}

/* A kernel that came up through firmware again: what it said first stands. */
static void test_again(Story *story, gconstpointer data)
{
	g_autoptr(Timeline) t = NULL;

	story_event(story, "start", 0);
	story_tell_hop(story, 0, 0);
	story_line(story, 200, 0, "Linux version 7.1.13");
	story_record(story, 0, FRAME_HELLO, 280);
	story_event(story, "end", 300);
	t = story_timeline(story);
	g_assert_cmpint(timeline_event(t, "init", 0), ==, 80 * MS);
	g_assert_cmpint(timeline_event(t, "leaving", 0), ==, 95 * MS);
}

static JsonObject *json_of(const Timeline *t, const Phases *phases)
{
	g_autoptr(JsonBuilder) b = json_builder_new();
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;
	JsonObject *object;

	json_builder_begin_object(b);
	timelinejson_put_phases(b, phases);
	timelinejson_put(b, t);
	json_builder_end_object(b);
	text = json_text(b, false);
	object = json_parse_object(text, -1, "timeline", &error);
	g_assert_no_error(error);
	return object;
}

static void test_json(Story *story, gconstpointer data)
{
	g_autoptr(Timeline) t = NULL;
	g_autoptr(JsonObject) root = NULL, none = json_of(NULL, NULL);
	JsonObject *timeline, *bar, *phase;
	JsonArray *phases;

	story_event(story, "start", 0);
	story_tell_hop(story, 0, 0);
	story_console(story, 110, "[    0.000000] Linux version 7.1.13");
	story_console(story, 110, "[    0.000000] printk: legacy bootconsole [uart8250] enabled");
	story_end_hop(story);
	t = story_timeline(story);
	root = json_of(t, story_phases(story, 0));
	timeline = json_get_object(root, "timeline");
	g_assert_true(json_object_get_null_member(none, "timeline"));
	g_assert_true(json_object_get_null_member(none, "phases"));
	g_assert_true(json_object_get_null_member(timeline, "end_ns"));
	g_assert_cmpuint(json_array_get_length(json_get_array(timeline, "events")), ==, t->events->len);
	g_assert_cmpuint(json_array_get_length(json_get_array(timeline, "spans")), ==, t->spans->len);
	g_assert_cmpuint(json_array_get_length(json_get_array(timeline, "bars")), ==, t->bars->len);
	/* the last is the one of the kernel without a log */
	bar = json_array_get_object_element(json_get_array(timeline, "bars"), t->bars->len - 1);
	g_assert_cmpstr(json_get_string(bar, "id"), ==, "before");
	g_assert_cmpint(json_get_int(bar, "hop"), ==, 1);
	g_assert_cmpint(json_get_int(bar, "begin_ns"), ==, 95 * MS);
	g_assert_cmpint(json_get_int(bar, "end_ns"), ==, 110 * MS);
	g_assert_true(json_object_get_null_member(bar, "error_ns"));
	g_assert_true(json_object_get_null_member(bar, "node"));
	g_assert_false(json_get_bool(bar, "placed"));
	phases = json_get_array(root, "phases");
	g_assert_cmpuint(json_array_get_length(phases), ==, story_phases(story, 0)->phases->len);
	for (guint i = 0; i < json_array_get_length(phases); i++) {
		bool known;

		phase = json_array_get_object_element(phases, i);
		known = json_get_string(phase, "clock") != NULL;
		g_assert_cmpint(json_object_get_null_member(phase, "ns"), ==, !known);
		g_assert_cmpint(json_object_get_null_member(phase, "why"), ==, known);
		if (g_strcmp0(json_get_string(phase, "id"), "memmap") == 0)
			g_assert_cmpint(json_get_int(phase, "ns"), ==, 30 * MS);
	}
}

static void test_recording(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Result) result = result_load(recording, &error);
	const Timeline *t = result ? result->timeline : NULL;
	gint64 at = 0;
	guint memmaps = 0;

	g_assert_no_error(error);
	g_assert_nonnull(t);
	for (guint i = 0; i < t->events->len; i++) {
		const TimelineEvent *event = t->events->pdata[i];

		g_assert_cmpint(event->at_ns, >=, at);
		at = event->at_ns;
	}
	g_assert_cmpint(at, <=, t->end_ns);
	g_assert_cmpint(t->end_ns, ==, result->wall_ns);
	g_assert_cmpint(timeline_event(t, "first-line", 1), <, timeline_event(t, "init", 1));
	/* told by two ways through the same files */
	for (guint i = 0; i < t->spans->len; i++) {
		const TimelineSpan *span = t->spans->pdata[i];

		g_assert_cmpint(span->end_ns - span->begin_ns, ==,
				strcmp(span->id, "blackout") == 0 ? result_blackout(result, 1)
								  : result_silence(result, 1));
	}
	g_assert_cmpuint(t->spans->len, ==, 2);
	for (guint i = 0; i < t->bars->len; i++) {
		const TimelineBar *bar = t->bars->pdata[i];

		g_assert_cmpint(bar->begin_ns, >=, 0);
		g_assert_cmpint(bar->end_ns, >=, bar->begin_ns);
		g_assert_cmpint(bar->end_ns, <=, t->end_ns);
		memmaps += strcmp(bar->phase->id, "memmap") == 0;
		/* of one clock, the bar is as long as the phase */
		if (!bar->placed && bar->phase->clock == PHASE_CLOCK_HOST)
			g_assert_cmpint(bar->end_ns - bar->begin_ns, ==, phase_ns(bar->phase));
	}
	g_assert_cmpuint(memmaps, ==, 2);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *path;
		void (*run)(Story *, gconstpointer);
	} tests[] = {
		{ "/timeline/order", test_order },
		{ "/timeline/placed", test_placed },
		{ "/timeline/quiet", test_quiet },
		{ "/timeline/without-log", test_without_log },
		{ "/timeline/never-started", test_never_started },
		{ "/timeline/open", test_open },
		{ "/timeline/open-second", test_open_second },
		{ "/timeline/open-none", test_open_none },
		{ "/timeline/open-done", test_open_done },
		{ "/timeline/again", test_again },
		{ "/timeline/json", test_json },
	};

	g_test_init(&argc, &argv, NULL);
	recording = argv[1];
	for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, Story, NULL, story_set_up, tests[i].run, story_tear_down);
	g_test_add_func("/timeline/recording", test_recording);
	return g_test_run();
}
