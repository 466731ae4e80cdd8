// SPDX-License-Identifier: GPL-2.0-or-later
/* What a kernel's own report is called. */
#include "titleparts.h"

#include <string.h>

/* What the title is made of beside the words of its row. */
typedef enum {
	FORM_FUNCTION, /* " in FUNCTION", the one that the report is about */
	FORM_REST,     /* what stands behind the mark, and that function */
	FORM_LOCK,     /* " in FUNCTION", which takes the lock: print_lock() of kernel/locking/lockdep.c */
	FORM_PROCESS,  /* ": NAME", what stands behind the mark in brackets */
	FORM_WORDS,    /* nothing */
} Form;

#define GENERAL_PROTECTION "general protection fault"
#define NULL_POINTER "NULL pointer dereference"

/* clang-format off */

/*
 * How reports begin; "..." is any text before. The first row that fits counts. Sources: those that complaint.c names;
 * mm/bad_page() of mm/page_alloc.c, mm/slub.c, mm/kfence/report.c, mm/kmsan/report.c, mm/oom_kill.c, kernel/locking/,
 * kernel/watchdog.c, kernel/hung_task.c, kernel/rcu/tree_stall.h, arch/x86/kernel/traps.c.
 */
static const struct {
	const char *mark;
	TitleClass class;
	Form form;
	const char *words;
} rows[] = {
	{ "BUG: KASAN: ", TITLE_SANITIZER, FORM_REST, "KASAN: " },
	{ "BUG: KFENCE: ", TITLE_SANITIZER, FORM_REST, "KFENCE: " },
	{ "BUG: KMSAN: ", TITLE_SANITIZER, FORM_REST, "KMSAN: " },
	{ "BUG: KCSAN: ", TITLE_SANITIZER, FORM_REST, "KCSAN: " },
	{ "UBSAN: ", TITLE_SANITIZER, FORM_REST, "UBSAN: " },
	{ "BUG: kernel NULL pointer dereference", TITLE_OOPS, FORM_FUNCTION, NULL_POINTER },
	{ "BUG: unable to handle kernel NULL pointer", TITLE_OOPS, FORM_FUNCTION, NULL_POINTER },
	{ "Unable to handle kernel NULL pointer", TITLE_OOPS, FORM_FUNCTION, NULL_POINTER },
	{ "BUG: unable to handle ", TITLE_OOPS, FORM_FUNCTION, "page fault" },
	{ "Unable to handle kernel ", TITLE_OOPS, FORM_FUNCTION, "page fault" },
	{ "general protection fault", TITLE_OOPS, FORM_FUNCTION, GENERAL_PROTECTION },
	{ "Oops: general protection fault", TITLE_OOPS, FORM_FUNCTION, GENERAL_PROTECTION },
	{ "divide error: ", TITLE_OOPS, FORM_FUNCTION, "divide error" },
	{ "Oops: divide error", TITLE_OOPS, FORM_FUNCTION, "divide error" },
	{ "stack segment: ", TITLE_OOPS, FORM_FUNCTION, "stack segment fault" },
	{ "... stack guard page was hit at ", TITLE_OOPS, FORM_FUNCTION, "stack overflow" },
	{ "PANIC: double fault", TITLE_OOPS, FORM_FUNCTION, "double fault" },
	{ "kernel BUG at ", TITLE_BUG, FORM_FUNCTION, "kernel BUG" },
	{ "Internal error: ", TITLE_OOPS, FORM_FUNCTION, "internal error" },
	{ "invalid opcode: ", TITLE_OOPS, FORM_FUNCTION, "invalid opcode" },
	{ "Oops", TITLE_OOPS, FORM_FUNCTION, "oops" },
	{ "BUG: Bad page ", TITLE_CORRUPTION, FORM_REST, "Bad page " },
	{ "BUG: Bad rss-counter", TITLE_CORRUPTION, FORM_WORDS, "Bad rss-counter" },
	{ "BUG ", TITLE_CORRUPTION, FORM_FUNCTION, "slab corruption" },
	{ "pagealloc: ", TITLE_CORRUPTION, FORM_WORDS, "page written to while it was free" },
	{ "...: bad p", TITLE_CORRUPTION, FORM_WORDS, "bad page table entry" },
	{ "list_add ", TITLE_CORRUPTION, FORM_FUNCTION, "list corruption" },
	{ "list_del ", TITLE_CORRUPTION, FORM_FUNCTION, "list corruption" },
	{ "kmemleak: ", TITLE_WARNING, FORM_WORDS, "memory leak (kmemleak)" },
	{ "... BUG: soft lockup", TITLE_SOFT_LOCKUP, FORM_FUNCTION, "soft lockup" },
	{ "BUG: soft lockup", TITLE_SOFT_LOCKUP, FORM_FUNCTION, "soft lockup" },
	{ "... Watchdog detected hard LOCKUP", TITLE_HARD_LOCKUP, FORM_FUNCTION, "hard lockup" },
	{ "BUG: workqueue lockup", TITLE_WORKQUEUE_LOCKUP, FORM_WORDS, "workqueue lockup" },
	{ "rcu: INFO: rcu", TITLE_RCU_STALL, FORM_FUNCTION, "RCU stall" },
	{ "INFO: rcu", TITLE_RCU_STALL, FORM_FUNCTION, "RCU stall" },
	{ "INFO: task ", TITLE_HUNG_TASK, FORM_FUNCTION, "hung task" },
	{ "Out of memory: Killed process ", TITLE_OOM, FORM_PROCESS, "out of memory, killed" },
	{ "Out of memory", TITLE_OOM, FORM_WORDS, "out of memory" },
	{ "Kernel panic - not syncing: Out of memory: ", TITLE_OOM, FORM_WORDS, "out of memory" },
	{ "Kernel panic - not syncing: System is deadlocked on memory", TITLE_OOM, FORM_WORDS, "out of memory" },
	{ "WARNING: possible circular locking", TITLE_LOCKDEP, FORM_LOCK, "possible circular locking dependency" },
	{ "WARNING: possible recursive locking", TITLE_LOCKDEP, FORM_LOCK, "possible recursive locking" },
	{ "WARNING: possible irq lock inversion", TITLE_LOCKDEP, FORM_LOCK, "possible irq lock inversion" },
	{ "WARNING: inconsistent lock state", TITLE_LOCKDEP, FORM_LOCK, "inconsistent lock state" },
	{ "WARNING: bad unlock balance", TITLE_LOCKDEP, FORM_FUNCTION, "bad unlock balance" },
	{ "WARNING: held lock freed", TITLE_LOCKDEP, FORM_FUNCTION, "held lock freed" },
	{ "WARNING: lock held when returning", TITLE_LOCKDEP, FORM_LOCK, "lock held when returning to user space" },
	{ "WARNING: suspicious RCU usage", TITLE_LOCKDEP, FORM_FUNCTION, "suspicious RCU usage" },
	{ "INFO: trying to register non-static key", TITLE_LOCKDEP, FORM_FUNCTION, "non-static key" },
	{ "[ BUG: Invalid wait context ]", TITLE_LOCKDEP, FORM_LOCK, "invalid wait context" },
	{ "BUG: Invalid wait context", TITLE_LOCKDEP, FORM_LOCK, "invalid wait context" },
	{ "BUG: sleeping function called from invalid context", TITLE_BUG, FORM_FUNCTION,
	  "sleeping function called from invalid context" },
	{ "BUG: scheduling while atomic", TITLE_BUG, FORM_FUNCTION, "scheduling while atomic" },
	{ "WARNING: ", TITLE_WARNING, FORM_FUNCTION, "WARNING" },
	{ "BUG: ", TITLE_BUG, FORM_REST, "BUG: " },
};

/* clang-format on */

/* What stands behind the mark of a row, or NULL if the line is another's. */
static const char *behind_mark(const char *line, gsize row)
{
	const char *mark = rows[row].mark, *at;

	/* nearly always the first byte tells */
	if (mark[0] != '.' && mark[0] != line[0])
		return NULL;
	if (!g_str_has_prefix(mark, "..."))
		return g_str_has_prefix(line, mark) ? line + strlen(mark) : NULL;
	at = strstr(line, mark + strlen("..."));
	return at ? at + strlen(mark + strlen("...")) : NULL;
}

/* "slab-use-after-free in func+0x12/0x30", "page cache in process memfd  pfn:15bf8", "array-index-out-of-bounds in
 * a.c:1:2" */
static char *rest_of(const GPtrArray *lines, guint line, const char *rest)
{
	const char *in = strstr(rest, " in "), *end = rest + strlen(rest);
	g_autofree char *head = NULL, *function = NULL;

	/* of a page, its process is chance */
	for (const char *const *stop = (const char *const[]){ " in process ", " map:", NULL }; *stop; stop++) {
		const char *at = strstr(rest, *stop);

		if (at && at < end)
			end = at;
	}
	function = in && in < end ? titleframe_of(lines, line) : NULL;
	if (function)
		return g_strdup_printf("%.*s in %s", (int)(in - rest), rest, function);
	head = g_strndup(rest, (gsize)(end - rest));
	return titletext_plain(g_strstrip(head));
}

/* " (some_lock){+.+.}-{4:4}, at: func+0x12/0x30" */
static char *taker_of(const GPtrArray *lines, guint line)
{
	for (guint i = line + 1; i < MIN(lines->len, line + 12); i++) {
		const char *at = strstr(lines->pdata[i], "}, at: ");

		if (at)
			return titletext_function(at);
	}
	return titleframe_of(lines, line + 1);
}

/* "77 (pressure) total-vm:1kB" */
static char *process_in(const char *rest)
{
	const char *begin = strchr(rest, '('), *end = begin ? strchr(begin, ')') : NULL;

	return end ? g_strndup(begin + 1, (gsize)(end - begin) - 1) : NULL;
}

static char *join(const char *words, const char *between, const char *more)
{
	return g_strconcat(words, more ? between : NULL, more, NULL);
}

/* With KASAN an access to address 0 ends in another trap: kasan_non_canonical_hook() of mm/kasan/report.c says so. */
static const char *words_of(const GPtrArray *lines, guint line, gsize row)
{
	const char *words = rows[row].words;

	if (strcmp(words, GENERAL_PROTECTION) == 0 && titleframe_find(lines, line, "KASAN: null-ptr-deref in range"))
		return NULL_POINTER;
	return words;
}

static Title title_of_row(const GPtrArray *lines, guint line, gsize row, const char *rest)
{
	Title title = { rows[row].class, NULL, g_strdup(lines->pdata[line]) };
	const char *words = words_of(lines, line, row);
	g_autofree char *more = NULL;

	switch (rows[row].form) {
	case FORM_FUNCTION:
		more = titleframe_of(lines, line);
		title.text = join(words, " in ", more);
		break;
	case FORM_REST:
		more = rest_of(lines, line, rest);
		title.text = join(words, "", more);
		break;
	case FORM_LOCK:
		more = taker_of(lines, line);
		title.text = join(words, " in ", more);
		break;
	case FORM_PROCESS:
		more = process_in(rest);
		title.text = join(words, " ", more);
		break;
	case FORM_WORDS:
		title.text = g_strdup(words);
		break;
	}
	return title;
}

Title titlereport_among(const GPtrArray *lines, guint n)
{
	for (guint i = 0; i < MIN(lines->len, n); i++)
		for (gsize row = 0; row < G_N_ELEMENTS(rows); row++) {
			const char *rest = behind_mark(lines->pdata[i], row);

			if (rest)
				return title_of_row(lines, i, row, rest);
		}
	return (Title){ TITLE_NONE, NULL, NULL };
}

Title title_of_report(const GPtrArray *lines)
{
	return titlereport_among(lines, lines->len);
}
