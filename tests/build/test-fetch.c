// SPDX-License-Identifier: GPL-2.0-or-later
#include "fetchurl.h"
#include "localsource.h"
#include "sandbox.h"
#include "webserver.h"

#include <build/source.h>

#include <base/error.h>
#include <base/files.h>
#include <base/log.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONTENT_BYTES (300 * 1024 + 77)
#define CUT 100000

/* What the server has: bytes that do not repeat, so that a piece at the wrong place is noticed. */
static GBytes *make_content(void)
{
	g_autoptr(GRand) random = g_rand_new_with_seed(1);
	guchar *data = g_malloc(CONTENT_BYTES);

	for (gsize i = 0; i < CONTENT_BYTES; i++)
		data[i] = (guchar)g_rand_int(random);
	return g_bytes_new_take(data, CONTENT_BYTES);
}

/* A sandbox, a server with all sorts of pages, and a source that is made up of addresses on it. */
typedef struct {
	Sandbox sandbox;
	WebServer *server;
	GBytes *content;
	char *sum;
	char *cache;
	char *patches;
	GString *places; /* the file "source" */
	SourceFetched fetched;
	GError *error;
} Site;

static const WebPage pages[] = {
	{ "/whole.tar", .status = 0 },
	{ "/moved.tar", .location = "/elsewhere.tar" },
	{ "/elsewhere.tar", .status = 301, .location = "/whole.tar" },
	{ "/gone.tar", .status = 404 },
	{ "/broken.tar", .status = 503 },
	{ "/pieces.tar", .cut_every = CUT },
	{ "/pieces-whole.tar", .cut_every = CUT, .no_range = true },
	{ "/cut.tar", .cut_at = CUT },
	{ "/stall.tar", .stall_at = CUT },
	{ "/silent.tar", .silent = true },
	{ "/no-range.tar", .no_range = true },
	{ "/circle.tar", .location = "/circle.tar" },
	{ .path = NULL },
};

static void set_up(Site *site, gconstpointer data)
{
	log_set_level(LOG_QUIET);
	sandbox_set_up(&site->sandbox, NULL);
	site->content = make_content();
	site->sum = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, site->content);
	site->server = webserver_start(pages, site->content);
	site->cache = sandbox_path(&site->sandbox, "cache");
	site->patches = sandbox_path(&site->sandbox, "patches");
	site->places = g_string_new("[kernel]\nversion=1.2\n");
}

static void tear_down(Site *site, gconstpointer data)
{
	source_fetched_clear(&site->fetched);
	g_clear_error(&site->error);
	webserver_stop(site->server);
	g_bytes_unref(site->content);
	g_free(site->sum);
	g_free(site->cache);
	g_free(site->patches);
	g_string_free(site->places, TRUE);
	sandbox_tear_down(&site->sandbox, NULL);
}

static void add_place_with(Site *site, const char *path, const char *sum)
{
	g_autofree char *url = webserver_url(site->server, path);

	g_string_append_printf(site->places, "[%s]\nkind=url\nwhere=%s\nsha256=%s\n", path, url, sum);
}

static void add_place(Site *site, const char *path)
{
	add_place_with(site, path, site->sum);
}

static bool fetch(Site *site)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Source) source = NULL;

	sandbox_write(&site->sandbox, "patches/1/source", site->places->str);
	source = source_load(site->patches, "1", &error);
	g_assert_no_error(error);
	source_fetched_clear(&site->fetched);
	g_clear_error(&site->error);
	return source_fetch(source, site->cache, NULL, &site->fetched, &site->error);
}

static const SourceAttempt *attempt(const Site *site, guint i)
{
	g_assert_cmpuint(i, <, site->fetched.attempts->len);
	return site->fetched.attempts->pdata[i];
}

/* The i-th place was tried, and gave nothing for that reason. */
static void assert_failed(const Site *site, guint i, const char *path, const char *why)
{
	const SourceAttempt *one = attempt(site, i);

	g_assert_true(g_str_has_suffix(one->place, path));
	g_assert_nonnull(one->why);
	if (!strstr(one->why, why))
		g_error("'%s' is not in '%s'", why, one->why);
}

/* The file is there, byte for byte, and came from the last place that was tried. */
static void assert_fetched(const Site *site, const char *path)
{
	const SourceAttempt *last;
	g_autofree char *content = NULL;
	gsize length;

	g_assert_no_error(site->error);
	last = attempt(site, site->fetched.attempts->len - 1);
	g_assert_null(last->why);
	g_assert_true(g_str_has_suffix(last->place, path));
	g_assert_cmpstr(site->fetched.sha256, ==, site->sum);
	g_assert_cmpint(site->fetched.bytes, ==, CONTENT_BYTES);
	g_assert_false(site->fetched.was_cached);
	g_assert_true(g_file_get_contents(site->fetched.path, &content, &length, NULL));
	g_assert_cmpmem(content, length, g_bytes_get_data(site->content, NULL), CONTENT_BYTES);
}

/* Part of the file, as a download that was stopped leaves it. */
static void leave_partial(Site *site, const char *data, gsize length)
{
	g_autofree char *name = g_strdup_printf("cache/sources/partial/linux-1.2-%.12s.tar", site->sum);
	g_autofree char *path = sandbox_path(&site->sandbox, name);

	sandbox_write(&site->sandbox, name, "");
	g_assert_true(g_file_set_contents(path, data, (gssize)length, NULL));
}

static guint files_left(Site *site)
{
	g_autofree char *count = sandbox_run(&site->sandbox, "find cache/sources/partial -type f | wc -l");

	return (guint)atoi(count);
}

static void test_whole(Site *site, gconstpointer data)
{
	add_place(site, "/whole.tar");
	fetch(site);
	assert_fetched(site, "/whole.tar");
	g_assert_cmpuint(files_left(site), ==, 0);
	/* the second time nobody is asked */
	g_assert_true(fetch(site));
	g_assert_true(site->fetched.was_cached);
	g_assert_cmpuint(webserver_asked(site->server, "/whole.tar"), ==, 1);
}

static void test_redirect(Site *site, gconstpointer data)
{
	add_place(site, "/circle.tar");
	add_place(site, "/moved.tar");
	fetch(site);
	assert_failed(site, 0, "/circle.tar", "redirects");
	assert_fetched(site, "/moved.tar");
	g_assert_cmpuint(webserver_asked(site->server, "/elsewhere.tar"), ==, 1);
}

/* A download that was stopped goes on where it was, in a later call. */
static void test_resume(Site *site, gconstpointer data)
{
	add_place(site, "/whole.tar");
	leave_partial(site, g_bytes_get_data(site->content, NULL), CUT);
	fetch(site);
	assert_fetched(site, "/whole.tar");
	g_assert_cmpuint(webserver_last_begin(site->server, "/whole.tar"), ==, CUT);
}

/* Nothing is missing, but the call that fetched it did not live to say so. */
static void test_resume_complete(Site *site, gconstpointer data)
{
	add_place(site, "/whole.tar");
	leave_partial(site, g_bytes_get_data(site->content, NULL), CONTENT_BYTES);
	fetch(site);
	assert_fetched(site, "/whole.tar");
}

/* What is there already can be wrong, or too long: then the whole is fetched. */
static void test_resume_wrong(Site *site, gconstpointer data)
{
	g_autofree char *wrong = g_strnfill(CONTENT_BYTES + 5, 'x');

	add_place(site, "/whole.tar");
	leave_partial(site, wrong, CUT);
	fetch(site);
	assert_fetched(site, "/whole.tar");
	g_assert_false(site->fetched.refused);
	g_assert_cmpuint(webserver_last_begin(site->server, "/whole.tar"), ==, 0);

	g_free(sandbox_run(&site->sandbox, "rm -r cache"));
	leave_partial(site, wrong, CONTENT_BYTES + 5);
	fetch(site);
	assert_fetched(site, "/whole.tar");
}

/* A connection that is cut again and again, but brings something each time. */
static void test_pieces(Site *site, gconstpointer data)
{
	add_place(site, "/pieces.tar");
	fetch(site);
	assert_fetched(site, "/pieces.tar");
	g_assert_cmpuint(webserver_asked(site->server, "/pieces.tar"), ==, 4);
	g_assert_cmpuint(webserver_last_begin(site->server, "/pieces.tar"), ==, 3 * CUT);
}

/* A server that cannot go on in the middle begins anew; one that then is cut as well is given up. */
static void test_no_range(Site *site, gconstpointer data)
{
	add_place(site, "/pieces-whole.tar");
	add_place(site, "/no-range.tar");
	leave_partial(site, g_bytes_get_data(site->content, NULL), CUT);
	fetch(site);
	assert_failed(site, 0, "/pieces-whole.tar", "range");
	assert_fetched(site, "/no-range.tar");
}

static void test_gone(Site *site, gconstpointer data)
{
	add_place(site, "/gone.tar");
	add_place(site, "/broken.tar");
	add_place(site, "/whole.tar");
	fetch(site);
	assert_failed(site, 0, "/gone.tar", "does not have it (any more): it answered 404");
	assert_failed(site, 1, "/broken.tar", "answered 503");
	assert_fetched(site, "/whole.tar");
}

static void test_cut(Site *site, gconstpointer data)
{
	add_place(site, "/cut.tar");
	add_place(site, "/whole.tar");
	fetch(site);
	assert_failed(site, 0, "/cut.tar", "connection was cut, with 97.7K there");
	assert_fetched(site, "/whole.tar");
	/* the same content: what came before the cut is not fetched again */
	g_assert_cmpuint(webserver_last_begin(site->server, "/whole.tar"), ==, CUT);
}

static void test_stall(Site *site, gconstpointer data)
{
	gint64 began_us = g_get_monotonic_time();

	g_setenv("KHOTEST_STALL", "2s", TRUE);
	add_place(site, "/stall.tar");
	add_place(site, "/silent.tar");
	add_place(site, "/whole.tar");
	fetch(site);
	assert_failed(site, 0, "/stall.tar", "nothing came for 2.00 s, with 97.7K there");
	assert_failed(site, 1, "/silent.tar", "nothing came for 2.00 s");
	assert_fetched(site, "/whole.tar");
	g_assert_cmpint(g_get_monotonic_time() - began_us, <, 60 * G_USEC_PER_SEC);

	g_free(sandbox_run(&site->sandbox, "rm -r cache"));
	for (const char *const *bad = (const char *const[]){ "30", "1ms", "soon", NULL }; *bad; bad++) {
		g_setenv("KHOTEST_STALL", *bad, TRUE);
		g_assert_false(fetch(site));
		sandbox_assert_error(site->error, KHOTEST_ERROR_INPUT, "KHOTEST_STALL", *bad, "30s");
	}
	g_unsetenv("KHOTEST_STALL");
}

/* A file with another checksum is not kept, and not taken from the next place either. */
static void test_wrong_sum(Site *site, gconstpointer data)
{
	g_autofree char *other = g_strnfill(64, 'a');

	add_place_with(site, "/no-range.tar", other);
	g_assert_false(fetch(site));
	g_assert_true(site->fetched.refused);
	g_assert_null(site->fetched.path);
	sandbox_assert_error(site->error, KHOTEST_ERROR_FAILED, site->sum, other, "KHOTEST_SOURCES");
	g_assert_cmpuint(files_left(site), ==, 0);

	add_place(site, "/whole.tar");
	fetch(site);
	assert_failed(site, 0, "/no-range.tar", "expected aaa");
	assert_fetched(site, "/whole.tar");
}

/* Nothing within reach is the host's affair: a skip. */
static void test_unreachable(Site *site, gconstpointer data)
{
	add_place(site, "/gone.tar");
	g_string_append_printf(site->places, "[dead]\nkind=url\nwhere=http://127.0.0.1:1/x.tar\nsha256=%s\n",
			       site->sum);
	g_assert_false(fetch(site));
	g_assert_false(site->fetched.refused);
	sandbox_assert_error(site->error, KHOTEST_ERROR_HOST, "Linux 1.2", "answered 404", "127.0.0.1:1/x.tar",
			     "connect", "KHOTEST_SOURCES");
}

/* Without curl an address is of no use, and that is said; other places still are. */
static void test_no_curl(Site *site, gconstpointer data)
{
	g_autofree char *path = g_strdup(g_getenv("PATH"));

	add_place(site, "/whole.tar");
	g_setenv("PATH", site->sandbox.path, TRUE);
	g_assert_false(fetch(site));
	g_setenv("PATH", path, TRUE);
	sandbox_assert_error(site->error, KHOTEST_ERROR_HOST, "no curl on this host",
			     "install the Debian package curl");
}

static void test_total(void)
{
	g_assert_cmpuint(fetchurl_total(""), ==, 0);
	g_assert_cmpuint(fetchurl_total("HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n"), ==, 300);
	g_assert_cmpuint(fetchurl_total("HTTP/2 206 \r\ncontent-range: bytes 100-299/300\r\ncontent-length: 200\r\n"),
			 ==, 300);
	/* of a redirect it is the last answer that counts */
	g_assert_cmpuint(fetchurl_total("HTTP/1.1 302 Found\r\nContent-Length: 5\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"), ==,
			 0);
	g_assert_cmpuint(fetchurl_total("HTTP/1.1 206 OK\r\nContent-Range: bytes 0-1/*\r\nContent-Length: 2\r\n"), ==,
			 2);
}

static void test_names(void)
{
	static const struct {
		const char *kind, *where, *name;
	} cases[] = {
		{ "debian", "linux=7.1.13-1~bpo13+1 trixie-backports", "linux_7.1.13.orig.tar.xz" },
		{ "debian", "linux=1:7.3~rc7-1-2 sid", "linux_7.3~rc7-1.orig.tar.xz" },
		{ "debian", "linux sid", NULL },
		{ "debian-binary", "linux-source-7.3=7.3.4-1~bpo13+1 trixie-backports",
		  "linux-source-7.3_7.3.4-1~bpo13+1_all.deb" },
		{ "url", "https://site.example/v7.x/linux-7.1.13.tar.xz?x=/y#z", "linux-7.1.13.tar.xz" },
		{ "url", "https://site.example/", "site.example" },
		{ "file", "/media/linux.tar", "linux.tar" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		const SourceAlternative alternative = { .kind = (char *)cases[i].kind,
							.where = (char *)cases[i].where };
		g_autofree char *name = localsource_name(&alternative);

		g_assert_cmpstr(name, ==, cases[i].name);
	}
}

/* The folder of $KHOTEST_SOURCES, with the file under a name. */
static void put_local(Site *site, const char *name, const char *text)
{
	g_autofree char *path = g_strdup_printf("local/%s", name);
	g_autofree char *whole = sandbox_path(&site->sandbox, path);

	sandbox_write(&site->sandbox, path, "");
	if (text)
		sandbox_write(&site->sandbox, path, text);
	else
		g_assert_true(g_file_set_contents(whole, g_bytes_get_data(site->content, NULL), CONTENT_BYTES, NULL));
}

/* It is searched before any network, under every name that the tarball can have. */
static void test_folder(Site *site, gconstpointer data)
{
	g_autofree char *folder = sandbox_path(&site->sandbox, "local");
	g_autofree char *cached = g_strdup_printf("linux-1.2-%.12s.tar", site->sum);
	const char *const names[] = { "whole.tar", "linux_1.2.orig.tar.xz", cached };

	add_place(site, "/whole.tar");
	g_string_append_printf(site->places, "[apt]\nkind=debian\nwhere=linux=1.2-1 sid\nsha256=%s\n", site->sum);
	g_setenv("KHOTEST_SOURCES", folder, TRUE);
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		put_local(site, names[i], NULL);
		fetch(site);
		assert_fetched(site, names[i]);
		g_assert_cmpuint(site->fetched.attempts->len, ==, 1);
		g_free(sandbox_run(&site->sandbox, "rm -r cache; ls local/*; rm local/*"));
	}
	g_assert_cmpuint(webserver_asked(site->server, "/whole.tar"), ==, 0);

	/* a file that is another one is told, left alone, and the search goes on */
	put_local(site, "whole.tar", "other");
	fetch(site);
	assert_failed(site, 0, "local/whole.tar", "expected");
	assert_fetched(site, "/whole.tar");
	g_free(sandbox_run(&site->sandbox, "test \"$(cat local/whole.tar)\" = other; rm -r cache local/whole.tar"));

	/* and so is a folder without it */
	fetch(site);
	assert_failed(site, 0, "local", "there is no whole.tar, linux_1.2.orig.tar.xz");
	assert_fetched(site, "/whole.tar");

	/* one that is no folder is a mistake, of which nothing hangs while the cache has the file */
	g_setenv("KHOTEST_SOURCES", "/nonexistent", TRUE);
	g_assert_true(fetch(site));
	g_free(sandbox_run(&site->sandbox, "rm -r cache"));
	g_assert_false(fetch(site));
	sandbox_assert_error(site->error, KHOTEST_ERROR_INPUT, "KHOTEST_SOURCES=/nonexistent", "no such folder");
	g_unsetenv("KHOTEST_SOURCES");
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
	/* the user's proxies and settings have no part in this */
	for (const char *const *name = (const char *const[]){ "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY",
							      "KHOTEST_SOURCES", "KHOTEST_STALL", NULL };
	     *name; name++)
		g_unsetenv(*name);
	g_setenv("CURL_HOME", "/nonexistent", TRUE);
	g_test_add_func("/fetch/total", test_total);
	g_test_add_func("/fetch/names", test_names);
	add("/fetch/no-curl", test_no_curl);
	if (!curl) {
		g_test_add_func("/fetch/curl", skip_without_curl);
		return g_test_run();
	}
	add("/fetch/whole", test_whole);
	add("/fetch/redirect", test_redirect);
	add("/fetch/resume", test_resume);
	add("/fetch/resume-complete", test_resume_complete);
	add("/fetch/resume-wrong", test_resume_wrong);
	add("/fetch/pieces", test_pieces);
	add("/fetch/no-range", test_no_range);
	add("/fetch/gone", test_gone);
	add("/fetch/cut", test_cut);
	add("/fetch/stall", test_stall);
	add("/fetch/wrong-sum", test_wrong_sum);
	add("/fetch/unreachable", test_unreachable);
	add("/fetch/folder", test_folder);
	return g_test_run();
}
