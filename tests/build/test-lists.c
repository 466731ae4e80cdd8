// SPDX-License-Identifier: GPL-2.0-or-later
/* A series by its address in an archive, and by its Message-ID: from a server on the loopback, with the real curl. */
#include "sandbox.h"
#include "webserver.h"

#include <build/series.h>

#include <base/error.h>
#include <base/files.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The thread is threads/thread.mbox.gz: two patches in it, the second of which is named here. */
static const WebPage pages[] = {
	{ "/list/s.2@example.org/t.mbox.gz", .status = 0 },
	{ "/r/s.2@example.org/t.mbox.gz", .location = "/list/s.2@example.org/t.mbox.gz" },
	{ "/cut/t.mbox.gz", .cut_at = 100 },
	{ .path = NULL },
};

static WebServer *start(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) content = files_read(THREADS "/thread.mbox.gz", &error);

	g_assert_no_error(error);
	return webserver_start(pages, content);
}

static Series *load(Sandbox *sandbox, const char *word, GError **error)
{
	g_autofree char *cache = sandbox_path(sandbox, "cache");

	return series_load("/nonexistent", "7.1", word, cache, NULL, error);
}

static void check_both(const Series *series)
{
	g_assert_cmpuint(series->patches->len, ==, 2);
	g_assert_true(g_str_has_suffix(series->patches->pdata[0], "/0001-f--change-two.patch"));
	g_assert_true(g_str_has_suffix(series->patches->pdata[1], "/0002-f--change-nineteen.patch"));
	g_assert_cmpstr(series->name, ==, "v2-f--words-for-numbers");
}

static void test_address(Sandbox *sandbox, gconstpointer data)
{
	WebServer *server = start();
	g_autofree char *address = webserver_url(server, pages[0].path), *one = g_strconcat(address, "#2", NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(Series) series = load(sandbox, address, &error), again = NULL, second = NULL;

	g_assert_no_error(error);
	check_both(series);
	/* what was fetched once stays as it is */
	again = load(sandbox, address, &error);
	second = load(sandbox, one, &error);
	g_assert_no_error(error);
	check_both(again);
	g_assert_cmpuint(second->patches->len, ==, 1);
	g_assert_cmpuint(webserver_asked(server, pages[0].path), ==, 1);
	webserver_stop(server);
}

static void test_message_id(Sandbox *sandbox, gconstpointer data)
{
	WebServer *server = start();
	g_autofree char *prefix = webserver_url(server, "/r/%s"), *folder = webserver_url(server, "/list");
	g_autoptr(GError) error = NULL;
	g_autoptr(Series) series = NULL, bracketed = NULL;

	g_setenv("KHOTEST_LIST", prefix, TRUE);
	series = load(sandbox, "s.2@example.org", &error);
	g_assert_no_error(error);
	check_both(series);
	g_setenv("KHOTEST_LIST", folder, TRUE);
	bracketed = load(sandbox, "<s.2@example.org>#v2", &error);
	g_assert_no_error(error);
	check_both(bracketed);
	g_unsetenv("KHOTEST_LIST");
	webserver_stop(server);
}

static void test_not_there(Sandbox *sandbox, gconstpointer data)
{
	WebServer *server = start();
	g_autofree char *gone = webserver_url(server, "/gone/t.mbox.gz"), *cut = webserver_url(server, pages[2].path);
	g_autofree char *left = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_null(load(sandbox, gone, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_FAILED, "cannot fetch http://", "/gone/", "404");
	g_assert_null(load(sandbox, cut, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_FAILED, "/cut/", "cut");
	/* half a thread is never taken for one */
	left = sandbox_run(sandbox, "ls cache/series/fetched | grep -c 'mbox$' || true");
	g_assert_cmpstr(left, ==, "0");
	webserver_stop(server);
}

/* A page, or words, that come where a thread was wanted: with status 200. What is there the next time is taken. */
static void test_no_mail(Sandbox *sandbox, gconstpointer data)
{
	static const char *const answers[] = { "<!DOCTYPE html>\n<html>Are you a robot?</html>\n",
					       "One moment, please.\n", "\037\213\010broken" };

	for (gsize i = 0; i < G_N_ELEMENTS(answers); i++) {
		g_autoptr(GBytes) content = g_bytes_new_static(answers[i], strlen(answers[i]));
		WebServer *server = webserver_start(pages, content);
		g_autofree char *address = webserver_url(server, pages[0].path), *left = NULL;
		g_autoptr(GError) error = NULL;

		for (int j = 0; j < 2; j++) {
			g_assert_null(load(sandbox, address, &error));
			sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "cannot fetch http://", "no mail",
					     "/t.mbox.gz");
			g_clear_error(&error);
		}
		g_assert_cmpuint(webserver_asked(server, pages[0].path), ==, 2);
		left = sandbox_run(sandbox, "ls cache/series/fetched | grep -vc 'lock$' || true");
		g_assert_cmpstr(left, ==, "0");
		webserver_stop(server);
	}
}

/* Without b4, and without a word about an archive: said before anything is tried. */
static void test_no_archive(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *bin = sandbox_run(sandbox, "mkdir bin; ln -s \"$(command -v git)\" \"$(command -v env)\" bin; "
						    "cd bin; pwd");
	g_autofree char *path = g_strdup(g_getenv("PATH"));
	g_autoptr(GError) error = NULL;

	g_setenv("PATH", bin, TRUE);
	g_setenv("GIT_CONFIG_GLOBAL", "/dev/null", TRUE);
	g_assert_null(load(sandbox, "s.2@example.org", &error));
	g_setenv("PATH", path, TRUE);
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "'s.2@example.org'", "Message-ID", "b4", "KHOTEST_LIST");
}

/* Another khotest that fetches the same and never comes to an end: whoever waits for it can be interrupted. */
static void test_busy(Sandbox *sandbox, gconstpointer data)
{
	static const char address[] = "http://127.0.0.1:1/t.mbox.gz";
	g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, address, -1);
	g_autofree char *name = g_strdup_printf("cache/series/fetched/%.16s.mbox.lock", hash);
	g_autofree char *lock = sandbox_path(sandbox, name), *cache = sandbox_path(sandbox, "cache");
	g_autoptr(GCancellable) cancel = g_cancellable_new();
	g_autoptr(GError) error = NULL;
	int fd;

	sandbox_write(sandbox, name, "");
	fd = files_lock(lock, false, &error);
	g_assert_cmpint(fd, >=, 0);
	g_cancellable_cancel(cancel);
	g_assert_null(series_load("/nonexistent", "7.1", address, cache, cancel, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_CANCELLED);
	close(fd);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	sandbox_add("/lists/address", test_address);
	sandbox_add("/lists/message-id", test_message_id);
	sandbox_add("/lists/not-there", test_not_there);
	sandbox_add("/lists/no-mail", test_no_mail);
	sandbox_add("/lists/no-archive", test_no_archive);
	sandbox_add("/lists/busy", test_busy);
	return g_test_run();
}
