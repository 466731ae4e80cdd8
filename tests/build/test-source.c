// SPDX-License-Identifier: GPL-2.0-or-later
#include "aptsource.h"
#include "sandbox.h"
#include "tree.h"

#include <build/source.h>

#include <base/error.h>
#include <base/files.h>
#include <base/log.h>

#include <string.h>

/* Every kernel of ours can be read, and has a place with a checksum that needs nothing but apt. */
static void test_ours(void)
{
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) names = source_list(PATCHES, &error);

	g_assert_no_error(error);
	g_assert_true(g_strv_contains((const char *const *)names, "7.1"));
	for (char **name = names; *name; name++) {
		g_autoptr(Source) source = source_load(PATCHES, *name, &error);
		bool from_apt = false;

		g_assert_no_error(error);
		g_assert_true(g_str_has_prefix(source->version, *name));
		for (guint i = 0; i < source->alternatives->len; i++) {
			const SourceAlternative *alternative = source->alternatives->pdata[i];
			g_autofree char *package = NULL, *version = NULL, *suite = NULL;

			if (!g_str_has_prefix(alternative->kind, "debian"))
				continue;
			g_assert_true(aptsource_parse_where(alternative->where, &package, &version, &suite));
			g_assert_true(g_str_has_prefix(version, source->version));
			from_apt |= alternative->sha256 != NULL;
		}
		g_assert_true(from_apt);
	}
	g_assert_null(source_load(PATCHES, "7.11", &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "'7.11'", "7.1");
}

static void test_bad(Sandbox *sandbox, gconstpointer data)
{
	static const struct {
		const char *text;
		const char *complaint;
	} cases[] = {
		{ "[kernel]\n", "version=" },
		{ "[kernel]\nversion=1\n[a]\nkind=ftp\nwhere=x\n", "ftp" },
		{ "[kernel]\nversion=1\n[a]\nkind=url\n", "where=" },
		{ "[kernel]\nversion=1\n[a]\nkind=url\nwhere=x\nsha256=12\n", "64" },
		{ "kernel\n", "source" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;

		sandbox_write(sandbox, "1/source", cases[i].text);
		g_assert_null(source_load(sandbox->path, "1", &error));
		sandbox_assert_error(error, KHOTEST_ERROR_INPUT, cases[i].complaint);
	}
}

/* What "apt-get indextargets" prints, recorded on a machine with all sorts of entries; hosts are made up. */
static void test_mirrors(void)
{
	static const char recorded[] =
		"http://third.example/apt/|Third|Third|main|stable\n"
		"http://mirror.example/debian-security/|Debian|Debian-Security|main|bookworm-security\n"
		"http://mirror.example/debian/|Debian|Debian|contrib|bookworm\n"
		"http://mirror.example/debian/|Debian|Debian|main|bookworm\n"
		"http://mirror.example/debian/|Debian|Debian|main|bookworm-updates\n"
		"http://fresh.example/debian|||main|trixie\n"
		"http://fresh.example/debian-security|||main|trixie-security\n"
		"mirror+file:/etc/apt/mirrors/debian.list/|$(ORIGIN)|$(LABEL)|main|trixie\n"
		"mirror+file:/etc/apt/mirrors/debian-security.list/|||main|updates\n"
		"cdrom:[Debian]/|Debian|Debian|main|bookworm\n"
		"http://other.example/ubuntu/|Ubuntu|Ubuntu|main|noble\n"
		"broken line\n";
	g_autoptr(GPtrArray) mirrors = aptsource_mirrors(recorded);

	g_assert_cmpuint(mirrors->len, ==, 3);
	g_assert_cmpstr(mirrors->pdata[0], ==, "http://mirror.example/debian/");
	g_assert_cmpstr(mirrors->pdata[1], ==, "http://fresh.example/debian");
	g_assert_cmpstr(mirrors->pdata[2], ==, "mirror+file:/etc/apt/mirrors/debian.list/");
}

/* Both of apt's file formats, read by apt itself: from a folder that stands in for /etc/apt. */
static void test_apt_formats(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *apt = g_find_program_in_path("apt-get");
	g_autofree char *out = NULL;
	g_autoptr(GPtrArray) mirrors = NULL;

	if (!apt) {
		g_test_skip("there is no apt-get on this host");
		return;
	}
	sandbox_write(sandbox, "etc/sources.list",
		      "deb [arch=amd64] http://one.example/debian bookworm main contrib\n"
		      "# deb http://off.example/debian bookworm main\n");
	sandbox_write(sandbox, "etc/sources.list.d/a.list", "deb http://two.example/debian/ bookworm main\n");
	sandbox_write(
		sandbox, "etc/sources.list.d/b.sources",
		"Types: deb\nURIs: http://three.example/debian\nSuites: trixie trixie-updates\nComponents: main\n\n"
		"Types: deb\nURIs: http://off.example/debian\nSuites: trixie\nComponents: main\nEnabled: no\n");
	sandbox_write(sandbox, "lists/partial/empty", "");
	out = sandbox_run(sandbox,
			  "apt-get -o Dir::Etc=$PWD/etc -o Dir::State::lists=$PWD/lists -o Dir::Cache=$PWD/cache "
			  "--no-release-info indextargets --format '" APTSOURCE_FORMAT "'");
	mirrors = aptsource_mirrors(out);
	g_assert_cmpuint(mirrors->len, ==, 3);
	g_assert_true(g_ptr_array_find_with_equal_func(mirrors, "http://one.example/debian/", g_str_equal, NULL));
	g_assert_true(g_ptr_array_find_with_equal_func(mirrors, "http://two.example/debian/", g_str_equal, NULL));
	g_assert_true(g_ptr_array_find_with_equal_func(mirrors, "http://three.example/debian/", g_str_equal, NULL));
}

static void test_uri(void)
{
	static const char listing[] =
		"Reading package lists...\nNeed to get 162 MB of source archives.\n"
		"'http://mirror.example/l/linux_7.1.13-1.dsc' linux_7.1.13-1.dsc 200 "
		"SHA256:00f65727fb83a4fa90d18ec1449bd99db93ad54faceacab821c38f19431940c2\n"
		"'http://mirror.example/l/linux_7.1.13.orig.tar.xz' linux_7.1.13.orig.tar.xz 161695252 "
		"SHA256:25f65727fb83a4fa90d18ec1449bd99db93ad54faceacab821c38f19431940c2\n";
	static const char package_listing[] =
		"'http://mirror.example/l/linux-source-7.3_7.3.4-1%7ebpo13%2b1_all.deb' "
		"linux-source-7.3_7.3.4-1~bpo13+1_all.deb 166780612 "
		"SHA256:703e369ddd4cce971452f5a593ee55df3a5c10c83caf0fa0df039633ed181ee3\n";
	g_auto(AptUri) uri = { 0 }, deb = { 0 }, none = { 0 };
	g_autofree char *package = NULL, *version = NULL, *suite = NULL;

	g_assert_true(aptsource_parse_uri(listing, false, &uri));
	g_assert_cmpstr(uri.name, ==, "linux_7.1.13.orig.tar.xz");
	g_assert_cmpuint(uri.bytes, ==, 161695252);
	g_assert_true(g_str_has_prefix(uri.sha256, "25f6"));
	g_assert_false(aptsource_parse_uri("E: Unable to find a source package for linux\n", false, &uri));
	g_assert_false(aptsource_parse_uri(listing, true, &none));
	g_assert_true(aptsource_parse_uri(package_listing, true, &deb));
	g_assert_cmpstr(deb.name, ==, "linux-source-7.3_7.3.4-1~bpo13+1_all.deb");
	g_assert_cmpuint(deb.bytes, ==, 166780612);
	g_assert_true(g_str_has_prefix(deb.sha256, "703e"));
	g_assert_false(aptsource_parse_uri(package_listing, false, &none));
	g_assert_true(aptsource_parse_where("linux=7.1.13-1~bpo13+1 trixie-backports", &package, &version, &suite));
	g_assert_cmpstr(version, ==, "7.1.13-1~bpo13+1");
	g_assert_false(aptsource_parse_where("linux 7.1.13 sid", &package, &version, &suite));
}

static void test_fetch(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *cache = sandbox_path(sandbox, "cache");
	g_autofree char *patches = sandbox_path(sandbox, "p");
	g_autofree char *file = sandbox_path(sandbox, "here/t.tar");
	g_autofree char *sum = NULL, *text = NULL, *content = NULL;
	g_auto(SourceFetched) first = { 0 }, mended = { 0 }, again = { 0 }, none = { 0 };
	g_autoptr(GError) error = NULL;
	g_autoptr(Source) source = NULL;

	log_set_level(LOG_QUIET);
	sandbox_write(sandbox, "here/t.tar", "tarball\n");
	sum = sandbox_run(sandbox, "sha256sum here/t.tar | cut -d' ' -f1");
	text = g_strdup_printf(
		"[kernel]\nversion=1\n[a]\nkind=url\nwhere=https://none.example/x\n"
		"[b]\nkind=file\nwhere=/nonexistent/t.tar\nsha256=%s\n[c]\nkind=file\nwhere=%s\nsha256=%s\n",
		sum, file, sum);
	sandbox_write(sandbox, "p/1/source", text);
	source = source_load(patches, "1", &error);
	g_assert_no_error(error);
	source_fetch(source, cache, NULL, &first, &error);
	g_assert_no_error(error);

	/* a damaged file is noticed, and mended */
	g_assert_true(g_file_set_contents(first.path, "tarbalL\n", -1, NULL));
	source_fetch(source, cache, NULL, &mended, &error);
	g_assert_no_error(error);
	g_assert_true(g_file_get_contents(mended.path, &content, NULL, NULL));
	g_assert_cmpstr(content, ==, "tarball\n");

	/* with all sources gone the cache still answers */
	g_free(sandbox_run(sandbox, "rm here/t.tar"));
	source_fetch(source, cache, NULL, &again, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(again.path, ==, first.path);
	g_assert_true(again.was_cached);

	/* and without the cache each alternative says why not; a wrong checksum is one of the reasons */
	g_free(sandbox_run(sandbox, "rm -r cache; printf wrong >here/t.tar"));
	g_assert_false(source_fetch(source, cache, NULL, &none, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_FAILED, "no checksum is recorded", "there is no /nonexistent/t.tar",
			     "expected", "KHOTEST_SOURCES");
}

/* An archive that went bad on its disk, time and size as they were, does not become a tree. */
static void test_gone_bad(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *cache = sandbox_path(sandbox, "cache"), *patches = sandbox_path(sandbox, "p");
	g_autofree char *file = sandbox_path(sandbox, "here/t.tar"), *sum = NULL, *text = NULL, *content = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(Source) source = NULL;
	g_autoptr(Tree) tree = NULL;

	if (files_free_bytes(sandbox->path) < G_GUINT64_CONSTANT(3) << 30) {
		g_test_skip("a kernel's tree would have no room here");
		return;
	}
	log_set_level(LOG_QUIET);
	sum = sandbox_run(sandbox, "mkdir -p linux-1 here; echo sound >linux-1/file; tar cf here/t.tar linux-1;"
				   "sha256sum here/t.tar | cut -d' ' -f1");
	text = g_strdup_printf("[kernel]\nversion=1\n[c]\nkind=file\nwhere=%s\nsha256=%s\n", file, sum);
	sandbox_write(sandbox, "p/1/source", text);
	source = source_load(patches, "1", &error);
	g_assert_no_error(error);
	tree = source_tree(source, cache, NULL, &error);
	g_assert_no_error(error);
	tree_free(g_steal_pointer(&tree));
	g_free(sandbox_run(sandbox, "rm -rf cache/trees; cd cache/sources; f=$(ls *.tar);"
				    "touch -r $f ../stamp; sed -i s/sound/wrong/ $f; touch -r ../stamp $f"));
	tree = source_tree(source, cache, NULL, &error);
	g_assert_no_error(error);
	content = sandbox_run(sandbox, "cat cache/trees/1/file");
	g_assert_cmpstr(content, ==, "sound");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/source/ours", test_ours);
	sandbox_add("/source/bad", test_bad);
	g_test_add_func("/source/mirrors", test_mirrors);
	sandbox_add("/source/apt-formats", test_apt_formats);
	g_test_add_func("/source/uri", test_uri);
	sandbox_add("/source/gone-bad", test_gone_bad);
	sandbox_add("/source/fetch", test_fetch);
	return g_test_run();
}
