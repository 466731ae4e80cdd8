// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/*
 * Payloads are folders of the initramfs, /payloads/NAME, with programs of their own and
 * the hooks setup, before, after and last. PAYLOADS_LIST says in which order, and how long a hook may
 * take: "NAME MILLISECONDS", one a line (harness/build/payload.c).
 */
#define PAYLOADS_FOLDER "/payloads/"
#define PAYLOADS_LIST "/etc/khotest.payloads"
#define PAYLOADS_RUN "/run/payloads/"
/* While a hook runs, the host hears this often that the guest is alive. */
#define ALIVE_MS 1000
/* A process that was killed and does not end hangs in the kernel. */
#define KILLED_MS 5000

/* What came of one hook. */
typedef struct {
	int status;	/* exit status; -1: it has none */
	int signal;	/* that killed it; 0: none */
	bool timed_out; /* its deadline had passed */
	bool stuck;	/* and it could not even be killed */
	long long begin_ns, end_ns;
} Outcome;

/* Waits for the end of a process: true; false once that many milliseconds have passed. */
static bool wait_ms(pid_t pid, int *status, long long ms)
{
	long long until = clock_ns(CLOCK_MONOTONIC) + ms * 1000000;
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd ended = { .fd = fd, .events = POLLIN };
	bool done = false;

	for (;;) {
		long long left_ms = (until - clock_ns(CLOCK_MONOTONIC)) / 1000000;

		done = waitpid(pid, status, WNOHANG) == pid;
		if (done || left_ms <= 0)
			break;
		poll(&ended, 1, left_ms < ALIVE_MS ? (int)left_ms + 1 : ALIVE_MS);
		channel_alive();
	}
	if (fd >= 0)
		close(fd);
	return done;
}

static void set_environment(const Words *words, const char *folder, const char *run)
{
	Buffer path = { 0 };
	char number[16];

	buffer_printf(&path, "%s:/bin", folder);
	setenv("PATH", path.data, 1);
	setenv("KHOTEST_PAYLOAD", folder, 1);
	setenv("KHOTEST_RUN", run, 1);
	setenv("KHOTEST_BREAK", words->break_what, 1);
	snprintf(number, sizeof(number), "%d", words->hop);
	setenv("KHOTEST_HOP", number, 1);
	snprintf(number, sizeof(number), "%d", words->hops);
	setenv("KHOTEST_HOPS", number, 1);
	setenv("KHOTEST_LAST", words->last ? "1" : "0", 1);
	buffer_clear(&path);
}

/* In the child: becomes the hook. What it prints goes to a file, which whoever it leaves behind may keep open. */
static _Noreturn void become(const Words *words, const char *folder, const char *run, const char *hook, const char *out)
{
	int input = open("/dev/null", O_RDONLY), output = open(out, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
	Buffer program = { 0 };

	setpgid(0, 0);
	set_environment(words, folder, run);
	buffer_printf(&program, "%s/%s", folder, hook);
	if (input < 0 || output < 0 || chdir(folder) < 0 || dup2(input, STDIN_FILENO) < 0 ||
	    dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0) {
		probe_complain(errno, "cannot start the hook %s", program.data);
		_exit(127);
	}
	close(input);
	close(output);
	execl(program.data, hook, (char *)NULL);
	probe_complain(errno, "cannot run the hook %s", program.data);
	_exit(127);
}

static Outcome run_hook(const Words *words, const char *folder, const char *run, const char *hook, const char *out,
			long long timeout_ms)
{
	Outcome outcome = { .status = -1, .begin_ns = clock_ns(CLOCK_BOOTTIME) };
	pid_t pid = fork();
	int status = 0;

	if (pid == 0)
		become(words, folder, run, hook, out);
	if (pid > 0 && !wait_ms(pid, &status, timeout_ms)) {
		outcome.timed_out = true;
		kill(-pid, SIGKILL);
		outcome.stuck = !wait_ms(pid, &status, KILLED_MS);
	}
	outcome.end_ns = clock_ns(CLOCK_BOOTTIME);
	if (pid > 0 && !outcome.timed_out && WIFSIGNALED(status))
		outcome.signal = WTERMSIG(status);
	else if (pid > 0 && !outcome.timed_out)
		outcome.status = WEXITSTATUS(status);
	return outcome;
}

static void say_begin(const char *name, const char *hook, long long timeout_ms)
{
	Buffer record = { 0 };

	buffer_printf(&record, FRAME_PAYLOAD "%s/%s" FRAME_PAYLOAD_BEGIN, name, hook);
	channel_printf(record.data, "boottime_ns=%lld\ntimeout_ms=%lld\n", clock_ns(CLOCK_BOOTTIME), timeout_ms);
	buffer_clear(&record);
}

/* What came of it, and after an empty line what it printed, as far as FRAME_PAYLOAD_OUTPUT_MAX. */
static void say_end(const char *name, const char *hook, const Outcome *outcome, const char *out)
{
	Buffer record = { 0 }, text = { 0 }, printed = { 0 };
	int failed = buffer_read(&printed, out, FRAME_PAYLOAD_OUTPUT_MAX);

	buffer_printf(&record, FRAME_PAYLOAD "%s/%s", name, hook);
	buffer_printf(&text, "status=%d\nsignal=%d\ntimed_out=%d\nstuck=%d\ncut=%d\nbegin_ns=%lld\nend_ns=%lld\n\n",
		      outcome->status, outcome->signal, outcome->timed_out, outcome->stuck, failed != 0,
		      outcome->begin_ns, outcome->end_ns);
	if (printed.length)
		buffer_add(&text, printed.data, printed.length);
	if (failed && failed != EFBIG)
		probe_complain(failed, "cannot read what the hook printed, %s", out);
	channel_send(record.data, text.data, text.length, NULL);
	channel_drain();
	buffer_clear(&record);
	buffer_clear(&text);
	buffer_clear(&printed);
}

static void run_payload(const Words *words, const char *name, const char *hook, long long timeout_ms)
{
	Buffer folder = { 0 }, run = { 0 }, program = { 0 }, out = { 0 };

	buffer_printf(&folder, PAYLOADS_FOLDER "%s", name);
	buffer_printf(&run, PAYLOADS_RUN "%s", name);
	buffer_printf(&program, "%s/%s", folder.data, hook);
	buffer_printf(&out, "%s.%s.out", run.data, hook);
	if (access(program.data, F_OK) == 0) {
		Outcome outcome;

		mkdir(PAYLOADS_RUN, 0755);
		mkdir(run.data, 0755);
		say_begin(name, hook, timeout_ms);
		outcome = run_hook(words, folder.data, run.data, hook, out.data, timeout_ms);
		say_end(name, hook, &outcome, out.data);
	}
	buffer_clear(&folder);
	buffer_clear(&run);
	buffer_clear(&program);
	buffer_clear(&out);
}

void payloads_run(const Words *words, const char *hook)
{
	Buffer list = { 0 };
	int failed = buffer_read(&list, PAYLOADS_LIST, FRAME_PAYLOAD_MAX);

	if (failed && failed != ENOENT)
		probe_complain(failed, "cannot read %s", PAYLOADS_LIST);
	for (char *line = failed ? NULL : list.data, *end; line && (end = strchr(line, '\n')); line = end + 1) {
		char *space = strchr(line, ' ');

		*end = '\0';
		if (!space)
			continue;
		*space = '\0';
		run_payload(words, line, hook, strtoll(space + 1, NULL, 10));
	}
	buffer_clear(&list);
}
