// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

void probe_complain(int errno_number, const char *format, ...)
{
	va_list args;

	fputs("khotest: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "%s%s\n", errno_number ? ": " : "", errno_number ? strerror(errno_number) : "");
}

long long clock_ns(clockid_t clock)
{
	struct timespec now = { 0 };

	clock_gettime(clock, &now);
	return now.tv_sec * 1000000000ll + now.tv_nsec;
}

/* ---- /init ---- */

static const struct {
	const char *type, *path;
} mounts[] = {
	{ "proc", "/proc" },
	{ "sysfs", "/sys" },
	{ "devtmpfs", "/dev" },
	{ "tmpfs", "/run" },
	{ "debugfs", "/sys/kernel/debug" },
};

/* What cannot be mounted shows later: as files that are not there. */
static void mount_all(void)
{
	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		mkdir(mounts[i].path, 0755);
		if (mount(mounts[i].type, mounts[i].path, mounts[i].type, 0, NULL) < 0)
			probe_complain(errno, "cannot mount %s on %s", mounts[i].type, mounts[i].path);
	}
}

/* The kernel opens /dev/console for /init only if it found that file before /init made it (init/main.c). */
static void open_console(void)
{
	int fd;

	if (fcntl(STDERR_FILENO, F_GETFD) >= 0)
		return;
	fd = open("/dev/console", O_RDWR);
	for (int standard = STDIN_FILENO; fd >= 0 && standard <= STDERR_FILENO; standard++)
		dup2(fd, standard);
}

static void read_words(Words *words)
{
	Buffer cmdline = { 0 };
	int failed = buffer_read(&cmdline, "/proc/cmdline", FRAME_PAYLOAD_MAX);

	if (failed)
		probe_complain(failed, "cannot read /proc/cmdline");
	cmdline_parse(cmdline.data ? cmdline.data : "", words);
	buffer_clear(&cmdline);
}

static void say_hello(const Words *words, long long boottime_ns, long long monotonic_ns)
{
	struct utsname kernel = { 0 };
	Buffer boot_id = { 0 };

	uname(&kernel);
	buffer_read(&boot_id, "/proc/sys/kernel/random/boot_id", 64);
	/* boot_id brings the last newline with it. */
	channel_printf(FRAME_HELLO, "nonce=%s\nhop=%d\nboottime_ns=%lld\nmonotonic_ns=%lld\nrelease=%s\nboot_id=%s",
		       words->nonce, words->hop, boottime_ns, monotonic_ns, kernel.release,
		       boot_id.data ? boot_id.data : "\n");
	buffer_clear(&boot_id);
}

static pid_t start_script(const Words *words)
{
	char hop[16];
	pid_t pid;

	snprintf(hop, sizeof(hop), "%d", words->hop);
	setenv("PATH", "/bin", 1);
	setenv("LD_LIBRARY_PATH", "/lib", 1);
	setenv("KHOTEST_HOP", hop, 1);
	setenv("KHOTEST_LAST", words->last ? "1" : "0", 1);
	pid = fork();
	if (pid == 0) {
		execl("/bin/busybox", "sh", "/etc/khotest.rc", (char *)NULL);
		probe_complain(errno, "cannot run /bin/busybox");
		_exit(127);
	}
	return pid;
}

/*
 * PID 1 never ends, or the kernel panics. A script that ends with 0 has told the
 * host all there is to tell; for any other end this does.
 */
static _Noreturn void run_init(void)
{
	long long boottime_ns = clock_ns(CLOCK_BOOTTIME);
	long long monotonic_ns = clock_ns(CLOCK_MONOTONIC);
	pid_t script, ended;
	int status;
	Words words;

	mount_all();
	open_console();
	read_words(&words);
	if (!channel_open(words.hop))
		for (;;)
			pause();
	say_hello(&words, boottime_ns, monotonic_ns);
	chain_link("", words.hop, words.last);
	script = start_script(&words);
	for (;;) {
		ended = wait(&status);
		if (ended < 0 && errno == ECHILD)
			pause();
		if (script > 0 && ended == script && status != 0)
			channel_printf(FRAME_FAILED, "/etc/khotest.rc ended with %s %d; the console may say why\n",
				       WIFSIGNALED(status) ? "signal" : "status",
				       WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	}
}

/* ---- commands of khotest.rc ---- */

static int do_collect(char **args)
{
	collect();
	return 0;
}

static int do_initrd(char **args)
{
	return initrd_rebuild(args[1] ? args[1] : "", args[0]) ? 0 : 1;
}

static int do_next_cmdline(char **args)
{
	Buffer cmdline = { 0 }, own = { 0 }, next = { 0 };
	int failed = buffer_read(&cmdline, args[0] ? args[0] : "/proc/cmdline", FRAME_PAYLOAD_MAX);
	Words words;

	if (failed) {
		probe_complain(failed, "cannot read the command line");
		return 1;
	}
	cmdline_parse(cmdline.data, &words);
	chain_words(args[0] && args[1] ? args[1] : "", words.hop + 1, &own);
	cmdline_next(cmdline.data, own.data ? own.data : "", &next);
	/* half of it would be taken for all */
	return puts(next.data) < 0 || fflush(stdout) != 0;
}

static int do_link(char **args)
{
	chain_link(args[2] ? args[2] : "", atoi(args[0]), atoi(args[1]));
	return 0;
}

static int do_kexec_loaded(char **args)
{
	Buffer text = { 0 };
	int failed;

	buffer_printf(&text, "status=%s\nboottime_ns=%lld\n\n", args[0], clock_ns(CLOCK_BOOTTIME));
	failed = buffer_read(&text, args[1], FRAME_PAYLOAD_MAX - text.length);
	if (failed)
		buffer_printf(&text, "khotest: cannot read %s: %s\n", args[1], strerror(failed));
	channel_send(FRAME_KEXEC_LOADED, text.data, text.length, NULL);
	channel_drain();
	return 0;
}

/* The last word of a hop: what it preserves, all that its log has, and how the kernel itself sees it. */
static int say_last(const char *name)
{
	Buffer tainted = { 0 };

	collect_preserved();
	collect_scratch_end();
	collect_rest();
	buffer_read(&tainted, "/proc/sys/kernel/tainted", 32);
	/* the file brings its line end with it */
	channel_printf(name, "boottime_ns=%lld\ntainted=%s", clock_ns(CLOCK_BOOTTIME),
		       tainted.data ? tainted.data : "\n");
	buffer_clear(&tainted);
	return 0;
}

static int do_leaving(char **args)
{
	return say_last(FRAME_LEAVING);
}

static int do_done(char **args)
{
	return say_last(FRAME_DONE);
}

static int do_payload(char **args)
{
	Words words;

	read_words(&words);
	payloads_run(&words, args[0]);
	return 0;
}

static int do_shell(char **args)
{
	Words words;

	read_words(&words);
	if (words.shell == words.hop)
		shell_run(words.hop);
	return 0;
}

static int do_failed(char **args)
{
	Buffer text = { 0 };

	for (; *args; args++)
		buffer_printf(&text, "%s%s", *args, args[1] ? " " : "\n");
	channel_printf(FRAME_FAILED, "%s", text.data);
	return 0;
}

static const struct {
	const char *name, *arguments;
	int least, most;
	bool sends;
	int (*run)(char **args);
} verbs[] = {
	{ "collect", "", 0, 0, true, do_collect },
	{ "initrd", "OUT [ROOT]", 1, 2, false, do_initrd },
	{ "next-cmdline", "[FILE [ROOT]]", 0, 2, false, do_next_cmdline },
	{ "link", "HOP LAST [ROOT]", 2, 3, false, do_link },
	{ "kexec-loaded", "STATUS OUTPUT-FILE", 2, 2, true, do_kexec_loaded },
	{ "payload", "HOOK", 1, 1, true, do_payload },
	{ "shell", "", 0, 0, true, do_shell },
	{ "leaving", "", 0, 0, true, do_leaving },
	{ "done", "", 0, 0, true, do_done },
	{ "failed", "TEXT...", 1, 1000, true, do_failed },
};

int main(int argc, char **argv)
{
	if (getpid() == 1)
		run_init();
	for (size_t i = 0; argc > 1 && i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		Words words;

		if (strcmp(argv[1], verbs[i].name) != 0 || argc - 2 < verbs[i].least || argc - 2 > verbs[i].most)
			continue;
		if (verbs[i].sends) {
			read_words(&words);
			if (!channel_open(words.hop))
				return 1;
		}
		return verbs[i].run(argv + 2);
	}
	fputs("usage: probe VERB (from khotest.rc, inside the guest):\n", stderr);
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		fprintf(stderr, "  probe %s %s\n", verbs[i].name, verbs[i].arguments);
	return 2;
}
