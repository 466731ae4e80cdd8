// SPDX-License-Identifier: GPL-2.0-or-later
#include "story.h"

#include <proto/frame.h>

#include <string.h>

void story_set_up(Story *story, gconstpointer data)
{
	story->journal = g_string_new(NULL);
	story->hops = g_ptr_array_new_with_free_func((GDestroyNotify)hop_free);
	story->lines = g_ptr_array_new_with_free_func(g_free);
	story->times = g_array_new(FALSE, FALSE, sizeof(gint64));
	story->left = g_array_new(FALSE, FALSE, sizeof(guint));
	story->kmsg = g_string_new(NULL);
}

/* A story goes on after a timeline was made of it. */
static void take_back(Story *story)
{
	for (guint i = 0; story->results && i < story->results->len; i++)
		story->hops->pdata[i] = g_steal_pointer(&((ResultHop *)story->results->pdata[i])->said);
	g_clear_pointer(&story->results, g_ptr_array_unref);
}

void story_tear_down(Story *story, gconstpointer data)
{
	g_string_free(story->journal, TRUE);
	take_back(story);
	g_ptr_array_unref(story->hops);
	g_ptr_array_unref(story->lines);
	g_array_unref(story->times);
	g_array_unref(story->left);
	g_string_free(story->kmsg, TRUE);
}

void story_event(Story *story, const char *event, gint64 ms)
{
	g_string_append_printf(story->journal, "{\"event\":\"%s\",\"ns\":%" G_GINT64_FORMAT "}\n", event,
			       START + ms * MS);
}

void story_record(Story *story, int hop, const char *name, gint64 ms)
{
	g_string_append_printf(story->journal,
			       "{\"event\":\"record\",\"ns\":%" G_GINT64_FORMAT ",\"end_ns\":%" G_GINT64_FORMAT
			       ",\"hop\":%d,\"name\":\"%s\",\"intact\":true}\n",
			       START + ms * MS, START + (ms + 5) * MS, hop, name);
	if (strcmp(name, FRAME_LEAVING) == 0)
		g_array_append_val(story->left, story->lines->len);
}

void story_console(Story *story, gint64 ms, const char *text)
{
	gint64 ns = START + ms * MS;

	g_ptr_array_add(story->lines, g_strdup(text));
	g_array_append_val(story->times, ns);
}

void story_line(Story *story, gint64 ms, gint64 guest_ms, const char *text)
{
	g_autofree char *shown = g_strdup_printf("[    0.%03d000] %s", (int)guest_ms, text);

	g_string_append_printf(story->kmsg, "6,%u,%" G_GINT64_FORMAT ",-;%s\n", story->logged++, guest_ms * 1000, text);
	if (ms >= 0)
		story_console(story, ms, shown);
}

static GBytes *record_of(int hop, const char *name, gpointer data)
{
	Story *story = data;

	return strcmp(name, FRAME_KMSG) == 0 && story->kmsg->len ? g_bytes_new(story->kmsg->str, story->kmsg->len)
								 : NULL;
}

void story_end_hop(Story *story)
{
	g_ptr_array_add(story->hops,
			hop_new((int)story->hops->len, &(HopSource){ .record = record_of, .data = story }));
	g_string_truncate(story->kmsg, 0);
	story->logged = 0;
}

/* As the recorder and the emulator would have written them. */
static Console *tell_console(const Story *story)
{
	g_autoptr(GString) log = g_string_new(NULL), times = g_string_new(NULL);
	guint left = 0;

	for (guint i = 0; i <= story->lines->len; i++) {
		while (left < story->left->len && g_array_index(story->left, guint, left) == i) {
			g_string_append_printf(times, "- %" G_GSIZE_FORMAT "\n", log->len);
			left++;
		}
		if (i == story->lines->len)
			break;
		g_string_append_printf(times, "%" G_GINT64_FORMAT " %" G_GSIZE_FORMAT "\n",
				       g_array_index(story->times, gint64, i), log->len);
		g_string_append_printf(log, "%s\n", (const char *)story->lines->pdata[i]);
	}
	return console_parse(log->str, log->len, times->str);
}

Timeline *story_timeline(Story *story)
{
	g_autoptr(Journal) journal = journal_parse(story->journal->str);
	g_autoptr(Console) console = tell_console(story);
	g_autoptr(GArray) none = g_array_new(FALSE, FALSE, sizeof(HopCount)), handovers = NULL;
	bool started = journal_find(journal, JOURNAL_START) != NULL;

	take_back(story);
	story->results = resulthops_new(story->hops, none, journal, console, started);
	handovers = handovers_new(story->results, console);
	return timeline_new(journal, story->results, handovers, console);
}

const Phases *story_phases(const Story *story, guint hop)
{
	return ((const ResultHop *)story->results->pdata[hop])->phases;
}

void story_tell_hop(Story *story, int hop, gint64 begin)
{
	story_line(story, begin + 4, 0, "Linux version 7.1.13");
	story_line(story, begin + 4, 0, "printk: legacy bootconsole [uart8250] enabled");
	story_line(story, begin + 14, 10, "clocksource: refined-jiffies: mask: 0xffffffff");
	story_line(story, begin + 34, 30, "Zone ranges:");
	story_line(story, begin + 36, 32, "Initmem setup node 0 [mem 0x1000-0xffff]");
	story_line(story, begin + 44, 40, "setup_percpu: NR_CPUS:256");
	story_record(story, hop, FRAME_HELLO, begin + 80);
	story_record(story, hop, FRAME_LEAVING, begin + 90);
	story_console(story, begin + 98, "kexec_core: Starting new kernel");
	story_end_hop(story);
}
