// SPDX-License-Identifier: GPL-2.0-or-later
/* A name for what went wrong: the kernel's own report, what its console shows, or else the verdict's reason. */
#include "titleparts.h"

#include <measure/consoletext.h>
#include <measure/kernellog.h>
#include <measure/postmortem.h>

#include <string.h>

/* Of a console, that are looked at together. */
#define LINES_AT_ONCE 1000u

/* clang-format off */
static const struct {
	const char *id, *meaning;
} classes[TITLES] = {
	[TITLE_NONE] = { "none", "nothing went wrong" },
	[TITLE_PANIC] = { "panic", "the kernel panicked, and no report of it says more" },
	[TITLE_OOPS] = { "oops", "a fault in the kernel: a page fault, a general protection fault, a stack overflow" },
	[TITLE_BUG] = { "bug", "BUG(), or a report that begins with BUG:" },
	[TITLE_WARNING] = { "warning", "WARN()" },
	[TITLE_LOCKDEP] = { "lockdep", "locks taken in a wrong order or context" },
	[TITLE_SANITIZER] = { "sanitizer", "KASAN, KFENCE, KMSAN, KCSAN or UBSAN" },
	[TITLE_CORRUPTION] = { "corruption", "a list, a page or an object of the allocator is not what it should be" },
	[TITLE_RCU_STALL] = { "rcu-stall", "RCU waits for a CPU or a task" },
	[TITLE_SOFT_LOCKUP] = { "soft-lockup", "a CPU does not schedule" },
	[TITLE_HARD_LOCKUP] = { "hard-lockup", "a CPU takes no interrupts" },
	[TITLE_WORKQUEUE_LOCKUP] = { "workqueue-lockup", "a workqueue makes no progress" },
	[TITLE_HUNG_TASK] = { "hung-task", "a task waits for ever" },
	[TITLE_OOM] = { "oom", "the guest ran out of memory" },
	[TITLE_SILENT_DEATH] = { "silent-death", "the kernel died before its first console line" },
	[TITLE_HANG] = { "hang", "the kernel spoke, and then stopped without a word" },
	[TITLE_GARBAGE] = { "garbage", "the console ends in bytes that are no text" },
	[TITLE_FLOOD] = { "flood", "the guest does not stop writing" },
	[TITLE_RESET] = { "reset", "the guest reset the machine; a triple fault does that too" },
	[TITLE_POWER_OFF] = { "power-off", "the guest switched the machine off" },
	[TITLE_REBOOT_LOOP] = { "reboot-loop", "the kernel began again and again, and never came up" },
	[TITLE_COLD_BOOT] = { "cold-boot", "an earlier kernel came up instead of the next one" },
	[TITLE_LOAD_REFUSED] = { "load-refused", "kexec -s -l did not take the next kernel" },
	[TITLE_WRONG_KERNEL] = { "wrong-kernel", "another kernel came up than the one that was due" },
	[TITLE_HANDOVER] = { "handover", "the next kernel came up without what was handed over to it" },
	[TITLE_CHECK] = { "check", "a check found something; the kernel said nothing" },
	[TITLE_PAYLOAD] = { "payload", "a hook of a payload failed, was killed or hung" },
	[TITLE_EMULATOR_CRASHED] = { "emulator-crashed", "the emulator ended by itself" },
	[TITLE_EMULATOR_KILLED] = { "emulator-killed", "the emulator was ended from outside" },
	[TITLE_EMULATOR_STUCK] = { "emulator-stuck", "the emulator, or the host, did not run the guest" },
	[TITLE_KVM_ERROR] = { "kvm-error", "KVM could not go on with the guest" },
	[TITLE_HOST_OOM] = { "host-oom", "the host had no memory for the guest" },
	[TITLE_HOST] = { "host", "any other reason that is not the guest's" },
};
/* clang-format on */

const char *title_class_id(TitleClass class)
{
	return classes[class].id;
}

const char *title_class_meaning(TitleClass class)
{
	return classes[class].meaning;
}

bool title_class_is_said(const char *id)
{
	for (TitleClass said = TITLE_PANIC; said <= TITLE_OOM; said++)
		if (strcmp(classes[said].id, id) == 0)
			return true;
	return false;
}

void title_clear(Title *title)
{
	g_clear_pointer(&title->text, g_free);
	g_clear_pointer(&title->evidence, g_free);
	title->class = TITLE_NONE;
}

/* Lines of the console, as the kernel wrote them. Caller unrefs. */
static GPtrArray *texts_of(const ConsoleLines *console, guint from, guint to)
{
	GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);

	for (guint i = from; i < to; i++)
		g_ptr_array_add(texts, g_strdup(console_text(console_line(console, i))));
	return texts;
}

/* Some lines at a time, with those behind them that a report may have. */
static Title title_of_lines(const ConsoleLines *console, guint from)
{
	for (; from < console->len; from += LINES_AT_ONCE) {
		g_autoptr(GPtrArray) texts =
			texts_of(console, from, MIN(console->len, from + LINES_AT_ONCE + TITLE_LINES_MOST));
		Title title = titlereport_among(texts, LINES_AT_ONCE);

		if (title.class != TITLE_NONE)
			return title;
	}
	return (Title){ TITLE_NONE, NULL, NULL };
}

static guint running_from(const Evidence *evidence)
{
	int line = evidence->console_handover_line;

	return line > 0 ? MIN((guint)line, evidence->console->len) : 0;
}

/* By the kernel that was running at the end, if it is that which the reason is about; else by all that was said. */
static Title title_of_console(const Reason *reason, const Evidence *evidence)
{
	bool of_last = g_str_has_prefix(reason->text, hop_name(evidence->end_hop));

	return title_of_lines(evidence->console, of_last ? running_from(evidence) : 0);
}

static Title title_of_log(const Reason *reason, const Evidence *evidence)
{
	for (guint i = 0; i < evidence->hops->len; i++) {
		const Hop *hop = evidence->hops->pdata[i];
		g_autoptr(GPtrArray) texts = g_ptr_array_new();

		if ((guint)hop->index != reason->hop || !hop->log)
			continue;
		for (guint l = 0; l < hop->log->own->len; l++)
			g_ptr_array_add(texts, ((const KernelLogLine *)hop->log->own->pdata[l])->text);
		return title_of_report(texts);
	}
	return (Title){ TITLE_NONE, NULL, NULL };
}

/* What a kernel that did not come up, or not to its end, shows on its console instead of words. */
static Title title_of_noise(const Evidence *evidence)
{
	guint from = running_from(evidence), banners = titleconsole_banners(evidence->console, from);

	if (titleconsole_is_garbage(evidence->console, from))
		return (Title){ TITLE_GARBAGE, g_strdup("garbage on the console"),
				g_strdup(console_line(evidence->console, evidence->console->len - 1)) };
	if (banners >= TITLE_LOOP_LEAST)
		return (Title){ TITLE_REBOOT_LOOP, g_strdup("reboot loop"),
				g_strdup_printf("a kernel began %u times", banners) };
	return (Title){ TITLE_NONE, NULL, NULL };
}

/* A kernel that hangs may say itself what hangs. */
static bool is_stall(TitleClass class)
{
	return class >= TITLE_RCU_STALL && class <= TITLE_HUNG_TASK;
}

/* What a kernel that hangs says of that on its console, if it is the first that it reports. */
static Title title_of_stall(const Reason *reason, const Evidence *evidence)
{
	Title title = title_of_console(reason, evidence);

	if (!is_stall(title.class))
		title_clear(&title);
	return title;
}

/* What the log in its memory says of a kernel whose console says nothing of it. */
static Title title_of_memory(const Title *title, const Evidence *evidence)
{
	const struct Postmortem *memory = evidence->postmortem;
	g_autoptr(GPtrArray) texts = g_ptr_array_new();
	g_auto(Title) report = { 0 };

	if (!memory || memory->hop != evidence->end_hop || !memory->log ||
	    (title->class != TITLE_SILENT_DEATH && title->class != TITLE_HANG))
		return (Title){ TITLE_NONE, NULL, NULL };
	for (guint i = 0; i < memory->log->own->len; i++)
		g_ptr_array_add(texts, ((const KernelLogLine *)memory->log->own->pdata[i])->text);
	report = title_of_report(texts);
	if (!report.text)
		return (Title){ TITLE_NONE, NULL, NULL };
	if (is_stall(report.class))
		return (Title){ report.class, g_steal_pointer(&report.text), g_steal_pointer(&report.evidence) };
	return (Title){ title->class, g_strdup_printf("%s: %s", title->text, report.text), g_strdup(report.evidence) };
}

static bool is_without_end(TitleClass class)
{
	return class == TITLE_SILENT_DEATH || class == TITLE_HANG || class == TITLE_FLOOD || class == TITLE_RESET;
}

Title title_of(const Verdict *verdict, const Evidence *evidence)
{
	const Reason *reason = verdict->reasons->len ? verdict->reasons->pdata[0] : NULL;
	Title title = { TITLE_NONE, NULL, NULL }, better = title;

	if (!reason)
		return title;
	if (titlereason_is_explained(reason))
		title = reason->check && !reason->on_console ? title_of_log(reason, evidence)
							     : title_of_console(reason, evidence);
	if (title.text)
		return title;
	title = titlereason_of(reason, evidence);
	if (title.class == TITLE_HANG)
		better = title_of_stall(reason, evidence);
	if (is_without_end(title.class) && !better.text)
		better = title_of_noise(evidence);
	if (!better.text)
		better = title_of_memory(&title, evidence);
	if (!better.text)
		return title;
	title_clear(&title);
	return better;
}

bool title_tells(const Verdict *verdict)
{
	return verdict->title && strcmp(verdict->title_class, classes[TITLE_CHECK].id) != 0;
}
