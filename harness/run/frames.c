// SPDX-License-Identifier: GPL-2.0-or-later
#include <proto/frame.h>
#include <run/frames.h>

#include <string.h>

#define MARK FRAME_MAGIC " "
#define MARK_LENGTH (sizeof(MARK) - 1)
#define HOP_DIGITS_MAX 4
#define LENGTH_DIGITS_MAX 9
#define CRC_DIGITS 8

/*
 * Each byte is looked at some three times: for the header, for the checksum, and for frames inside of an
 * unfinished one. A guest can send headers that each claim all that follows, and then every one
 * of them would be summed up and searched to its end.
 */
#define WORK_A_BYTE 8u
#define WORK_FREE (64u << 20)

typedef struct {
	int hop;
	char name[FRAME_HEADER_MAX];
	guint32 crc;
	gsize header_length; /* newline included */
	gsize length;
} Header;

/*
 * What is not settled yet: pending from offset start on. It begins with the header
 * of an unfinished frame, or at the start of a line between frames, or (mid_line)
 * within a line that is none of ours.
 */
struct Frames {
	FramesFunc func;
	gpointer data;
	GByteArray *pending;
	gsize start;
	bool mid_line;
	bool have_header; /* of the frame at start, since header_ns: it is read once, in however small pieces more comes
			   */
	Header header;
	gint64 header_ns;
	gsize searched; /* from start: where the search for frames inside an unfinished one goes on */
	GArray *inner;	/* Inner: those that were found, and have not all their bytes yet */
	gsize awaited;	/* where the first of them ends, from start */
	gsize sound;	/* where one begins that is whole and sound, from start; 0: none is known */
	guint64 garbage;
	guint damaged;
	guint64 fed, work; /* bytes that came, and bytes that were looked at */
	bool hopeless;	   /* more were looked at than any guest is worth: all that comes is garbage */
};

/* From start: a frame inside of the unfinished one. */
typedef struct {
	gsize at, end;
} Inner;

typedef enum {
	HEADER_OK,
	HEADER_PARTIAL, /* as far as it goes it could be one */
	HEADER_BAD,
} HeaderState;

Frames *frames_new(FramesFunc func, gpointer data)
{
	Frames *frames = g_new0(Frames, 1);

	frames->func = func;
	frames->data = data;
	frames->pending = g_byte_array_new();
	frames->inner = g_array_new(FALSE, FALSE, sizeof(Inner));
	return frames;
}

void frames_free(Frames *frames)
{
	if (!frames)
		return;
	g_byte_array_unref(frames->pending);
	g_array_unref(frames->inner);
	g_free(frames);
}

guint64 frames_garbage_bytes(const Frames *frames)
{
	return frames->garbage;
}

guint frames_damaged(const Frames *frames)
{
	return frames->damaged;
}

bool frames_name_is_valid(const char *name)
{
	g_auto(GStrv) parts = g_strsplit(name, "/", -1);

	for (const char *at = name; *at; at++) {
		if (!g_ascii_isalnum(*at) && !strchr("._/-", *at))
			return false;
	}
	for (char **part = parts; *part; part++) {
		if (!**part || strcmp(*part, ".") == 0 || strcmp(*part, "..") == 0)
			return false;
	}
	return parts[0] != NULL;
}

/* Digits of the given base only, one to max of them, so that no sign, space or overflow gets by. */
static bool parse_number(const char *text, guint base, gsize max, guint64 *ret_value)
{
	gsize length = strspn(text, base == 16 ? "0123456789abcdef" : "0123456789");

	if (length == 0 || length > max || text[length])
		return false;
	*ret_value = g_ascii_strtoull(text, NULL, base);
	return true;
}

static bool parse_fields(const char *line, Header *ret_header)
{
	g_auto(GStrv) fields = g_strsplit(line, " ", -1);
	guint64 hop, length, crc;

	if (g_strv_length(fields) != 5 || strlen(fields[4]) != CRC_DIGITS ||
	    !parse_number(fields[1], 10, HOP_DIGITS_MAX, &hop) || !frames_name_is_valid(fields[2]) ||
	    !parse_number(fields[3], 10, LENGTH_DIGITS_MAX, &length) || length > FRAME_PAYLOAD_MAX ||
	    !parse_number(fields[4], 16, CRC_DIGITS, &crc))
		return false;
	ret_header->hop = (int)hop;
	g_strlcpy(ret_header->name, fields[2], sizeof(ret_header->name));
	ret_header->length = (gsize)length;
	ret_header->crc = (guint32)crc;
	return true;
}

/* Reads the header at the beginning of some bytes. */
static HeaderState parse_header(const guint8 *data, gsize available, Header *ret_header)
{
	const guint8 *newline = memchr(data, '\n', MIN(available, FRAME_HEADER_MAX));
	char line[FRAME_HEADER_MAX];

	if (memcmp(data, MARK, MIN(available, MARK_LENGTH)) != 0)
		return HEADER_BAD;
	if (!newline)
		return available < FRAME_HEADER_MAX ? HEADER_PARTIAL : HEADER_BAD;
	ret_header->header_length = (gsize)(newline - data) + 1;
	memcpy(line, data, ret_header->header_length);
	line[ret_header->header_length - 1] = '\0';
	/* A NUL inside would hide what follows it. */
	if (strlen(line) != ret_header->header_length - 1 || !parse_fields(line, ret_header))
		return HEADER_BAD;
	return HEADER_OK;
}

static const guint8 *unsettled(const Frames *frames, gsize *ret_length)
{
	*ret_length = frames->pending->len - frames->start;
	/* an array that nothing was ever added to has no data to count from */
	return *ret_length ? frames->pending->data + frames->start : NULL;
}

static void settle(Frames *frames, gsize length)
{
	frames->start += length;
	frames->sound -= MIN(frames->sound, length);
	frames->have_header = false;
}

/* Where the next line begins that could be a header, from an offset on; length if there is none yet. */
static gsize find_mark(const guint8 *data, gsize length, gsize from)
{
	while (from < length) {
		const guint8 *newline = memchr(data + from, '\n', length - from);

		if (!newline)
			break;
		from = (gsize)(newline - data) + 1;
		if (from < length && memcmp(data + from, MARK, MIN(length - from, MARK_LENGTH)) == 0)
			return from;
	}
	return length;
}

static void count_work(Frames *frames, gsize bytes)
{
	frames->work += bytes;
	frames->hopeless = frames->work > WORK_FREE + frames->fed * WORK_A_BYTE;
}

static bool crc_matches(Frames *frames, const Header *header, const guint8 *start)
{
	count_work(frames, header->length);
	return frame_crc32(0, start + header->header_length, (guint32)header->length) == header->crc;
}

/* Hands out the frame at start with as much payload as given, and settles it. */
static void report(Frames *frames, const Header *header, gsize length, bool crc_ok, gint64 host_ns)
{
	const Frame frame = {
		.hop = header->hop,
		.name = header->name,
		.payload = frames->pending->data + frames->start + header->header_length,
		.length = length,
		.crc_ok = crc_ok,
		.crc = header->crc,
		.header_ns = frames->header_ns,
		.end_ns = host_ns,
	};

	if (!crc_ok)
		frames->damaged++;
	frames->func(&frame, frames->data);
	settle(frames, header->header_length + length);
}

/* The frame at start is damaged: what there is of it ends at its length, or where the next one may begin. */
static void give_up(Frames *frames, const Header *header, gint64 host_ns)
{
	gsize available;
	const guint8 *data = unsettled(frames, &available);
	gsize next = find_mark(data, available, header->header_length - 1);
	gsize length = next - header->header_length;

	count_work(frames, next);
	if (next < available && length > 0)
		length--; /* the newline that ends the payload */
	report(frames, header, MIN(length, header->length), false, host_ns);
}

/* Looks at what came since the last time for headers of frames inside the unfinished one at start. */
static void find_inner(Frames *frames, const guint8 *data, gsize length)
{
	gsize at = find_mark(data, length, frames->searched);

	count_work(frames, length - frames->searched);
	/* A newline that is the last byte may yet turn out to stand before a mark. */
	frames->searched = length - 1;
	for (; at < length; at = find_mark(data, length, at)) {
		Header header = { 0 };
		HeaderState state = parse_header(data + at, length - at, &header);
		const Inner inner = { at, at + header.header_length + header.length };

		count_work(frames, FRAME_HEADER_MAX);
		if (state == HEADER_PARTIAL)
			frames->searched = MIN(frames->searched, at - 1);
		if (state != HEADER_OK)
			continue;
		g_array_append_val(frames->inner, inner);
		frames->awaited = MIN(frames->awaited, inner.end);
	}
}

/* Whether a whole and sound frame lies inside the unfinished one at start. Each is looked at once, when it is whole. */
static bool has_inner(Frames *frames)
{
	gsize length, awaited = G_MAXSIZE;
	const guint8 *data = unsettled(frames, &length);
	guint kept = 0;

	find_inner(frames, data, length);
	if (frames->awaited > length)
		return false;
	count_work(frames, frames->inner->len);
	for (guint i = 0; i < frames->inner->len; i++) {
		const Inner inner = g_array_index(frames->inner, Inner, i);
		Header header;

		if (inner.end > length) {
			awaited = MIN(awaited, inner.end);
			g_array_index(frames->inner, Inner, kept++) = inner;
		} else if (parse_header(data + inner.at, length - inner.at, &header) == HEADER_OK &&
			   (crc_matches(frames, &header, data + inner.at) || frames->hopeless)) {
			frames->sound = inner.at;
			return true;
		}
	}
	g_array_set_size(frames->inner, kept);
	frames->awaited = awaited;
	return false;
}

/* The frame at start, whose header is sound. False: more bytes are needed. */
static bool take_frame(Frames *frames, const Header *header, bool last, gint64 host_ns)
{
	gsize available;
	const guint8 *data = unsettled(frames, &available);

	if (!frames->have_header) {
		frames->have_header = true;
		frames->header = *header;
		frames->header_ns = host_ns;
		frames->searched = header->header_length - 1;
		g_array_set_size(frames->inner, 0);
		frames->awaited = G_MAXSIZE;
	}
	if (available >= header->header_length + header->length) {
		if (crc_matches(frames, header, data))
			report(frames, header, header->length, true, host_ns);
		else
			give_up(frames, header, host_ns);
		return true;
	}
	/* what is inside of one that goes on to the end is inside of all that do, from there on */
	if (!last && !frames->sound && !has_inner(frames))
		return false;
	give_up(frames, header, host_ns);
	return true;
}

/* Skips the rest of a line that is none of ours. False: it goes on in bytes to come. */
static bool skip_line(Frames *frames)
{
	gsize length;
	const guint8 *data = unsettled(frames, &length);
	const guint8 *newline = memchr(data, '\n', length);
	gsize skipped = newline ? (gsize)(newline - data) : length;

	frames->mid_line = !newline;
	frames->garbage += skipped;
	settle(frames, skipped);
	return newline != NULL;
}

/* Settles one thing. False: nothing to do before more bytes come, or at all. */
static bool step(Frames *frames, bool last, gint64 host_ns)
{
	gsize length;
	const guint8 *data = unsettled(frames, &length);
	HeaderState state;
	Header header;

	if (length == 0)
		return false;
	if (frames->hopeless) {
		frames->garbage += length;
		settle(frames, length);
		return false;
	}
	if (frames->mid_line)
		return skip_line(frames);
	if (data[0] == '\n') {
		settle(frames, 1);
		return true;
	}
	if (frames->have_header)
		header = frames->header, state = HEADER_OK;
	else
		state = parse_header(data, length, &header);
	if (state == HEADER_OK)
		return take_frame(frames, &header, last, host_ns);
	if (state == HEADER_PARTIAL && !last)
		return false;
	frames->mid_line = true;
	return true;
}

void frames_feed(Frames *frames, const void *data, gsize length, gint64 host_ns)
{
	g_byte_array_append(frames->pending, data, (guint)length);
	frames->fed += length;
	while (step(frames, false, host_ns))
		;
	if (frames->start > 0)
		g_byte_array_remove_range(frames->pending, 0, (guint)frames->start);
	frames->start = 0;
}

void frames_finish(Frames *frames, gint64 host_ns)
{
	while (step(frames, true, host_ns))
		;
	g_byte_array_set_size(frames->pending, 0);
	frames->start = 0;
}
