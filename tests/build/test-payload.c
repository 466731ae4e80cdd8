// SPDX-License-Identifier: GPL-2.0-or-later
/* A payload's folder: what its file says, what goes into the guest, and what is refused. Argument: the payloads of
 * khotest. */
#include <build/payload.h>

#include <base/error.h>
#include <base/files.h>

#include <glib/gstdio.h>
#include <string.h>

static const char *payloads;

static void write_file(const char *folder, const char *name, const char *text, int mode)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	g_autofree char *parent = g_path_get_dirname(path);
	g_autoptr(GError) error = NULL;

	g_assert_true(files_mkdirs(parent, &error));
	g_assert_true(g_file_set_contents(path, text, -1, &error));
	g_assert_cmpint(g_chmod(path, mode), ==, 0);
}

static char *new_folder(const char *file)
{
	char *folder = g_dir_make_tmp("payload-XXXXXX", NULL);

	write_file(folder, "payload", file, 0644);
	write_file(folder, "after", "#!/bin/sh\n", 0755);
	return folder;
}

static void test_keys(void)
{
	g_autofree char *folder = new_folder(
		"# a comment\nsummary: it works: well\nfragments: io-uring, hugetlb\n"
		"memory: 2G\nkernels: 6.19..7.2\nappend: liveupdate=on a=b\ntimeout: 90s\nbreak: data more\n");
	g_autoptr(GError) error = NULL;
	g_autoptr(Payload) payload = payload_load(payloads, folder, &error);

	g_assert_no_error(error);
	g_assert_cmpstr(payload->summary, ==, "it works: well");
	g_assert_cmpstr(payload->fragments[1], ==, "hugetlb");
	g_assert_cmpstr(payload->breaks[1], ==, "more");
	g_assert_cmpuint(payload->memory_bytes, ==, 2ull << 30);
	g_assert_cmpstr(payload->append, ==, "liveupdate=on a=b");
	g_assert_cmpint(payload->timeout_ns, ==, 90 * G_GINT64_CONSTANT(1000000000));
	g_assert_cmpstr(payload->hooks[0], ==, "after");
	g_assert_null(payload->hooks[1]);
	g_assert_true(files_remove_tree(folder, NULL));
}

static void test_kernels(void)
{
	static const struct {
		const char *range, *kernel;
		bool ok;
	} rows[] = {
		{ "6.19..", "6.18", false }, { "6.19..", "6.19", true }, { "6.19..", "7.10", true },
		{ "..7.2", "7.2", true },    { "..7.2", "7.3", false },	 { "6.19..7.2", "7.1.13", true },
		{ "7.1", "7.1", true },	     { "7.1", "7.2", false },	 { "7.1..", "7.9", true },
		{ "7.9..", "7.10", true },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *file = g_strdup_printf("kernels: %s\n", rows[i].range);
		g_autofree char *folder = new_folder(file);
		g_autoptr(GError) error = NULL;
		g_autoptr(Payload) payload = payload_load(payloads, folder, &error);

		g_assert_no_error(error);
		g_assert_cmpint(payload_check_kernel(payload, rows[i].kernel, &error), ==, rows[i].ok);
		g_assert_true(rows[i].ok || g_error_matches(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT));
		g_assert_true(files_remove_tree(folder, NULL));
	}
}

static void test_refused(void)
{
	static const struct {
		const char *file, *text;
	} rows[] = {
		{ "sumary: x\n", "payload:1: there is no key 'sumary'" },
		{ "\nno colon\n", "payload:2: 'no colon' is not 'key: value'" },
		{ "timeout: 5\n", "'5' needs a unit" },
		{ "timeout: 0s\n", "a hook needs time" },
		{ "timeout: 5s\ntimeout: 6s\n", "payload:2: 'timeout' is there twice" },
		{ "memory: lots\n", "'lots' is not a size" },
		{ "kernels: new\n", "write FIRST..LAST" },
		{ "programs: x.c a=b\n", "'b' is not the name of a C source" },
		{ "programs: =b.c\n", "'=b.c' is no program" },
		{ "programs: ../x.c\n", "'../x.c' is not the name of a C source" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *folder = new_folder(rows[i].file);
		g_autoptr(GError) error = NULL;

		g_assert_null(payload_load(payloads, folder, &error));
		g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT);
		g_test_message("%s", error->message);
		g_assert_nonnull(strstr(error->message, rows[i].text));
		g_assert_true(files_remove_tree(folder, NULL));
	}
}

static void test_hooks_refused(void)
{
	g_autofree char *folder = new_folder("summary: x\n"), *hook = g_build_filename(folder, "after", NULL);
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(g_chmod(hook, 0644), ==, 0);
	g_assert_null(payload_load(payloads, folder, &error));
	g_assert_nonnull(strstr(error->message, "chmod +x makes a hook of it"));
	g_clear_error(&error);
	g_assert_cmpint(g_unlink(hook), ==, 0);
	g_assert_null(payload_load(payloads, folder, &error));
	g_assert_nonnull(strstr(error->message, "has no hook"));
	g_clear_error(&error);
	g_assert_null(payload_load(payloads, "no-such-payload", &error));
	g_assert_nonnull(strstr(error->message, "or the path of a folder"));
	g_assert_true(files_remove_tree(folder, NULL));
}

static const PayloadFile *find(const Payload *payload, const char *path)
{
	for (guint i = 0; i < payload->files->len; i++)
		if (strcmp(((const PayloadFile *)payload->files->pdata[i])->path, path) == 0)
			return payload->files->pdata[i];
	return NULL;
}

/* Loads and builds it; the caller frees. */
static Payload *build(const char *folder, const char *cache, GError **error)
{
	g_autoptr(Payload) payload = payload_load(payloads, folder, error);

	return payload && payload_build(payload, cache, NULL, error) ? g_steal_pointer(&payload) : NULL;
}

static void test_build(void)
{
	g_autofree char *folder = new_folder("programs: tool=tool.c+more.c\n"),
			*cache = g_dir_make_tmp("cache-XXXXXX", NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(Payload) first = NULL, again = NULL, changed = NULL, broken = NULL;

	write_file(folder, "tool.c", "#include \"tool.h\"\nint main(void) { return VALUE; }\n", 0644);
	write_file(folder, "tool.h", "#define VALUE more()\nint more(void);\n", 0644);
	write_file(folder, "more.c", "int more(void) { return 0; }\n", 0644);
	write_file(folder, "data/table", "1 2 3\n", 0644);
	write_file(folder, ".hidden", "no\n", 0644);
	first = build(folder, cache, &error);
	g_assert_no_error(error);
	g_assert_true(find(first, "tool")->executable);
	g_assert_false(find(first, "data/table")->executable);
	g_assert_null(find(first, "tool.c"));
	g_assert_null(find(first, "tool.h"));
	g_assert_null(find(first, "payload"));
	g_assert_null(find(first, ".hidden"));
	again = build(folder, cache, &error);
	g_assert_cmpstr(again->sha256, ==, first->sha256);
	/* a header that changes makes another program */
	write_file(folder, "tool.h", "#define VALUE 1\n", 0644);
	changed = build(folder, cache, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(changed->sha256, !=, first->sha256);
	write_file(folder, "tool.c", "int main(void) { return oops; }\n", 0644);
	broken = build(folder, cache, &error);
	g_assert_null(broken);
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT);
	g_assert_nonnull(strstr(error->message, "oops"));
	g_assert_true(files_remove_tree(folder, NULL));
	g_assert_true(files_remove_tree(cache, NULL));
}

/* Whatever a source takes in, and whatever that is called, makes another program when it changes. */
static void test_included(void)
{
	static const char *const taken[] = { "sub/value.h", "common.c", "table.inc" };
	g_autofree char *folder = new_folder("programs: tool=tool.c\n"), *cache = g_dir_make_tmp("cache-XXXXXX", NULL),
			*last = NULL;
	g_autoptr(GError) error = NULL;

	write_file(folder, "tool.c",
		   "#include \"sub/value.h\"\n#include \"common.c\"\nint a[] = {\n#include \"table.inc\"\n};\n"
		   "int main(void) { return VALUE + common() + a[0]; }\n",
		   0644);
	write_file(folder, "sub/value.h", "#define VALUE 1\n", 0644);
	write_file(folder, "common.c", "static int common(void) { return 1; }\n", 0644);
	write_file(folder, "table.inc", "1,\n", 0644);
	for (gsize i = 0; i <= G_N_ELEMENTS(taken); i++) {
		g_autoptr(Payload) payload = build(folder, cache, &error);
		g_autofree char *path = NULL;

		g_assert_no_error(error);
		path = g_strdup(find(payload, "tool")->from);
		g_assert_cmpstr(path, !=, last);
		g_free(last);
		last = g_steal_pointer(&path);
		if (i < G_N_ELEMENTS(taken)) {
			g_autofree char *file = g_build_filename(folder, taken[i], NULL), *text = NULL, *more = NULL;

			g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
			more = g_strconcat(text, "\n", NULL);
			write_file(folder, taken[i], more, 0644);
		}
	}
	g_assert_true(files_remove_tree(folder, NULL));
	g_assert_true(files_remove_tree(cache, NULL));
}

/* The same of what lies beside the payload, or is hidden. */
static void test_included_from_elsewhere(void)
{
	static const char *const taken[] = { "common.h", "mine/.hidden.h" };
	g_autofree char *top = g_dir_make_tmp("payload-XXXXXX", NULL), *cache = g_dir_make_tmp("cache-XXXXXX", NULL);
	g_autofree char *folder = g_build_filename(top, "mine", NULL), *last = NULL;
	g_autoptr(GError) error = NULL;

	write_file(top, "mine/payload", "programs: tool=tool.c\n", 0644);
	write_file(top, "mine/after", "#!/bin/sh\n", 0755);
	write_file(top, "mine/tool.c",
		   "#include \"../common.h\"\n#include \".hidden.h\"\nint main(void) { return A + B; }\n", 0644);
	write_file(top, taken[0], "#define A 0\n", 0644);
	write_file(top, taken[1], "#define B 0\n", 0644);
	for (gsize i = 0; i <= G_N_ELEMENTS(taken); i++) {
		g_autoptr(Payload) payload = build(folder, cache, &error);

		g_assert_no_error(error);
		g_assert_cmpstr(payload->sha256, !=, last);
		g_free(last);
		last = g_strdup(payload->sha256);
		if (i < G_N_ELEMENTS(taken))
			write_file(top, taken[i], i ? "#define B 1\n" : "#define A 1\n", 0644);
	}
	g_assert_true(files_remove_tree(top, NULL));
	g_assert_true(files_remove_tree(cache, NULL));
}

/* Those that come with khotest can all be built. */
static void test_own(void)
{
	g_autofree char *cache = g_dir_make_tmp("cache-XXXXXX", NULL);
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) names = payload_list(payloads, &error);

	g_assert_no_error(error);
	for (char **name = names; *name; name++) {
		g_autoptr(Payload) payload = build(*name, cache, &error);

		g_assert_no_error(error);
		g_assert_nonnull(payload->summary);
	}
	g_assert_true(files_remove_tree(cache, NULL));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_assert_cmpint(argc, ==, 2);
	payloads = argv[1];
	g_test_add_func("/payload/keys", test_keys);
	g_test_add_func("/payload/kernels", test_kernels);
	g_test_add_func("/payload/refused", test_refused);
	g_test_add_func("/payload/hooks-refused", test_hooks_refused);
	g_test_add_func("/payload/build", test_build);
	g_test_add_func("/payload/included", test_included);
	g_test_add_func("/payload/included-from-elsewhere", test_included_from_elsewhere);
	g_test_add_func("/payload/own", test_own);
	return g_test_run();
}
