// SPDX-License-Identifier: GPL-2.0-or-later
#include "guardian.h"
#include "emulator.h"

#include <base/log.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* An emulator that was about to be started when its harness ended writes its pid soon, or never. */
#define LOOKS 40
#define LOOK_NS (50 * 1000 * 1000)

struct Guardian {
	pid_t pid;
	int socket;
};

/*
 * From here to watch() everything runs in the child of a process that may have many
 * threads: nothing that allocates or takes a lock, since another thread may have held it.
 */
static pid_t read_pid(const char *path)
{
	char text[32] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, sizeof(text) - 1) : -1;
	long pid = 0;

	if (fd >= 0)
		close(fd);
	for (ssize_t i = 0; i < n && text[i] >= '0' && text[i] <= '9' && pid < 100000000; i++)
		pid = pid * 10 + text[i] - '0';
	return (pid_t)pid;
}

/* All but one, so that nothing stays locked or open for our sake. */
static void close_others(int kept)
{
	if (kept > 0)
		close_range(0, (unsigned)kept - 1, 0);
	close_range((unsigned)kept + 1, ~0u, 0);
}

/* A signal that is meant for the harness, such as Ctrl-C, is not for this process. */
static void stand_aside(int socket)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	setsid();
	prctl(PR_SET_NAME, "khotest-guard");
	close_others(socket);
}

static void watch(int socket, const char *pid_file, const char *mark)
{
	const struct timespec pause = { .tv_nsec = LOOK_NS };
	char byte;
	ssize_t n;

	stand_aside(socket);
	while ((n = read(socket, &byte, 1)) < 0 && errno == EINTR)
		;
	if (n > 0)
		return; /* dismissed */
	for (int looks = 0; looks < LOOKS && !emulator_end(read_pid(pid_file), mark); looks++)
		nanosleep(&pause, NULL);
}

Guardian *guardian_new(const char *pid_file, const char *mark)
{
	Guardian *guardian;
	int ends[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
		log_detail("no guardian for the emulator: %s", g_strerror(errno));
		return NULL;
	}
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		watch(ends[1], pid_file, mark);
		_exit(0);
	}
	close(ends[1]);
	if (pid < 0) {
		log_detail("no guardian for the emulator: %s", g_strerror(errno));
		close(ends[0]);
		return NULL;
	}
	guardian = g_new0(Guardian, 1);
	guardian->pid = pid;
	guardian->socket = ends[0];
	return guardian;
}

void guardian_free(Guardian *guardian)
{
	if (!guardian)
		return;
	/* it may be gone, killed by somebody: then this fails, and there is nothing to be said */
	if (send(guardian->socket, "", 1, MSG_NOSIGNAL) < 0)
		kill(guardian->pid, SIGKILL);
	close(guardian->socket);
	while (waitpid(guardian->pid, NULL, 0) < 0 && errno == EINTR)
		;
	g_free(guardian);
}
