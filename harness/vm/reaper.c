// SPDX-License-Identifier: GPL-2.0-or-later
#include "reaper.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOOK_MS 5

struct Reaper {
	char *pid_file;
	int stop;   /* eventfd */
	int status; /* atomic */
	GThread *thread;
};

/* Waits for the descriptor to become readable, for ms at most; -1: for ever. true: told to leave. */
static bool wait_or_leave(Reaper *reaper, int fd, int ms)
{
	struct pollfd fds[] = {
		{ .fd = reaper->stop, .events = POLLIN },
		{ .fd = fd, .events = POLLIN },
	};

	while (poll(fds, G_N_ELEMENTS(fds), ms) < 0 && errno == EINTR)
		;
	return fds[0].revents;
}

static pid_t read_pid(const char *path)
{
	g_autofree char *text = NULL;

	return g_file_get_contents(path, &text, NULL, NULL) ? (pid_t)g_ascii_strtoll(text, NULL, 10) : 0;
}

static gpointer reap(gpointer data)
{
	Reaper *reaper = data;
	int status, fd;
	pid_t pid;

	while ((pid = read_pid(reaper->pid_file)) <= 0)
		if (wait_or_leave(reaper, -1, LOOK_MS))
			return NULL;
	fd = pidfd_open(pid, 0);
	if (fd >= 0) {
		bool leave = wait_or_leave(reaper, fd, -1);

		close(fd);
		if (leave)
			return NULL;
	}
	/* not ours until the process between, which started it, is gone too */
	while (waitpid(pid, &status, WNOHANG) != pid)
		if (wait_or_leave(reaper, -1, LOOK_MS))
			return NULL;
	g_atomic_int_set(&reaper->status, status);
	return NULL;
}

Reaper *reaper_new(const char *pid_file)
{
	Reaper *reaper = g_new0(Reaper, 1);

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	reaper->pid_file = g_strdup(pid_file);
	reaper->status = -1;
	reaper->stop = eventfd(0, EFD_CLOEXEC);
	if (reaper->stop < 0)
		g_error("eventfd: %s", g_strerror(errno));
	reaper->thread = g_thread_new("reaper", reap, reaper);
	return reaper;
}

int reaper_status(Reaper *reaper)
{
	return g_atomic_int_get(&reaper->status);
}

bool reaper_wait(Reaper *reaper, gint64 timeout_us)
{
	gint64 give_up = g_get_monotonic_time() + timeout_us;

	while (reaper_status(reaper) == -1) {
		if (g_get_monotonic_time() > give_up)
			return false;
		g_usleep(1000);
	}
	return true;
}

void reaper_free(Reaper *reaper)
{
	guint64 one = 1;

	if (!reaper)
		return;
	if (write(reaper->stop, &one, sizeof(one)) != sizeof(one))
		g_error("eventfd: %s", g_strerror(errno));
	g_thread_join(reaper->thread);
	close(reaper->stop);
	g_free(reaper->pid_file);
	g_free(reaper);
}
