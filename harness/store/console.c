// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/consoletext.h>
#include <store/console.h>

#include <string.h>

/* Bytes of console.log: where lines begin, and where user spaces were left. */
typedef struct {
	GHashTable *begins; /* gint64 offset -> gint64 host time */
	GArray *left;	    /* gint64 offset, in order */
} Stamps;

static void read_stamps(const char *text, Stamps *stamps)
{
	g_auto(GStrv) lines = g_strsplit_set(text ? text : "", "\n", -1);

	stamps->begins = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
	stamps->left = g_array_new(FALSE, FALSE, sizeof(gint64));
	for (char **line = lines; *line; line++) {
		const char *space = strchr(*line, ' ');
		gint64 offset = space ? g_ascii_strtoll(space + 1, NULL, 10) : 0;
		gint64 ns = g_ascii_strtoll(*line, NULL, 10);

		if (!space)
			continue;
		if (**line == '-')
			g_array_append_val(stamps->left, offset);
		else
			g_hash_table_replace(stamps->begins, g_memdup2(&offset, sizeof(offset)),
					     g_memdup2(&ns, sizeof(ns)));
	}
}

static void clear_stamps(Stamps *stamps)
{
	g_hash_table_unref(stamps->begins);
	g_array_unref(stamps->left);
}

/* Lines that are said to begin at or behind that place. */
static guint count_behind(GHashTable *begins, gsize length)
{
	GHashTableIter iter;
	gpointer offset;
	guint n = 0;

	g_hash_table_iter_init(&iter, begins);
	while (g_hash_table_iter_next(&iter, &offset, NULL))
		n += *(gint64 *)offset >= (gint64)length;
	return n;
}

static void add_line(Console *console, const Stamps *stamps, const char *data, gsize length, gint64 offset)
{
	g_autofree char *raw = g_malloc(length + 1);
	const gint64 *stamp = g_hash_table_lookup(stamps->begins, &offset);
	gint64 ns = stamp ? *stamp : -1;
	gsize n = 0;

	/* a byte of zero is noise on the line, and no end of it */
	for (gsize i = 0; i < length; i++)
		if (data[i])
			raw[n++] = data[i];
	raw[n] = '\0';
	g_ptr_array_add(console->texts, console_clean(raw));
	g_array_append_val(console->times, ns);
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

Console *console_parse(const char *log, gsize length, const char *times)
{
	Console *console = g_new0(Console, 1);
	const ConsoleKernel first = { 0, 0, 0 };
	Stamps stamps;
	guint left = 0;

	read_stamps(times, &stamps);
	console->texts = g_ptr_array_new_with_free_func(g_free);
	console->times = g_array_new(FALSE, FALSE, sizeof(gint64));
	console->kernels = g_array_new(FALSE, FALSE, sizeof(ConsoleKernel));
	console->handover_line = -1;
	g_array_append_val(console->kernels, first);
	for (gsize from = 0; from < length;) {
		const char *newline = memchr(log + from, '\n', length - from);
		gsize end = newline ? (gsize)(newline - log) : length;

		for (; left < stamps.left->len && g_array_index(stamps.left, gint64, left) <= (gint64)from; left++)
			begin_kernel(console);
		add_line(console, &stamps, log + from, end - from, (gint64)from);
		from = end + 1;
	}
	for (; left < stamps.left->len; left++)
		begin_kernel(console);
	g_array_index(console->kernels, ConsoleKernel, console->kernels->len - 1).to = console->texts->len;
	find_banners(console);
	console->missing = count_behind(stamps.begins, length);
	clear_stamps(&stamps);
	return console;
}

Console *console_read(const RunDir *run)
{
	g_autoptr(GBytes) log = rundir_read(run, RUNDIR_CONSOLE);
	g_autofree char *times = rundir_text(run, RUNDIR_CONSOLE_TIMES);

	return console_parse(log ? g_bytes_get_data(log, NULL) : "", log ? g_bytes_get_size(log) : 0, times);
}

void console_free(Console *console)
{
	if (!console)
		return;
	g_ptr_array_unref(console->texts);
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
