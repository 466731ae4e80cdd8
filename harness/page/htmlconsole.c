// SPDX-License-Identifier: GPL-2.0-or-later
/* The console, kernel by kernel: each line has its number in console.log as its anchor. */
#include "htmlparts.h"

#include <base/units.h>
#include <evaluate/about.h>
#include <evaluate/places.h>
#include <measure/consoletext.h>
#include <measure/kernellog.h>
#include <string.h>

#define WHOLE_LINES_MOST 4000u /* of one kernel */
#define WHOLE_BYTES_MOST (2u << 20)
#define COMPLAINTS_MOST 100u /* that are listed, and shown with what is around them */
#define LANDMARKS_MOST 1000u
#define CONTEXT_LINES 4u
#define END_LINES 12u
#define LAST_LINES 10u /* of a run that failed without a word of its own on where */

typedef enum {
	LINE_ORDINARY,
	LINE_LANDMARK,
	LINE_COMPLAINT,
} LineKind;

static LineKind kind_of(const char *line)
{
	static const char *const landmarks[] = {
		KERNEL_BANNER, "KHO: ", "Run /init as init process", "node ", "kexec_core: Starting", "khotest: "
	};
	const char *text = console_text(line);

	/* panic() says it again in its last line, "---[ end Kernel panic - not syncing: ... ]---" (kernel/panic.c) */
	if (kernellog_is_complaint(text) || (kernellog_panic(text) && !g_str_has_prefix(text, "---[ end ")))
		return LINE_COMPLAINT;
	for (gsize i = 0; i < G_N_ELEMENTS(landmarks); i++)
		if (g_str_has_prefix(text, landmarks[i]) &&
		    (strcmp(landmarks[i], "node ") != 0 || strstr(text, " deferred pages initialised in ")))
			return LINE_LANDMARK;
	return LINE_ORDINARY;
}

/* Whether all lines of a kernel are shown. */
static bool is_short(const Console *console, guint from, guint to)
{
	gsize bytes = 0;

	for (guint i = from; i < to && to - from <= WHOLE_LINES_MOST; i++)
		bytes += strlen(console_line(&console->lines, i));
	return to - from <= WHOLE_LINES_MOST && bytes <= WHOLE_BYTES_MOST;
}

/* Marks the lines that are shown of a long console: all that is more than ordinary with what is around it, and the end.
 */
static void choose(const Console *console, guint from, guint to, bool brief, bool *shown)
{
	bool whole = !brief && is_short(console, from, to);
	static const guint most[] = { 0, LANDMARKS_MOST, COMPLAINTS_MOST };
	guint n[] = { 0, 0, 0 };

	for (guint i = from; i < to; i++) {
		LineKind kind = kind_of(console_line(&console->lines, i));
		guint around = kind == LINE_COMPLAINT ? CONTEXT_LINES : 0;

		shown[i] |= whole || i + END_LINES >= to;
		if (n[kind]++ >= most[kind])
			continue;
		for (guint j = MAX(i, from + around) - around; j < MIN(i + around + 1, to); j++)
			shown[j] = true;
	}
}

/* Host time of a line since the machine started; -1 unknown. */
static gint64 time_of(const Result *result, guint line)
{
	const JournalEvent *start = journal_find(result->journal, JOURNAL_START);
	gint64 at = console_time(result->console, line);

	return start && at >= 0 ? at - start->ns : -1;
}

static void put_line(HtmlWriter *w, const Result *result, guint i, guint n)
{
	static const char *const classes[] = { NULL, "landmark", "complaint" };
	const char *text = console_line(&result->console->lines, i);
	gint64 when = time_of(result, i);
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
static void put_complaints(HtmlWriter *w, const Console *console, guint n)
{
	guint found = 0;

	for (guint i = 0; i < console->lines.len; i++) {
		const char *text = console_line(&console->lines, i);
		g_autofree char *link = g_strdup_printf("#r%uL%u", n, i + 1);

		if (kind_of(text) != LINE_COMPLAINT || found++ >= COMPLAINTS_MOST)
			continue;
		if (found == 1)
			html_open(w, "ul", "class", "complaints", NULL);
		html_open(w, "li", NULL);
		html_textf(w, "line %u: ", i + 1);
		html_element(w, "a", console_text(text), "href", link, NULL);
		html_close(w);
	}
	if (found > COMPLAINTS_MOST) {
		html_open(w, "li", NULL);
		html_textf(w, "and %u more", found - COMPLAINTS_MOST);
		html_close(w);
	}
	if (found)
		html_close(w);
	else
		html_element(w, "p", "No kernel complained.", NULL);
}

static void put_kernel(HtmlWriter *w, const Result *result, ConsoleKernel kernel, const bool *shown, guint n)
{
	html_open(w, "pre", NULL);
	for (guint i = kernel.from; i < kernel.to; i++) {
		guint first = i;

		while (i < kernel.to && !shown[i])
			i++;
		if (i > first) {
			g_autofree char *gap = g_strdup_printf("… %u lines are not here", i - first);

			html_element(w, "span", gap, "class", "gap", NULL);
		}
		if (i < kernel.to)
			put_line(w, result, i, n);
	}
	html_close(w);
}

/* The last lines of console.log. Caller unrefs. */
static GPtrArray *end_of_console(const Console *console)
{
	GPtrArray *end = g_ptr_array_new_with_free_func(g_free);

	for (guint i = MAX(console->lines.len, LAST_LINES) - LAST_LINES; i < console->lines.len; i++)
		g_ptr_array_add(end, g_strdup(console_line(&console->lines, i)));
	return end;
}

void html_last_lines(HtmlWriter *w, const Result *result)
{
	const GPtrArray *chosen = result->verdict->last_lines;
	bool failed = result->verdict->kind == VERDICT_FAIL || result->verdict->kind == VERDICT_ERROR;
	g_autoptr(GPtrArray) end = failed && !chosen->len ? end_of_console(result->console) : NULL;
	const GPtrArray *lines = end ? end : chosen;
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < lines->len; i++) {
		g_autofree char *place = result_place_after(result, result->end_hop, lines->pdata[i], "  ");

		g_string_append_printf(text, "%s%s\n", (const char *)lines->pdata[i], place);
	}
	if (!text->len)
		return;
	html_open(w, "div", "class", "last", NULL);
	html_copy(w, "The last lines of the console", text->str);
	html_close(w);
}

void html_console(HtmlWriter *w, const Result *result, guint n, bool brief)
{
	const Console *console = result->console;
	g_autofree bool *shown = g_new0(bool, console->lines.len + 1);

	if (!console->lines.len) {
		html_element(w, "p", "Nothing came over the console.", NULL);
		return;
	}
	put_complaints(w, console, n);
	for (guint k = 0; k < console->kernels->len; k++) {
		ConsoleKernel kernel = console_kernel(console, k);
		guint lines = kernel.to - kernel.from;
		g_autofree char *name = result_hop_title(result, k);

		/* one that was begun and never spoke */
		if (!lines)
			continue;
		choose(console, kernel.from, kernel.to, brief, shown);
		html_open(w, "details", "class", "console", NULL);
		html_open(w, "summary", NULL);
		html_textf(w, "Console of the %s: %u lines%s", name, lines,
			   brief || !is_short(console, kernel.from, kernel.to)
				   ? ", in parts (all of it is in console.log)"
				   : "");
		html_close(w);
		html_element(w, "p", "Line number, seconds since the machine started by the host's clock, text.",
			     "class", "note", NULL);
		put_kernel(w, result, kernel, shown, n);
		html_close(w);
	}
}
