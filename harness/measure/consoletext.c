// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/consoletext.h>

#include "scan.h"

#include <arch/arch.h>
#include <measure/kernellog.h>
#include <proto/frame.h>
#include <string.h>

const char *console_line(const ConsoleLines *lines, guint i)
{
	return lines->at(lines->user, i);
}

static const char *text_at(gpointer user, guint i)
{
	return g_ptr_array_index((GPtrArray *)user, i);
}

ConsoleLines console_lines_of(const GPtrArray *texts)
{
	return (ConsoleLines){ texts->len, text_at, (gpointer)texts };
}

#define ESCAPE '\x1b'

/* Skips an escape sequence of ECMA-48 (section 5.4): SeaBIOS and GRUB draw with them. */
static const char *skip_escape(const char *at)
{
	at++;
	if (*at != '[')
		return *at ? at + 1 : at;
	do
		at++;
	while (*at && !(*at >= '@' && *at <= '~'));
	return *at ? at + 1 : at;
}

char *console_clean(const char *line)
{
	g_autofree char *out = g_malloc(strlen(line) + 1);
	gsize length = 0;

	while (*line) {
		if (*line == ESCAPE) {
			line = skip_escape(line);
			continue;
		}
		if (*line == '\t' || !g_ascii_iscntrl(*line))
			out[length++] = *line;
		line++;
	}
	return g_utf8_make_valid(out, (gssize)length);
}

/* print_time() of kernel/printk/printk.c: "[%5lu.%06lu]" */
static bool scan_stamp(const char **at, guint64 *ret_us)
{
	const char *p = *at;
	guint64 seconds, fraction;

	if (!scan_literal(&p, "["))
		return false;
	scan_blank(&p);
	if (!scan_u64(&p, 10, &seconds) || !scan_literal(&p, ".") || !scan_u64(&p, 10, &fraction) ||
	    !scan_literal(&p, "]") || seconds > G_MAXUINT32)
		return false;
	*ret_us = seconds * 1000000 + fraction;
	*at = p;
	return true;
}

/* print_caller(): "[    T1]" or "[    C0]" */
static void skip_caller(const char **at)
{
	const char *p = *at;
	guint64 id;

	if (!scan_literal(&p, "["))
		return;
	scan_blank(&p);
	if ((scan_literal(&p, "T") || scan_literal(&p, "C")) && scan_u64(&p, 10, &id) && scan_literal(&p, "]"))
		*at = p;
}

const char *console_text(const char *line)
{
	guint64 us;

	if (!scan_stamp(&line, &us))
		return line;
	skip_caller(&line);
	if (*line == ' ')
		line++;
	return line;
}

bool console_is_banner(const char *line)
{
	/* a kernel that died within a line has the next one's behind it */
	for (const char *at = line; at; at = *at ? strchr(at + 1, '[') : NULL)
		if (g_str_has_prefix(console_text(at), KERNEL_BANNER))
			return true;
	return false;
}

const char *console_panic(const char *line)
{
	const char *text = console_text(line), *panic = kernellog_panic(text);

	return text == line || panic == text || g_str_has_prefix(text, "---[ end ") ? panic : NULL;
}

int console_find_panic(const ConsoleLines *lines, guint from, guint to)
{
	for (guint i = from; i < to; i++)
		if (console_panic(console_line(lines, i)))
			return (int)i;
	return -1;
}

/* CPUs may stamp a little behind each other; a new kernel's clock starts all over. */
#define CLOCK_RESTART_US 500000

int console_find_new_kernel(const ConsoleLines *lines, guint from)
{
	guint64 last = 0;

	for (guint i = 0; i < lines->len; i++) {
		const char *line = console_line(lines, i), *at = line;
		guint64 us = last;

		scan_stamp(&at, &us);
		if (i >= from && (us + CLOCK_RESTART_US < last || console_is_banner(line)))
			return (int)i;
		/* how long the kernels before the last one lived says nothing of that one */
		last = us + CLOCK_RESTART_US < last ? us : MAX(last, us);
	}
	return -1;
}

int console_find_cold_boot(const ConsoleLines *lines, guint from, int hop)
{
	const char *const *firmware = arch_default()->firmware;

	for (guint i = from; i < lines->len; i++) {
		const char *line = console_line(lines, i), *at;
		guint64 number;

		for (guint j = 0; firmware[j]; j++)
			if (strstr(line, firmware[j]))
				return (int)i;
		/* setup_arch() of x86 prints "Command line: ", start_kernel() everywhere "Kernel command line: " */
		if (!strstr(line, "ommand line: ") || !(at = strstr(line, ARG_HOP)))
			continue;
		at += strlen(ARG_HOP);
		if (scan_u64(&at, 10, &number) && number < (guint64)hop)
			return (int)i;
	}
	return -1;
}

GPtrArray *console_last_lines(const ConsoleLines *lines, guint from, guint to, guint count)
{
	g_autoptr(GPtrArray) last = g_ptr_array_new_with_free_func(g_free);

	for (guint i = to; i > from && last->len < count; i--) {
		g_autofree char *line = g_strchomp(g_strdup(console_line(lines, i - 1)));

		if (*line)
			g_ptr_array_insert(last, 0, g_steal_pointer(&line));
	}
	return g_steal_pointer(&last);
}

/* Of a report: what says neither what happened nor where. */
static bool is_padding(const char *text)
{
	static const char *const begins[] = { "Code: ",		"Modules linked in:",
					      "Hardware name:", "<TASK>",
					      "</TASK>",	" <TASK>",
					      " </TASK>",	"FS: ",
					      "CS: ",		"DR0: ",
					      "DR3: ",		"PKRU: ",
					      "RSP: " };
	const char *at = text;

	for (gsize i = 0; i < G_N_ELEMENTS(begins); i++)
		if (g_str_has_prefix(text, begins[i]))
			return true;
	/* show_regs(): "RAX: 0000000000000000 RBX: ..."; the unwinder's guesses: "? kthread+0x10/0x10" */
	if (at[0] == 'R' && strlen(at) > 5 && at[3] == ':' && at[4] == ' ' && !g_str_has_prefix(at, "RIP: "))
		return true;
	at += strspn(at, " ");
	return at[0] == '?' && at[1] == ' ';
}

/* The first report of a range, with the line before it that a WARN() said; -1 if there is none. */
static int find_report(const ConsoleLines *lines, guint from, guint to)
{
	for (guint i = from; i < to; i++)
		if (kernellog_is_complaint(console_text(console_line(lines, i))))
			return (int)i;
	return -1;
}

GPtrArray *console_excerpt(const ConsoleLines *lines, guint from, guint to, guint count)
{
	g_autoptr(GPtrArray) excerpt = g_ptr_array_new_with_free_func(g_free);
	int first = find_report(lines, from, to);
	guint kept = count * 3 / 4, left_out = 0;

	if (first < 0)
		return g_steal_pointer(&excerpt);
	for (guint i = (guint)first; i < to; i++) {
		g_autofree char *line = g_strchomp(g_strdup(console_line(lines, i)));

		if (!*line || is_padding(console_text(line)))
			continue;
		g_ptr_array_add(excerpt, g_steal_pointer(&line));
		/* how it began, and how it ended: what follows a report may be all that a guest has to say */
		if (excerpt->len > count) {
			g_ptr_array_remove_index(excerpt, kept);
			left_out++;
		}
	}
	if (left_out) {
		g_ptr_array_remove_index(excerpt, kept);
		g_ptr_array_insert(excerpt, (int)kept, g_strdup_printf("(%u lines left out)", left_out + 1));
	}
	return g_steal_pointer(&excerpt);
}
