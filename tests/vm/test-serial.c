// SPDX-License-Identifier: GPL-2.0-or-later
#include "serial.h"

#include <base/error.h>
#include <base/files.h>

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#define PORTS 2

typedef struct {
	char *folder;
	char *paths[PORTS + 1];
	int emulator[PORTS]; /* its ends */
	Serial *serial;
	GString *got[PORTS];
	guint calls; /* of on_data() */
	gint64 last_ns;
	bool free_at_data;
	bool idle; /* the idle source has run */
} Fixture;

static void on_data(guint port, const char *data, gsize length, gint64 host_ns, gpointer user)
{
	Fixture *fixture = user;

	g_assert_cmpuint(port, <, PORTS);
	g_assert_cmpint(host_ns, >=, fixture->last_ns);
	g_assert_false(fixture->idle);
	fixture->last_ns = host_ns;
	fixture->calls++;
	g_string_append_len(fixture->got[port], data, (gssize)length);
	if (fixture->free_at_data) {
		/* that the reader has by then, and that nobody is to get */
		g_assert_cmpint(write(fixture->emulator[port], "two", 3), ==, 3);
		g_usleep(20000);
		g_clear_pointer(&fixture->serial, serial_free);
	}
}

static void set_up(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	fixture->folder = g_dir_make_tmp("serial-XXXXXX", &error);
	g_assert_no_error(error);
	for (guint i = 0; i < PORTS; i++) {
		fixture->paths[i] = g_strdup_printf("%s/port%u", fixture->folder, i);
		fixture->got[i] = g_string_new(NULL);
	}
	/* of an earlier machine */
	g_assert_true(files_write(fixture->paths[0], "old", 3, &error));
	fixture->serial = serial_open((const char *const *)fixture->paths, on_data, fixture, &error);
	g_assert_no_error(error);
	for (guint i = 0; i < PORTS; i++) {
		fixture->emulator[i] = g_open(fixture->paths[i], O_WRONLY, 0);
		g_assert_cmpint(fixture->emulator[i], >=, 0);
	}
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	serial_free(fixture->serial);
	files_remove_tree(fixture->folder, &error);
	g_assert_no_error(error);
	for (guint i = 0; i < PORTS; i++) {
		close(fixture->emulator[i]);
		g_string_free(fixture->got[i], TRUE);
		g_free(fixture->paths[i]);
	}
	g_free(fixture->folder);
}

static void say(Fixture *fixture, guint port, const char *text)
{
	g_assert_cmpint(write(fixture->emulator[port], text, strlen(text)), ==, strlen(text));
}

/* Until that much has come, if it comes at all. */
static void wait_for(Fixture *fixture, guint port, gsize length)
{
	gint64 deadline = g_get_monotonic_time() + 5 * G_USEC_PER_SEC;

	while (fixture->got[port]->len < length && g_get_monotonic_time() < deadline) {
		g_main_context_iteration(NULL, FALSE);
		g_usleep(200);
	}
	g_assert_cmpuint(fixture->got[port]->len, ==, length);
}

static gboolean on_idle(gpointer data)
{
	((Fixture *)data)->idle = true;
	return G_SOURCE_REMOVE;
}

/*
 * Byte by byte, as QEMU does it, with nobody in the main loop; far more than one read brings. One look a period, and
 * not one for each byte as it is written.
 */
static void test_bytes(Fixture *fixture, gconstpointer data)
{
	gint64 begin_us = g_get_monotonic_time();
	gint64 looks;

	for (int i = 0; i < 300000; i++)
		g_assert_cmpint(write(fixture->emulator[0], &"abcdefg"[i % 7], 1), ==, 1);
	wait_for(fixture, 0, 300000);
	looks = (g_get_monotonic_time() - begin_us) / (1000 * SERIAL_PERIOD_MS) + 2;
	g_assert_cmpuint(fixture->calls, <=, looks + 300000 / SERIAL_CHUNK_MAX);
	for (int i = 0; i < 300000; i++)
		g_assert_cmpint(fixture->got[0]->str[i], ==, "abcdefg"[i % 7]);
	g_assert_cmpuint(fixture->got[1]->len, ==, 0);
}

/* A file that does not grow for a while is no end. */
static void test_silence(Fixture *fixture, gconstpointer data)
{
	say(fixture, 0, "one");
	wait_for(fixture, 0, 3);
	g_usleep(20000);
	say(fixture, 0, "two");
	wait_for(fixture, 0, 6);
	g_assert_cmpstr(fixture->got[0]->str, ==, "onetwo");
}

/* What is there when it is stopped comes before anything idle; what is written later does not. */
static void test_stop(Fixture *fixture, gconstpointer data)
{
	say(fixture, 0, "begun");
	wait_for(fixture, 0, 5);
	g_idle_add(on_idle, fixture);
	for (int i = 0; i < 20000; i++)
		say(fixture, 1, "0123456789");
	say(fixture, 0, "last");
	serial_stop(fixture->serial);
	say(fixture, 0, "late");
	while (!fixture->idle)
		g_main_context_iteration(NULL, TRUE);
	g_assert_cmpstr(fixture->got[0]->str, ==, "begunlast");
	g_assert_cmpuint(fixture->got[1]->len, ==, 200000);
	g_usleep(10000);
	g_assert_false(g_main_context_iteration(NULL, FALSE));
	serial_stop(fixture->serial); /* once more is nothing */
}

static void test_free_in_callback(Fixture *fixture, gconstpointer data)
{
	fixture->free_at_data = true;
	say(fixture, 0, "one");
	wait_for(fixture, 0, 3);
	g_assert_false(g_main_context_iteration(NULL, FALSE));
	g_assert_cmpstr(fixture->got[0]->str, ==, "one");
}

/* As virtlogd does. */
static void test_another_file(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(serial_check(fixture->serial, &error));
	g_assert_no_error(error);
	g_assert_cmpint(g_unlink(fixture->paths[1]), ==, 0);
	g_assert_true(files_write(fixture->paths[1], "", 0, &error));
	g_assert_false(serial_check(fixture->serial, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_HOST);
	g_assert_nonnull(strstr(error->message, fixture->paths[1]));
	g_assert_nonnull(strstr(error->message, "stdio_handler"));
}

static void test_no_folder(void)
{
	static const char *const paths[] = { "/nonexistent/port", NULL };
	g_autoptr(GError) error = NULL;

	g_assert_null(serial_open(paths, on_data, NULL, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_FAILED);
	g_assert_nonnull(strstr(error->message, "/nonexistent/port"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/serial/bytes", Fixture, NULL, set_up, test_bytes, tear_down);
	g_test_add("/serial/silence", Fixture, NULL, set_up, test_silence, tear_down);
	g_test_add("/serial/stop", Fixture, NULL, set_up, test_stop, tear_down);
	g_test_add("/serial/free-in-callback", Fixture, NULL, set_up, test_free_in_callback, tear_down);
	g_test_add("/serial/another-file", Fixture, NULL, set_up, test_another_file, tear_down);
	g_test_add_func("/serial/no-folder", test_no_folder);
	return g_test_run();
}
