// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A payload that says its environment back, and has a daemon that must live until the jump.
 * --break data: a test fails; kill: the hook kills itself; hang: it does not come to its end;
 * reset: it takes the machine with it.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <unistd.h>

static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value ? value : "";
}

static void path_of_daemon(char path[static 256])
{
	snprintf(path, 256, "%s/daemon", variable("KHOTEST_RUN"));
}

/* Keeps standard output open, as daemons do that nobody has taught better. */
static void start_daemon(void)
{
	char path[256];
	FILE *file;
	pid_t pid = fork();

	if (pid == 0) {
		setsid();
		for (;;)
			pause();
	}
	path_of_daemon(path);
	file = fopen(path, "w");
	if (file)
		fprintf(file, "%d", pid);
	if (file)
		fclose(file);
}

static int daemon_lives(void)
{
	char path[256];
	FILE *file;
	int pid = 0;

	path_of_daemon(path);
	file = fopen(path, "r");
	if (!file || fscanf(file, "%d", &pid) != 1 || pid <= 0)
		return 0;
	fclose(file);
	return kill(pid, 0) == 0;
}

static void misbehave(const char *how)
{
	if (strcmp(how, "kill") == 0)
		kill(getpid(), SIGSEGV);
	else if (strcmp(how, "hang") == 0)
		for (;;)
			pause();
	else if (strcmp(how, "reset") == 0)
		reboot(RB_AUTOBOOT);
}

int main(int argc, char **argv)
{
	const char *hook = argc > 1 ? argv[1] : "", *how = variable("KHOTEST_BREAK");
	int bad = strcmp(hook, "after") == 0 && strcmp(how, "data") == 0;

	printf("KTAP version 1\n1..3\nok 1 kernel %s of %s%s\n", variable("KHOTEST_HOP"), variable("KHOTEST_HOPS"),
	       strcmp(variable("KHOTEST_LAST"), "1") == 0 ? ", the last" : "");
	if (strcmp(hook, "setup") == 0)
		start_daemon();
	if (strcmp(hook, "before") == 0)
		printf("%s 2 the daemon lives\n", daemon_lives() ? "ok" : "not ok");
	else
		puts("ok 2 nothing to do # SKIP only hook before has");
	fflush(stdout);
	if (strcmp(hook, "after") == 0)
		misbehave(how);
	if (bad)
		puts("# at offset 4096: found 0x12, expected 0x34");
	printf("%s 3 bytes\n", bad ? "not ok" : "ok");
	return bad;
}
