// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/title.h>

#include <measure/consoletext.h>
#include <measure/kernellog.h>

#include <string.h>

/* How far behind its first line a report names the function that it is about. */
#define HEAD_LINES 40

static const char *const class_ids[TITLES] = {
	[TITLE_NONE] = "none",
	[TITLE_PANIC] = "panic",
	[TITLE_OOPS] = "oops",
	[TITLE_BUG] = "bug",
	[TITLE_WARNING] = "warning",
	[TITLE_LOCKDEP] = "lockdep",
	[TITLE_SANITIZER] = "sanitizer",
	[TITLE_STALL] = "stall",
	[TITLE_HUNG_TASK] = "hung-task",
	[TITLE_OOM] = "oom",
	[TITLE_CORRUPTION] = "corruption",
	[TITLE_SILENT_DEATH] = "silent-death",
	[TITLE_HANG] = "hang",
	[TITLE_FLOOD] = "flood",
	[TITLE_REBOOT] = "reboot",
	[TITLE_LOAD_REFUSED] = "load-refused",
	[TITLE_WRONG_KERNEL] = "wrong-kernel",
	[TITLE_HANDOVER] = "handover",
	[TITLE_CHECK] = "check",
	[TITLE_PAYLOAD] = "payload",
	[TITLE_HOST] = "host",
};

/* What the title is made of beside the words of its row. */
typedef enum {
	FORM_FUNCTION, /* " in FUNCTION", as the registers have it, or the line itself */
	FORM_REST,     /* what stands behind the mark */
	FORM_WORDS,    /* nothing */
} Form;

/* clang-format off */

/*
 * How reports begin. The first row that fits counts. Sources: those that complaint.c names; mm/bad_page() of
 * mm/page_alloc.c, mm/kfence/report.c, mm/kmsan/report.c, mm/oom_kill.c, kernel/locking/.
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
	{ "BUG: kernel NULL pointer dereference", TITLE_OOPS, FORM_FUNCTION, "NULL pointer dereference" },
	{ "BUG: unable to handle kernel NULL pointer", TITLE_OOPS, FORM_FUNCTION, "NULL pointer dereference" },
	{ "Unable to handle kernel NULL pointer", TITLE_OOPS, FORM_FUNCTION, "NULL pointer dereference" },
	{ "BUG: unable to handle ", TITLE_OOPS, FORM_FUNCTION, "page fault" },
	{ "Unable to handle kernel ", TITLE_OOPS, FORM_FUNCTION, "page fault" },
	{ "general protection fault", TITLE_OOPS, FORM_FUNCTION, "general protection fault" },
	{ "Oops: general protection fault", TITLE_OOPS, FORM_FUNCTION, "general protection fault" },
	{ "divide error: ", TITLE_OOPS, FORM_FUNCTION, "divide error" },
	{ "Oops: divide error", TITLE_OOPS, FORM_FUNCTION, "divide error" },
	{ "stack segment: ", TITLE_OOPS, FORM_FUNCTION, "stack segment fault" },
	{ "BUG: stack guard page was hit", TITLE_OOPS, FORM_FUNCTION, "stack overflow" },
	{ "kernel BUG at ", TITLE_BUG, FORM_FUNCTION, "kernel BUG" },
	{ "Internal error: ", TITLE_OOPS, FORM_FUNCTION, "internal error" },
	{ "invalid opcode: ", TITLE_OOPS, FORM_FUNCTION, "invalid opcode" },
	{ "Oops", TITLE_OOPS, FORM_FUNCTION, "oops" },
	{ "BUG: Bad page ", TITLE_CORRUPTION, FORM_REST, "Bad page " },
	{ "BUG: Bad rss-counter", TITLE_CORRUPTION, FORM_WORDS, "Bad rss-counter" },
	{ "list_add ", TITLE_CORRUPTION, FORM_FUNCTION, "list corruption" },
	{ "list_del ", TITLE_CORRUPTION, FORM_FUNCTION, "list corruption" },
	{ "kmemleak: ", TITLE_WARNING, FORM_WORDS, "memory leak (kmemleak)" },
	{ "watchdog: BUG: soft lockup", TITLE_STALL, FORM_FUNCTION, "soft lockup" },
	{ "BUG: soft lockup", TITLE_STALL, FORM_FUNCTION, "soft lockup" },
	{ "BUG: workqueue lockup", TITLE_STALL, FORM_WORDS, "workqueue lockup" },
	{ "rcu: INFO: rcu", TITLE_STALL, FORM_FUNCTION, "RCU stall" },
	{ "INFO: rcu", TITLE_STALL, FORM_FUNCTION, "RCU stall" },
	{ "INFO: task ", TITLE_HUNG_TASK, FORM_REST, "hung task: " },
	{ "Out of memory: ", TITLE_OOM, FORM_WORDS, "out of memory" },
	{ "WARNING: possible circular locking", TITLE_LOCKDEP, FORM_WORDS, "possible circular locking dependency" },
	{ "WARNING: possible recursive locking", TITLE_LOCKDEP, FORM_WORDS, "possible recursive locking" },
	{ "WARNING: possible irq lock inversion", TITLE_LOCKDEP, FORM_WORDS, "possible irq lock inversion" },
	{ "WARNING: inconsistent lock state", TITLE_LOCKDEP, FORM_WORDS, "inconsistent lock state" },
	{ "WARNING: bad unlock balance", TITLE_LOCKDEP, FORM_WORDS, "bad unlock balance" },
	{ "WARNING: held lock freed", TITLE_LOCKDEP, FORM_WORDS, "held lock freed" },
	{ "WARNING: lock held when returning", TITLE_LOCKDEP, FORM_WORDS, "lock held when returning to user space" },
	{ "WARNING: suspicious RCU usage", TITLE_LOCKDEP, FORM_WORDS, "suspicious RCU usage" },
	{ "INFO: trying to register non-static key", TITLE_LOCKDEP, FORM_WORDS, "non-static key" },
	{ "BUG: Invalid wait context", TITLE_LOCKDEP, FORM_WORDS, "invalid wait context" },
	{ "BUG: sleeping function called from invalid context", TITLE_BUG, FORM_WORDS,
	  "sleeping function called from invalid context" },
	{ "BUG: scheduling while atomic", TITLE_BUG, FORM_WORDS, "scheduling while atomic" },
	{ "WARNING: ", TITLE_WARNING, FORM_FUNCTION, "WARNING" },
	{ "BUG: ", TITLE_BUG, FORM_REST, "BUG: " },
};

/* What a verdict says of a kernel that said nothing, or not why. */
static const struct {
	const char *reason;
	TitleClass class;
	const char *words;
} of_reasons[] = {
	{ "guest-panic", TITLE_PANIC, NULL }, /* NULL: what it said */
	{ "guest-oops", TITLE_OOPS, NULL },
	{ "kernel-complaint", TITLE_WARNING, NULL },
	{ "guest-silent-death", TITLE_SILENT_DEATH, "died before its first console line" },
	{ "guest-hang", TITLE_HANG, "hang" },
	{ "guest-flood", TITLE_FLOOD, "does not stop writing" },
	{ "cold-boot", TITLE_REBOOT, "came up through firmware instead of kexec" },
	{ "guest-reset", TITLE_REBOOT, "reset or powered off" },
	{ "kexec-load-failed", TITLE_LOAD_REFUSED, "kexec load refused" },
	{ "wrong-nonce", TITLE_WRONG_KERNEL, "another kernel came up" },
	{ "handover-refused", TITLE_HANDOVER, "handover refused" },
	{ "not-kho-boot", TITLE_HANDOVER, "booted as if nothing had been handed over" },
	{ "payload-failed", TITLE_PAYLOAD, "payload failed" },
	{ "payload-killed", TITLE_PAYLOAD, "payload killed" },
	{ "payload-hung", TITLE_PAYLOAD, "payload hung" },
};

/* clang-format on */

const char *title_class_id(TitleClass class)
{
	return class_ids[class];
}

void title_clear(Title *title)
{
	g_clear_pointer(&title->text, g_free);
	title->class = TITLE_NONE;
}

static bool is_of_name(char c)
{
	return g_ascii_isalnum(c) || c == '_' || c == '.';
}

/* "__free_pages_core.isra.0" is __free_pages_core in every build. */
static char *plain_function(const char *begin, gsize length)
{
	static const char *const made_by_compilers[] = { ".isra.", ".constprop.", ".part.", ".cold", ".llvm." };
	char *name = g_strndup(begin, length);

	for (gsize i = 0; i < G_N_ELEMENTS(made_by_compilers); i++) {
		char *at = strstr(name, made_by_compilers[i]);

		if (at)
			*at = '\0';
	}
	return name;
}

/* The function of "func+0x1d/0x50" in a text; NULL. Caller frees. */
static char *function_in(const char *text)
{
	const char *at = strstr(text, "+0x"), *begin = at;

	while (begin && begin > text && is_of_name(begin[-1]))
		begin--;
	return begin && begin < at ? plain_function(begin, (gsize)(at - begin)) : NULL;
}

/* Where the processor was: "RIP: 0010:func+0x1/0x2", of arm64 "pc : func+0x1/0x2". */
static char *function_of_registers(const char *line)
{
	const char *rip = strstr(line, "RIP: ");

	if (!rip && g_str_has_prefix(line, "pc : "))
		rip = line;
	return rip ? function_in(rip) : NULL;
}

static const char *text_at(const GPtrArray *lines, guint i)
{
	return lines->pdata[i];
}

/* What the report is about: a warning says so in its own line, all others have registers behind it. */
static char *function_of(const GPtrArray *lines, guint first)
{
	char *function = function_in(text_at(lines, first));

	for (guint i = first + 1; !function && i < MIN(lines->len, first + HEAD_LINES); i++)
		function = function_of_registers(text_at(lines, i));
	return function;
}

/* Numbers and addresses become N: they are of one run. Those within names stay. */
static char *plain_text(const char *text)
{
	GString *plain = g_string_new(NULL);

	for (const char *at = text; *at;) {
		bool begins = g_ascii_isdigit(*at) && (at == text || !is_of_name(at[-1]));
		gsize n = begins ? strspn(at, "0123456789abcdefABCDEFx") : 0;

		if (n && !g_ascii_isalnum(at[n])) {
			g_string_append_c(plain, 'N');
			at += n;
		} else {
			g_string_append_c(plain, *at++);
		}
	}
	return g_string_free(plain, FALSE);
}

/* "slab-use-after-free in func+0x12/0x30", "page cache in process memfd  pfn:15bf8", "kworker/0:1:11 blocked for ...".
 */
static char *rest_of(const char *rest)
{
	g_autofree char *function = function_in(rest);
	const char *in = strstr(rest, " in "), *end = rest + strlen(rest);
	g_autofree char *head = NULL;

	if (function && in)
		return g_strdup_printf("%.*s in %s", (int)(in - rest), rest, function);
	/* of a page, its process is chance; of a task, how long it has waited */
	for (const char *const *stop = (const char *const[]){ " in process ", " blocked for ", " map:", NULL }; *stop;
	     stop++) {
		const char *at = strstr(rest, *stop);

		if (at && at < end)
			end = at;
	}
	head = g_strndup(rest, (gsize)(end - rest));
	return plain_text(g_strstrip(head));
}

static Title title_of_row(const GPtrArray *lines, guint line, gsize row)
{
	const char *rest = text_at(lines, line) + strlen(rows[row].mark);
	Title title = { rows[row].class, NULL };
	g_autofree char *more = rows[row].form == FORM_FUNCTION ? function_of(lines, line)
				: rows[row].form == FORM_REST	? rest_of(rest)
								: NULL;

	title.text = g_strconcat(rows[row].words, more && rows[row].form == FORM_FUNCTION ? " in " : "", more, NULL);
	return title;
}

Title title_of_report(const GPtrArray *lines)
{
	for (guint i = 0; i < lines->len; i++)
		for (gsize row = 0; row < G_N_ELEMENTS(rows); row++)
			if (g_str_has_prefix(text_at(lines, i), rows[row].mark))
				return title_of_row(lines, i, row);
	return (Title){ TITLE_NONE, NULL };
}

/* Lines of the console from there on, as the kernel wrote them. Caller unrefs. */
static GPtrArray *texts_from(const GPtrArray *console, guint from)
{
	GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);

	for (guint i = from; i < console->len; i++) {
		g_autofree char *line = console_clean(console->pdata[i]);

		g_ptr_array_add(texts, g_strdup(console_text(line)));
	}
	return texts;
}

/* By the kernel that was running at the end, if it is that which the reason is about; else by all that was said. */
static Title title_of_console(const Reason *reason, const Evidence *evidence)
{
	bool of_last = g_str_has_prefix(reason->text, hop_name(evidence->end_hop));
	guint from = of_last && evidence->console_handover_line > 0 ? (guint)evidence->console_handover_line : 0;
	g_autoptr(GPtrArray) texts = texts_from(evidence->console, MIN(from, evidence->console->len));

	return title_of_report(texts);
}

static Title title_of_log(const Reason *reason, const Evidence *evidence)
{
	for (guint i = 0; i < evidence->hops->len; i++) {
		const Hop *hop = evidence->hops->pdata[i];
		g_autoptr(GPtrArray) texts = g_ptr_array_new();

		if ((guint)hop->index != reason->hop || !hop->log)
			continue;
		for (guint l = 0; l < hop->log->lines->len; l++)
			g_ptr_array_add(texts, ((const KernelLogLine *)hop->log->lines->pdata[l])->text);
		return title_of_report(texts);
	}
	return (Title){ TITLE_NONE, NULL };
}

/* "panic: Attempted to kill init! exitcode=N" */
static char *said(const Reason *reason)
{
	const char *panic = strstr(reason->text, "not syncing: "), *colon = strstr(reason->text, ": ");
	g_autofree char *plain = plain_text(panic ? panic + strlen("not syncing: ") : colon ? colon + 2 : reason->text);

	return g_strconcat(panic ? "panic: " : "", plain, NULL);
}

static Title title_of_row_of_reason(const Reason *reason, gsize row)
{
	g_autofree char *function = of_reasons[row].class == TITLE_HANG ? function_in(reason->text) : NULL;

	if (!of_reasons[row].words)
		return (Title){ of_reasons[row].class, said(reason) };
	return (Title){ of_reasons[row].class,
			g_strconcat(of_reasons[row].words, function ? " in " : "", function, NULL) };
}

Title title_of(const Verdict *verdict, const Evidence *evidence)
{
	const Reason *reason = verdict->reasons->len ? verdict->reasons->pdata[0] : NULL;
	Title title = { TITLE_NONE, NULL };
	gsize row = 0;

	if (!reason)
		return title;
	while (row < G_N_ELEMENTS(of_reasons) && strcmp(of_reasons[row].reason, reason->id) != 0)
		row++;
	if (row == G_N_ELEMENTS(of_reasons))
		return (Title){ reason->known->kind == VERDICT_FAIL ? TITLE_CHECK : TITLE_HOST, g_strdup(reason->id) };
	if (!of_reasons[row].words)
		title = reason->check ? title_of_log(reason, evidence) : title_of_console(reason, evidence);
	return title.text ? title : title_of_row_of_reason(reason, row);
}

bool title_tells(const Verdict *verdict)
{
	return verdict->title && strcmp(verdict->title, ((const Reason *)verdict->reasons->pdata[0])->id) != 0;
}
