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

/* What an ordinary user may ask for: /proc/sys/fs/pipe-max-size. */
#define FIFO_SIZE (1 << 20)
#define CHUNK_MAX (64 * 1024)
/* Pause between reads, so that bytes come by the dozen and the emulator has its CPU: the grain of their times. */
#define GATHER_US 250

/* What one read brought. */
typedef struct {
	gint64 host_ns;
	gsize length;
	char data[];
} Chunk;

struct Serial {
	char *in;
	char *out;
	int fd;
	int stop; /* eventfd: tells the reader to leave */
	GThread *reader;
	SerialDataFunc on_data;
	SerialClosedFunc on_closed;
	gpointer user;
	bool closed; /* told so, in the main context */

	GMutex mutex; /* for what the reader and the main context share: */
	GQueue chunks;
	bool at_end;
	GSource *source; /* hands the chunks on; NULL while there are none */
};

/*
 * One chunk, or the end, in the main context. The callback comes last: it may
 * free the Serial.
 */
static gboolean hand_on(gpointer data)
{
	Serial *serial = data;
	g_autofree Chunk *chunk = NULL;
	gboolean more;

	g_mutex_lock(&serial->mutex);
	chunk = g_queue_pop_head(&serial->chunks);
	more = chunk && (serial->chunks.length > 0 || serial->at_end);
	if (!more)
		g_clear_pointer(&serial->source, g_source_unref);
	g_mutex_unlock(&serial->mutex);

	if (chunk) {
		serial->on_data(chunk->data, chunk->length, chunk->host_ns, serial->user);
	} else {
		serial->closed = true;
		serial->on_closed(serial->user);
	}
	return more;
}

/* chunk NULL: the end. */
static void queue(Serial *serial, Chunk *chunk)
{
	g_mutex_lock(&serial->mutex);
	if (chunk)
		g_queue_push_tail(&serial->chunks, chunk);
	else
		serial->at_end = true;
	if (!serial->source) {
		serial->source = g_idle_source_new();
		g_source_set_priority(serial->source, G_PRIORITY_DEFAULT);
		g_source_set_callback(serial->source, hand_on, serial, NULL);
		g_source_attach(serial->source, NULL);
	}
	g_mutex_unlock(&serial->mutex);
}

/* Waits for bytes, or the emulator's end; false when told to leave. */
static bool wait_readable(Serial *serial)
{
	struct pollfd fds[] = {
		{ .fd = serial->fd, .events = POLLIN },
		{ .fd = serial->stop, .events = POLLIN },
	};

	while (poll(fds, G_N_ELEMENTS(fds), -1) < 0)
		if (errno != EINTR)
			return false;
	return !fds[1].revents;
}

static gpointer read_all(gpointer data)
{
	Serial *serial = data;
	g_autofree char *buffer = g_malloc(CHUNK_MAX);

	while (wait_readable(serial)) {
		gssize n = read(serial->fd, buffer, CHUNK_MAX);
		Chunk *chunk;

		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
			break;
		chunk = g_malloc(sizeof(*chunk) + (gsize)n);
		chunk->host_ns = hostclock_ns();
		chunk->length = (gsize)n;
		memcpy(chunk->data, buffer, (gsize)n);
		queue(serial, chunk);
		g_usleep(GATHER_US);
	}
	queue(serial, NULL);
	return NULL;
}

static bool make_fifo(const char *path, GError **error)
{
	g_unlink(path);
	if (mkfifo(path, 0600) < 0)
		return error_set(error, KHOTEST_ERROR_FAILED, "cannot create the FIFO %s for a serial port: %s", path,
				 g_strerror(errno));
	return true;
}

static bool listen_to(Serial *serial, GError **error)
{
	if (!make_fifo(serial->in, error) || !make_fifo(serial->out, error))
		return false;
	/* opens at once although nobody writes yet; poll() does not take that for the end */
	serial->fd = g_open(serial->out, O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0);
	serial->stop = eventfd(0, EFD_CLOEXEC);
	if (serial->fd < 0 || serial->stop < 0)
		return error_set(error, KHOTEST_ERROR_FAILED, "cannot read the serial port %s: %s", serial->out,
				 g_strerror(errno));
	/* less room is no reason to give up: the reader is quick as a rule */
	fcntl(serial->fd, F_SETPIPE_SZ, FIFO_SIZE);
	serial->reader = g_thread_new("serial", read_all, serial);
	return true;
}

Serial *serial_open(const char *path, SerialDataFunc on_data, SerialClosedFunc on_closed, gpointer user, GError **error)
{
	g_autoptr(Serial) serial = g_new0(Serial, 1);

	g_mutex_init(&serial->mutex);
	g_queue_init(&serial->chunks);
	serial->in = g_strdup_printf("%s.in", path);
	serial->out = g_strdup_printf("%s.out", path);
	serial->fd = serial->stop = -1;
	serial->on_data = on_data;
	serial->on_closed = on_closed;
	serial->user = user;
	return listen_to(serial, error) ? g_steal_pointer(&serial) : NULL;
}

bool serial_is_closed(const Serial *serial)
{
	return serial->closed;
}

static void stop_reader(Serial *serial)
{
	guint64 one = 1;

	if (write(serial->stop, &one, sizeof(one)) != sizeof(one))
		g_error("eventfd: %s", g_strerror(errno));
	g_thread_join(serial->reader);
}

void serial_free(Serial *serial)
{
	if (!serial)
		return;
	if (serial->reader)
		stop_reader(serial);
	if (serial->source) {
		g_source_destroy(serial->source);
		g_source_unref(serial->source);
	}
	g_queue_clear_full(&serial->chunks, g_free);
	if (serial->fd >= 0)
		close(serial->fd);
	if (serial->stop >= 0)
		close(serial->stop);
	g_unlink(serial->in);
	g_unlink(serial->out);
	g_free(serial->in);
	g_free(serial->out);
	g_mutex_clear(&serial->mutex);
	g_free(serial);
}
