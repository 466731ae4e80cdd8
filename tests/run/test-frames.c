// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/files.h>
#include <proto/frame.h>
#include <run/frames.h>

#include <string.h>

#define FEED_NS 1000

static const char *fixture; /* a recorded handover; see tests/guest/test-handover.c */

/* What came out, as text: "hop name payload;", and '!' before a damaged frame. */
static void note(const Frame *frame, gpointer data)
{
	GString *seen = data;

	g_assert_true(frames_name_is_valid(frame->name));
	g_assert_cmpint(frame->header_ns, <=, frame->end_ns);
	g_string_append_printf(seen, "%s%d %s ", frame->crc_ok ? "" : "!", frame->hop, frame->name);
	g_string_append_len(seen, (const char *)frame->payload, (gssize)frame->length);
	g_string_append_c(seen, ';');
}

static void add_frame(GString *stream, int hop, const char *name, const char *payload)
{
	g_string_append_printf(stream, FRAME_MAGIC " %d %s %zu %08x\n%s\n", hop, name, strlen(payload),
			       frame_crc32(0, payload, (uint32_t)strlen(payload)), payload);
}

/* Feeds a stream in two pieces, then ends it. */
static char *decode(const char *stream, gsize length, gsize split, guint64 *ret_garbage, guint *ret_damaged)
{
	GString *seen = g_string_new(NULL);
	g_autoptr(Frames) frames = frames_new(note, seen);

	frames_feed(frames, stream, split, FEED_NS);
	frames_feed(frames, stream + split, length - split, 2 * FEED_NS);
	frames_finish(frames, 3 * FEED_NS);
	if (ret_garbage)
		*ret_garbage = frames_garbage_bytes(frames);
	if (ret_damaged)
		*ret_damaged = frames_damaged(frames);
	return g_string_free(seen, FALSE);
}

/* Whatever the split, what comes out and what is counted is the same. */
static void check(const char *stream, gsize length, const char *expected, guint64 garbage, guint damaged)
{
	for (gsize split = 0; split <= length; split++) {
		guint64 found_garbage;
		guint found_damaged;
		g_autofree char *seen = decode(stream, length, split, &found_garbage, &found_damaged);

		if (strcmp(seen, expected) != 0)
			g_test_message("split at byte %zu", split);
		g_assert_cmpstr(seen, ==, expected);
		g_assert_cmpuint(found_garbage, ==, garbage);
		g_assert_cmpuint(found_damaged, ==, damaged);
	}
}

static void test_crc(void)
{
	uint32_t crc = frame_crc32(0, "1234", 4);

	/* The check value that every CRC-32/ISO-HDLC description gives. */
	g_assert_cmphex(frame_crc32(0, "123456789", 9), ==, 0xcbf43926);
	g_assert_cmphex(frame_crc32(crc, "56789", 5), ==, 0xcbf43926);
}

static void test_good(void)
{
	g_autoptr(GString) stream = g_string_new("\n");

	add_frame(stream, 0, "hello", "nonce=x\n");
	add_frame(stream, 0, "empty", "");
	add_frame(stream, 12, "proc/a-b_c.d", "@KHOT1 is no header here\n@KHOT1 0 nor 1 here\n");
	check(stream->str, stream->len,
	      "0 hello nonce=x\n;0 empty ;12 proc/a-b_c.d @KHOT1 is no header here\n@KHOT1 0 nor 1 here\n;", 0, 0);
}

static void test_one_byte_at_a_time(void)
{
	g_autoptr(GString) stream = g_string_new(NULL), seen = g_string_new(NULL);
	g_autoptr(Frames) frames = frames_new(note, seen);

	add_frame(stream, 0, "a", "one");
	add_frame(stream, 1, "b", "two");
	for (gsize i = 0; i < stream->len; i++)
		frames_feed(frames, stream->str + i, 1, (gint64)i);
	/* Without frames_finish(): a frame is out as soon as its last byte is in. */
	g_assert_cmpstr(seen->str, ==, "0 a one;1 b two;");
}

static void note_times(const Frame *frame, gpointer data)
{
	gint64 *times = data;

	times[0] = frame->header_ns;
	times[1] = frame->end_ns;
}

static void test_times(void)
{
	g_autoptr(GString) stream = g_string_new(NULL);
	gint64 times[2] = { 0 };
	g_autoptr(Frames) frames = frames_new(note_times, times);
	gsize header;

	add_frame(stream, 0, "a", "payload");
	header = (gsize)(strchr(stream->str, '\n') - stream->str) + 1;
	frames_feed(frames, stream->str, header - 1, 10);
	frames_feed(frames, stream->str + header - 1, 2, 20);
	frames_feed(frames, stream->str + header + 1, 1, 30);
	frames_feed(frames, stream->str + header + 2, stream->len - header - 2, 40);
	g_assert_cmpint(times[0], ==, 20);
	g_assert_cmpint(times[1], ==, 40);
}

static void test_bad_crc(void)
{
	g_autoptr(GString) stream = g_string_new(NULL);

	add_frame(stream, 0, "a", "payload");
	strstr(stream->str, "payload")[3] = '#';
	add_frame(stream, 0, "b", "good");
	check(stream->str, stream->len, "!0 a pay#oad;0 b good;", 0, 1);
}

static void test_garbage(void)
{
	g_autoptr(GString) stream = g_string_new("noise @KHOT1 0 x 0 00000000\n");

	add_frame(stream, 0, "a", "one");
	g_string_append(stream, "more\n@KHOT1 unfinished\n\n");
	add_frame(stream, 0, "b", "two");
	g_string_append(stream, "@KHOT1 0 c");
	check(stream->str, stream->len, "0 a one;0 b two;", 27 + 4 + 17 + 10, 0);
}

/* Bytes were lost in the middle: the frame takes some of the next one for its own. */
static void test_lost_bytes(void)
{
	g_autoptr(GString) stream = g_string_new(NULL);

	add_frame(stream, 0, "a", "a long payload of several words");
	g_string_erase(stream, (gssize)(strstr(stream->str, "several") - stream->str), 8);
	add_frame(stream, 0, "b", "good");
	check(stream->str, stream->len, "!0 a a long payload of words;0 b good;", 0, 1);
}

/* A kernel died in the middle of a frame, and the next one says hello, with its empty line before. */
static void test_cut_by_next_hop(void)
{
	g_autoptr(GString) stream = g_string_new(FRAME_MAGIC " 0 kmsg 50000 12345678\n6,0,0,-;Linux\n6,1,0");

	g_string_append_c(stream, '\n');
	add_frame(stream, 1, "hello", "nonce=y\n");
	check(stream->str, stream->len, "!0 kmsg 6,0,0,-;Linux\n6,1,0;1 hello nonce=y\n;", 0, 1);
}

/* Lengths that are too long must not hold back what follows until the end of the stream. */
static void test_wrong_length(void)
{
	g_autoptr(GString) stream = g_string_new(NULL);

	g_string_append(stream, FRAME_MAGIC " 0 a 16777216 12345678\nfirst\n");
	g_string_append(stream, FRAME_MAGIC " 0 b 16777000 12345678\nsecond\n");
	add_frame(stream, 0, "c", "good");
	for (gsize split = 0; split <= stream->len; split++) {
		g_autoptr(GString) seen = g_string_new(NULL);
		g_autoptr(Frames) frames = frames_new(note, seen);

		frames_feed(frames, stream->str, split, FEED_NS);
		frames_feed(frames, stream->str + split, stream->len - split, FEED_NS);
		/* No frames_finish(): a live listener waits for this frame. */
		g_assert_cmpstr(seen->str, ==, "!0 a first;!0 b second;0 c good;");
	}
	check(stream->str, stream->len, "!0 a first;!0 b second;0 c good;", 0, 2);

	g_string_assign(stream, FRAME_MAGIC " 0 a 2 12345678\nshort\n");
	add_frame(stream, 0, "c", "good");
	check(stream->str, stream->len, "!0 a sh;0 c good;", 3, 1);
}

static void test_truncated(void)
{
	g_autoptr(GString) stream = g_string_new(NULL);
	gsize header;

	add_frame(stream, 0, "a", "payload");
	header = (gsize)(strchr(stream->str, '\n') - stream->str) + 1;
	check(stream->str, header + 3, "!0 a pay;", 0, 1);
	check(stream->str, header, "!0 a ;", 0, 1);
	check(stream->str, header - 1, "", header - 1, 0);
	/* All but the last newline is all that it takes. */
	check(stream->str, stream->len - 1, "0 a payload;", 0, 0);
}

static void test_hostile(void)
{
	static const char *const headers[] = {
		"0 ../../etc/passwd 4 00000000",
		"0 /etc/passwd 4 00000000",
		"0 a/../b 4 00000000",
		"0 a//b 4 00000000",
		"0 a/ 4 00000000",
		"0 . 4 00000000",
		"0 a\\b 4 00000000",
		"0 a\tb 4 00000000",
		"0  4 00000000",
		"-1 a 4 00000000",
		"+1 a 4 00000000",
		"99999 a 4 00000000",
		"x a 4 00000000",
		"0 a -4 00000000",
		"0 a 16777217 00000000",
		"0 a 18446744073709551620 00000000",
		"0 a 4 0000000",
		"0 a 4 000000000",
		"0 a 4 0000000G",
		"0 a 4 00000000 x",
		"0 a 4",
		"",
	};
	g_autofree char *long_name = g_strnfill(FRAME_HEADER_MAX, 'n');

	for (gsize i = 0; i <= G_N_ELEMENTS(headers); i++) {
		g_autoptr(GString) stream = g_string_new(NULL);
		gsize garbage;

		if (i < G_N_ELEMENTS(headers))
			g_string_append_printf(stream, FRAME_MAGIC " %s\n", headers[i]);
		else
			g_string_append_printf(stream, FRAME_MAGIC " 0 %s 4 00000000\n", long_name);
		garbage = stream->len - 1;
		add_frame(stream, 0, "b", "good");
		check(stream->str, stream->len, "0 b good;", garbage, 0);
	}

	/* A NUL that would end the text of the header early. */
	check("@KHOT1 0 a 0 00000000\0x\n\n", 25, "", 23, 0);
}

/* Headers that each claim all that follows: what this takes grows with what came, and not with its square. */
static void test_nested(void)
{
	g_autoptr(GString) stream = g_string_new(NULL), seen = g_string_new(NULL);
	g_autoptr(Frames) frames = frames_new(note, seen);
	const gsize chunk = 65536;
	gint64 began = g_get_monotonic_time();

	while (stream->len < 16u << 20)
		g_string_append_printf(stream, FRAME_MAGIC " 0 a/b %u 00000000\n", 16u << 20);
	add_frame(stream, 0, "after", "x");
	for (gsize at = 0; at < stream->len; at += chunk)
		frames_feed(frames, stream->str + at, MIN(chunk, stream->len - at), FEED_NS);
	frames_finish(frames, 2 * FEED_NS);
	g_test_message("%u damaged, %" G_GUINT64_FORMAT " bytes of garbage, %.2f s", frames_damaged(frames),
		       frames_garbage_bytes(frames), (double)(g_get_monotonic_time() - began) / 1e6);
	/* without a bound there is a damaged frame for each header, and hours */
	g_assert_cmpuint(frames_damaged(frames), <, 1000);
	g_assert_cmpuint(frames_garbage_bytes(frames), >, stream->len / 2);
}

static void test_names(void)
{
	g_assert_true(frames_name_is_valid("sys/kernel/debug/kho/out/scratch_phys"));
	g_assert_true(frames_name_is_valid("..."));
	g_assert_false(frames_name_is_valid(""));
	g_assert_false(frames_name_is_valid(".."));
	g_assert_false(frames_name_is_valid("a/.."));
	g_assert_false(frames_name_is_valid("a b"));
	g_assert_false(frames_name_is_valid("\xc3\xa4"));
}

/* A real handover: one line "hop name length crc" for each frame, as the manifests have them, and the manifests. */
typedef struct {
	GString *lines;
	GPtrArray *manifests; /* NULL-terminated lines of each */
} Recorded;

static void note_recorded(const Frame *frame, gpointer data)
{
	Recorded *recorded = data;

	g_string_append_printf(recorded->lines, "%s%d %s %zu %08x\n", frame->crc_ok ? "" : "!", frame->hop, frame->name,
			       frame->length, frame_crc32(0, frame->payload, (uint32_t)frame->length));
	if (strcmp(frame->name, FRAME_MANIFEST) == 0) {
		g_autofree char *text = g_strndup((const char *)frame->payload, frame->length);

		g_ptr_array_add(recorded->manifests, g_strsplit(text, "\n", -1));
	}
}

static void recorded_decode(Recorded *ret_recorded, const char *data, gsize length, gsize piece, guint64 *ret_garbage,
			    guint *ret_damaged)
{
	g_autoptr(Frames) frames = frames_new(note_recorded, ret_recorded);

	ret_recorded->lines = g_string_new(NULL);
	ret_recorded->manifests = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
	for (gsize at = 0; at < length; at += piece)
		frames_feed(frames, data + at, MIN(piece, length - at), (gint64)at);
	frames_finish(frames, (gint64)length);
	*ret_garbage = frames_garbage_bytes(frames);
	*ret_damaged = frames_damaged(frames);
}

static void recorded_clear(Recorded *recorded)
{
	g_string_free(recorded->lines, TRUE);
	g_ptr_array_unref(recorded->manifests);
}

/* Every frame of both kernels is there, as the guest's own manifest has it, whatever the size of the pieces. */
static void test_recorded(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) bytes = files_read(fixture, &error);
	gsize length;
	const char *data;

	g_assert_no_error(error);
	data = g_bytes_get_data(bytes, &length);
	for (gsize piece = 1; piece < 20000; piece = piece * 3 + 1) {
		Recorded recorded;
		guint64 garbage;
		guint damaged;

		recorded_decode(&recorded, data, length, piece, &garbage, &damaged);
		g_assert_cmpuint(garbage, ==, 0);
		g_assert_cmpuint(damaged, ==, 0);
		g_assert_true(g_str_has_prefix(recorded.lines->str, "0 hello "));
		g_assert_nonnull(strstr(recorded.lines->str, "\n0 leaving "));
		g_assert_nonnull(strstr(recorded.lines->str, "\n1 hello "));
		g_assert_nonnull(strstr(recorded.lines->str, "\n1 done "));
		g_assert_cmpuint(recorded.manifests->len, ==, 2);
		for (guint hop = 0; hop < 2; hop++) {
			char **lines = recorded.manifests->pdata[hop];

			g_assert_cmpuint(g_strv_length(lines), >, 10);
			g_assert_true(g_strv_contains((const char *const *)lines, "kho=present"));
			for (; **lines && strchr(*lines, ' '); lines++) {
				g_autofree char *line = g_strdup_printf("%u %s\n", hop, *lines);

				g_assert_nonnull(strstr(recorded.lines->str, line));
			}
			g_assert_cmpstr(*lines, ==, "kho=present");
		}
		recorded_clear(&recorded);
	}
}

/* One bit of the recording changed, anywhere: one frame suffers, or its header is garbage; all others come. */
static void test_recorded_damaged(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) bytes = files_read(fixture, &error);
	g_autoptr(GRand) random = g_rand_new_with_seed(1);
	gsize length;
	const char *data;

	g_assert_no_error(error);
	data = g_bytes_get_data(bytes, &length);
	for (int round = 0; round < 300; round++) {
		g_autofree char *copy = g_memdup2(data, length);
		gsize at = (gsize)g_rand_int_range(random, 0, (gint32)length - 100);
		Recorded recorded;
		guint64 garbage;
		guint damaged;

		copy[at] = (char)(copy[at] ^ (1 << g_rand_int_range(random, 0, 8)));
		recorded_decode(&recorded, copy, length, 4096, &garbage, &damaged);
		g_assert_cmpuint(damaged, <=, 1);
		g_assert_nonnull(strstr(recorded.lines->str, "\n1 done "));
		recorded_clear(&recorded);
	}
}

/* Of the recording: what a hop begins with, one of its records, how these end, and the hop's own end. */
static void note_short(const Frame *frame, gpointer data)
{
	static const char *const wanted[] = { FRAME_HELLO, "proc/meminfo", FRAME_MANIFEST, FRAME_LEAVING, NULL };
	GPtrArray *frames = data;
	g_autofree char *payload = g_strndup((const char *)frame->payload, frame->length);
	GString *framed;

	if (frame->hop != 0 || !g_strv_contains(wanted, frame->name))
		return;
	framed = g_string_new(NULL);
	add_frame(framed, 0, frame->name, payload);
	g_ptr_array_add(frames, framed);
}

static void free_framed(gpointer data)
{
	g_string_free(data, TRUE);
}

/* Caller unrefs. GString: frames in their order. */
static GPtrArray *short_stream(void)
{
	g_autoptr(GBytes) bytes = files_read(fixture, NULL);
	GPtrArray *framed = g_ptr_array_new_with_free_func(free_framed);
	g_autoptr(Frames) frames = frames_new(note_short, framed);

	frames_feed(frames, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), FEED_NS);
	frames_finish(frames, FEED_NS);
	return framed;
}

/* Nothing, or what there was of the frame that was cut: a damaged one, with the beginning of its payload. */
static bool is_rest_of(const char *rest, const GString *framed)
{
	g_auto(GStrv) fields = g_strsplit(framed->str, " ", 4);
	g_autofree char *begin = g_strdup_printf("!%s %s ", fields[1], fields[2]);
	const char *payload = strchr(framed->str, '\n') + 1;
	gsize length = strlen(rest);

	if (!length)
		return true;
	if (!g_str_has_prefix(rest, begin) || rest[length - 1] != ';')
		return false;
	return strncmp(rest + strlen(begin), payload, length - strlen(begin) - 1) == 0;
}

/* What was cut off at a byte: all frames before it, and none that was not sent; with_next: a next kernel speaks then.
 */
static void cut_at(const GPtrArray *framed, const GString *stream, gsize at, bool with_next)
{
	g_autoptr(GString) cut = g_string_new_len(stream->str, (gssize)at), expected = g_string_new(NULL);
	g_autofree char *seen = NULL;
	/* an empty line goes before what the next kernel says, and may be just what is missing */
	gsize end = 0, came = at + (with_next && stream->str[at] == '\n');
	guint whole = 0;

	for (; whole < framed->len; whole++) {
		const GString *frame = framed->pdata[whole];
		g_autofree char *one = NULL;

		/* all but the last newline is all that it takes */
		if (end + frame->len - 1 > came)
			break;
		end += frame->len;
		one = decode(frame->str, frame->len, 0, NULL, NULL);
		g_string_append(expected, one);
	}
	if (with_next) {
		g_string_append_c(cut, '\n');
		add_frame(cut, 1, FRAME_HELLO, "nonce=y\n");
	}
	seen = decode(cut->str, cut->len, at, NULL, NULL);
	g_assert_true(g_str_has_prefix(seen, expected->str));
	if (with_next) {
		g_assert_true(g_str_has_suffix(seen, "1 " FRAME_HELLO " nonce=y\n;"));
		seen[strlen(seen) - strlen("1 " FRAME_HELLO " nonce=y\n;")] = '\0';
	}
	if (whole < framed->len)
		g_assert_true(is_rest_of(seen + expected->len, framed->pdata[whole]));
	else
		g_assert_cmpstr(seen + expected->len, ==, "");
}

static void test_cut_at_every_byte(void)
{
	g_autoptr(GPtrArray) framed = short_stream();
	g_autoptr(GString) stream = g_string_new(NULL);

	g_assert_cmpuint(framed->len, ==, 4);
	for (guint i = 0; i < framed->len; i++)
		g_string_append(stream, ((const GString *)framed->pdata[i])->str);
	for (gsize at = 0; at <= stream->len; at++) {
		cut_at(framed, stream, at, false);
		cut_at(framed, stream, at, true);
	}
	g_test_message("%zu bytes", stream->len);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_assert_cmpint(argc, ==, 2);
	fixture = argv[1];
	g_test_add_func("/frames/crc", test_crc);
	g_test_add_func("/frames/good", test_good);
	g_test_add_func("/frames/one-byte-at-a-time", test_one_byte_at_a_time);
	g_test_add_func("/frames/times", test_times);
	g_test_add_func("/frames/bad-crc", test_bad_crc);
	g_test_add_func("/frames/garbage", test_garbage);
	g_test_add_func("/frames/lost-bytes", test_lost_bytes);
	g_test_add_func("/frames/cut-by-next-hop", test_cut_by_next_hop);
	g_test_add_func("/frames/wrong-length", test_wrong_length);
	g_test_add_func("/frames/truncated", test_truncated);
	g_test_add_func("/frames/cut-at-every-byte", test_cut_at_every_byte);
	g_test_add_func("/frames/hostile", test_hostile);
	g_test_add_func("/frames/nested", test_nested);
	g_test_add_func("/frames/names", test_names);
	g_test_add_func("/frames/recorded", test_recorded);
	g_test_add_func("/frames/recorded-damaged", test_recorded_damaged);
	return g_test_run();
}
