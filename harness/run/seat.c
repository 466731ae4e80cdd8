// SPDX-License-Identifier: GPL-2.0-or-later
#include "seat.h"

#include <base/socket.h>
#include <base/terminal.h>

#include <errno.h>
#include <glib-unix.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define KEY_LEAVE '\x1d' /* Ctrl-], as virsh console and telnet have it */
#define KEY_END "\x04"	 /* Ctrl-D: what a shell takes for the end of its input */
#define AT_ONCE 4096
/* What a terminal or a pipe that has room for anything has room for. */
#define PIECE 256
#define REST_MS 100
/* A program may take the key for itself, and a shell that is just being started loses it. */
#define END_AGAIN_MS 1000

/* One way between the two: it reads, and then writes what it has read, and waits for nobody while others work. */
typedef struct {
	Seat *seat;
	int from, to;
	char bytes[AT_ONCE];
	gsize length, at;	/* of what was read, and how far it is written */
	bool ended;		/* nothing more will come */
	guint reading, writing; /* sources; 0: none */
} Way;

struct Seat {
	int port;
	void (*left)(gpointer user);
	gpointer user;
	bool taken;
	bool raw;    /* standard input is a terminal, and passes every key on */
	char last;   /* that came to be passed on to the guest; 0: nothing yet */
	guint again; /* source, once that is all; 0: none */
	Way out, in; /* to the person, to the guest */
};

static gboolean on_readable(gint fd, GIOCondition condition, gpointer data);
static gboolean on_writable(gint fd, GIOCondition condition, gpointer data);

/* Keys are looked at however much is still to be written: one of them is the way out. What there is no room for is
 * lost.
 */
static bool is_keyboard(const Way *way)
{
	return way == &way->seat->in && way->seat->raw;
}

/* Goes on with what is due: writing, if there is anything to write; else, and of keys always, reading. */
static void wait_for(Way *way)
{
	bool pending = way->at < way->length;

	if (pending && !way->writing)
		way->writing = g_unix_fd_add(way->to, G_IO_OUT | G_IO_HUP | G_IO_ERR, on_writable, way);
	if (!way->ended && !way->reading && (!pending || is_keyboard(way)))
		way->reading = g_unix_fd_add(way->from, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, way);
}

static void stop(Way *way)
{
	if (way->reading)
		g_source_remove(way->reading);
	if (way->writing)
		g_source_remove(way->writing);
	way->reading = way->writing = 0;
	way->at = way->length = 0;
}

static bool is_for_later(gssize n)
{
	return n < 0 && (errno == EINTR || errno == EAGAIN);
}

/* Behind what is still to be written, as far as there is room. */
static void put(Way *way, const char *bytes, gsize length)
{
	way->length -= way->at;
	memmove(way->bytes, way->bytes + way->at, way->length);
	way->at = 0;
	length = MIN(length, sizeof(way->bytes) - way->length);
	memcpy(way->bytes + way->length, bytes, length);
	way->length += length;
}

static gboolean on_again(gpointer data)
{
	Seat *seat = data;

	if (seat->in.at == seat->in.length)
		put(&seat->in, KEY_END, 1);
	wait_for(&seat->in);
	return G_SOURCE_CONTINUE;
}

/* There is no more input, of which the shell is told until it has ended. In the middle of a line it would not see it.
 */
static void end_input(Seat *seat)
{
	bool whole = !seat->last || seat->last == '\n';

	put(&seat->in, whole ? KEY_END : "\n" KEY_END, whole ? 1 : 2);
	seat->again = g_timeout_add(END_AGAIN_MS, on_again, seat);
}

static void read_some(Way *way)
{
	Seat *seat = way->seat;
	char bytes[AT_ONCE];
	gssize n = read(way->from, bytes, sizeof(bytes));

	if (is_for_later(n))
		return;
	way->ended = n <= 0;
	if (n > 0 && is_keyboard(way) && memchr(bytes, KEY_LEAVE, (gsize)n)) {
		way->ended = true;
		seat->left(seat->user);
	} else if (n > 0 && (way == &seat->in || seat->taken)) {
		/* what a kernel writes there by itself is nobody's */
		put(way, bytes, (gsize)n);
		if (way == &seat->in)
			seat->last = bytes[n - 1];
	} else if (n <= 0 && way == &seat->in) {
		end_input(seat);
	}
}

/* What cannot be written any more, since nobody reads there, is dropped. */
static void write_some(Way *way)
{
	gssize n = write(way->to, way->bytes + way->at, MIN(way->length - way->at, PIECE));

	if (!is_for_later(n))
		way->at = n < 0 ? way->length : way->at + (gsize)n;
}

static gboolean on_readable(gint fd, GIOCondition condition, gpointer data)
{
	Way *way = data;

	way->reading = 0;
	read_some(way);
	wait_for(way);
	return G_SOURCE_REMOVE;
}

static gboolean on_writable(gint fd, GIOCondition condition, gpointer data)
{
	Way *way = data;

	way->writing = 0;
	write_some(way);
	wait_for(way);
	return G_SOURCE_REMOVE;
}

Seat *seat_new(const char *socket, int screen, void (*left)(gpointer user), gpointer user, GError **error)
{
	int port = socket_connect(socket, "the guest's third serial port", error);
	Seat *seat;

	if (port < 0)
		return NULL;
	/* a guest that does not read would stop its own run else */
	g_unix_set_fd_nonblocking(port, TRUE, NULL);
	seat = g_new0(Seat, 1);
	seat->port = port;
	seat->left = left;
	seat->user = user;
	seat->out = (Way){ .seat = seat, .from = port, .to = screen };
	seat->in = (Way){ .seat = seat, .from = STDIN_FILENO, .to = port };
	wait_for(&seat->out);
	return seat;
}

void seat_begin(Seat *seat)
{
	if (seat->taken)
		return;
	seat->taken = true;
	seat->raw = terminal_make_raw(STDIN_FILENO);
	seat->in.ended = false;
	seat->last = 0;
	wait_for(&seat->in);
}

static bool is_ready(int fd, short events)
{
	struct pollfd poller = { .fd = fd, .events = events };

	return poll(&poller, 1, REST_MS) > 0;
}

/* What left the guest before it said that the shell is over may still be on its way to us. */
static void show_rest(Way *way)
{
	while (way->at < way->length ? is_ready(way->to, POLLOUT) : !way->ended && is_ready(way->from, POLLIN)) {
		if (way->at < way->length)
			write_some(way);
		else
			read_some(way);
	}
}

void seat_end(Seat *seat)
{
	if (seat->taken)
		show_rest(&seat->out);
	stop(&seat->in);
	if (seat->again)
		g_source_remove(seat->again);
	seat->again = 0;
	if (seat->raw)
		terminal_restore();
	seat->raw = seat->taken = false;
	stop(&seat->out);
	wait_for(&seat->out);
}

bool seat_is_taken(const Seat *seat)
{
	return seat && seat->taken;
}

bool seat_has_person(const Seat *seat)
{
	return seat_is_taken(seat) && seat->raw;
}

void seat_free(Seat *seat)
{
	if (!seat)
		return;
	seat_end(seat);
	stop(&seat->out);
	close(seat->port);
	g_free(seat);
}
