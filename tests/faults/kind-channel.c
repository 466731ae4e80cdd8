// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a guest sends, through the real reader and the real judge, without a machine: the channel of a recorded run is
 * put together again from its records, spoiled, and fed.
 */
#include "running.h"
#include "tool.h"

#include <base/files.h>
#include <proto/frame.h>
#include <store/journal.h>

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>

/* What a kernel's memory tells, where a recording has it, when its channel no longer does. */
#define FOUND_IN_MEMORY "FAIL guest-panic"

/* One frame of a stream. */
typedef struct {
	gsize at, header, length; /* of its first byte; bytes of the header; and of the payload */
	int hop;
	char *name;
} Piece;

typedef struct {
	char *recording;
	GByteArray *stream;
	GArray *pieces;
} Stream;

static void piece_clear(gpointer data)
{
	g_free(((Piece *)data)->name);
}

static void put_frame(Stream *stream, int hop, const char *name, const void *data, gsize length)
{
	g_autofree char *header = g_strdup_printf(FRAME_MAGIC " %d %s %zu %08x\n", hop, name, length,
						  frame_crc32(0, data, (uint32_t)length));
	Piece piece = { stream->stream->len, strlen(header), length, hop, g_strdup(name) };

	g_byte_array_append(stream->stream, (const guint8 *)header, (guint)strlen(header));
	g_byte_array_append(stream->stream, data, (guint)length);
	g_byte_array_append(stream->stream, (const guint8 *)"\n", 1);
	g_array_append_val(stream->pieces, piece);
}

static void load(Stream *stream)
{
	g_autoptr(RunDir) run = rundir_open(stream->recording, NULL);
	g_autoptr(Journal) journal = journal_read(run);

	for (guint i = 0; i < journal->events->len; i++) {
		const JournalEvent *event = journal_at(journal, i);
		g_autoptr(GBytes) bytes = NULL;

		if (event->kind != JOURNAL_RECORD || !event->intact)
			continue;
		bytes = rundir_read_record(run, event->hop, event->name);
		if (bytes)
			put_frame(stream, event->hop, event->name, g_bytes_get_data(bytes, NULL),
				  g_bytes_get_size(bytes));
	}
}

static void stream_open(Fault *fault, Stream *stream)
{
	g_autofree char *name = NULL, *memory = NULL;

	stream->stream = g_byte_array_new();
	stream->pieces = g_array_new(FALSE, FALSE, sizeof(Piece));
	g_array_set_clear_func(stream->pieces, piece_clear);
	/* some recordings have no record at all */
	do {
		g_free(stream->recording);
		stream->recording = fault_pick_entry(fault, fault->bench->recordings, true);
		load(stream);
	} while (!stream->pieces->len);
	name = g_path_get_basename(stream->recording);
	memory = g_build_filename(stream->recording, "memory.core", NULL);
	fault->before = recording_word(stream->recording);
	if (!g_file_test(memory, G_FILE_TEST_EXISTS) && strcmp(fault->before, FOUND_IN_MEMORY) != 0)
		fault_forbid(fault, FOUND_IN_MEMORY);
	fault_tell(fault, "%s, %u bytes in %u frames", name, stream->stream->len, stream->pieces->len);
}

static void stream_clear(Stream *stream)
{
	g_free(stream->recording);
	g_byte_array_unref(stream->stream);
	g_array_unref(stream->pieces);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Stream, stream_clear)

/* The journal without what the channel brought, and without its end. */
static void shorten_journal(const char *path)
{
	g_autoptr(GString) kept = g_string_new(NULL);
	g_auto(GStrv) lines = NULL;
	g_autofree char *text = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line; line++)
		if (**line && !strstr(*line, "\"event\":\"record\"") && !strstr(*line, "\"event\":\"end\""))
			g_string_append_printf(kept, "%s\n", *line);
	g_assert_true(files_write_fast(path, kept->str, kept->len, NULL));
}

/* Of a guest that sends no more: it runs, and so it is its own silence. */
static void note_silence(RunDir *dir, gint64 now)
{
	JournalEvent event = journal_event(JOURNAL_EXECUTION, now);

	event.execution = (Execution){ .window_ns = 20 * NS_PER_S,
				       .cpu_ns = 38 * NS_PER_S,
				       .waited_ns = 0,
				       .answers = true,
				       .running = true,
				       .state = (char *)"running" };
	g_assert_true(journal_write(dir, &event, NULL));
}

/* The end that the recording had, unless what was fed has brought about another. */
static void note_last(Running *run, const Stream *stream)
{
	g_autoptr(RunDir) recorded = rundir_open(stream->recording, NULL);
	g_autoptr(Journal) journal = journal_read(recorded);
	const JournalEvent *end = journal_find(journal, JOURNAL_END);
	JournalEvent event = journal_event(JOURNAL_END, running_now());

	/* one that was cut off has none */
	if (!end && !run->ended)
		return;
	event.cause = run->ended ? end_cause_name(run->cause)
		      : strcmp(end->cause, "done") == 0 || strcmp(end->cause, "stopped") == 0 ? "silent"
											      : end->cause;
	event.detail = run->ended ? run->detail : strcmp(event.cause, "silent") == 0 ? "20 s" : end->detail;
	event.hop = run->step.hop;
	event.step = step_name(run->step.kind);
	event.garbage_bytes = (gint64)frames_garbage_bytes(run->frames);
	event.damaged_frames = frames_damaged(run->frames) + run->homeless;
	if (strcmp(event.cause, "silent") == 0)
		note_silence(run->dir, event.ns);
	g_assert_true(journal_write(run->dir, &event, NULL));
}

/* Feeds it in random pieces, and judges. Returns the run directory; caller frees. */
static char *feed(Fault *fault, const Stream *stream, guint most)
{
	char *path = recording_copy(fault, stream->recording, false);
	g_autoptr(RunDir) dir = rundir_open(path, NULL);
	g_autofree char *journal = rundir_file(dir, RUNDIR_JOURNAL), *text = rundir_text(dir, RUNDIR_PLAN);
	g_autofree char *stamps = rundir_file(dir, RUNDIR_CONSOLE_TIMES), *times = NULL;
	g_autoptr(Plan) plan = plan_from_json(text, -1, NULL);
	g_autoptr(GArray) no_marks = g_array_new(FALSE, FALSE, sizeof(VmMark));
	Running run = { .plan = plan, .dir = dir, .step = { .last_hop = (int)plan_hops(plan) - 1 }, .marks = no_marks };

	/* a recorder writes it anew */
	g_file_get_contents(stamps, &times, NULL, NULL);
	shorten_journal(journal);
	dir->journal_fd = g_open(journal, O_WRONLY | O_APPEND | O_CLOEXEC, 0644);
	run.recorder = recorder_new(dir, NULL);
	run.frames = frames_new(watch_frame, &run);
	for (guint at = 0; at < stream->stream->len && !run.ended;) {
		guint length = fault_number(fault, 1, most);

		length = MIN(length, stream->stream->len - at);
		frames_feed(run.frames, stream->stream->data + at, length, running_now());
		at += length;
	}
	frames_finish(run.frames, running_now());
	note_last(&run, stream);
	if (run.error)
		fault_blame(fault, "%s", run.error->message);
	g_clear_error(&run.error);
	frames_free(run.frames);
	recorder_close(run.recorder, NULL);
	g_free(run.detail);
	g_free(run.hook);
	if (times)
		g_assert_true(files_write_fast(stamps, times, strlen(times), NULL));
	return path;
}

static void check(Fault *fault, const char *rundir)
{
	g_autofree char *word = judge_in_child(rundir, fault->seed % 4 == 0);

	if (g_str_has_prefix(word, "broken"))
		fault_blame_report(fault, "%s", word);
	fault_take_word(fault, "judged", word);
	/* by the program as well: some, as that takes longer than all the rest */
	if (fault->seed % 8 == 0)
		aftermath_report(fault, rundir, word);
}

/* Whether each record of the recording is there as it was. */
static bool all_there(const Stream *stream, const char *rundir)
{
	g_autoptr(RunDir) before = rundir_open(stream->recording, NULL), after = rundir_open(rundir, NULL);

	for (guint i = 0; i < stream->pieces->len; i++) {
		const Piece *piece = &g_array_index(stream->pieces, Piece, i);
		g_autoptr(GBytes) was = rundir_read_record(before, piece->hop, piece->name);
		g_autoptr(GBytes) is = rundir_read_record(after, piece->hop, piece->name);

		if (!is || !g_bytes_equal(was, is))
			return false;
	}
	return true;
}

static void feed_and_check(Fault *fault, const Stream *stream)
{
	g_autofree char *rundir = feed(fault, stream, fault_number(fault, 0, 3) ? 65536 : 300);

	if (strcmp(fault->before, "PASS") != 0 || !all_there(stream, rundir))
		fault_forbid(fault, "PASS");
	check(fault, rundir);
}

/* Random bytes, of those that frames are made of mostly. */
static GByteArray *noise_new(Fault *fault, guint most)
{
	static const char *const likely[] = { "\n", FRAME_MAGIC " ", "0 kmsg 100 00000000\n", "1 ",
					      "\n" FRAME_MAGIC " 1 " };
	GByteArray *noise = g_byte_array_new();
	guint length = fault_number(fault, 1, most);

	while (noise->len < length) {
		const char *word = likely[fault_number(fault, 0, G_N_ELEMENTS(likely) - 1)];
		guint8 byte = (guint8)fault_number(fault, 0, 255);

		if (fault_number(fault, 0, 9) == 0)
			g_byte_array_append(noise, (const guint8 *)word, (guint)strlen(word));
		else
			g_byte_array_append(noise, &byte, 1);
	}
	return noise;
}

static void insert(Stream *stream, gsize at, const guint8 *data, gsize length)
{
	g_autofree guint8 *rest = g_memdup2(stream->stream->data + at, stream->stream->len - at);
	gsize left = stream->stream->len - at;

	g_byte_array_set_size(stream->stream, (guint)at);
	g_byte_array_append(stream->stream, data, (guint)length);
	g_byte_array_append(stream->stream, rest, (guint)left);
}

static void inject_whole(Fault *fault)
{
	g_auto(Stream) stream = { 0 };
	g_autofree char *rundir = NULL;

	stream_open(fault, &stream);
	rundir = feed(fault, &stream, fault_number(fault, 0, 1) ? 3 : 4096);
	if (!all_there(&stream, rundir))
		fault_blame(fault, "records are lost");
	check(fault, rundir);
}

/* The guest, or the emulator, sends no more from there on. */
static void inject_cut(Fault *fault)
{
	g_auto(Stream) stream = { 0 };
	gsize at;

	stream_open(fault, &stream);
	at = fault_number(fault, 0, stream.stream->len - 1);
	/* around headers there is more to go wrong */
	if (fault_number(fault, 0, 1)) {
		const Piece *piece =
			&g_array_index(stream.pieces, Piece, fault_number(fault, 0, stream.pieces->len - 1));

		at = piece->at + fault_number(fault, 0, (guint)MIN(piece->header + 8, stream.stream->len - piece->at));
	}
	fault_tell(fault, "cut at byte %zu", at);
	g_byte_array_set_size(stream.stream, (guint)at);
	feed_and_check(fault, &stream);
}

/* The host loses or changes some bytes on the way: nothing that the guest is to blame for. */
static void inject_lost(Fault *fault)
{
	g_auto(Stream) stream = { 0 };
	gsize at, length;

	stream_open(fault, &stream);
	fault_forbid_better(fault, fault->before);
	at = fault_number(fault, 0, stream.stream->len - 1);
	length = fault_number(fault, 1, fault_number(fault, 0, 1) ? 64 : 4096);
	length = MIN(length, stream.stream->len - at);
	switch (fault_number(fault, 0, 2)) {
	case 0:
		fault_tell(fault, "%zu bytes lost at %zu", length, at);
		g_byte_array_remove_range(stream.stream, (guint)at, (guint)length);
		break;
	case 1:
		fault_tell(fault, "%zu bytes are 0 at %zu", length, at);
		memset(stream.stream->data + at, 0, length);
		break;
	default:
		fault_tell(fault, "a bit of byte %zu", at);
		stream.stream->data[at] = (guint8)(stream.stream->data[at] ^ (1 << fault_number(fault, 0, 7)));
		break;
	}
	feed_and_check(fault, &stream);
}

static void inject_garbage(Fault *fault)
{
	g_auto(Stream) stream = { 0 };
	g_autoptr(GByteArray) noise = noise_new(fault, fault_number(fault, 0, 3) ? 2000 : 200000);
	gsize at;

	stream_open(fault, &stream);
	at = fault_number(fault, 0, stream.stream->len);
	if (fault_number(fault, 0, 1))
		at = g_array_index(stream.pieces, Piece, fault_number(fault, 0, stream.pieces->len - 1)).at;
	fault_tell(fault, "%u bytes of garbage at %zu", noise->len, at);
	insert(&stream, at, noise->data, noise->len);
	feed_and_check(fault, &stream);
}

/* A frame as the guest could send it, somewhere between two others: its checksum is right. */
static void lie(Fault *fault, Stream *stream)
{
	const Piece piece = g_array_index(stream->pieces, Piece, fault_number(fault, 0, stream->pieces->len - 1));
	const Piece place = g_array_index(stream->pieces, Piece, fault_number(fault, 0, stream->pieces->len - 1));
	static const char *const names[] = {
		"../../journal.jsonl", "/etc/passwd", "a/../b", "hello", "done", "kmsg", "proc",
		"proc/pagetypeinfo/x", "plan.json",   ".",	""
	};
	g_auto(Stream) other = { .stream = g_byte_array_new(), .pieces = g_array_new(FALSE, FALSE, sizeof(Piece)) };
	g_autofree char *data = g_memdup2(stream->stream->data + piece.at + piece.header, piece.length + 1);
	const char *name = piece.name;
	gsize at = place.at, length = piece.length;
	int hop = piece.hop;

	g_array_set_clear_func(other.pieces, piece_clear);
	switch (fault_number(fault, 0, 4)) {
	case 0:
		hop = (int)fault_number(fault, 0, fault_number(fault, 0, 1) ? 3 : 9999);
		break;
	case 1:
		name = names[fault_number(fault, 0, G_N_ELEMENTS(names) - 1)];
		break;
	case 2:
		for (guint i = 0; i < 8 && length; i++) {
			char *digit = data + fault_number(fault, 0, (guint)length - 1);

			*digit = g_ascii_isdigit(*digit) ? (char)('0' + fault_number(fault, 0, 9)) : *digit;
		}
		break;
	case 3:
		length = length / 2;
		break;
	default:
		break; /* once more, or before its time */
	}
	if (fault_number(fault, 0, 7) == 0)
		at = stream->stream->len;
	fault_tell(fault, "%s of hop %d as '%s' of hop %d, %zu bytes, at %zu", piece.name, piece.hop, name, hop, length,
		   at);
	put_frame(&other, hop, name, data, length);
	insert(stream, at, other.stream->data, other.stream->len);
}

static void inject_lies(Fault *fault)
{
	g_auto(Stream) stream = { 0 };

	stream_open(fault, &stream);
	lie(fault, &stream);
	feed_and_check(fault, &stream);
}

/* Headers that claim more than comes, or than may come; and records that are as large as they may be. */
static void inject_oversized(Fault *fault)
{
	static const char *const lengths[] = {
		"16777216", "16777217", "999999999", "99999999999999999999", "-1", "0x10"
	};
	g_auto(Stream) stream = { 0 };
	g_autofree char *header = NULL;
	const char *length = lengths[fault_number(fault, 0, G_N_ELEMENTS(lengths) - 1)];
	const Piece *piece;

	stream_open(fault, &stream);
	piece = &g_array_index(stream.pieces, Piece, fault_number(fault, 0, stream.pieces->len - 1));
	header = g_strdup_printf(FRAME_MAGIC " %d %s %s 00000000\n", piece->hop, piece->name, length);
	fault_tell(fault, "%s claims %s bytes, before its own frame", piece->name, length);
	insert(&stream, piece->at, (const guint8 *)header, strlen(header));
	feed_and_check(fault, &stream);
}

/* What was sent is not all here, or not as it was sent, or cannot be; or what memory tells of a kernel all the same. */
#define SPOILED                                                                                                        \
	WORD_BEFORE, "ERROR records-damaged", "ERROR incomplete", "ERROR not-seen", "ERROR records-contradict",        \
		FOUND_IN_MEMORY
/* What a guest has said itself. */
#define CONFESSED                                                                                                      \
	"FAIL guest-reset", "FAIL cold-boot", "FAIL not-kho-boot", "FAIL scratch-not-cma", "FAIL unexpected-cma",      \
		"FAIL scratch-changed"

const Kind kinds_channel[] = {
	{ "channel-whole",
	  false,
	  40,
	  "a recorded channel as it was, in pieces down to one byte",
	  { WORD_BEFORE },
	  inject_whole },
	{ "channel-cut",
	  false,
	  200,
	  "a recorded channel ends at a random byte; half of them in or near a header",
	  { SPOILED },
	  inject_cut },
	{ "channel-lost",
	  false,
	  150,
	  "bytes of it are lost, cleared or changed on the host",
	  { SPOILED },
	  inject_lost },
	{ "channel-garbage", false, 100, "garbage between or within frames", { SPOILED }, inject_garbage },
	{ "channel-lies",
	  false,
	  100,
	  "a frame of another hop or name, with changed digits, cut, once more, or after the end; its checksum is "
	  "right",
	  { SPOILED, CONFESSED },
	  inject_lies },
	{ "channel-oversized",
	  false,
	  40,
	  "a header that claims more than comes, or than may come",
	  { SPOILED },
	  inject_oversized },
	{ NULL },
};
