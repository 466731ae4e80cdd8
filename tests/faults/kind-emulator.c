// SPDX-License-Identifier: GPL-2.0-or-later
/* Somebody or something on the host ends, stops or slows the emulator. */
#include "tool.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

/* From the start of an emulator to its end it takes some 6 s here: the last moments are after it. */
#define RUN_MS 7000
#define END_S 200

static const int deadly[] = { SIGKILL, SIGKILL, SIGSEGV, SIGABRT, SIGBUS, SIGTERM, SIGILL };

/* An emulator that ends while it is being started is an error of the start; afterwards it has crashed. */
static void forbid_start(Fault *fault, const char *rundir)
{
	g_autofree char *path = g_build_filename(rundir, "journal.jsonl", NULL);
	g_autofree char *text = NULL;

	if (g_file_get_contents(path, &text, NULL, NULL) && strstr(text, "\"event\":\"start\""))
		fault_forbid(fault, "ERROR harness-failed");
}

/* A whole run has its word from its result, and says the same ever after. */
static void finish(Fault *fault, Tool *tool)
{
	g_autofree char *word = NULL, *rundir = NULL;

	tool_wait(tool, END_S);
	word = tool_word(tool);
	rundir = tool_await_rundir(tool, NULL);
	if (rundir && !g_str_has_prefix(fault->kind->name, "counted"))
		forbid_start(fault, rundir);
	fault_take_word(fault, "run", word);
	if (rundir)
		aftermath_report(fault, rundir, word);
	else if (strcmp(word, "exit 99") != 0)
		fault_blame_report(fault, "there is no run directory");
}

/* No emulator is -1, and a signal to -1 one to everybody. */
static bool deliver(pid_t pid, int number)
{
	return pid > 1 && kill(pid, number) == 0;
}

/* The signal is delivered: it cannot have come after the end. */
static void strike(Fault *fault, pid_t pid, int number)
{
	if (deliver(pid, number))
		fault_tell(fault, "%s to the emulator", g_strsignal(number));
	else
		fault_tell(fault, "the emulator was gone");
}

static const char *const counted[] = { "--mode", "counted", NULL };
/* short, so that one that is never let go is given up soon */
static const char *const impatient[] = { "--timeout", "20s", NULL };
static const char *const counted_impatient[] = { "--mode", "counted", "--timeout", "30s", NULL };

static void inject_kill(Fault *fault, const char *const *more)
{
	g_autoptr(Tool) tool = tool_start_run(fault, NULL, more, NULL);
	pid_t pid = tool_await_emulator(tool);

	fault_sleep(fault, 0, more ? 2 * RUN_MS : RUN_MS);
	strike(fault, pid, deadly[fault_number(fault, 0, G_N_ELEMENTS(deadly) - 1)]);
	finish(fault, tool);
}

static void inject_killed(Fault *fault)
{
	inject_kill(fault, NULL);
}

static void inject_killed_counted(Fault *fault)
{
	inject_kill(fault, counted);
}

static void inject_stop(Fault *fault, const char *const *more)
{
	g_autoptr(Tool) tool = tool_start_run(fault, NULL, more, NULL);
	pid_t pid = tool_await_emulator(tool);

	fault_sleep(fault, 0, RUN_MS);
	strike(fault, pid, SIGSTOP);
	finish(fault, tool);
}

static void inject_stopped(Fault *fault)
{
	inject_stop(fault, impatient);
}

static void inject_stopped_counted(Fault *fault)
{
	inject_stop(fault, counted_impatient);
}

/* For moments, up to some seconds each. */
static void inject_paused(Fault *fault)
{
	g_autoptr(Tool) tool = tool_start_run(fault, NULL, NULL, NULL);
	pid_t pid = tool_await_emulator(tool);
	guint times = fault_number(fault, 1, 4);

	for (guint i = 0; i < times && pid > 0; i++) {
		fault_sleep(fault, 0, RUN_MS / times);
		strike(fault, pid, SIGSTOP);
		fault_sleep(fault, 1, 3000);
		deliver(pid, SIGCONT);
	}
	finish(fault, tool);
}

/* Stopped and let go again many times a second: it gets a part of the time only. */
static void inject_slowed(Fault *fault)
{
	g_autoptr(Tool) tool = tool_start_run(fault, NULL, NULL, NULL);
	pid_t pid = tool_await_emulator(tool);
	guint off = fault_number(fault, 10, 90), bursts = fault_number(fault, 20, 80);

	fault_sleep(fault, 0, RUN_MS / 2);
	fault_tell(fault, "%u times 100 ms, and off for %u of them", bursts, off);
	for (guint i = 0; i < bursts && deliver(pid, SIGSTOP); i++) {
		g_usleep(off * 1000);
		deliver(pid, SIGCONT);
		g_usleep((100 - off) * 1000);
	}
	finish(fault, tool);
}

const Kind kinds_emulator[] = {
	{ "emulator-killed",
	  true,
	  100,
	  "the emulator gets a deadly signal at a random moment",
	  { "ERROR emulator-crashed", "ERROR harness-failed", "PASS", NULL },
	  inject_killed },
	{ "emulator-stopped",
	  true,
	  60,
	  "the emulator is stopped by SIGSTOP at a random moment, for ever",
	  { "ERROR emulator-crashed", "ERROR harness-failed", "PASS", NULL },
	  inject_stopped },
	{ "emulator-paused",
	  true,
	  80,
	  "the emulator is stopped and let go again, one to four times",
	  { "PASS", NULL },
	  inject_paused },
	{ "emulator-slowed", true, 60, "the emulator has 10 to 90 % of the time", { "PASS", NULL }, inject_slowed },
	{ "counted-killed",
	  true,
	  30,
	  "mode counted, and the emulator gets a deadly signal, some of them at a mark",
	  { "ERROR emulator-crashed", "ERROR harness-failed", "PASS", NULL },
	  inject_killed_counted },
	{ "counted-stopped",
	  true,
	  30,
	  "mode counted, and the emulator is stopped, some at a mark, for ever",
	  { "ERROR emulator-crashed", "ERROR harness-failed", "PASS", NULL },
	  inject_stopped_counted },
	{ NULL },
};
