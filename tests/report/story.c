// SPDX-License-Identifier: GPL-2.0-or-later
#include "story.h"

#include <base/json.h>
#include <proto/frame.h>

#include <string.h>

void story_set_up(Story *story, gconstpointer data)
{
	story->journal = g_ptr_array_new_with_free_func((GDestroyNotify)json_object_unref);
	story->hops = g_ptr_array_new_with_free_func((GDestroyNotify)hop_free);
	story->lines = g_ptr_array_new_with_free_func(g_free);
	story->times = g_array_new(FALSE, FALSE, sizeof(gint64));
	story->kmsg = g_string_new(NULL);
}

void story_tear_down(Story *story, gconstpointer data)
{
	g_ptr_array_unref(story->journal);
	g_ptr_array_unref(story->hops);
	g_ptr_array_unref(story->lines);
	g_array_unref(story->times);
	g_string_free(story->kmsg, TRUE);
}

void story_event(Story *story, const char *event, gint64 ms)
{
	JsonObject *line = json_object_new();

	json_object_set_string_member(line, "event", event);
	json_object_set_int_member(line, "ns", START + ms * MS);
	g_ptr_array_add(story->journal, line);
}

void story_record(Story *story, int hop, const char *name, gint64 ms)
{
	JsonObject *line;

	story_event(story, "record", ms);
	line = story->journal->pdata[story->journal->len - 1];
	json_object_set_int_member(line, "end_ns", START + (ms + 5) * MS);
	json_object_set_int_member(line, "hop", hop);
	json_object_set_string_member(line, "name", name);
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
	g_ptr_array_add(story->hops, hop_new((int)story->hops->len, record_of, story));
	g_string_truncate(story->kmsg, 0);
	story->logged = 0;
}

Timeline *story_timeline(const Story *story)
{
	return timeline_new(story->journal, story->hops, story->lines, story->times);
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
