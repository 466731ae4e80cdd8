// SPDX-License-Identifier: GPL-2.0-or-later
/* The harness itself is ended, and started again; two of them share a cache. */
#include "tool.h"

#include <signal.h>
#include <string.h>

#define WHOLE_MS 9000
#define END_S 200

/* What there is of a run that was cut off: whatever it was judged as, nothing is known of its end. */
static void report_all(Fault *fault)
{
	g_autoptr(GDir) dir = g_dir_open(fault->output, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(fault->output, name, NULL);

		aftermath_report(fault, path, NULL);
	}
}

static void run_again(Fault *fault)
{
	g_autofree char *before = fault->output;
	g_autoptr(Tool) tool = NULL;
	g_autofree char *word = NULL;

	fault->output = g_build_filename(fault->folder, "again", NULL);
	tool = tool_start_run(fault, NULL, NULL, NULL);
	tool_wait(tool, END_S);
	word = tool_word(tool);
	fault_tell(fault, "again: %s", word);
	if (strcmp(word, "PASS") != 0)
		fault_blame(fault, "the next run ended with '%s'", word);
}

static void inject_killed(Fault *fault)
{
	g_autoptr(Tool) tool = tool_start_run(fault, NULL, NULL, NULL);

	fault_sleep(fault, 0, WHOLE_MS);
	if (!tool_has_ended(tool)) {
		fault_tell(fault, "SIGKILL to the harness");
		fault_forbid(fault, "PASS");
		kill(tool->pid, SIGKILL);
	}
	tool_wait(tool, END_S);
	/* at once: it may have to see to what the first one left */
	if (fault_number(fault, 0, 2) == 0)
		run_again(fault);
	else
		report_all(fault);
}

static void interrupt(Fault *fault, int number, guint times, guint apart_ms)
{
	g_autoptr(Tool) tool = tool_start_run(fault, NULL, NULL, NULL);
	g_autofree char *word = NULL;

	/* before it has taken charge of signals they end it, as they end any process: that is none of ours */
	fault_sleep(fault, 100, WHOLE_MS);
	for (guint i = 0; i < times && !tool_has_ended(tool); i++) {
		fault_tell(fault, "%s to the harness", g_strsignal(number));
		kill(tool->pid, number);
		if (i + 1 < times)
			fault_sleep(fault, 0, apart_ms);
	}
	tool_wait(tool, 30);
	word = tool_word(tool);
	fault_take_word(fault, "run", word);
	if (strcmp(word, "PASS") != 0)
		fault_forbid(fault, "PASS");
	report_all(fault);
}

static void inject_terminated(Fault *fault)
{
	static const int numbers[] = { SIGTERM, SIGINT, SIGHUP };

	interrupt(fault, numbers[fault_number(fault, 0, 2)], 1, 0);
}

static void inject_twice(Fault *fault)
{
	interrupt(fault, SIGINT, 2, 300);
}

/* Both need an initramfs that is not there. */
static void inject_two(Fault *fault)
{
	g_autofree char *command = g_strdup_printf("rm -rf '%s/cache/khotest/initramfs'", fault->bench->folder);
	Tool *tools[2];

	if (!host_run(fault, command))
		return;
	for (guint i = 0; i < 2; i++) {
		tools[i] = tool_start_run(fault, NULL, NULL, NULL);
		if (i == 0)
			fault_sleep(fault, 0, 300);
	}
	for (guint i = 0; i < 2; i++) {
		g_autofree char *word = NULL;

		tool_wait(tools[i], END_S);
		word = tool_word(tools[i]);
		fault_take_word(fault, "run", word);
		tool_free(tools[i]);
	}
	report_all(fault);
}

const Kind kinds_harness[] = {
	{ "harness-killed",
	  true,
	  120,
	  "the harness is killed at a random moment; one in three is started again at once",
	  { "ERROR incomplete", "exit 99", "PASS", NULL },
	  inject_killed },
	{ "harness-interrupted",
	  true,
	  60,
	  "the harness gets SIGINT, SIGTERM or SIGHUP once",
	  { "exit 99", "ERROR interrupted", "ERROR incomplete", "ERROR harness-failed", "PASS", NULL },
	  inject_terminated },
	{ "harness-interrupted-twice",
	  true,
	  60,
	  "the harness gets SIGINT twice, within 300 ms",
	  { "exit 99", "ERROR interrupted", "ERROR incomplete", "ERROR harness-failed", "PASS", NULL },
	  inject_twice },
	{ "two-harnesses",
	  true,
	  30,
	  "two runs at once on one cache, both of which have to make the initramfs",
	  { "PASS", NULL },
	  inject_two },
	{ NULL },
};
