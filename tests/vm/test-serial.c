// SPDX-License-Identifier: GPL-2.0-or-later
#include "serial.h"

#include <base/error.h>

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
	char *folder;
	char *path;
	char *out;
	Serial *serial;
	GString *got;
	gint64 last_ns;
	bool closed;
	bool free_at_data;
} Fixture;

static void on_data(const char *data, gsize length, gint64 host_ns, gpointer user)
{
	Fixture *fixture = user;

	g_assert_false(fixture->closed);
	g_assert_cmpint(host_ns, >=, fixture->last_ns);
	fixture->last_ns = host_ns;
	g_string_append_len(fixture->got, data, (gssize)length);
	if (fixture->free_at_data)
		g_clear_pointer(&fixture->serial, serial_free);
}

static void on_closed(gpointer user)
{
	Fixture *fixture = user;

	g_assert_true(serial_is_closed(fixture->serial));
	fixture->closed = true;
}

static void set_up(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	fixture->folder = g_dir_make_tmp("serial-XXXXXX", &error);
	g_assert_no_error(error);
	fixture->path = g_build_filename(fixture->folder, "port", NULL);
	fixture->out = g_strdup_printf("%s.out", fixture->path);
	fixture->got = g_string_new(NULL);
	fixture->serial = serial_open(fixture->path, on_data, on_closed, fixture, &error);
	g_assert_no_error(error);
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
	serial_free(fixture->serial);
	g_assert_false(g_file_test(fixture->out, G_FILE_TEST_EXISTS));
	g_assert_cmpint(g_rmdir(fixture->folder), ==, 0); /* nothing is left in it */
	g_string_free(fixture->got, TRUE);
	g_free(fixture->out);
	g_free(fixture->path);
	g_free(fixture->folder);
}

/* The emulator's end. */
static int open_writer(Fixture *fixture)
{
	int fd = g_open(fixture->out, O_RDWR | O_NONBLOCK, 0);

	g_assert_cmpint(fd, >=, 0);
	return fd;
}

static void iterate(bool *until, gint64 ms)
{
	gint64 deadline = g_get_monotonic_time() + ms * 1000;

	while (!(until && *until) && g_get_monotonic_time() < deadline) {
		g_main_context_iteration(NULL, FALSE);
		g_usleep(500);
	}
}

/* Byte by byte, as QEMU does it, far more than a socket would take, with nobody in the main loop. */
static void test_bytes(Fixture *fixture, gconstpointer data)
{
	int fd = open_writer(fixture);

	for (int i = 0; i < 300000; i++)
		g_assert_cmpint(write(fd, &"abcdefg"[i % 7], 1), ==, 1);
	close(fd);
	iterate(&fixture->closed, 5000);
	g_assert_true(fixture->closed);
	g_assert_cmpuint(fixture->got->len, ==, 300000);
	for (int i = 0; i < 300000; i++)
		g_assert_cmpint(fixture->got->str[i], ==, "abcdefg"[i % 7]);
}

/* Before the emulator came there is no end to be seen. */
static void test_silence(Fixture *fixture, gconstpointer data)
{
	iterate(&fixture->closed, 100);
	g_assert_false(fixture->closed);
	g_assert_false(serial_is_closed(fixture->serial));
}

static void test_free_in_callback(Fixture *fixture, gconstpointer data)
{
	int fd = open_writer(fixture);

	fixture->free_at_data = true;
	g_assert_cmpint(write(fd, "one", 3), ==, 3);
	g_usleep(50000);
	g_assert_cmpint(write(fd, "two", 3), ==, 3);
	g_usleep(50000);
	iterate(NULL, 100);
	g_assert_cmpstr(fixture->got->str, ==, "one");
	close(fd);
}

static void test_no_folder(void)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(serial_open("/nonexistent/port", on_data, on_closed, NULL, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_FAILED);
	g_assert_nonnull(strstr(error->message, "/nonexistent/port.in"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/serial/bytes", Fixture, NULL, set_up, test_bytes, tear_down);
	g_test_add("/serial/silence", Fixture, NULL, set_up, test_silence, tear_down);
	g_test_add("/serial/free-in-callback", Fixture, NULL, set_up, test_free_in_callback, tear_down);
	g_test_add_func("/serial/no-folder", test_no_folder);
	return g_test_run();
}
