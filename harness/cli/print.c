// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <base/text.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Why something could not be written; 0. */
static int write_errno;
/* The caller has closed it: what is printed is lost. */
static bool stdout_closed;

void cli_print(const char *text)
{
	g_autofree char *clean = text_clean(text);

	errno = 0;
	if (stdout_closed && *clean && !write_errno)
		write_errno = EBADF;
	fputs(clean, stdout);
	/* what is said on standard error afterwards comes after it, where both go to one place */
	cli_flush();
}

void cli_print_line(const char *line)
{
	g_autofree char *text = g_strconcat(line, "\n", NULL);

	cli_print(text);
}

void cli_begin(void)
{
	int fd;

	stdout_closed = fcntl(STDOUT_FILENO, F_GETFD) < 0;
	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

void cli_flush(void)
{
	/* a text that is larger than the buffer has failed already, with fputs() */
	if ((fflush(stdout) != 0 || ferror(stdout)) && !write_errno)
		write_errno = errno ? errno : EIO;
}

int cli_finish(int status)
{
	cli_flush();
	if (!write_errno)
		return status;
	/* a reader who has seen enough, such as head(1), is not told */
	if (write_errno != EPIPE)
		fprintf(stderr, "khotest: standard output could not be written: %s; what is there is not whole\n",
			strerror(write_errno));
	return EXIT_ERROR;
}
