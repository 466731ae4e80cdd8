// SPDX-License-Identifier: GPL-2.0-or-later
/* What fits into a terminal, and progress on one: a pseudo-terminal of a given width. */
#include <base/log.h>
#include <base/terminal.h>

#include <errno.h>
#include <pty.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void test_fit(void)
{
	static const struct {
		const char *text, *end;
		guint columns;
		const char *fits;
	} cases[] = {
		{ "matrix smoke: 1/3 cells", ", 12 s", 80, "matrix smoke: 1/3 cells, 12 s" },
		{ "matrix smoke: 1/3 cells", ", 12 s", 29, "matrix smoke: 1/3 cells, 12 s" },
		{ "matrix smoke: 1/3 cells", ", 12 s", 28, "matrix smoke: 1/3 c..., 12 s" },
		{ "žluťoučký kůň", ", 1 s", 15, "žluťouč..., 1 s" },
		{ "漢字漢字", ", 1 s", 12, "漢字..., 1 s" },
		{ "漢字漢字", ", 1 s", 11, "漢..., 1 s" },
		{ "a\tb\rc\033[K", "", 80, "a b c [K" },
		{ "abc", ", 1 s", 5, ", 1 s" },
		{ "abc", ", 1 s", 3, ", 1" },
		{ "abc", ", 1 s", 0, "" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = terminal_fit(cases[i].text, cases[i].end, cases[i].columns);

		g_assert_cmpstr(text, ==, cases[i].fits);
		g_assert_cmpuint(terminal_width(text), <=, cases[i].columns);
	}
}

/* Several updates of a line that is much longer than the terminal is wide, as a matrix has it. */
static void make_progress(void)
{
	log_progress_begin("matrix smoke");
	for (guint i = 0; i < 4; i++) {
		g_usleep(120 * 1000);
		log_progress_update("%u/3 cells, 0 not as expected, about 18 s left; check/7.1/stock/1G/1n/2p, "
				    "check/7.1/unfixed/1G/1n/2p",
				    i);
	}
}

static char *read_all(int fd)
{
	GString *all = g_string_new(NULL);
	char buffer[4096];
	gssize n;

	/* the end of a pseudo-terminal is EIO */
	while ((n = read(fd, buffer, sizeof(buffer))) > 0 || (n < 0 && errno == EINTR))
		if (n > 0)
			g_string_append_len(all, buffer, n);
	return g_string_free(all, FALSE);
}

/* No update goes on to a second line, and each wipes the one before. */
static void test_progress(gconstpointer data)
{
	struct winsize size = { .ws_col = (unsigned short)GPOINTER_TO_UINT(data), .ws_row = 24 };
	g_autofree char *all = NULL;
	g_auto(GStrv) shown = NULL;
	int fd, status;
	pid_t pid = forkpty(&fd, NULL, NULL, &size);

	g_assert_cmpint(pid, >=, 0);
	if (pid == 0) {
		make_progress();
		_exit(0);
	}
	all = read_all(fd);
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	close(fd);
	g_assert_null(strchr(all, '\n'));
	shown = g_strsplit(all, "\r\033[K", -1);
	g_assert_cmpuint(g_strv_length(shown), ==, 4);
	for (char **line = shown; *line; line++) {
		g_test_message("%s", *line);
		g_assert_true(g_str_has_prefix(*line, "matrix smoke: "));
		g_assert_true(g_str_has_suffix(*line, " s"));
		g_assert_cmpuint(strlen(*line), <, size.ws_col);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/terminal/fit", test_fit);
	g_test_add_data_func("/terminal/progress-40", GUINT_TO_POINTER(40), test_progress);
	g_test_add_data_func("/terminal/progress-80", GUINT_TO_POINTER(80), test_progress);
	g_test_add_data_func("/terminal/progress-200", GUINT_TO_POINTER(200), test_progress);
	return g_test_run();
}
