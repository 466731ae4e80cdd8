// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/consoletext.h>
#include <store/console.h>

#include <stdio.h>
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

/*
 * The console as it is read, piece by piece: a guest may have written 32 MiB (run/watch.c), and what is kept of that is
 * kept once.
 */
typedef struct {
	Console *console;
	Stamps stamps;
	guint left;    /* of stamps.left, those that were passed */
	gint64 offset; /* of the next byte */
	bool inside;   /* of a line, which began at begin */
	gint64 begin;
	GString *line; /* what came of it, without zeros */
	gsize length;  /* of that, zeros included */
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

static void read_stamps(const char *text, Stamps *stamps)
{
	guint kept = 0;

	stamps->begins = g_array_new(FALSE, FALSE, sizeof(Stamp));
	stamps->left = g_array_new(FALSE, FALSE, sizeof(gint64));
	for (const char *line = text; line && *line;) {
		gsize length = strcspn(line, "\n");

		take_stamp(stamps, line, length);
		line += length + (line[length] == '\n');
	}
	/* stable: of those for one place the last that was written stays */
	g_array_sort(stamps->begins, by_offset);
	for (guint i = 0; i < stamps->begins->len; i++) {
		if (kept && stamp_at(stamps, kept - 1)->offset == stamp_at(stamps, i)->offset)
			kept--;
		*stamp_at(stamps, kept++) = *stamp_at(stamps, i);
	}
	g_array_set_size(stamps->begins, kept);
}

static void clear_stamps(Stamps *stamps)
{
	g_array_unref(stamps->begins);
	g_array_unref(stamps->left);
}

/* The place of the first stamp that is not before an offset. */
static guint find_stamp(const Stamps *stamps, gint64 offset)
{
	guint low = 0, high = stamps->begins->len;

	while (low < high) {
		guint middle = low + (high - low) / 2;

		if (stamp_at(stamps, middle)->offset < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static gint64 stamp_of(const Stamps *stamps, gint64 offset)
{
	guint i = find_stamp(stamps, offset);

	return i < stamps->begins->len && stamp_at(stamps, i)->offset == offset ? stamp_at(stamps, i)->ns : -1;
}

/* Lines up to the one at which that user space was left belong to the kernel that is begun; from there to the next. */
static void begin_kernel(Console *console)
{
	ConsoleKernel *last = &g_array_index(console->kernels, ConsoleKernel, console->kernels->len - 1);
	ConsoleKernel next = { console->texts->len, 0, 0 };

	last->to = console->texts->len;
	g_array_append_val(console->kernels, next);
	console->handover_line = (int)next.from;
}

static bool is_banner(const Console *console, guint line)
{
	return strstr(console->texts->pdata[line], "Linux version ") != NULL;
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

static void reader_begin(Reader *reader, const char *times)
{
	const ConsoleKernel first = { 0, 0, 0 };
	Console *console = g_new0(Console, 1);

	*reader = (Reader){ .console = console, .line = g_string_new(NULL) };
	read_stamps(times, &reader->stamps);
	console->store = g_string_chunk_new(64 << 10);
	console->texts = g_ptr_array_new();
	console->times = g_array_new(FALSE, FALSE, sizeof(gint64));
	console->kernels = g_array_new(FALSE, FALSE, sizeof(ConsoleKernel));
	console->handover_line = -1;
	g_array_append_val(console->kernels, first);
}

static void begin_line(Reader *reader)
{
	const GArray *left = reader->stamps.left;

	for (; reader->left < left->len && g_array_index(left, gint64, reader->left) <= reader->offset; reader->left++)
		begin_kernel(reader->console);
	reader->inside = true;
	reader->begin = reader->offset;
	reader->length = 0;
	g_string_truncate(reader->line, 0);
}

static void end_line(Reader *reader)
{
	Console *console = reader->console;
	g_autofree char *clean = console_clean(reader->line->str);
	gint64 ns = stamp_of(&reader->stamps, reader->begin);

	g_ptr_array_add(console->texts, g_string_chunk_insert(console->store, clean));
	g_array_append_val(console->times, ns);
	reader->inside = false;
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
		/* a byte of zero is noise on the line, and no end of it */
		for (gsize i = 0; i < n; i++)
			if (data[i])
				g_string_append_c(reader->line, data[i]);
		reader->length += n;
		n += ends;
		data += n;
		length -= n;
		reader->offset += (gint64)n;
		if (ends || reader->length == LINE_MOST)
			end_line(reader);
	}
}

static Console *reader_end(Reader *reader)
{
	Console *console = reader->console;

	if (reader->inside)
		end_line(reader);
	for (; reader->left < reader->stamps.left->len; reader->left++)
		begin_kernel(console);
	g_array_index(console->kernels, ConsoleKernel, console->kernels->len - 1).to = console->texts->len;
	find_banners(console);
	console->missing = reader->stamps.begins->len - find_stamp(&reader->stamps, reader->offset);
	clear_stamps(&reader->stamps);
	g_string_free(reader->line, TRUE);
	return console;
}

Console *console_parse(const char *log, gsize length, const char *times)
{
	Reader reader;

	reader_begin(&reader, times);
	reader_take(&reader, log, length);
	return reader_end(&reader);
}

Console *console_read(const RunDir *run)
{
	g_autofree char *path = rundir_file(run, RUNDIR_CONSOLE), *times = rundir_text(run, RUNDIR_CONSOLE_TIMES);
	g_autofree char *piece = g_malloc(PIECE);
	FILE *file = fopen(path, "re");
	Reader reader;
	gsize n;

	reader_begin(&reader, times);
	g_clear_pointer(&times, g_free);
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
	g_ptr_array_unref(console->texts);
	g_string_chunk_free(console->store);
	g_array_unref(console->times);
	g_array_unref(console->kernels);
	g_free(console);
}

ConsoleKernel console_kernel(const Console *console, guint hop)
{
	if (hop < console->kernels->len)
		return g_array_index(console->kernels, ConsoleKernel, hop);
	return (ConsoleKernel){ console->texts->len, console->texts->len, console->texts->len };
}

gint64 console_time(const Console *console, guint line)
{
	return line < console->times->len ? g_array_index(console->times, gint64, line) : -1;
}
