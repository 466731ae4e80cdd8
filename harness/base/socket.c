// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/socket.h>

#include <base/error.h>

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int socket_connect(const char *path, const char *what, GError **error)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(address.sun_path)) {
		error_set(error, KHOTEST_ERROR_INPUT,
			  "%s is too long for a socket: set XDG_RUNTIME_DIR to a shorter folder", path);
		return -1;
	}
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	error_set(error, KHOTEST_ERROR_FAILED, "cannot connect to %s %s: %s", what, path, g_strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}
