// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/files.h>
#include <measure/consoletext.h>
#include <store/console.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIECE 65536

/* A line goes on in the next one after so many bytes: a kernel's have 1 KiB at most (PRINTKRB_RECORD_MAX). */
#define LINE_MOST 16384
/* Of console.times; it is longer only if somebody else wrote it. */
#define STAMP_MOST 64

typedef struct {
	gint64 offset, ns;
} Stamp;

/* Bytes of console.log: where lines begin, and where user spaces were left. */
typedef struct {
	GArray *begins; /* Stamp, by offset; of several for one the last holds */
	GArray *left;	/* gint64 offset, in order */
} Stamps;

/* The console as it is read, piece by piece. */
typedef struct {
	Console *console;
	Stamps stamps;
	guint left;	 /* of stamps.left, those that were passed */
	gint64 offset;	 /* of the next byte */
	bool inside;	 /* of a line */
	bool goes_on;	 /* what comes is more of a line that was cut for its length */
	guint unstamped; /* lines without a time since the last that has one */
	gsize length;	 /* of that, so far */
	guint stamp;	 /* the first that is not of a line before */
} Reader;

static void take_stamp(Stamps *stamps, const char *line, gsize length)
{
	char text[STAMP_MOST] = "";
	const char *space;
	Stamp stamp;

	memcpy(text, line, MIN(length, sizeof(text) - 1));
	space = strchr(text, ' ');
	if (!space)
		return;
	stamp.offset = g_ascii_strtoll(space + 1, NULL, 10);
	stamp.ns = g_ascii_strtoll(text, NULL, 10);
	if (*text == '-')
		g_array_append_val(stamps->left, stamp.offset);
	else
		g_array_append_val(stamps->begins, stamp);
}

static gint by_offset(gconstpointer a, gconstpointer b)
{
	gint64 first = ((const Stamp *)a)->offset, second = ((const Stamp *)b)->offset;

	return (first > second) - (first < second);
}

static Stamp *stamp_at(const Stamps *stamps, guint i)
{
	return &g_array_index(stamps->begins, Stamp, i);
}

static void stamps_begin(Stamps *stamps)
{
	stamps->begins = g_array_new(FALSE, FALSE, sizeof(Stamp));
	stamps->left = g_array_new(FALSE, FALSE, sizeof(gint64));
}

static void stamps_end(Stamps *stamps)
{
	guint kept = 0;

	/* stable: of those for one place the last that was written stays */
	g_array_sort(stamps->begins, by_offset);
	for (guint i = 0; i < stamps->begins->len; i++) {
		if (kept && stamp_at(stamps, kept - 1)->offset == stamp_at(stamps, i)->offset)
			kept--;
		*stamp_at(stamps, kept++) = *stamp_at(stamps, i);
	}
	g_array_set_size(stamps->begins, kept);
}

static void parse_stamps(const char *text, Stamps *stamps)
{
	stamps_begin(stamps);
	for (const char *line = text; line && *line;) {
		gsize length = strcspn(line, "\n");

		take_stamp(stamps, line, length);
		line += length + (line[length] == '\n');
	}
	stamps_end(stamps);
}

/* NULL: it cannot be read, or is none, or path is NULL. */
static FILE *open_file(const char *path)
{
	return path && files_can_open(path) ? fopen(path, "re") : NULL;
}

static void read_stamps(const char *path, Stamps *stamps)
{
	FILE *file = open_file(path);
	char *line = NULL;
	size_t size = 0;
	ssize_t length;

	stamps_begin(stamps);
	while (file && (length = getline(&line, &size, file)) > 0)
		take_stamp(stamps, line, (gsize)length);
	free(line);
	if (file)
		fclose(file);
	stamps_end(stamps);
}

static void clear_stamps(Stamps *stamps)
{
	g_array_unref(stamps->begins);
	g_array_unref(stamps->left);
}

/* Stamps of lines that should begin before an offset, and do not: the log is another one. */
static void pass_stamps(Reader *reader, gint64 offset)
{
	const Stamps *stamps = &reader->stamps;

	for (; reader->stamp < stamps->begins->len && stamp_at(stamps, reader->stamp)->offset < offset; reader->stamp++)
		reader->console->strange++;
}

/* Time of the line that begins at an offset; -1. */
static gint64 stamp_of(Reader *reader, gint64 offset)
{
	const Stamps *stamps = &reader->stamps;

	pass_stamps(reader, offset);
	if (reader->stamp == stamps->begins->len || stamp_at(stamps, reader->stamp)->offset != offset)
		return -1;
	return stamp_at(stamps, reader->stamp++)->ns;
}

/* Lines up to the one at which that user space was left belong to the kernel that is begun; from there to the next. */
static void begin_kernel(Console *console)
{
	ConsoleKernel *last = &g_array_index(console->kernels, ConsoleKernel, console->kernels->len - 1);
	ConsoleKernel next = { console->lines.len, 0, 0 };

	last->to = console->lines.len;
	g_array_append_val(console->kernels, next);
	console->handover_line = (int)next.from;
}

static bool is_banner(const Console *console, guint line)
{
	return console_is_banner(console_line(&console->lines, line));
}

/*
 * A kernel begins with its banner, behind the place where the one before was left. Where the last word of
 * that one did not come, the place was noted too late: then with the last banner before it.
 */
static guint find_banner(const Console *console, const ConsoleKernel *kernel, const ConsoleKernel *before)
{
	for (guint i = kernel->from; i < kernel->to; i++)
		if (is_banner(console, i))
			return i;
	for (guint i = kernel->from; before && i > before->banner + 1; i--)
		if (is_banner(console, i - 1))
			return i - 1;
	return kernel->to;
}

static void find_banners(Console *console)
{
	for (guint k = 0; k < console->kernels->len; k++) {
		ConsoleKernel *kernel = &g_array_index(console->kernels, ConsoleKernel, k);
		ConsoleKernel *before = k ? kernel - 1 : NULL;

		kernel->banner = find_banner(console, kernel, before);
		if (before && kernel->banner < kernel->to)
			before->to = kernel->from = kernel->banner;
	}
}

static gint64 begin_of(const Console *console, guint line)
{
	return g_array_index(console->begins, gint64, line);
}

/* Has the bytes of a line, and some behind them, in console->piece; false if they cannot be read. */
static bool load(Console *console, gint64 from, gint64 to)
{
	gint64 wanted = MIN(begin_of(console, console->lines.len) - from, PIECE);
	FILE *file;

	if (from >= console->piece_from && to <= console->piece_to)
		return true;
	console->piece_to = console->piece_from = from;
	console->piece = console->piece ? console->piece : g_malloc(MIN(PIECE, begin_of(console, console->lines.len)));
	/* not held open: there may be very many runs */
	file = open_file(console->path);
	if (file && fseeko(file, from, SEEK_SET) == 0)
		console->piece_to += (gint64)fread(console->piece, 1, (gsize)wanted, file);
	if (file)
		fclose(file);
	return to <= console->piece_to;
}

/* Bytes [from, to) of the log; NULL if they cannot be read. */
static const char *bytes_at(Console *console, gint64 from, gint64 to)
{
	if (console->log)
		return (const char *)g_bytes_get_data(console->log, NULL) + from;
	return load(console, from, to) ? console->piece + (from - console->piece_from) : NULL;
}

/* Cleaned. A byte of zero is noise on the line, and no end of it. Caller frees. */
static char *text_of(Console *console, guint line)
{
	gint64 from = begin_of(console, line), to = begin_of(console, line + 1);
	const char *bytes = bytes_at(console, from, to);
	g_autofree char *raw = g_malloc((gsize)(to - from) + 1);
	gsize length = 0;

	for (gint64 i = 0; bytes && i < to - from; i++)
		if (bytes[i] && (bytes[i] != '\n' || i + 1 < to - from))
			raw[length++] = bytes[i];
	raw[length] = '\0';
	return console_clean(raw);
}

static const char *line_at(gpointer user, guint line)
{
	Console *console = user;

	if (!console->text || console->line != line) {
		g_free(console->text);
		console->text = text_of(console, line);
		console->line = line;
	}
	return console->text;
}

static Reader reader_begin(void)
{
	const ConsoleKernel first = { 0, 0, 0 };
	Console *console = g_new0(Console, 1);

	console->lines = (ConsoleLines){ 0, line_at, console };
	console->begins = g_array_new(FALSE, FALSE, sizeof(gint64));
	console->times = g_array_new(FALSE, FALSE, sizeof(gint64));
	console->kernels = g_array_new(FALSE, FALSE, sizeof(ConsoleKernel));
	console->handover_line = -1;
	g_array_append_val(console->kernels, first);
	return (Reader){ .console = console };
}

static void begin_line(Reader *reader)
{
	const GArray *left = reader->stamps.left;
	Console *console = reader->console;
	gint64 ns = stamp_of(reader, reader->offset);

	for (; reader->left < left->len && g_array_index(left, gint64, reader->left) <= reader->offset; reader->left++)
		begin_kernel(console);
	g_array_append_val(console->begins, reader->offset);
	g_array_append_val(console->times, ns);
	reader->unstamped += ns < 0 && !reader->goes_on;
	/* QEMU writes the log: what it wrote last may never have been read, and has no time */
	if (ns >= 0) {
		console->strange += reader->unstamped;
		reader->unstamped = 0;
	}
	console->lines.len++;
	reader->inside = true;
	reader->length = 0;
}

static void reader_take(Reader *reader, const char *data, gsize length)
{
	while (length) {
		const char *newline = memchr(data, '\n', length);
		gsize n = newline ? (gsize)(newline - data) : length;
		bool ends;

		if (!reader->inside)
			begin_line(reader);
		ends = newline && n <= LINE_MOST - reader->length;
		n = MIN(n, LINE_MOST - reader->length);
		reader->length += n;
		n += ends;
		data += n;
		length -= n;
		reader->offset += (gint64)n;
		reader->inside = !ends && reader->length < LINE_MOST;
		reader->goes_on = !ends && !reader->inside;
	}
}

static Console *reader_end(Reader *reader)
{
	Console *console = reader->console;
	Stamps *stamps = &reader->stamps;

	for (; reader->left < stamps->left->len; reader->left++)
		begin_kernel(console);
	g_array_append_val(console->begins, reader->offset);
	g_array_index(console->kernels, ConsoleKernel, console->kernels->len - 1).to = console->lines.len;
	pass_stamps(reader, reader->offset);
	console->missing = stamps->begins->len - reader->stamp;
	clear_stamps(stamps);
	find_banners(console);
	return console;
}

Console *console_parse(const char *log, gsize length, const char *times)
{
	Reader reader = reader_begin();

	reader.console->log = g_bytes_new(log, length);
	parse_stamps(times, &reader.stamps);
	reader_take(&reader, log, length);
	return reader_end(&reader);
}

Console *console_read(const RunDir *run)
{
	g_autofree char *times = rundir_find(run, RUNDIR_CONSOLE_TIMES), *piece = g_malloc(PIECE);
	Reader reader = reader_begin();
	FILE *file;
	gsize n;

	reader.console->path = rundir_find(run, RUNDIR_CONSOLE);
	read_stamps(times, &reader.stamps);
	file = open_file(reader.console->path);
	while (file && (n = fread(piece, 1, PIECE, file)) > 0)
		reader_take(&reader, piece, n);
	if (file)
		fclose(file);
	return reader_end(&reader);
}

void console_free(Console *console)
{
	if (!console)
		return;
	g_clear_pointer(&console->log, g_bytes_unref);
	g_array_unref(console->begins);
	g_array_unref(console->times);
	g_array_unref(console->kernels);
	g_free(console->path);
	g_free(console->piece);
	g_free(console->text);
	g_free(console);
}

ConsoleKernel console_kernel(const Console *console, guint hop)
{
	if (hop < console->kernels->len)
		return g_array_index(console->kernels, ConsoleKernel, hop);
	return (ConsoleKernel){ console->lines.len, console->lines.len, console->lines.len };
}

gint64 console_time(const Console *console, guint line)
{
	return line < console->times->len ? g_array_index(console->times, gint64, line) : -1;
}
