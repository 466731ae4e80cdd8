// SPDX-License-Identifier: GPL-2.0-or-later
#include "seat.h"

#include <base/socket.h>

#include <errno.h>
#include <glib-unix.h>
#include <poll.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define KEY_LEAVE '\x1d' /* Ctrl-], as virsh console and telnet have it */
#define KEY_END '\x04'	 /* Ctrl-D: what a shell takes for the end of its input */
#define AT_ONCE 4096
#define REST_MS 100

struct Seat {
	int port;
	void (*left)(gpointer user);
	gpointer user;
	bool taken;
	bool raw; /* the terminal is as before says no more */
	struct termios before;
	guint from_port, from_person; /* sources; 0: none */
};

static void write_all(int fd, const char *data, gsize length)
{
	while (length > 0) {
		gssize n = write(fd, data, length);

		if (n < 0 && errno != EINTR)
			return;
		if (n > 0) {
			data += n;
			length -= (gsize)n;
		}
	}
}

static gboolean on_port(gint fd, GIOCondition condition, gpointer data)
{
	Seat *seat = data;
	char bytes[AT_ONCE];
	gssize n = read(fd, bytes, sizeof(bytes));

	/* what a kernel writes there by itself is nobody's */
	if (n > 0 && seat->taken)
		write_all(STDOUT_FILENO, bytes, (gsize)n);
	if (n > 0 || (n < 0 && errno == EINTR))
		return G_SOURCE_CONTINUE;
	seat->from_port = 0;
	return G_SOURCE_REMOVE;
}

static gboolean on_person(gint fd, GIOCondition condition, gpointer data)
{
	Seat *seat = data;
	char bytes[AT_ONCE];
	gssize n = read(fd, bytes, sizeof(bytes));

	if (n < 0 && errno == EINTR)
		return G_SOURCE_CONTINUE;
	if (n > 0 && seat->raw && memchr(bytes, KEY_LEAVE, (gsize)n)) {
		seat->left(seat->user);
		n = 0;
	} else if (n > 0) {
		write_all(seat->port, bytes, (gsize)n);
		return G_SOURCE_CONTINUE;
	} else {
		write_all(seat->port, (const char[]){ KEY_END }, 1);
	}
	seat->from_person = 0;
	return G_SOURCE_REMOVE;
}

Seat *seat_new(const char *socket, void (*left)(gpointer user), gpointer user, GError **error)
{
	int port = socket_connect(socket, "the guest's third serial port", error);
	Seat *seat;

	if (port < 0)
		return NULL;
	seat = g_new0(Seat, 1);
	seat->port = port;
	seat->left = left;
	seat->user = user;
	seat->from_port = g_unix_fd_add(port, G_IO_IN | G_IO_HUP | G_IO_ERR, on_port, seat);
	return seat;
}

void seat_begin(Seat *seat)
{
	struct termios raw;

	if (seat->taken)
		return;
	seat->taken = true;
	seat->raw = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &seat->before) == 0;
	if (seat->raw) {
		raw = seat->before;
		cfmakeraw(&raw);
		tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
	}
	seat->from_person = g_unix_fd_add(STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, on_person, seat);
}

/* What left the guest before it said that the shell is over may still be on its way to us. */
static void show_rest(Seat *seat)
{
	struct pollfd poller = { .fd = seat->port, .events = POLLIN };

	while (seat->from_port && poll(&poller, 1, REST_MS) > 0)
		if (on_port(seat->port, G_IO_IN, seat) == G_SOURCE_REMOVE)
			break;
}

void seat_end(Seat *seat)
{
	if (seat->taken)
		show_rest(seat);
	if (seat->from_person)
		g_source_remove(seat->from_person);
	if (seat->raw)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &seat->before);
	seat->from_person = 0;
	seat->raw = seat->taken = false;
}

bool seat_is_taken(const Seat *seat)
{
	return seat && seat->taken;
}

void seat_free(Seat *seat)
{
	if (!seat)
		return;
	seat_end(seat);
	if (seat->from_port)
		g_source_remove(seat->from_port);
	close(seat->port);
	g_free(seat);
}
