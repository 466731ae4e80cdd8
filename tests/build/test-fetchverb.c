// SPDX-License-Identifier: GPL-2.0-or-later
#include "sandbox.h"
#include "webserver.h"

#include <base/spawn.h>

#include <fcntl.h>
#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* 'khotest fetch' as people call it, on a project folder that has nothing but sources. */

#define CONTENT_BYTES (1024 * 1024)
#define DEADLINE_NS (G_GINT64_CONSTANT(60) * 1000000000)

static const WebPage pages[] = {
	{ "/a.tar", .status = 0 },
	{ "/gone.tar", .status = 404 },
	{ "/slow.tar", .pause_every_kib = 40 }, /* 25 pauses: 1.3 s */
	{ .path = NULL },
};

typedef struct {
	Sandbox sandbox;
	WebServer *server;
	GBytes *content;
	char *sum;
	SpawnResult said;
} Site;

static void set_up(Site *site, gconstpointer data)
{
	char *bytes = g_strnfill(CONTENT_BYTES, 'k');

	sandbox_set_up(&site->sandbox, NULL);
	site->content = g_bytes_new_take(bytes, CONTENT_BYTES);
	site->sum = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, site->content);
	site->server = webserver_start(pages, site->content);
}

static void tear_down(Site *site, gconstpointer data)
{
	spawn_result_clear(&site->said);
	webserver_stop(site->server);
	g_bytes_unref(site->content);
	g_free(site->sum);
	sandbox_tear_down(&site->sandbox, NULL);
}

/* A kernel with one place: a page of the server. */
static void add_kernel(Site *site, const char *name, const char *page, const char *sum)
{
	g_autofree char *url = webserver_url(site->server, page);
	g_autofree char *file = g_strdup_printf("project/patches/%s/source", name);
	g_autofree char *text =
		g_strdup_printf("[kernel]\nversion=%s.3\n[p]\nkind=url\nwhere=%s\nsha256=%s\n", name, url, sum);

	sandbox_write(&site->sandbox, file, text);
}

/* Runs it, and gives the exit status; words: up to two arguments of fetch. */
static int khotest_fetch(Site *site, const char *folder, const char *first, const char *second)
{
	g_autofree char *project = g_strdup_printf("KHOTEST_SOURCE=%s/project", site->sandbox.path);
	g_autofree char *cache = g_strdup_printf("XDG_CACHE_HOME=%s/cache", site->sandbox.path);
	g_autofree char *sources = g_strdup_printf("KHOTEST_SOURCES=%s", folder);
	const char *const env[] = { project, cache, sources, "http_proxy=", "all_proxy=", NULL };
	const char *const argv[] = { g_getenv("KHOTEST"), "fetch", first, second, NULL };
	SpawnSpec spec = { .argv = argv, .env = env, .timeout_ns = DEADLINE_NS, .keep_output = true };
	g_autoptr(GError) error = NULL;

	spawn_result_clear(&site->said);
	spawn_run(&spec, &site->said, &error);
	g_assert_no_error(error);
	return site->said.status;
}

/* A line of the table that has all of these, in this order. */
static void assert_row(const Site *site, const char *pattern)
{
	if (!g_regex_match_simple(pattern, site->said.out, G_REGEX_MULTILINE, 0))
		g_error("no row like '%s' in:\n%s%s", pattern, site->said.out, site->said.err);
}

static void test_table(Site *site, gconstpointer data)
{
	g_autofree char *folder = sandbox_path(&site->sandbox, "folder");

	add_kernel(site, "1.1", "/a.tar", site->sum);
	add_kernel(site, "1.2", "/gone.tar", site->sum);

	/* one cannot be reached: a skip, and the other is there all the same */
	g_assert_cmpint(khotest_fetch(site, "", "--all", NULL), ==, 77);
	assert_row(site, "^1\\.1 +1\\.1\\.3 +verified +url http://127.*/a\\.tar +fetched, 1M");
	assert_row(site, "^1\\.2 +1\\.2\\.3 +MISSING +url http://127.*/gone\\.tar +.*answered 404");
	g_assert_nonnull(strstr(site->said.err, "1 of 2 there"));
	g_assert_cmpint(khotest_fetch(site, "", "1.1", NULL), ==, 0);
	assert_row(site, "^1\\.1 +1\\.1\\.3 +verified +url http://127.*/a\\.tar +in the cache, 1M");
	g_assert_cmpuint(webserver_asked(site->server, "/a.tar"), ==, 1);

	/* the file from somebody else, in a folder */
	sandbox_write(&site->sandbox, "folder/gone.tar", g_bytes_get_data(site->content, NULL));
	g_assert_true(g_file_test(folder, G_FILE_TEST_IS_DIR));
	g_assert_cmpint(khotest_fetch(site, folder, "--all", NULL), ==, 0);
	assert_row(site, "^1\\.2 +1\\.2\\.3 +verified +file .*/folder/gone\\.tar +fetched, 1M");
	g_assert_nonnull(strstr(site->said.err, "2 of 2 there"));
}

static void test_refused(Site *site, gconstpointer data)
{
	g_autofree char *other = g_strnfill(64, 'b');

	add_kernel(site, "1.1", "/a.tar", other);
	g_assert_cmpint(khotest_fetch(site, "", "1.1", NULL), ==, 99);
	assert_row(site, "^1\\.1 +1\\.1\\.3 +REFUSED +url http://127.*/a\\.tar +.*expected bbb");
}

/* What was typed wrongly is told before anything is fetched. */
static void test_bad_input(Site *site, gconstpointer data)
{
	add_kernel(site, "1.1", "/a.tar", site->sum);
	g_assert_cmpint(khotest_fetch(site, "", "1.1", "1.7"), ==, 99);
	g_assert_nonnull(strstr(site->said.err, "there is no kernel '1.7'"));
	g_assert_cmpint(khotest_fetch(site, "", "--all", "1.1"), ==, 99);
	g_assert_nonnull(strstr(site->said.err, "--all is every kernel"));
	g_assert_cmpint(khotest_fetch(site, "/nonexistent", "1.1", NULL), ==, 99);
	g_assert_nonnull(strstr(site->said.err, "KHOTEST_SOURCES=/nonexistent"));
	g_assert_cmpuint(webserver_asked(site->server, "/a.tar"), ==, 0);
}

/* A terminal of our own, since progress is only written often on one. ret_slave: for the child. */
static int open_terminal(int *ret_slave)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

	g_assert_cmpint(master, >=, 0);
	g_assert_cmpint(grantpt(master), ==, 0);
	g_assert_cmpint(unlockpt(master), ==, 0);
	*ret_slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	g_assert_cmpint(*ret_slave, >=, 0);
	return master;
}

/* How far it is, of how much: the size is known from the server's answer. */
static void test_progress(Site *site, gconstpointer data)
{
	g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
	g_autofree char *project = sandbox_path(&site->sandbox, "project");
	g_autofree char *cache = sandbox_path(&site->sandbox, "cache");
	g_autoptr(GSubprocess) child = NULL;
	g_autoptr(GString) seen = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	int slave, master = open_terminal(&slave);
	char buffer[4096];
	gssize n;

	add_kernel(site, "1.1", "/slow.tar", site->sum);
	g_subprocess_launcher_setenv(launcher, "KHOTEST_SOURCE", project, TRUE);
	g_subprocess_launcher_setenv(launcher, "XDG_CACHE_HOME", cache, TRUE);
	g_subprocess_launcher_unsetenv(launcher, "http_proxy");
	g_subprocess_launcher_unsetenv(launcher, "KHOTEST_SOURCES");
	g_subprocess_launcher_take_stderr_fd(launcher, slave);
	child = g_subprocess_launcher_spawn(launcher, &error, g_getenv("KHOTEST"), "fetch", "1.1", NULL);
	g_assert_no_error(error);
	g_clear_object(&launcher); /* and with it our end of the terminal, so that it ends with the child */
	while ((n = read(master, buffer, sizeof(buffer))) > 0)
		g_string_append_len(seen, buffer, n);
	close(master);
	g_assert_true(g_subprocess_wait_check(child, NULL, &error));
	if (!g_regex_match_simple("fetching slow\\.tar: 0\\.[0-9] of 1\\.0 MiB, [0-9]+ s", seen->str, 0, 0))
		g_error("no progress in '%s'", seen->str);
}

static void skip_without_curl(void)
{
	g_test_skip("there is no curl on this host: what it fetches is not tested");
}

static void add(const char *name, void (*test)(Site *, gconstpointer))
{
	g_test_add(name, Site, NULL, set_up, test, tear_down);
}

int main(int argc, char **argv)
{
	g_autofree char *curl = g_find_program_in_path("curl");

	g_test_init(&argc, &argv, NULL);
	if (!g_getenv("KHOTEST"))
		g_error("the environment variable KHOTEST must name the khotest to test");
	add("/fetchverb/bad-input", test_bad_input);
	if (!curl) {
		g_test_add_func("/fetchverb/curl", skip_without_curl);
		return g_test_run();
	}
	add("/fetchverb/table", test_table);
	add("/fetchverb/refused", test_refused);
	add("/fetchverb/progress", test_progress);
	return g_test_run();
}
