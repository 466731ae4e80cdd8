// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the kernel prints when it complains. Checked against kernel/panic.c
 * (__warn()), lib/bug.c, arch/x86/kernel/dumpstack.c (__die_header()),
 * arch/x86/mm/fault.c, kernel/watchdog.c, kernel/hung_task.c, kernel/rcu,
 * kernel/locking/lockdep.c, mm/kasan, lib/ubsan.c and lib/list_debug.c; and
 * against older wording where it differs (until 6.17 __warn() wrote "WARNING:
 * CPU: 0 PID: 1 at file:line", until 6.9 die() wrote the trap's name without
 * "Oops:").
 */
#include "complaint.h"

#include "scan.h"

#include <measure/kernellog.h>
#include <string.h>

#define CUT_HERE "------------[ cut here ]------------"
#define END_TRACE "---[ end trace "

/*
 * How far behind its first line a report may still name itself anew. The longest
 * way is arm64's, from "Unable to handle" over the dump of the abort to
 * "Internal error: Oops": some fifteen lines.
 */
#define REPORT_HEAD_LINES 24

/* clang-format off */

/* A line that begins so begins a report. */
static const char *const openers[] = {
	"BUG: ",
	"[ BUG: ",
	"watchdog: BUG: ",
	"kernel BUG at ",
	"WARNING: ",
	"UBSAN: ",
	"INFO: rcu",
	"rcu: INFO: rcu",
	"INFO: trying to register non-static key",
	"pagealloc: memory corruption",
	"pagealloc: single bit error",
	NULL,
};

/*
 * lib/list_debug.c says what is wrong, and then calls BUG(), which begins with
 * "cut here"; or it is the message of a WARN(), behind "cut here".
 */
static const char *const prefaces[] = {
	"list_add corruption",
	"list_add double add",
	"list_del corruption",
	NULL,
};

/* Between that and the BUG() that it ends in, in the name of the report: it is an oops then. */
#define PREFACE_ENDS "; kernel BUG at "

/* Begins a report too, or goes on with one whose first line was among the above. */
static const char *const followers[] = {
	"Oops",
	"Internal error: ",
	"general protection fault",
	"Unable to handle kernel ",
	"KASAN: ",
	"kernel BUG at ",
	NULL,
};

/*
 * pr_warn() lines that begin with "WARNING: " but only give the administrator
 * advice. (The mitigation code's "Spectre V2 : WARNING: ..." do not begin with it.)
 */
static const char *const advice[] = {
	"WARNING: 'bootconfig' found",
	"WARNING: BIOS bug: ",
	"WARNING: Flushing system-wide workqueues",
	"WARNING: The mand mount option",
	"WARNING: Your 'console=",
	"WARNING: bogus zero IO-APIC",
	"WARNING: polling idle",
	NULL,
};

/* clang-format on */

static bool begins_with_one_of(const char *text, const char *const *list)
{
	for (; *list; list++)
		if (g_str_has_prefix(text, *list))
			return true;
	return false;
}

/* "divide error: 0000 [#1] SMP": the header of die(), whatever the trap is called. */
static bool is_die_header(const char *text)
{
	const char *mark = strstr(text, " [#"), *at, *code = mark;
	guint64 number;

	if (!mark)
		return false;
	at = mark + strlen(" [#");
	if (!scan_u64(&at, 10, &number) || *at != ']')
		return false;
	while (code > text && g_ascii_isxdigit(code[-1]))
		code--;
	return mark - code >= 4 && code - text >= 2 && code[-1] == ' ' && code[-2] == ':';
}

/* "INFO: task NAME:PID blocked for more than 120 seconds.", with words between in newer kernels. */
static bool is_hung_task(const char *text)
{
	return g_str_has_prefix(text, "INFO: task ") && strstr(text, " blocked") && strstr(text, " for more than ");
}

/* "BUG kmalloc-64 (Not tainted): Object already free": __slab_bug() of mm/slub.c, without a colon behind BUG. */
static bool is_slab_bug(const char *text)
{
	return g_str_has_prefix(text, "BUG ") && (strstr(text, " (Not tainted): ") || strstr(text, " (Tainted: "));
}

/* "mm/pgtable-generic.c:54: bad pmd 00000000(8000...)": pmd_clear_bad() and the like of mm/pgtable-generic.c. */
static bool is_bad_entry(const char *text)
{
	const char *at = strstr(text, ": bad p");

	return at && strchr("gum4", at[strlen(": bad p")]) && strchr(text, '(');
}

static bool is_hard_lockup(const char *text)
{
	return strstr(text, "Watchdog detected hard LOCKUP") != NULL;
}

/* "BUG: TASK stack guard page was hit at ...": handle_stack_overflow() of arch/x86/kernel/traps.c. */
static bool is_stack_overflow(const char *text)
{
	return g_str_has_prefix(text, "BUG: ") && strstr(text, "stack guard page was hit");
}

static bool is_follower(const char *text)
{
	return begins_with_one_of(text, followers) || is_die_header(text);
}

static bool names_trouble(const char *text)
{
	if (g_str_has_prefix(text, "INFO: rcu") || g_str_has_prefix(text, "rcu: INFO: rcu"))
		return strstr(text, "stall") != NULL;
	if (begins_with_one_of(text, advice))
		return false;
	return begins_with_one_of(text, openers) || is_follower(text) || is_hung_task(text) || is_hard_lockup(text) ||
	       is_slab_bug(text) || is_bad_entry(text) ||
	       (g_str_has_prefix(text, "kmemleak: ") && strstr(text, "new suspected memory leaks"));
}

bool kernellog_is_oops(const char *text)
{
	/* clang-format off */
	static const char *const begins[] = {
		"BUG: kernel NULL pointer dereference",
		"BUG: unable to handle ",
		"BUG: corrupted ",
		"PANIC: ",
		NULL,
	};
	/* clang-format on */

	return begins_with_one_of(text, begins) || is_stack_overflow(text) || is_follower(text) ||
	       (begins_with_one_of(text, prefaces) && strstr(text, PREFACE_ENDS));
}

bool kernellog_is_stall(const char *text)
{
	return g_str_has_prefix(text, "INFO: rcu") || g_str_has_prefix(text, "rcu: INFO: rcu") ||
	       g_str_has_prefix(text, "watchdog: BUG: soft lockup") || is_hung_task(text) || is_hard_lockup(text) ||
	       g_str_has_prefix(text, "BUG: workqueue lockup");
}

bool kernellog_is_stall_panic(const char *text)
{
	/* kernel/watchdog.c, hung_task.c, rcu/tree_stall.h, workqueue.c */
	static const char *const words[] = {
		"softlockup: hung tasks", "Hard LOCKUP", "hung_task: blocked tasks", "RCU Stall", "workqueue: ", NULL
	};
	const char *panic = kernellog_panic(text);

	for (const char *const *word = words; panic && *word; word++)
		if (strstr(panic, *word))
			return true;
	return false;
}

bool kernellog_is_complaint(const char *text)
{
	return g_str_has_prefix(text, CUT_HERE) || begins_with_one_of(text, prefaces) || names_trouble(text);
}

/* kernel/panic.c, vpanic() */
const char *kernellog_panic(const char *line)
{
	return strstr(line, "Kernel panic - not syncing");
}

void complaint_scan_init(ComplaintScan *scan)
{
	*scan = (ComplaintScan){ .found = g_ptr_array_new_with_free_func(g_free) };
}

static void close_report(ComplaintScan *scan)
{
	if (scan->unnamed)
		g_ptr_array_add(scan->found, scan->candidate ? g_steal_pointer(&scan->candidate) : g_strdup(CUT_HERE));
	g_clear_pointer(&scan->candidate, g_free);
	scan->open = scan->unnamed = scan->preface = scan->growing = false;
}

static void open_report(ComplaintScan *scan, bool unnamed)
{
	close_report(scan);
	scan->open = true;
	scan->unnamed = unnamed;
	scan->age = 0;
}

/* A WARN() with a message has that before its own line: both say what it is. */
static char *name_report(const ComplaintScan *scan, const char *text)
{
	return scan->candidate && g_str_has_prefix(text, "WARNING: ")
		       ? g_strdup_printf("%s: \"%s\"", text, scan->candidate)
		       : g_strdup(text);
}

/* The report that is open goes on with this line: what began as a message may end in a BUG(). */
static void follow(ComplaintScan *scan, const char *text)
{
	char **first;
	char *whole;

	if (!scan->growing || !g_str_has_prefix(text, "kernel BUG at "))
		return;
	first = (char **)&scan->found->pdata[scan->found->len - 1];
	whole = g_strconcat(*first, "; ", text, NULL);
	g_free(*first);
	*first = whole;
	scan->growing = false;
}

guint complaint_scan_whole(const ComplaintScan *scan)
{
	return scan->found->len - scan->growing;
}

void complaint_scan_line(ComplaintScan *scan, const char *text)
{
	if (scan->open && ++scan->age > REPORT_HEAD_LINES)
		close_report(scan);
	if (g_str_has_prefix(text, CUT_HERE)) {
		if (!scan->preface)
			open_report(scan, true);
		scan->preface = false;
		return;
	}
	if (g_str_has_prefix(text, END_TRACE)) {
		close_report(scan);
		return;
	}
	if (!scan->unnamed && begins_with_one_of(text, prefaces)) {
		open_report(scan, false);
		scan->preface = scan->growing = true;
		g_ptr_array_add(scan->found, g_strdup(text));
		return;
	}
	if (!names_trouble(text)) {
		/* WARN(condition, "message") prints its message before the line with file and number */
		if (scan->unnamed && !scan->candidate)
			scan->candidate = g_strdup(text);
		return;
	}
	if (scan->unnamed) {
		g_ptr_array_add(scan->found, name_report(scan, text));
		scan->unnamed = false;
		return;
	}
	if (scan->open && is_follower(text)) {
		follow(scan, text);
		return;
	}
	open_report(scan, false);
	g_ptr_array_add(scan->found, g_strdup(text));
}

GPtrArray *complaint_scan_finish(ComplaintScan *scan)
{
	close_report(scan);
	return g_steal_pointer(&scan->found);
}
