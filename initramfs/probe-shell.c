// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/serial.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define SHELL_PATH "/dev/ttyS2"

/*
 * The third serial port of a PC has the interrupt of the first one, and two emulated ports do not share a line well:
 * without one the driver looks after the port by a timer. The port counts as broken after the change until it is opened
 * anew (TTY_IO_ERROR, drivers/tty/serial/serial_core.c).
 */
static void drop_interrupt(void)
{
	struct serial_struct port;
	int fd = open(SHELL_PATH, O_RDWR | O_NOCTTY);

	if (fd < 0 || ioctl(fd, TIOCGSERIAL, &port) < 0) {
		probe_complain(errno, "cannot open " SHELL_PATH);
		return;
	}
	port.irq = 0;
	if (ioctl(fd, TIOCSSERIAL, &port) < 0)
		probe_complain(errno, "cannot have " SHELL_PATH " without an interrupt");
	close(fd);
}

static int open_port(void)
{
	struct termios settings;
	int fd = open(SHELL_PATH, O_RDWR | O_NOCTTY);

	/* the timer goes by how long the port would take for its bytes, were it a real one */
	if (fd >= 0 && tcgetattr(fd, &settings) == 0) {
		cfsetspeed(&settings, B115200);
		settings.c_cflag |= CLOCAL;
		tcsetattr(fd, TCSANOW, &settings);
	}
	return fd;
}

static _Noreturn void become_shell(int fd, int hop)
{
	char prompt[32];

	for (int standard = STDIN_FILENO; standard <= STDERR_FILENO; standard++)
		dup2(fd, standard);
	snprintf(prompt, sizeof(prompt), "kernel %d # ", hop + 1);
	setenv("PS1", prompt, 1);
	setenv("TERM", "vt100", 1);
	setenv("HOME", "/", 1);
	execl("/bin/busybox", "sh", "-i", (char *)NULL);
	_exit(127);
}

void shell_run(int hop)
{
	int fd, status = 0;
	pid_t shell = -1;

	drop_interrupt();
	fd = open_port();

	/*
	 * A session of its own, so that keys reach what runs in it. It is not the shell's: what a terminal has not yet
	 * shown is lost with the one whose session it is.
	 */
	setsid();
	if (fd >= 0 && ioctl(fd, TIOCSCTTY, 0) < 0)
		probe_complain(errno, "cannot have " SHELL_PATH " as a terminal");
	/* what is typed from now on is not lost */
	channel_printf(FRAME_SHELL_BEGIN, "hop=%d\n", hop);
	if (fd >= 0)
		shell = fork();
	if (shell == 0)
		become_shell(fd, hop);
	while (shell > 0 && waitpid(shell, &status, 0) < 0 && errno == EINTR)
		;
	while (fd >= 0 && tcdrain(fd) < 0 && errno == EINTR)
		;
	channel_printf(FRAME_SHELL_END, "status=%d\n", WIFEXITED(status) ? WEXITSTATUS(status) : 255);
}
