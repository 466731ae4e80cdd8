// SPDX-License-Identifier: GPL-2.0-or-later
/* A person at a shell in the guest: neither who does not read, nor a guest that does not, stops the run. */
#include "seat.h"

#include <base/files.h>

#include <fcntl.h>
#include <glib-unix.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define MUCH (1 << 20)

/* Both ends of everything; standard input and output are those of the seat meanwhile. */
typedef struct {
	char *folder, *path;
	int listener, guest;	       /* the emulator's side of the port */
	int keys, screen;	       /* the person's side */
	int saved_input, saved_output; /* the test's own */
	Seat *seat;
} Room;

static bool left;

static void on_left(gpointer user)
{
	left = true;
}

static gboolean on_tick(gpointer data)
{
	return G_SOURCE_CONTINUE;
}

/* The main loop for a while: a blocked one would never come back. */
static void turn(guint ms)
{
	gint64 until = g_get_monotonic_time() + ms * 1000;
	guint timer = g_timeout_add(1, on_tick, NULL);

	while (g_get_monotonic_time() < until)
		g_main_context_iteration(NULL, TRUE);
	g_source_remove(timer);
}

/* The far end does not block. */
static int make_pipe(int standard, bool output)
{
	int fds[2], far;

	g_assert_true(g_unix_open_pipe(fds, FD_CLOEXEC, NULL));
	far = output ? fds[0] : fds[1];
	g_assert_cmpint(dup2(output ? fds[1] : fds[0], standard), ==, standard);
	close(output ? fds[1] : fds[0]);
	g_unix_set_fd_nonblocking(far, TRUE, NULL);
	return far;
}

static void set_up(Room *room, gconstpointer data)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	g_autoptr(GError) error = NULL;

	room->folder = g_dir_make_tmp("seat-XXXXXX", NULL);
	room->path = g_build_filename(room->folder, "port", NULL);
	g_strlcpy(address.sun_path, room->path, sizeof(address.sun_path));
	room->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	g_assert_cmpint(bind(room->listener, (struct sockaddr *)&address, sizeof(address)), ==, 0);
	g_assert_cmpint(listen(room->listener, 1), ==, 0);
	fflush(stdout);
	room->saved_input = dup(STDIN_FILENO);
	room->saved_output = dup(STDOUT_FILENO);
	room->keys = make_pipe(STDIN_FILENO, false);
	room->screen = make_pipe(STDOUT_FILENO, true);
	room->seat = seat_new(room->path, STDOUT_FILENO, on_left, NULL, &error);
	g_assert_no_error(error);
	room->guest = accept(room->listener, NULL, NULL);
	g_unix_set_fd_nonblocking(room->guest, TRUE, NULL);
}

static void tear_down(Room *room, gconstpointer data)
{
	seat_free(room->seat);
	dup2(room->saved_input, STDIN_FILENO);
	dup2(room->saved_output, STDOUT_FILENO);
	close(room->saved_input);
	close(room->saved_output);
	close(room->screen);
	close(room->guest);
	close(room->listener);
	files_remove_tree(room->folder, NULL);
	g_free(room->folder);
	g_free(room->path);
}

/* As much as there is room for; bytes count up, so that none can be lost or come twice unseen. */
static gsize fill(int fd, gsize from)
{
	char bytes[4096];
	gssize n = 0;

	for (gsize i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)((from + i) % 251 + 1);
	while (from < MUCH && (n = write(fd, bytes, MIN(sizeof(bytes), MUCH - from))) > 0) {
		from += (gsize)n;
		for (gsize i = 0; i < sizeof(bytes); i++)
			bytes[i] = (char)((from + i) % 251 + 1);
	}
	return from;
}

static gsize drain(int fd, gsize from)
{
	char bytes[4096];
	gssize n;

	while ((n = read(fd, bytes, sizeof(bytes))) > 0)
		for (gssize i = 0; i < n; i++, from++)
			if (from < MUCH)
				g_assert_cmpint(bytes[i], ==, (char)(from % 251 + 1));
	return from;
}

/* Nobody reads for a while, and then all of it comes through. */
static void pass_much(int in, int out)
{
	gsize given = 0, taken = 0;

	for (guint i = 0; i < 10; i++) {
		given = fill(in, given);
		turn(5);
	}
	g_assert_cmpuint(given, <, MUCH);
	while (taken < MUCH) {
		given = fill(in, given);
		turn(1);
		taken = drain(out, taken);
	}
	g_assert_cmpuint(taken, ==, MUCH);
}

static void test_screen(Room *room, gconstpointer data)
{
	seat_begin(room->seat);
	pass_much(room->guest, room->screen);
}

static void test_keys(Room *room, gconstpointer data)
{
	seat_begin(room->seat);
	pass_much(room->keys, room->guest);
	close(room->keys);
}

/* What the guest gets until it has so many bytes. */
static void gets(const Room *room, const char *bytes)
{
	g_autoptr(GString) got = g_string_new(NULL);
	char byte;

	for (guint i = 0; i < 1000 && got->len < strlen(bytes); i++) {
		if (read(room->guest, &byte, 1) == 1)
			g_string_append_c(got, byte);
		else
			turn(5);
	}
	g_assert_cmpstr(got->str, ==, bytes);
}

/* A shell may lose the key that ends its input, and does not see it in the middle of a line. */
static void test_end(Room *room, gconstpointer data)
{
	const char *typed = data;
	g_autofree char *all = g_strdup_printf("%s%s\x04", typed, *typed && !g_str_has_suffix(typed, "\n") ? "\n" : "");
	char byte;

	seat_begin(room->seat);
	g_assert_false(seat_has_person(room->seat));
	g_assert_cmpint(write(room->keys, typed, strlen(typed)), ==, strlen(typed));
	close(room->keys);
	gets(room, all);
	gets(room, "\x04");
	gets(room, "\x04");
	seat_end(room->seat);
	turn(1100);
	g_assert_cmpint(read(room->guest, &byte, 1), <, 1);
}

/* What came before the shell's end is shown after it, but for a person who does not read. */
static void test_rest(Room *room, gconstpointer data)
{
	seat_begin(room->seat);
	g_assert_cmpint(write(room->guest, "bye\n", 4), ==, 4);
	seat_end(room->seat);
	{
		char bytes[8] = "";

		g_assert_cmpint(read(room->screen, bytes, sizeof(bytes)), ==, 4);
		g_assert_cmpstr(bytes, ==, "bye\n");
	}
	seat_begin(room->seat);
	for (gsize given = 0, i = 0; i < 20; i++) {
		given = fill(room->guest, given);
		turn(2);
	}
	seat_end(room->seat);
	turn(5);
}

/* A guest that reads no key, and a person who wants out. */
static void test_leave(Room *room, gconstpointer data)
{
	int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK), person;
	char keys[256];

	g_assert_true(terminal >= 0 && grantpt(terminal) == 0 && unlockpt(terminal) == 0);
	person = open(ptsname(terminal), O_RDWR | O_NOCTTY);
	g_assert_cmpint(dup2(person, STDIN_FILENO), ==, STDIN_FILENO);
	close(person);
	memset(keys, 'x', sizeof(keys));
	left = false;
	seat_begin(room->seat);
	/* more than the port and all on the way to it have room for */
	for (guint i = 0; i < 4096; i++) {
		g_assert_cmpint(write(terminal, keys, sizeof(keys)), !=, 0);
		g_main_context_iteration(NULL, FALSE);
		g_main_context_iteration(NULL, FALSE);
	}
	g_assert_false(left);
	g_assert_true(seat_has_person(room->seat));
	turn(20);
	g_assert_cmpint(write(terminal, "\x1d", 1), ==, 1);
	turn(20);
	g_assert_true(left);
	seat_end(room->seat);
	close(terminal);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/seat/screen", Room, NULL, set_up, test_screen, tear_down);
	g_test_add("/seat/keys", Room, NULL, set_up, test_keys, tear_down);
	g_test_add("/seat/end/nothing", Room, "", set_up, test_end, tear_down);
	g_test_add("/seat/end/line", Room, "exit\n", set_up, test_end, tear_down);
	g_test_add("/seat/end/unfinished", Room, "exit", set_up, test_end, tear_down);
	g_test_add("/seat/rest", Room, NULL, set_up, test_rest, tear_down);
	g_test_add("/seat/leave", Room, NULL, set_up, test_leave, tear_down);
	return g_test_run();
}
