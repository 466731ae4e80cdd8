// SPDX-License-Identifier: GPL-2.0-or-later
#include "serial.h"
#include "hostclock.h"

#include <base/error.h>

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

/* What may wait to be handed on: beyond that a guest that floods its ports is faster than whoever listens. */
#define QUEUED_MOST ((gsize)8 << 20)
#define QUEUED_MOST_LAST ((gsize)32 << 20) /* when the machine has ended, nothing is read later */

/* What one read brought. */
typedef struct {
	guint port;
	gint64 host_ns;
	gsize length;
	char data[];
} Chunk;

struct Serial {
	char **paths;
	GArray *fds; /* int, one a port */
	int stop;    /* eventfd: tells the reader to leave */
	GThread *reader;
	SerialDataFunc on_data;
	gpointer user;

	GMutex mutex; /* for what the reader and the main context share: */
	GQueue chunks;
	gsize queued;	 /* bytes in them */
	GSource *source; /* hands the chunks on; NULL while there are none */
};

/* One chunk, in the main context. The callback comes last: it may free the Serial. */
static gboolean hand_on(gpointer data)
{
	Serial *serial = data;
	g_autofree Chunk *chunk = NULL;
	gboolean more;

	g_mutex_lock(&serial->mutex);
	chunk = g_queue_pop_head(&serial->chunks);
	serial->queued -= sizeof(*chunk) + chunk->length;
	more = serial->chunks.length > 0;
	if (!more)
		g_clear_pointer(&serial->source, g_source_unref);
	g_mutex_unlock(&serial->mutex);
	serial->on_data(chunk->port, chunk->data, chunk->length, chunk->host_ns, serial->user);
	return more;
}

static void queue(Serial *serial, Chunk *chunk)
{
	g_mutex_lock(&serial->mutex);
	g_queue_push_tail(&serial->chunks, chunk);
	serial->queued += sizeof(*chunk) + chunk->length;
	if (!serial->source) {
		serial->source = g_idle_source_new();
		g_source_set_priority(serial->source, G_PRIORITY_DEFAULT);
		g_source_set_callback(serial->source, hand_on, serial, NULL);
		g_source_attach(serial->source, NULL);
	}
	g_mutex_unlock(&serial->mutex);
}

static bool has_room(Serial *serial, gsize most)
{
	bool room;

	g_mutex_lock(&serial->mutex);
	room = serial->queued < most;
	g_mutex_unlock(&serial->mutex);
	return room;
}

/*
 * All that is new, as far as there is room for it: the rest waits in the file. A read that is not full has met the end
 * of the file, and that is all for now: to read on until there is nothing would be to race with the emulator, byte by
 * byte, for as long as it writes.
 */
static void read_port(Serial *serial, guint port, gsize most, char *buffer)
{
	int fd = g_array_index(serial->fds, int, port);
	gssize n;

	do {
		Chunk *chunk;

		if (!has_room(serial, most))
			return;

		n = read(fd, buffer, SERIAL_CHUNK_MAX);
		if (n <= 0)
			continue;
		chunk = g_malloc(sizeof(*chunk) + (gsize)n);
		chunk->port = port;
		chunk->host_ns = hostclock_ns();
		chunk->length = (gsize)n;
		memcpy(chunk->data, buffer, (gsize)n);
		queue(serial, chunk);
	} while (n == SERIAL_CHUNK_MAX || (n < 0 && errno == EINTR));
}

/* Each round begins with the question whether it is the last, so that the last one comes after serial_stop(). */
static gpointer follow(gpointer data)
{
	Serial *serial = data;
	g_autofree char *buffer = g_malloc(SERIAL_CHUNK_MAX);
	struct pollfd stop = { .fd = serial->stop, .events = POLLIN };
	bool last;

	do {
		last = poll(&stop, 1, SERIAL_PERIOD_MS) > 0;
		for (guint port = 0; port < serial->fds->len; port++)
			read_port(serial, port, last ? QUEUED_MOST_LAST : QUEUED_MOST, buffer);
	} while (!last);
	return NULL;
}

static bool open_port(Serial *serial, const char *path, GError **error)
{
	/* one left by an earlier machine may be a file of somebody else's, or a FIFO */
	int fd = g_unlink(path) < 0 && errno != ENOENT ? -1
						       : g_open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return error_set(error, KHOTEST_ERROR_FAILED, "cannot create %s for a serial port: %s", path,
				 g_strerror(errno));
	g_array_append_val(serial->fds, fd);
	return true;
}

Serial *serial_open(const char *const *paths, SerialDataFunc on_data, gpointer user, GError **error)
{
	g_autoptr(Serial) serial = g_new0(Serial, 1);

	g_mutex_init(&serial->mutex);
	g_queue_init(&serial->chunks);
	serial->paths = g_strdupv((char **)paths);
	serial->fds = g_array_new(FALSE, FALSE, sizeof(int));
	serial->on_data = on_data;
	serial->user = user;
	serial->stop = eventfd(0, EFD_CLOEXEC);
	if (serial->stop < 0) {
		error_set(error, KHOTEST_ERROR_FAILED, "cannot make an eventfd: %s", g_strerror(errno));
		return NULL;
	}
	for (; *paths; paths++)
		if (!open_port(serial, *paths, error))
			return NULL;
	serial->reader = g_thread_new("serial", follow, serial);
	return g_steal_pointer(&serial);
}

bool serial_check(const Serial *serial, GError **error)
{
	for (guint port = 0; port < serial->fds->len; port++) {
		const char *path = serial->paths[port];
		struct stat ours, now;

		if (fstat(g_array_index(serial->fds, int, port), &ours) < 0 || stat(path, &now) < 0 ||
		    (ours.st_dev == now.st_dev && ours.st_ino == now.st_ino))
			continue;
		return error_set(
			error, KHOTEST_ERROR_HOST,
			"cannot read what the machine writes to %s: libvirt's log daemon has put a file of its own in "
			"its place; set stdio_handler = \"file\" in libvirt's qemu.conf, or leave out --connect",
			path);
	}
	return true;
}

void serial_stop(Serial *serial)
{
	guint64 one = 1;

	if (!serial->reader)
		return;
	if (write(serial->stop, &one, sizeof(one)) != sizeof(one))
		g_error("eventfd: %s", g_strerror(errno));
	g_thread_join(g_steal_pointer(&serial->reader));
}

void serial_free(Serial *serial)
{
	if (!serial)
		return;
	serial_stop(serial);
	if (serial->source) {
		g_source_destroy(serial->source);
		g_source_unref(serial->source);
	}
	g_queue_clear_full(&serial->chunks, g_free);
	for (guint port = 0; port < serial->fds->len; port++)
		close(g_array_index(serial->fds, int, port));
	g_array_unref(serial->fds);
	g_strfreev(serial->paths);
	if (serial->stop >= 0)
		close(serial->stop);
	g_mutex_clear(&serial->mutex);
	g_free(serial);
}
