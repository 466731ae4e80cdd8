// SPDX-License-Identifier: GPL-2.0-or-later
/* The console, kernel by kernel: each line has its number in console.log as its anchor. */
#include "htmlparts.h"

#include <base/units.h>
#include <measure/kernellog.h>
#include <report/audit.h>
#include <string.h>

#define WHOLE_LINES_MOST 4000u /* of one kernel */
#define CONTEXT_LINES 4u
#define END_LINES 12u
#define LAST_LINES 10u /* of a run that failed without a word of its own on where */

typedef struct {
	GPtrArray *texts; /* char *: without what a terminal would obey */
	GArray *times;	  /* gint64: host time since the machine started; -1 unknown */
	GArray *starts;	  /* guint: index of each kernel's first line */
} ConsoleLines;

typedef enum {
	LINE_ORDINARY,
	LINE_LANDMARK,
	LINE_COMPLAINT,
} LineKind;

static void console_lines_clear(ConsoleLines *lines)
{
	g_ptr_array_unref(lines->texts);
	g_array_unref(lines->times);
	g_array_unref(lines->starts);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ConsoleLines, console_lines_clear)

/* Behind the time stamp, and the caller with CONFIG_PRINTK_CALLER (kernel/printk/printk.c, print_time(),
 * print_caller()) */
static const char *behind_stamp(const char *line)
{
	while (*line == '[') {
		const char *end = strstr(line, "] ");
		gsize letters = strspn(line + 1, " 0123456789.TC");

		if (!end || line + 1 + letters != end)
			break;
		line = end + 2;
	}
	return line;
}

static LineKind kind_of(const char *line)
{
	static const char *const landmarks[] = {
		"Linux version ", "KHO: ", "Run /init as init process", "node ", "kexec_core: Starting", "khotest: "
	};
	const char *text = behind_stamp(line);

	/* panic() says it again in its last line, "---[ end Kernel panic - not syncing: ... ]---" (kernel/panic.c) */
	if (kernellog_is_complaint(text) ||
	    (strstr(text, "Kernel panic - not syncing") && !g_str_has_prefix(text, "---[ end ")))
		return LINE_COMPLAINT;
	for (gsize i = 0; i < G_N_ELEMENTS(landmarks); i++)
		if (g_str_has_prefix(text, landmarks[i]) &&
		    (strcmp(landmarks[i], "node ") != 0 || strstr(text, " deferred pages initialised in ")))
			return LINE_LANDMARK;
	return LINE_ORDINARY;
}

/* Escape sequences (ECMA-48, section 5.4) and control characters taken out. */
static char *clean(const char *data, gsize length)
{
	g_autoptr(GString) out = g_string_sized_new(length);

	for (gsize i = 0; i < length; i++) {
		if (data[i] == '\x1b' && i + 1 < length && data[i + 1] == '[')
			for (i += 2; i < length && !(data[i] >= '@' && data[i] <= '~'); i++)
				;
		else if (data[i] == '\t' || !g_ascii_iscntrl(data[i]))
			g_string_append_c(out, data[i]);
	}
	return g_utf8_make_valid(out->str, (gssize)out->len);
}

/* A kernel begins with its banner behind the place where the one before was left; without a banner at that place. */
static void find_start(ConsoleLines *lines, guint left_at, guint next_left_at)
{
	guint start = left_at;

	for (guint i = left_at; i < next_left_at; i++)
		if (g_str_has_prefix(behind_stamp(lines->texts->pdata[i]), "Linux version ")) {
			start = i;
			break;
		}
	g_array_append_val(lines->starts, start);
}

static gint64 start_of_machine(const RunDir *run)
{
	g_autoptr(GPtrArray) journal = rundir_journal_read(run);

	for (guint i = 0; i < journal->len; i++)
		if (g_strcmp0(json_get_string(journal->pdata[i], "event"), "start") == 0)
			return json_get_int(journal->pdata[i], "ns");
	return -1;
}

static char *text_of(const RunDir *run, RunFile file, gsize *ret_length)
{
	g_autoptr(GBytes) bytes = rundir_read(run, file);

	*ret_length = bytes ? g_bytes_get_size(bytes) : 0;
	return g_strndup(bytes ? g_bytes_get_data(bytes, NULL) : "", *ret_length);
}

/* docs/rundir.md: console.times has "HOST_NS OFFSET" for lines and "- OFFSET" for the end of a user space. */
static void read_lines(const RunDir *run, ConsoleLines *lines)
{
	gsize length, times_length;
	g_autofree char *data = text_of(run, RUNDIR_CONSOLE, &length);
	g_autofree char *stamps = text_of(run, RUNDIR_CONSOLE_TIMES, &times_length);
	g_auto(GStrv) stamp = g_strsplit_set(stamps, "\n", -1);
	g_autoptr(GArray) left = g_array_new(FALSE, FALSE, sizeof(guint));
	gint64 start = start_of_machine(run);
	char **at = stamp;
	const guint zero = 0;

	*lines = (ConsoleLines){ .texts = g_ptr_array_new_with_free_func(g_free),
				 .times = g_array_new(FALSE, FALSE, sizeof(gint64)),
				 .starts = g_array_new(FALSE, FALSE, sizeof(guint)) };
	for (gsize from = 0; from < length;) {
		const char *newline = memchr(data + from, '\n', length - from);
		gsize end = newline ? (gsize)(newline - data) : length;
		gint64 when = -1;

		for (; *at; at++) {
			const char *space = strchr(*at, ' ');

			if (space && g_ascii_strtoull(space + 1, NULL, 10) > from)
				break;
			if (space && **at == '-')
				g_array_append_val(left, lines->texts->len);
			else if (space && g_ascii_strtoull(space + 1, NULL, 10) == from && start >= 0)
				when = g_ascii_strtoll(*at, NULL, 10) - start;
		}
		g_ptr_array_add(lines->texts, clean(data + from, end - from));
		g_array_append_val(lines->times, when);
		from = end + 1;
	}
	g_array_append_val(lines->starts, zero);
	for (guint i = 0; i < left->len; i++)
		find_start(lines, g_array_index(left, guint, i),
			   i + 1 < left->len ? g_array_index(left, guint, i + 1) : lines->texts->len);
}

/* Marks the lines that are shown of a long console: all that is more than ordinary with what is around it, and the end.
 */
static void choose(const ConsoleLines *lines, guint from, guint to, bool brief, bool *shown)
{
	bool whole = !brief && to - from <= WHOLE_LINES_MOST;

	for (guint i = from; i < to; i++) {
		LineKind kind = kind_of(lines->texts->pdata[i]);
		guint around = kind == LINE_COMPLAINT ? CONTEXT_LINES : 0;

		shown[i] |= whole || i + END_LINES >= to;
		if (kind == LINE_ORDINARY)
			continue;
		for (guint j = MAX(i, from + around) - around; j < MIN(i + around + 1, to); j++)
			shown[j] = true;
	}
}

static void put_line(HtmlWriter *w, const ConsoleLines *lines, guint i, guint n)
{
	static const char *const classes[] = { NULL, "landmark", "complaint" };
	const char *text = lines->texts->pdata[i];
	gint64 when = g_array_index(lines->times, gint64, i);
	g_autofree char *id = g_strdup_printf("r%uL%u", n, i + 1);
	g_autofree char *link = g_strdup_printf("#%s", id);
	g_autofree char *number = g_strdup_printf("%u", i + 1);

	html_open(w, "span", "id", id, "class", classes[kind_of(text)], NULL);
	html_element(w, "a", number, "href", link, NULL);
	html_open(w, "i", NULL);
	if (when >= 0)
		html_textf(w, "%.3f", (double)when / 1e9);
	html_close(w);
	html_text(w, text);
	html_close(w);
}

/* Links to all complaints, before anything is opened. */
static void put_complaints(HtmlWriter *w, const ConsoleLines *lines, guint n)
{
	guint found = 0;

	for (guint i = 0; i < lines->texts->len; i++) {
		const char *text = lines->texts->pdata[i];
		g_autofree char *link = g_strdup_printf("#r%uL%u", n, i + 1);

		if (kind_of(text) != LINE_COMPLAINT)
			continue;
		if (!found++)
			html_open(w, "ul", "class", "complaints", NULL);
		html_open(w, "li", NULL);
		html_textf(w, "line %u: ", i + 1);
		html_element(w, "a", behind_stamp(text), "href", link, NULL);
		html_close(w);
	}
	if (found)
		html_close(w);
	else
		html_element(w, "p", "No kernel complained.", NULL);
}

static void put_kernel(HtmlWriter *w, const ConsoleLines *lines, guint from, guint to, const bool *shown, guint n)
{
	html_open(w, "pre", NULL);
	for (guint i = from; i < to; i++) {
		guint first = i;

		while (i < to && !shown[i])
			i++;
		if (i > first) {
			g_autofree char *gap = g_strdup_printf("… %u lines are not here", i - first);

			html_element(w, "span", gap, "class", "gap", NULL);
		}
		if (i < to)
			put_line(w, lines, i, n);
	}
	html_close(w);
}

/* The last lines of console.log. Caller unrefs. */
static GPtrArray *end_of_console(const Result *result)
{
	g_autoptr(RunDir) run = rundir_open(result->path, NULL);
	g_auto(ConsoleLines) lines = { 0 };
	GPtrArray *end = g_ptr_array_new_with_free_func(g_free);

	if (!run)
		return end;
	read_lines(run, &lines);
	for (guint i = MAX(lines.texts->len, LAST_LINES) - LAST_LINES; i < lines.texts->len; i++)
		g_ptr_array_add(end, g_strdup(lines.texts->pdata[i]));
	return end;
}

void html_last_lines(HtmlWriter *w, const Result *result)
{
	const GPtrArray *chosen = result->verdict->last_lines;
	bool failed = result->verdict->kind == VERDICT_FAIL || result->verdict->kind == VERDICT_ERROR;
	g_autoptr(GPtrArray) end = failed && !chosen->len ? end_of_console(result) : NULL;
	const GPtrArray *lines = end ? end : chosen;
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < lines->len; i++)
		g_string_append_printf(text, "%s\n", (const char *)lines->pdata[i]);
	if (!text->len)
		return;
	html_open(w, "div", "class", "last", NULL);
	html_copy(w, "The last lines of the console", text->str);
	html_close(w);
}

void html_console(HtmlWriter *w, const Result *result, guint n, bool brief)
{
	g_autoptr(RunDir) run = rundir_open(result->path, NULL);
	g_auto(ConsoleLines) lines = { 0 };
	g_autofree bool *shown = NULL;

	if (!run)
		return;
	read_lines(run, &lines);
	shown = g_new0(bool, lines.texts->len + 1);
	if (!lines.texts->len) {
		html_element(w, "p", "Nothing came over the console.", NULL);
		return;
	}
	put_complaints(w, &lines, n);
	for (guint k = 0; k < lines.starts->len; k++) {
		guint from = g_array_index(lines.starts, guint, k);
		guint to = k + 1 < lines.starts->len ? g_array_index(lines.starts, guint, k + 1) : lines.texts->len;
		g_autofree char *name = audit_hop_name(k);

		choose(&lines, from, to, brief, shown);
		html_open(w, "details", "class", "console", NULL);
		html_open(w, "summary", NULL);
		html_textf(w, "Console of the %s: %u lines%s", name, to - from,
			   brief || to - from > WHOLE_LINES_MOST ? ", in parts (all of it is in console.log)" : "");
		html_close(w);
		html_element(w, "p", "Line number, seconds since the machine started by the host's clock, text.",
			     "class", "note", NULL);
		put_kernel(w, &lines, from, to, shown, n);
		html_close(w);
	}
}
