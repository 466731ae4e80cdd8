// SPDX-License-Identifier: GPL-2.0-or-later
/* The run directory goes away, becomes read-only, or its disk is full while a run writes there. */
#include "tool.h"

#include <base/files.h>

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define RUN_MS 9000
#define END_S 200

/* Of a machine that has begun: what is done before is of no interest here. */
static char *await_console(Fault *fault, Tool *tool)
{
	char *rundir = tool_await_rundir(tool, "console.log");

	if (!rundir)
		fault_skip(fault, "there was no run to disturb");
	return rundir;
}

/* The word, and what can be reported of what is left. */
static void finish(Fault *fault, Tool *tool, const char *rundir)
{
	g_autofree char *word = NULL, *err = NULL;

	tool_wait(tool, END_S);
	word = tool_word(tool);
	err = tool_complained(tool);
	fault_take_word(fault, "run", word);
	if (g_str_has_prefix(word, "exit") && strlen(err) < 10)
		fault_blame(fault, "it did not say why");
	if (g_file_test(rundir, G_FILE_TEST_IS_DIR))
		aftermath_report(fault, rundir, NULL);
}

static void inject_removed(Fault *fault)
{
	static const char *const parts[] = { "", "", "hops", "console.log", "channel", "journal.jsonl", "plan.json" };
	g_autoptr(Tool) tool = tool_start_run(fault, NULL, NULL, NULL);
	g_autofree char *rundir = await_console(fault, tool), *path = NULL, *aside = NULL;
	const char *part = parts[fault_number(fault, 0, G_N_ELEMENTS(parts) - 1)];

	if (!rundir)
		return;
	path = g_build_filename(rundir, part, NULL);
	fault_sleep(fault, 0, RUN_MS);
	if (fault_number(fault, 0, 3) == 0) {
		aside = g_build_filename(fault->folder, "aside", NULL);
		fault_tell(fault, "'%s' is moved away", part);
		g_rename(*part ? path : rundir, aside);
	} else {
		fault_tell(fault, "'%s' is removed", part);
		files_remove_tree(*part ? path : rundir, NULL);
	}
	finish(fault, tool, rundir);
}

/* Root writes where it likes, unless this is taken away from it. */
static const char *const as_others[] = { "setpriv", "--inh-caps=-all", "--bounding-set=-dac_override,-dac_read_search",
					 NULL };

static void inject_readonly(Fault *fault)
{
	g_autoptr(Tool) tool = NULL;
	g_autofree char *rundir = NULL, *hops = NULL;

	if (!host_run(fault, "setpriv --inh-caps=-all --bounding-set=-dac_override,-dac_read_search true"))
		return;
	tool = tool_start_run(fault, as_others, NULL, NULL);
	rundir = await_console(fault, tool);
	if (!rundir)
		return;
	hops = g_build_filename(rundir, "hops", NULL);
	fault_sleep(fault, 0, RUN_MS);
	fault_tell(fault, "chmod -R a-w");
	g_chmod(rundir, 0555);
	g_chmod(hops, 0555);
	finish(fault, tool, rundir);
	g_chmod(rundir, 0755);
	g_chmod(hops, 0755);
}

static bool mount_small(Fault *fault, const char *path, guint kib)
{
	g_autofree char *options = g_strdup_printf("size=%uk", kib);

	g_mkdir(path, 0755);
	if (mount("tmpfs", path, "tmpfs", 0, options) == 0)
		return true;
	fault_skip(fault, "no file system of a limited size can be mounted: %s", g_strerror(errno));
	return false;
}

/* All of the room that is left but for some KiB, for some time or for good. */
static void fill(Fault *fault, const char *folder, guint left_kib, bool for_good)
{
	g_autofree char *path = g_build_filename(folder, "ballast", NULL);
	g_autofree char *block = g_malloc0(1 << 16);
	gsize size = 1 << 16;
	FILE *file = g_fopen(path, "we");

	for (; file && size > 256; size /= 2)
		while (fwrite(block, 1, size, file) == size && fflush(file) == 0)
			;
	if (file)
		fclose(file);
	if (left_kib) {
		GStatBuf info;

		g_assert_cmpint(g_stat(path, &info), ==, 0);
		g_assert_cmpint(truncate(path, MAX(0, info.st_size - (off_t)left_kib * 1024)), ==, 0);
	}
	fault_tell(fault, "the disk is full but for %u KiB", left_kib);
	if (for_good)
		return;
	fault_sleep(fault, 10, 4000);
	fault_tell(fault, "it has room again");
	g_unlink(path);
}

static void inject_full(Fault *fault)
{
	/* with less than a run asks for nothing is begun (run/budget.h) */
	bool small = fault_number(fault, 0, 7) == 0;
	guint kib = small ? fault_number(fault, 16, 60000) : 100000;
	g_autoptr(Tool) tool = NULL;
	g_autofree char *rundir = NULL, *word = NULL;

	if (!mount_small(fault, fault->output, kib))
		return;
	fault_tell(fault, "%u KiB in all", kib);
	tool = tool_start_run(fault, NULL, NULL, NULL);
	rundir = tool_await_rundir(tool, NULL);
	if (rundir) {
		fault_sleep(fault, 0, RUN_MS);
		fill(fault, fault->output, fault_number(fault, 0, 2) ? fault_number(fault, 0, 1500) : 0,
		     fault_number(fault, 0, 1));
		finish(fault, tool, rundir);
	} else {
		tool_wait(tool, END_S);
		word = tool_word(tool);
		fault_take_word(fault, "run", word);
	}
	g_clear_pointer(&tool, tool_free);
	umount2(fault->output, MNT_DETACH);
}

/* The cache has no room for an initramfs, or for what libvirt keeps there. */
static void inject_cache_full(Fault *fault)
{
	g_autofree char *cache = g_build_filename(fault->bench->folder, "cache", NULL);
	g_autofree char *small = g_build_filename(fault->folder, "small", NULL);
	g_autofree char *env = g_strdup_printf("XDG_CACHE_HOME=%s", small);
	g_autofree char *copy =
		g_strdup_printf("mkdir '%s/khotest' && cp -a '%s/khotest/kernels' '%s/khotest'", small, cache, small);
	const char *const more[] = { env, NULL };
	guint kib = fault_number(fault, 8000, 20000);
	g_autofree char *word = NULL, *err = NULL, *again = NULL, *wider = NULL;

	if (!mount_small(fault, small, kib))
		return;
	fault_tell(fault, "a cache of %u KiB", kib);
	if (host_run(fault, copy)) {
		g_autoptr(Tool) tool = tool_start_run(fault, NULL, NULL, more);
		g_autoptr(Tool) next = NULL;

		tool_wait(tool, END_S);
		word = tool_word(tool);
		fault_take_word(fault, "run", word);
		/* and with room it goes on */
		wider = g_strdup_printf("mount -o remount,size=400m '%s'", small);
		if (strcmp(word, "PASS") != 0 && host_run(fault, wider)) {
			next = tool_start_run(fault, NULL, NULL, more);
			tool_wait(next, END_S);
			again = tool_word(next);
			fault_tell(fault, "with room: %s", again);
			if (strcmp(again, "PASS") != 0)
				fault_blame(fault, "with room it ended with '%s'", again);
		}
	}
	umount2(small, MNT_DETACH);
}

const Kind kinds_folder[] = {
	{ "rundir-removed",
	  true,
	  50,
	  "the run directory, or a part of it, is removed or moved away while the run writes there",
	  { "PASS", "exit 99", "ERROR *", NULL },
	  inject_removed },
	{ "rundir-readonly",
	  true,
	  30,
	  "the run directory becomes read-only for the harness",
	  { "PASS", "exit 99", "ERROR *", NULL },
	  inject_readonly },
	{ "disk-full",
	  true,
	  60,
	  "the run directory's disk is too small, or becomes full at a random moment, for good or for a while",
	  { "PASS", "exit 77", "exit 99", "ERROR *", "SKIP host-cannot", NULL },
	  inject_full },
	{ "cache-full",
	  true,
	  20,
	  "the cache's disk is too small for what a run makes there; then it is not",
	  { "PASS", "exit 77", "exit 99", NULL },
	  inject_cache_full },
	{ NULL },
};
