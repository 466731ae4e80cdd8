// SPDX-License-Identifier: GPL-2.0-or-later
#include "lines.h"

#include <store/journal.h>

#include <stddef.h>
#include <string.h>

/* What a guest can say has four digits (run/frames.c); only in "end" the hop is the harness's own. */
#define GUEST_HOP_MOST 9999

static const char *const kind_names[JOURNAL_KINDS] = {
	[JOURNAL_BEGIN] = "begin",     [JOURNAL_START] = "start",   [JOURNAL_RECORD] = "record",
	[JOURNAL_NOISE] = "noise",     [JOURNAL_HOST] = "host",	    [JOURNAL_COUNT] = "count",
	[JOURNAL_MACHINE] = "machine", [JOURNAL_PAUSED] = "paused", [JOURNAL_EXECUTION] = "execution",
	[JOURNAL_END] = "end",	       [JOURNAL_FILE] = "file",	    [JOURNAL_ERROR] = "harness-error",
};

typedef enum {
	MEMBER_TEXT,
	MEMBER_NUMBER,
	MEMBER_KNOWN, /* a number that is -1, and null in the file, if it is not known */
	MEMBER_HOP,   /* an int */
	MEMBER_BOOL,
	MEMBER_LOAD, /* a double, the same */
} MemberType;

/* Which event has which members, in the order in which they are written. */
static const struct {
	JournalKind kind;
	MemberType type;
	const char *name;
	gsize offset;
} members[] = {
#define MEMBER(kind, type, name, member)                                                                               \
	{                                                                                                              \
		JOURNAL_##kind, MEMBER_##type, name, offsetof(JournalEvent, member)                                    \
	}
	MEMBER(BEGIN, TEXT, "wall", wall),
	MEMBER(BEGIN, TEXT, "plan", plan),
	MEMBER(START, TEXT, "emulator", emulator),
	MEMBER(RECORD, HOP, "hop", hop),
	MEMBER(RECORD, TEXT, "name", name),
	MEMBER(RECORD, NUMBER, "bytes", bytes),
	MEMBER(RECORD, BOOL, "intact", intact),
	MEMBER(RECORD, TEXT, "crc", crc),
	MEMBER(RECORD, NUMBER, "end_ns", end_ns),
	MEMBER(NOISE, KNOWN, "cpu_pressure_us", noise.cpu_us),
	MEMBER(NOISE, KNOWN, "memory_pressure_us", noise.memory_us),
	MEMBER(NOISE, KNOWN, "io_pressure_us", noise.io_us),
	MEMBER(NOISE, KNOWN, "steal_ns", noise.steal_ns),
	MEMBER(NOISE, KNOWN, "busy_ns", noise.busy_ns),
	MEMBER(NOISE, LOAD, "load", noise.load),
	MEMBER(NOISE, KNOWN, "khz", noise.khz),
	MEMBER(NOISE, KNOWN, "copy_ns", noise.copy_ns),
	MEMBER(NOISE, KNOWN, "cpus", noise.cpus),
	MEMBER(HOST, HOP, "hop", hop),
	MEMBER(HOST, TEXT, "at", at),
	MEMBER(HOST, KNOWN, "minflt", faults),
	MEMBER(HOST, KNOWN, "rss_bytes", rss_bytes),
	MEMBER(HOST, KNOWN, "cpu_ns", cpu_ns),
	MEMBER(HOST, KNOWN, "waited_ns", waited_ns),
	MEMBER(COUNT, TEXT, "mark", mark),
	MEMBER(COUNT, TEXT, "edge", edge),
	MEMBER(COUNT, NUMBER, "instructions", instructions),
	MEMBER(MACHINE, TEXT, "detail", detail),
	MEMBER(PAUSED, NUMBER, "paused_ns", paused_ns),
	MEMBER(EXECUTION, NUMBER, "window_ns", execution.window_ns),
	MEMBER(EXECUTION, KNOWN, "cpu_ns", execution.cpu_ns),
	MEMBER(EXECUTION, KNOWN, "waited_ns", execution.waited_ns),
	MEMBER(EXECUTION, BOOL, "answers", execution.answers),
	MEMBER(EXECUTION, BOOL, "running", execution.running),
	MEMBER(EXECUTION, TEXT, "state", execution.state),
	MEMBER(EXECUTION, BOOL, "halted", execution.halted),
	MEMBER(EXECUTION, NUMBER, "address", address),
	MEMBER(EXECUTION, TEXT, "where", execution.where),
	MEMBER(END, TEXT, "cause", cause),
	MEMBER(END, HOP, "hop", hop),
	MEMBER(END, TEXT, "step", step),
	MEMBER(END, TEXT, "detail", detail),
	MEMBER(END, KNOWN, "peak_rss_bytes", peak_rss_bytes),
	MEMBER(END, KNOWN, "cpu_ns", cpu_ns),
	MEMBER(END, KNOWN, "waited_ns", waited_ns),
	MEMBER(END, NUMBER, "channel_garbage_bytes", garbage_bytes),
	MEMBER(END, NUMBER, "channel_damaged_frames", damaged_frames),
	MEMBER(FILE, TEXT, "name", name),
	MEMBER(FILE, TEXT, "sha256", sha256),
	MEMBER(ERROR, TEXT, "text", text),
	MEMBER(ERROR, BOOL, "host", host_cannot),
#undef MEMBER
};

#define PLACE(type, event, i) G_STRUCT_MEMBER(type, (event), members[i].offset)

JournalEvent journal_event(JournalKind kind, gint64 host_ns)
{
	JournalEvent event = { .kind = kind, .ns = host_ns };

	for (gsize i = 0; i < G_N_ELEMENTS(members); i++) {
		switch (members[i].type) {
		case MEMBER_NUMBER:
		case MEMBER_KNOWN:
			PLACE(gint64, &event, i) = -1;
			break;
		case MEMBER_HOP:
			PLACE(int, &event, i) = -1;
			break;
		case MEMBER_LOAD:
			PLACE(double, &event, i) = -1;
			break;
		case MEMBER_TEXT:
		case MEMBER_BOOL:
			break;
		}
	}
	return event;
}

static void put_load(JsonBuilder *line, const char *name, double load)
{
	json_builder_set_member_name(line, name);
	if (load < 0)
		json_builder_add_null_value(line);
	else
		json_builder_add_double_value(line, load);
}

static void put_member(JsonBuilder *line, const JournalEvent *event, gsize i)
{
	const char *name = members[i].name;

	switch (members[i].type) {
	case MEMBER_TEXT:
		json_put_string(line, name, PLACE(const char *, event, i));
		break;
	case MEMBER_NUMBER:
		json_put_int(line, name, PLACE(gint64, event, i));
		break;
	case MEMBER_KNOWN:
		json_put_int_or_null(line, name, PLACE(gint64, event, i));
		break;
	case MEMBER_HOP:
		json_put_int(line, name, PLACE(int, event, i));
		break;
	case MEMBER_BOOL:
		json_put_bool(line, name, PLACE(bool, event, i));
		break;
	case MEMBER_LOAD:
		put_load(line, name, PLACE(double, event, i));
		break;
	}
}

bool journal_write(RunDir *run, const JournalEvent *event, GError **error)
{
	g_autoptr(JsonBuilder) line = json_builder_new();

	json_builder_begin_object(line);
	json_put_int(line, "ns", event->ns);
	json_put_string(line, "event", kind_names[event->kind]);
	for (gsize i = 0; i < G_N_ELEMENTS(members); i++)
		if (members[i].kind == event->kind)
			put_member(line, event, i);
	return lines_write(run->journal_fd, line, run->path, error);
}

static bool get_hop(JsonObject *line, JournalEvent *event, gsize i)
{
	gint64 hop = json_get_int(line, members[i].name);

	PLACE(int, event, i) = (int)CLAMP(hop, -1, GUEST_HOP_MOST);
	return hop >= -1 && hop <= (event->kind == JOURNAL_END ? PLAN_HOPS_MOST : GUEST_HOP_MOST);
}

/* false: there can be no such event. */
static bool get_member(Journal *journal, JsonObject *line, JournalEvent *event, gsize i)
{
	const char *name = members[i].name, *text;

	switch (members[i].type) {
	case MEMBER_TEXT:
		text = json_get_string(line, name);
		PLACE(const char *, event, i) = text ? g_string_chunk_insert_const(journal->texts, text) : NULL;
		break;
	case MEMBER_NUMBER:
	case MEMBER_KNOWN:
		PLACE(gint64, event, i) = json_get_int(line, name);
		break;
	case MEMBER_HOP:
		return get_hop(line, event, i);
	case MEMBER_BOOL:
		PLACE(bool, event, i) = json_get_bool(line, name);
		break;
	case MEMBER_LOAD:
		PLACE(double, event, i) = json_object_get_double_member_with_default(line, name, -1);
		break;
	}
	return true;
}

static void take_line(JsonObject *line, gpointer user)
{
	Journal *journal = user;
	const char *name = json_get_string(line, "event");
	JournalKind kind = 0;
	JournalEvent event;

	while (kind < JOURNAL_KINDS && g_strcmp0(name, kind_names[kind]) != 0)
		kind++;
	if (kind == JOURNAL_KINDS)
		return;
	event = journal_event(kind, json_get_int(line, "ns"));
	for (gsize i = 0; i < G_N_ELEMENTS(members); i++) {
		if (members[i].kind == kind && !get_member(journal, line, &event, i)) {
			journal->damaged++;
			return;
		}
	}
	g_array_append_val(journal->events, event);
}

Journal *journal_parse(const char *text)
{
	Journal *journal = g_new0(Journal, 1);

	journal->events = g_array_new(FALSE, FALSE, sizeof(JournalEvent));
	journal->texts = g_string_chunk_new(1024);
	journal->damaged += lines_each(text, take_line, journal);
	return journal;
}

Journal *journal_read(const RunDir *run)
{
	g_autoptr(GBytes) bytes = rundir_read(run, RUNDIR_JOURNAL);
	g_autofree char *text = lines_text(bytes);
	Journal *journal = journal_parse(text);

	journal->missing = !bytes;
	/* a block that never came to the disk */
	journal->damaged += bytes && memchr(g_bytes_get_data(bytes, NULL), '\0', g_bytes_get_size(bytes));
	return journal;
}

void journal_free(Journal *journal)
{
	if (!journal)
		return;
	g_array_unref(journal->events);
	g_string_chunk_free(journal->texts);
	g_free(journal);
}

const JournalEvent *journal_find(const Journal *journal, JournalKind kind)
{
	for (guint i = 0; i < journal->events->len; i++)
		if (journal_at(journal, i)->kind == kind)
			return journal_at(journal, i);
	return NULL;
}
