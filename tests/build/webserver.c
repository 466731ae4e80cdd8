// SPDX-License-Identifier: GPL-2.0-or-later
#include "webserver.h"

#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>

#define PAUSE_US 50000
#define PIECE 1024

typedef struct {
	guint count;
	gsize begin;
} Asked;

struct WebServer {
	GSocketListener *listener;
	const WebPage *pages;
	GBytes *content;
	guint16 port;
	GCancellable *stop; /* ends the waiting for connections, and those that stall */
	GMutex lock;
	GHashTable *asked;  /* path → Asked */
	GThread *thread;    /* takes connections */
	GPtrArray *threads; /* one for each connection; that thread's alone */
};

/* A connection and whom it belongs to. */
typedef struct {
	WebServer *server;
	GSocketConnection *connection;
} Visit;

static const WebPage *find_page(const WebServer *server, const char *path)
{
	for (const WebPage *page = server->pages; page->path; page++)
		if (strcmp(page->path, path) == 0)
			return page;
	return NULL;
}

static void note(WebServer *server, const char *path, gsize begin)
{
	Asked *asked;

	g_mutex_lock(&server->lock);
	asked = g_hash_table_lookup(server->asked, path);
	if (!asked) {
		asked = g_new0(Asked, 1);
		g_hash_table_insert(server->asked, g_strdup(path), asked);
	}
	asked->count++;
	asked->begin = begin;
	g_mutex_unlock(&server->lock);
}

/* The request line and the header lines. ret_path: NULL if it is none; ret_begin: of "Range: bytes=BEGIN-". */
static char *read_request(GInputStream *in, gsize *ret_begin)
{
	g_autoptr(GDataInputStream) lines = g_data_input_stream_new(in);
	g_autofree char *first = NULL;
	g_auto(GStrv) words = NULL;
	char *line;

	g_filter_input_stream_set_close_base_stream(G_FILTER_INPUT_STREAM(lines), FALSE);
	g_data_input_stream_set_newline_type(lines, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
	first = g_data_input_stream_read_line(lines, NULL, NULL, NULL);
	*ret_begin = 0;
	while ((line = g_data_input_stream_read_line(lines, NULL, NULL, NULL)) && *line) {
		if (g_ascii_strncasecmp(line, "range: bytes=", 13) == 0)
			*ret_begin = (gsize)strtoull(line + 13, NULL, 10);
		g_free(line);
	}
	g_free(line);
	words = g_strsplit(first ? first : "", " ", 3);
	return g_strv_length(words) == 3 ? g_strdup(words[1]) : NULL;
}

static void say(GOutputStream *out, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void say(GOutputStream *out, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	g_output_stream_write_all(out, text, strlen(text), NULL, NULL, NULL);
}

/* Until the other side has had enough, or the server ends. */
static void stand_still(WebServer *server, GInputStream *in)
{
	char byte;

	while (g_input_stream_read(in, &byte, 1, server->stop, NULL) > 0)
		;
}

/* Where the body ends that begins there: at the end of the file, or before, as the page wants it. */
static gsize end_of_body(const WebPage *page, gsize begin, gsize length)
{
	gsize end = length;

	if (page->cut_every)
		end = MIN(end, begin + (gsize)page->cut_every);
	if (page->cut_at)
		end = MIN(end, MAX(begin, (gsize)page->cut_at));
	if (page->stall_at)
		end = MIN(end, MAX(begin, (gsize)page->stall_at));
	return end;
}

static void send_body(WebServer *server, const WebPage *page, GInputStream *in, GOutputStream *out, gsize begin)
{
	gsize length;
	const char *data = g_bytes_get_data(server->content, &length);
	gsize end = end_of_body(page, begin, length);

	for (gsize at = begin, sent = 0; at < end; at += PIECE) {
		if (!g_output_stream_write_all(out, data + at, MIN(PIECE, end - at), NULL, server->stop, NULL))
			return;
		if (page->pause_every_kib && ++sent % page->pause_every_kib == 0)
			g_usleep(PAUSE_US);
	}
	if (page->stall_at && end < length)
		stand_still(server, in);
}

static void answer(WebServer *server, const WebPage *page, GInputStream *in, GOutputStream *out, gsize begin)
{
	gsize length = g_bytes_get_size(server->content);

	if (page->silent) {
		stand_still(server, in);
	} else if (page->location) {
		say(out, "HTTP/1.1 %d Elsewhere\r\nLocation: %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
		    page->status ? page->status : 302, page->location);
	} else if (page->status) {
		say(out, "HTTP/1.1 %d No\r\nContent-Length: 3\r\nConnection: close\r\n\r\nno\n", page->status);
	} else if (begin >= length && begin && !page->no_range) {
		say(out, "HTTP/1.1 416 No\r\nContent-Range: bytes */%zu\r\nContent-Length: 0\r\n\r\n", length);
	} else if (begin && !page->no_range) {
		say(out,
		    "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes %zu-%zu/%zu\r\nContent-Length: %zu\r\n"
		    "Connection: close\r\n\r\n",
		    begin, length - 1, length, length - begin);
		send_body(server, page, in, out, begin);
	} else {
		say(out, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n", length);
		send_body(server, page, in, out, 0);
	}
}

static gpointer serve_one(gpointer data)
{
	static const WebPage unknown = { .status = 404 };
	Visit *visit = data;
	WebServer *server = visit->server;
	GInputStream *in = g_io_stream_get_input_stream(G_IO_STREAM(visit->connection));
	GOutputStream *out = g_io_stream_get_output_stream(G_IO_STREAM(visit->connection));
	gsize begin;
	g_autofree char *path = read_request(in, &begin);

	if (path) {
		const WebPage *page = find_page(server, path);

		note(server, path, begin);
		answer(server, page ? page : &unknown, in, out, begin);
	}
	g_io_stream_close(G_IO_STREAM(visit->connection), NULL, NULL);
	g_object_unref(visit->connection);
	g_free(visit);
	return NULL;
}

static gpointer serve(gpointer data)
{
	WebServer *server = data;
	GSocketConnection *connection;

	while ((connection = g_socket_listener_accept(server->listener, NULL, server->stop, NULL))) {
		Visit *visit = g_new0(Visit, 1);

		visit->server = server;
		visit->connection = connection;
		g_ptr_array_add(server->threads, g_thread_new("visit", serve_one, visit));
	}
	for (guint i = 0; i < server->threads->len; i++)
		g_thread_join(server->threads->pdata[i]);
	return NULL;
}

WebServer *webserver_start(const WebPage *pages, GBytes *content)
{
	WebServer *server = g_new0(WebServer, 1);
	g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
	g_autoptr(GSocketAddress) any = g_inet_socket_address_new(loopback, 0);
	g_autoptr(GSocketAddress) taken = NULL;
	g_autoptr(GError) error = NULL;

	server->pages = pages;
	server->content = g_bytes_ref(content);
	server->stop = g_cancellable_new();
	server->asked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	server->threads = g_ptr_array_new();
	g_mutex_init(&server->lock);
	server->listener = g_socket_listener_new();
	g_socket_listener_add_address(server->listener, any, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &taken,
				      &error);
	g_assert_no_error(error);
	server->port = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(taken));
	server->thread = g_thread_new("webserver", serve, server);
	return server;
}

void webserver_stop(WebServer *server)
{
	g_cancellable_cancel(server->stop);
	g_thread_join(server->thread);
	g_object_unref(server->listener);
	g_object_unref(server->stop);
	g_bytes_unref(server->content);
	g_hash_table_unref(server->asked);
	g_ptr_array_unref(server->threads);
	g_mutex_clear(&server->lock);
	g_free(server);
}

char *webserver_url(const WebServer *server, const char *path)
{
	return g_strdup_printf("http://127.0.0.1:%u%s", server->port, path);
}

static Asked look_up(WebServer *server, const char *path)
{
	Asked *asked, result = { 0 };

	g_mutex_lock(&server->lock);
	asked = g_hash_table_lookup(server->asked, path);
	if (asked)
		result = *asked;
	g_mutex_unlock(&server->lock);
	return result;
}

guint webserver_asked(WebServer *server, const char *path)
{
	return look_up(server, path).count;
}

gsize webserver_last_begin(WebServer *server, const char *path)
{
	return look_up(server, path).begin;
}
