// SPDX-License-Identifier: GPL-2.0-or-later
/* The initramfs as packed on the host, and packed again by the probe as it does in the guest. */
#include <base/error.h>
#include <base/files.h>
#include <base/spawn.h>
#include <build/initramfs.h>

#include <archive.h>
#include <archive_entry.h>
#include <glib/gstdio.h>
#include <string.h>

static const char *probe, *folder;

typedef struct {
	char *where;  /* a folder for the test, with two caches in it */
	char *kernel; /* some bytes: nothing looks into it */
} Fixture;

static void set_up(Fixture *fixture, gconstpointer data)
{
	g_autoptr(GError) error = NULL;

	fixture->where = g_dir_make_tmp("khotest-initramfs-XXXXXX", &error);
	g_assert_no_error(error);
	fixture->kernel = g_build_filename(fixture->where, "bzImage", NULL);
	/* Not a multiple of four: the padding matters. */
	g_assert_true(files_write(fixture->kernel, "kernel image!", 13, &error));
}

static void tear_down(Fixture *fixture, gconstpointer data)
{
	files_remove_tree(fixture->where, NULL);
	g_free(fixture->where);
	g_free(fixture->kernel);
}

static Initramfs *build(const Fixture *fixture, const char *cache_name)
{
	g_autofree char *cache = g_build_filename(fixture->where, cache_name, NULL);
	const InitramfsHop hops[] = { { .image = fixture->kernel }, { .image = fixture->kernel } };
	const InitramfsSpec spec = { .folder = folder, .probe = probe, .hops = hops, .n_hops = 2, .cache = cache };
	g_autoptr(GError) error = NULL;
	Initramfs *initramfs = initramfs_build(&spec, &error);

	g_assert_no_error(error);
	return initramfs;
}

static void assert_same_content(const char *a, const char *b)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) first = files_read(a, &error);
	g_autoptr(GBytes) second = first ? files_read(b, &error) : NULL;

	g_assert_no_error(error);
	g_assert_cmpuint(g_bytes_get_size(first), ==, g_bytes_get_size(second));
	g_assert_true(g_bytes_equal(first, second));
}

static void test_reproducible(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Initramfs) first = build(fixture, "one");
	g_autoptr(Initramfs) second = NULL;
	g_autoptr(GError) error = NULL;
	g_autofree char *sum = files_sha256(first->path, &error);
	GStatBuf st;

	g_assert_no_error(error);
	g_usleep(1100000); /* were a time of day in it, it would differ now */
	second = build(fixture, "two");
	g_assert_cmpstr(first->sha256, ==, second->sha256);
	g_assert_cmpstr(first->path, !=, second->path);
	assert_same_content(first->path, second->path);
	g_assert_cmpstr(first->sha256, ==, sum);
	g_assert_cmpint(g_stat(first->path, &st), ==, 0);
	g_assert_cmpuint(first->bytes, ==, (guint64)st.st_size);
	g_assert_cmpuint(first->bytes % 4, ==, 0);
	g_assert_cmpuint(first->kernel_bytes, ==, 13);
}

static void test_other_kernel(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Initramfs) first = build(fixture, "one");
	g_autoptr(Initramfs) second = NULL;

	g_assert_true(files_write(fixture->kernel, "kernel image?", 13, NULL));
	second = build(fixture, "one");
	g_assert_cmpstr(first->sha256, !=, second->sha256);
	g_assert_cmpstr(first->path, !=, second->path);
}

/* A cached file is not written again while it is sound, and is when it is not. */
static void test_cache(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Initramfs) first = build(fixture, "one");
	g_autoptr(Initramfs) second = NULL, third = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) content = files_read(first->path, &error);
	g_autofree char *damaged = NULL, *sum = NULL;
	GStatBuf before, after;
	gint64 started;

	g_assert_no_error(error);
	g_assert_cmpint(g_stat(first->path, &before), ==, 0);
	started = g_get_monotonic_time();
	second = build(fixture, "one");
	g_test_message("unchanged inputs: %.1f ms", (double)(g_get_monotonic_time() - started) / 1e3);
	g_assert_cmpint(g_stat(second->path, &after), ==, 0);
	g_assert_cmpuint(before.st_ino, ==, after.st_ino);

	damaged = g_memdup2(g_bytes_get_data(content, NULL), first->bytes);
	damaged[first->bytes / 2] ^= 1;
	g_assert_true(files_write(first->path, damaged, first->bytes, &error));
	third = build(fixture, "one");
	sum = files_sha256(third->path, &error);
	g_assert_cmpstr(sum, ==, first->sha256);
}

/* What a kernel and khotest.rc rely on, and that nothing of the host's times and owners is in it. */
static void test_content(Fixture *fixture, gconstpointer data)
{
	static const char *const wanted[] = { "init",
					      "bin/sh",
					      "bin/busybox",
					      "bin/kexec",
					      "bin/probe",
					      "boot/image-0",
					      "etc/khotest.chain",
					      "etc/khotest.rc",
					      "etc/khotest.files",
					      "proc",
					      "sys" };
	g_autoptr(Initramfs) initramfs = build(fixture, "one");
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	struct archive *archive = archive_read_new();
	struct archive_entry *entry;

	archive_read_support_format_cpio(archive);
	g_assert_cmpint(archive_read_open_filename(archive, initramfs->path, 1 << 20), ==, ARCHIVE_OK);
	while (archive_read_next_header(archive, &entry) == ARCHIVE_OK) {
		g_autofree char *parent = g_path_get_dirname(archive_entry_pathname(entry));

		g_assert_true(strcmp(parent, ".") == 0 || g_hash_table_contains(seen, parent));
		g_assert_true(g_hash_table_add(seen, g_strdup(archive_entry_pathname(entry))));
		g_assert_cmpint(archive_entry_uid(entry), ==, 0);
		g_assert_cmpint(archive_entry_gid(entry), ==, 0);
		g_assert_cmpint(archive_entry_mtime(entry), ==, 0);
	}
	archive_read_free(archive);
	for (gsize i = 0; i < G_N_ELEMENTS(wanted); i++) {
		if (!g_hash_table_contains(seen, wanted[i]))
			g_test_message("no %s", wanted[i]);
		g_assert_true(g_hash_table_contains(seen, wanted[i]));
	}
}

/* As the kernel does it: everything into one folder. */
static void unpack(const char *from, const char *root)
{
	struct archive *archive = archive_read_new(), *disk = archive_write_disk_new();
	struct archive_entry *entry;

	archive_read_support_format_cpio(archive);
	g_assert_cmpint(archive_read_open_filename(archive, from, 1 << 20), ==, ARCHIVE_OK);
	while (archive_read_next_header(archive, &entry) == ARCHIVE_OK) {
		g_autofree char *path = g_build_filename(root, archive_entry_pathname(entry), NULL);

		archive_entry_set_pathname(entry, path);
		g_assert_cmpint(archive_read_extract2(archive, entry, disk), ==, ARCHIVE_OK);
	}
	archive_read_free(archive);
	archive_write_free(disk);
}

static void test_rebuilt_in_guest(Fixture *fixture, gconstpointer data)
{
	g_autoptr(Initramfs) initramfs = build(fixture, "one");
	g_autofree char *root = g_build_filename(fixture->where, "root", NULL);
	g_autofree char *again = g_build_filename(fixture->where, "again.cpio", NULL);
	const char *const argv[] = { probe, "initrd", again, root, NULL };
	g_autofree char *kernel = g_build_filename(root, "boot/image-0", NULL);
	g_autoptr(GError) error = NULL;

	unpack(initramfs->path, root);
	spawn_check(argv, NULL, NULL, NULL, &error);
	g_assert_no_error(error);
	assert_same_content(initramfs->path, again);

	/* A file that is missing is named, not left out. */
	g_assert_cmpint(g_unlink(kernel), ==, 0);
	g_assert_false(spawn_check(argv, NULL, NULL, NULL, &error));
	g_assert_nonnull(strstr(error->message, "boot/image-0"));
}

/* A kernel is there once, whoever loads it; the first of the chain is nobody's to load. */
static void test_chain(Fixture *fixture, gconstpointer data)
{
	g_autofree char *other = g_build_filename(fixture->where, "other", NULL);
	g_autofree char *layout = g_build_filename(fixture->where, "layout", NULL);
	g_autofree char *root = g_build_filename(fixture->where, "root", NULL);
	g_autofree char *again = g_build_filename(fixture->where, "again.cpio", NULL);
	g_autofree char *list = g_build_filename(root, "etc/khotest.chain", NULL);
	const InitramfsHop hops[] = {
		{ .image = other, .layout = layout, .append = "first=1" },
		{ .image = fixture->kernel },
		{ .image = other, .layout = layout, .append = "a=\"b c\" d" },
		{ .image = fixture->kernel, .layout = layout },
	};
	const InitramfsSpec spec = {
		.folder = folder, .probe = probe, .hops = hops, .n_hops = 4, .cache = fixture->where
	};
	const char *const rebuild[] = { probe, "initrd", again, root, NULL };
	g_autoptr(Initramfs) initramfs = NULL;
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;

	g_assert_true(files_write(other, "other", 5, &error));
	g_assert_true(files_write(layout, "release=x\n", 10, &error));
	initramfs = initramfs_build(&spec, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(initramfs->kernel_bytes, ==, 13 + 5);
	unpack(initramfs->path, root);
	g_assert_true(g_file_get_contents(list, &text, NULL, NULL));
	g_assert_cmpstr(text, ==,
			"- layout-0 first=1\n"
			"image-1 - \n"
			"image-2 layout-0 a=\"b c\" d\n"
			"image-1 layout-0 \n");
	spawn_check(rebuild, NULL, NULL, NULL, &error);
	g_assert_no_error(error);
	assert_same_content(initramfs->path, again);
}

/* Where a link below the root's boot/ leads; NULL if there is none. Caller frees. */
static char *link_target(const char *root, const char *name)
{
	g_autofree char *path = g_build_filename(root, "boot", name, NULL);

	return g_file_read_link(path, NULL);
}

/* What /init of each kernel makes of the list. */
static void test_link(Fixture *fixture, gconstpointer data)
{
	static const char list[] = "- layout-0 \nimage-1 - \nimage-2 layout-3 a=1\n";
	static const struct {
		const char *hop, *last;
		const char *layout, *next;
	} cases[] = {
		{ "0", "0", "layout-0", "image-1" },
		{ "1", "0", NULL, "image-2" },
		{ "2", "1", "layout-3", NULL },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *root = g_strdup_printf("%s/%s", fixture->where, cases[i].hop);
		g_autofree char *boot = g_build_filename(root, "boot", NULL),
				*etc = g_build_filename(root, "etc", NULL);
		g_autofree char *file = g_build_filename(etc, "khotest.chain", NULL), *layout = NULL, *next = NULL;
		const char *const argv[] = { probe, "link", cases[i].hop, cases[i].last, root, NULL };
		g_autoptr(GError) error = NULL;

		g_assert_true(files_mkdirs(boot, &error) && files_mkdirs(etc, &error));
		g_assert_true(files_write(file, list, strlen(list), &error));
		spawn_check(argv, NULL, NULL, NULL, &error);
		g_assert_no_error(error);
		layout = link_target(root, "layout");
		next = link_target(root, "next");
		g_assert_cmpstr(layout, ==, cases[i].layout);
		g_assert_cmpstr(next, ==, cases[i].next);
	}
}

static void test_no_probe(Fixture *fixture, gconstpointer data)
{
	const InitramfsHop hops[] = { { .image = fixture->kernel }, { .image = fixture->kernel } };
	const InitramfsSpec spec = {
		.folder = folder, .probe = "/nonexistent/probe", .hops = hops, .n_hops = 2, .cache = fixture->where
	};
	g_autoptr(GError) error = NULL;

	g_assert_null(initramfs_build(&spec, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_FAILED);
	g_assert_nonnull(strstr(error->message, "/nonexistent/probe"));
}

static void test_next_cmdline(Fixture *fixture, gconstpointer data)
{
	static const struct {
		const char *now, *next;
	} cases[] = {
		{ "kho=on khotest.hop=0 khotest.nonces=a,b console=ttyS0\n",
		  "khotest.hop=1 khotest.last=1 kho=on khotest.nonces=a,b console=ttyS0 khotest.own second=2 more\n" },
		{ "khotest.hop=0 khotest.nonces=a,b,c\n",
		  "khotest.hop=1 khotest.last=0 khotest.nonces=a,b,c khotest.own second=2 more\n" },
		{ "khotest.hop=1 khotest.last=0 khotest.nonces=a,b,c\n",
		  "khotest.hop=2 khotest.last=1 khotest.nonces=a,b,c\n" },
		{ "khotest.nonces=a,b dyndbg=\"file mm/* +p\" khotest.last=0 -- x",
		  "khotest.hop=1 khotest.last=1 khotest.nonces=a,b dyndbg=\"file mm/* +p\" -- x khotest.own second=2 "
		  "more\n" },
		/* each kernel's own words go, and the next one's come */
		{ "x=1 khotest.hop=0 khotest.nonces=a,b,c khotest.own first=1",
		  "khotest.hop=1 khotest.last=0 x=1 khotest.nonces=a,b,c khotest.own second=2 more\n" },
		{ "khotest.hop=1 khotest.last=0 x=1 khotest.nonces=a,b,c khotest.own second=2 more",
		  "khotest.hop=2 khotest.last=1 x=1 khotest.nonces=a,b,c\n" },
		{ "khotest.ownership=1 khotest.nonces=a,b",
		  "khotest.hop=1 khotest.last=1 khotest.ownership=1 khotest.nonces=a,b khotest.own second=2 more\n" },
		{ "a=\"x khotest.hop=7\" khotest.nonces=a,b",
		  "khotest.hop=1 khotest.last=1 a=\"x khotest.hop=7\" khotest.nonces=a,b khotest.own second=2 more\n" },
	};
	static const char list[] = "- - first=1\nimage-0 - second=2 more\nimage-0 - \n";
	g_autofree char *file = g_build_filename(fixture->where, "cmdline", NULL);
	g_autofree char *etc = g_build_filename(fixture->where, "etc", NULL);
	g_autofree char *chain = g_build_filename(etc, "khotest.chain", NULL);
	const char *const argv[] = { probe, "next-cmdline", file, fixture->where, NULL };

	g_assert_true(files_mkdirs(etc, NULL) && files_write(chain, list, strlen(list), NULL));
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *next = NULL;

		g_assert_true(files_write(file, cases[i].now, strlen(cases[i].now), &error));
		spawn_check(argv, NULL, NULL, &next, &error);
		g_assert_no_error(error);
		g_assert_cmpstr(next, ==, cases[i].next);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_assert_cmpint(argc, ==, 3);
	probe = argv[1];
	folder = argv[2];
#define ADD(path, func) g_test_add(path, Fixture, NULL, set_up, func, tear_down)
	ADD("/initramfs/reproducible", test_reproducible);
	ADD("/initramfs/other-kernel", test_other_kernel);
	ADD("/initramfs/cache", test_cache);
	ADD("/initramfs/content", test_content);
	ADD("/initramfs/rebuilt-in-guest", test_rebuilt_in_guest);
	ADD("/initramfs/chain", test_chain);
	ADD("/initramfs/no-probe", test_no_probe);
	ADD("/probe/link", test_link);
	ADD("/probe/next-cmdline", test_next_cmdline);
	return g_test_run();
}
