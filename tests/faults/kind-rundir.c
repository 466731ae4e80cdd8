// SPDX-License-Identifier: GPL-2.0-or-later
/* Run directories that were damaged after the run, as by a disk, a crash of the host, or somebody who tidied up. */
#include "tool.h"

#include <base/files.h>

#include <glib/gstdio.h>
#include <string.h>

static void collect(const char *folder, GPtrArray *paths)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		char *path = g_build_filename(folder, name, NULL);

		/* what should come out is none of the run's */
		if (g_str_has_prefix(name, "expected"))
			g_free(path);
		else if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
			collect(path, paths);
			g_free(path);
		} else {
			g_ptr_array_add(paths, path);
		}
	}
}

static int by_text(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static char *pick_file(Fault *fault, const char *rundir)
{
	g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);

	collect(rundir, paths);
	g_ptr_array_sort(paths, by_text);
	return paths->len ? g_strdup(paths->pdata[fault_number(fault, 0, paths->len - 1)]) : NULL;
}

static void flip_bits(Fault *fault, char *data, gsize length)
{
	guint flips = fault_number(fault, 1, 8);

	for (guint i = 0; i < flips && length; i++) {
		gsize at = fault_number(fault, 0, (guint)length - 1);
		guint bit = fault_number(fault, 0, 7);

		data[at] = (char)(data[at] ^ (1 << bit));
		fault_tell(fault, "bit %u of byte %zu", bit, at);
	}
}

/* A sector or a page of a file that never reached the disk. */
static void clear_block(Fault *fault, char *data, gsize length)
{
	gsize size = fault_number(fault, 0, 1) ? 512 : 4096;
	gsize at = length ? fault_number(fault, 0, (guint)((length - 1) / size)) * size : 0;

	memset(data + at, 0, MIN(size, length - at));
	fault_tell(fault, "%zu bytes from %zu on are 0", MIN(size, length - at), at);
}

static void damage_content(Fault *fault, const char *path)
{
	g_autofree char *data = NULL;
	gsize length = 0;

	g_assert_true(g_file_get_contents(path, &data, &length, NULL));
	switch (fault_number(fault, 0, 3)) {
	case 0:
		length = fault_number(fault, 0, (guint)length);
		fault_tell(fault, "cut to %zu", length);
		break;
	case 1:
		clear_block(fault, data, length);
		break;
	default:
		flip_bits(fault, data, length);
		break;
	}
	g_assert_true(files_write_fast(path, data, length, NULL));
}

static void damage(Fault *fault, const char *rundir)
{
	g_autofree char *path = pick_file(fault, rundir);
	g_autofree char *parent = path ? g_path_get_dirname(path) : NULL;

	if (!path)
		return;
	fault_tell(fault, "%s", path + strlen(rundir) + 1);
	switch (fault_number(fault, 0, 9)) {
	case 0:
		fault_tell(fault, "removed");
		g_unlink(path);
		break;
	case 1:
		fault_tell(fault, "its folder removed");
		if (strcmp(parent, rundir) != 0)
			files_remove_tree(parent, NULL);
		break;
	case 2:
		fault_tell(fault, "a folder in its place");
		g_unlink(path);
		g_mkdir(path, 0755);
		break;
	default:
		damage_content(fault, path);
		break;
	}
}

static void inject_damaged(Fault *fault)
{
	g_autofree char *from = fault_pick_entry(fault, fault->bench->recordings, true);
	g_autofree char *rundir = recording_copy(fault, from, true), *before = recording_word(from), *word = NULL;
	guint times = fault_number(fault, 1, 3);

	fault_forbid_better(fault, before);
	fault_tell(fault, "%s, which was %s", strrchr(rundir, '/') + 1, before);
	for (guint i = 0; i < times; i++)
		damage(fault, rundir);
	word = judge_in_child(rundir, fault->seed % 2 == 0);
	if (g_str_has_prefix(word, "broken"))
		fault_blame_report(fault, "%s", word);
	fault_take_word(fault, "judged", word);
	/* by the program as well: some, as that takes longer than all the rest */
	if (fault->seed % 8 == 0)
		aftermath_report(fault, rundir, word);
}

const Kind kinds_rundir[] = {
	{ "rundir-damaged",
	  false,
	  300,
	  "a recorded run directory with bits flipped, blocks cleared, files cut or removed, one to three times",
	  { "PASS", "FAIL *", "ERROR *", "exit 99", NULL },
	  inject_damaged },
	{ NULL },
};
