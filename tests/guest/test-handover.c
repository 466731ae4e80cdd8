// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The guest's half alone, in bare QEMU: real handovers with the kernel that
 * tests/kernel.h provides (or any bzImage with KHO, its debugfs and two 8250
 * ports in KHOTEST_TEST_KERNEL). KHOTEST_RECORD=FILE keeps the channel of the two-hop run:
 * so tests/guest/fixtures/handover-1g.channel was made.
 */
#include "../kernel.h"

#include <base/files.h>
#include <build/initramfs.h>
#include <proto/frame.h>
#include <run/frames.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DEADLINE_US (120 * G_USEC_PER_SEC)
#define POLL_US 2000
#define HOPS_MAX 3
#define QEMU "qemu-system-x86_64"

static const char *probe, *folder;

/* What a hop sent. */
typedef struct {
	guint frames;
	gsize bytes;
	gint64 hello_ns, manifest_ns, end_ns; /* host clock at the end of hello, manifest, and leaving or done */
	GPtrArray *names;
} HopSeen;

typedef struct {
	HopSeen hops[HOPS_MAX];
	bool over;
	char *failed;
	char *kexec;
} Seen;

static void note(const Frame *frame, gpointer data)
{
	Seen *seen = data;
	HopSeen *hop = &seen->hops[frame->hop];

	g_assert_true(frame->crc_ok);
	g_assert_cmpint(frame->hop, <, HOPS_MAX);
	hop->frames++;
	hop->bytes += frame->length;
	g_ptr_array_add(hop->names, g_strdup(frame->name));
	if (strcmp(frame->name, FRAME_HELLO) == 0)
		hop->hello_ns = frame->end_ns;
	if (strcmp(frame->name, FRAME_MANIFEST) == 0)
		hop->manifest_ns = frame->end_ns;
	if (strcmp(frame->name, FRAME_LEAVING) == 0 || strcmp(frame->name, FRAME_DONE) == 0)
		hop->end_ns = frame->end_ns;
	if (strcmp(frame->name, FRAME_FAILED) == 0)
		seen->failed = g_strndup((const char *)frame->payload, frame->length);
	if (strcmp(frame->name, FRAME_KEXEC_LOADED) == 0) {
		g_free(seen->kexec);
		seen->kexec = g_strndup((const char *)frame->payload, frame->length);
	}
	if (strcmp(frame->name, FRAME_DONE) == 0 || seen->failed ||
	    (seen->kexec && !g_str_has_prefix(seen->kexec, "status=0\n")))
		seen->over = true;
}

/* Follows a file that the emulator is writing until the guest is done, it ends, or the deadline. */
static void follow(const char *path, GSubprocess *qemu, Frames *frames, Seen *seen)
{
	gint64 deadline = g_get_monotonic_time() + DEADLINE_US;
	int fd = -1;

	while (!seen->over && g_get_monotonic_time() < deadline && g_subprocess_get_identifier(qemu)) {
		char buffer[65536];
		gssize n;

		if (fd < 0)
			fd = open(path, O_RDONLY | O_CLOEXEC);
		n = fd < 0 ? 0 : read(fd, buffer, sizeof(buffer));
		if (n > 0)
			frames_feed(frames, buffer, (gsize)n, g_get_monotonic_time() * 1000);
		else
			g_usleep(POLL_US);
		g_main_context_iteration(NULL, FALSE);
	}
	if (fd >= 0)
		close(fd);
}

static void boot(const char *where, const char *append, Seen *seen, Frames *frames)
{
	const char *kernel = g_getenv("KHOTEST_TEST_KERNEL"), *accel = g_getenv("KHOTEST_TEST_ACCEL");
	const InitramfsHop hops[HOPS_MAX] = { { .image = kernel }, { .image = kernel }, { .image = kernel } };
	const InitramfsSpec spec = {
		.folder = folder, .probe = probe, .hops = hops, .n_hops = HOPS_MAX, .cache = where
	};
	g_autofree char *console = g_strdup_printf("file:%s/console.log", where);
	g_autofree char *channel = g_strdup_printf("file:%s/channel.raw", where);
	g_autoptr(GError) error = NULL;
	g_autoptr(Initramfs) initramfs = initramfs_build(&spec, &error);
	g_autoptr(GSubprocess) qemu = NULL;

	g_assert_no_error(error);
	qemu = g_subprocess_new(G_SUBPROCESS_FLAGS_NONE, &error, QEMU, "-machine", "q35", "-accel",
				accel ? accel : "tcg", "-m", "1G", "-smp", "2", "-nodefaults", "-display", "none",
				"-no-reboot", "-kernel", kernel, "-initrd", initramfs->path, "-append", append,
				"-serial", console, "-serial", channel, NULL);
	g_assert_no_error(error);
	follow(channel + strlen("file:"), qemu, frames, seen);
	g_subprocess_force_exit(qemu);
	g_assert_true(g_subprocess_wait(qemu, NULL, &error));
}

static void check_hop(const HopSeen *hop, int number, bool last)
{
	static const char *const always[] = {
		"hello",
		"proc/cmdline",
		"proc/pagetypeinfo",
		"proc/zoneinfo",
		"proc/meminfo",
		"proc/iomem",
		"proc/buddyinfo",
		"scratch-pages",
		"scratch-pages-end",
		"kmsg",
		"proc/config.gz",
		"manifest",
		"sys/kernel/debug/kho/out/scratch_phys",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(always); i++) {
		if (!g_ptr_array_find_with_equal_func(hop->names, always[i], g_str_equal, NULL))
			g_test_message("hop %d has no %s", number, always[i]);
		g_assert_true(g_ptr_array_find_with_equal_func(hop->names, always[i], g_str_equal, NULL));
	}
	g_assert_cmpstr(hop->names->pdata[0], ==, "hello");
	g_assert_cmpstr(hop->names->pdata[hop->names->len - 1], ==, last ? "done" : "leaving");
	g_assert_true(g_ptr_array_find_with_equal_func(hop->names, "sys/kernel/debug/kho/in/fdt", g_str_equal, NULL) ==
		      (number > 0));
	g_test_message("hop %d: %u frames, %zu bytes; hello to manifest %.0f ms, hello to end %.0f ms", number,
		       hop->frames, hop->bytes, (double)(hop->manifest_ns - hop->hello_ns) / 1e6,
		       (double)(hop->end_ns - hop->hello_ns) / 1e6);
}

static void test_chain(gconstpointer data)
{
	guint hops = GPOINTER_TO_UINT(data);
	g_autoptr(GString) append = g_string_new("console=ttyS0 kho=on khotest.hop=0 khotest.nonces=");
	g_autofree char *where = g_dir_make_tmp("khotest-guest-XXXXXX", NULL);
	g_autofree char *channel = g_build_filename(where, "channel.raw", NULL);
	Seen seen = { 0 };
	g_autoptr(Frames) frames = frames_new(note, &seen);
	g_autoptr(GError) error = NULL;

	if (!g_getenv("KHOTEST_TEST_KERNEL")) {
		g_test_skip("KHOTEST_TEST_KERNEL names no kernel");
		files_remove_tree(where, NULL);
		return;
	}
	for (guint i = 0; i < HOPS_MAX; i++)
		seen.hops[i].names = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; i < hops; i++)
		g_string_append_printf(append, "%snonce%u", i ? "," : "", i);
	boot(where, append->str, &seen, frames);

	g_assert_cmpstr(seen.failed, ==, NULL);
	g_assert_true(seen.over);
	g_assert_cmpuint(frames_garbage_bytes(frames), ==, 0);
	for (guint i = 0; i < hops; i++)
		check_hop(&seen.hops[i], (int)i, i == hops - 1);
	if (g_getenv("KHOTEST_RECORD") && hops == 2)
		g_assert_true(files_copy(channel, g_getenv("KHOTEST_RECORD"), &error));
	for (guint i = 0; i < HOPS_MAX; i++)
		g_ptr_array_unref(seen.hops[i].names);
	g_free(seen.kexec);
	files_remove_tree(where, NULL);
}

/* Without kho=on there is nothing to hand over with, and the guest must say so and not kexec. */
static void test_without_kho(void)
{
	g_autofree char *where = g_dir_make_tmp("khotest-guest-XXXXXX", NULL);
	Seen seen = { 0 };
	g_autoptr(Frames) frames = frames_new(note, &seen);

	if (!g_getenv("KHOTEST_TEST_KERNEL")) {
		g_test_skip("KHOTEST_TEST_KERNEL names no kernel");
		files_remove_tree(where, NULL);
		return;
	}
	for (guint i = 0; i < HOPS_MAX; i++)
		seen.hops[i].names = g_ptr_array_new_with_free_func(g_free);
	boot(where, "console=ttyS0 kho=off khotest.hop=0 khotest.nonces=a,b", &seen, frames);
	g_assert_nonnull(seen.failed);
	g_assert_true(g_str_has_prefix(seen.failed, "kernel without KHO: "));
	g_assert_cmpuint(seen.hops[0].names->len, >, 5);
	for (guint i = 0; i < HOPS_MAX; i++)
		g_ptr_array_unref(seen.hops[i].names);
	g_free(seen.failed);
	files_remove_tree(where, NULL);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	kernel_provide();
	g_assert_cmpint(argc, ==, 3);
	probe = argv[1];
	folder = argv[2];
	g_test_add_data_func("/guest/handover", GUINT_TO_POINTER(2), test_chain);
	g_test_add_data_func("/guest/chain-of-two-handovers", GUINT_TO_POINTER(3), test_chain);
	g_test_add_data_func("/guest/last-hop-only", GUINT_TO_POINTER(1), test_chain);
	g_test_add_func("/guest/without-kho", test_without_kho);
	return g_test_run();
}
