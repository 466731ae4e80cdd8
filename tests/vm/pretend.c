// SPDX-License-Identifier: GPL-2.0-or-later
#include "pretend.h"

#include <glib.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Comes back when it goes by that name. */
pid_t pretend(const char *name, const char *argument)
{
	pid_t pid = fork();
	g_autofree char *path = g_strdup_printf("/proc/%d/cmdline", pid);
	g_autofree char *words = NULL;

	if (pid == 0) {
		/* a failed assertion leaves nobody to end it */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execl("/bin/sh", name, "-c", "exec 2>/dev/null; read -r never < /dev/zero", argument, NULL);
		_exit(127);
	}
	do {
		g_usleep(1000);
		g_clear_pointer(&words, g_free);
		g_assert_true(g_file_get_contents(path, &words, NULL, NULL));
	} while (strcmp(words, name) != 0);
	return pid;
}
