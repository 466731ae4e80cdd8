// SPDX-License-Identifier: GPL-2.0-or-later
#include "lines.h"

#include <base/error.h>
#include <base/files.h>
#include <base/units.h>
#include <proto/frame.h>
#include <store/comparedir.h>
#include <store/matrixdir.h>
#include <store/results.h>
#include <store/rundir.h>

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static const char *const file_names[] = {
	[RUNDIR_PLAN] = "plan.json",
	[RUNDIR_HOST] = "host.json",
	[RUNDIR_DOMAIN_XML] = "domain.xml",
	[RUNDIR_CONSOLE] = "console.log",
	[RUNDIR_CONSOLE_TIMES] = "console.times",
	[RUNDIR_EMULATOR_LOG] = "emulator.log",
	[RUNDIR_MACHINE] = "machine.txt",
	[RUNDIR_MEMORY] = "memory.core",
	[RUNDIR_DUMP] = "memory.dump",
	[RUNDIR_LINES] = "lines.txt",
	[RUNDIR_JOURNAL] = "journal.jsonl",
	[RUNDIR_RESULT] = "result.json",
	[RUNDIR_REPRODUCE] = "reproduce.sh",
	[RUNDIR_CONFIG] = "kernel.config",
};

/* What a guest can say between two looks, and more. */
#define ROOM_LEAST ((guint64)256 << 10)
#define SUM_AT_ONCE ((gsize)64 << 10)
#define HOPS_FOLDER "hops"
#define KERNELS_FOLDER "kernels"

static RunDir *rundir_new(char *path)
{
	RunDir *run = g_new0(RunDir, 1);

	run->path = path;
	run->id = g_path_get_basename(path);
	run->journal_fd = -1;
	return run;
}

RunDir *rundir_create(const char *parent, const char *label, GError **error)
{
	g_autofree char *absolute = g_canonicalize_filename(parent, NULL);

	if (!files_mkdirs(absolute, error))
		return NULL;
	for (int tries = 0; tries < 100; tries++) {
		g_autofree char *path = results_name(absolute, label);
		g_autoptr(RunDir) run = NULL;
		g_autofree char *journal = NULL;

		if (g_mkdir(path, 0755) < 0) {
			if (errno == EEXIST)
				continue;
			error_set(error, KHOTEST_ERROR_FAILED, "cannot create run directory %s: %s", path,
				  g_strerror(errno));
			return NULL;
		}
		run = rundir_new(g_steal_pointer(&path));
		journal = rundir_file(run, RUNDIR_JOURNAL);
		run->journal_fd = g_open(journal, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
		if (run->journal_fd < 0) {
			error_set(error, KHOTEST_ERROR_FAILED, "cannot create %s: %s", journal, g_strerror(errno));
			return NULL;
		}
		return g_steal_pointer(&run);
	}
	error_set(error, KHOTEST_ERROR_FAILED, "cannot find a free name for a run directory in %s", absolute);
	return NULL;
}

RunDir *rundir_open(const char *path, GError **error)
{
	g_autoptr(RunDir) run = rundir_new(g_canonicalize_filename(path, NULL));
	g_autofree char *plan = rundir_file(run, RUNDIR_PLAN);
	g_autofree char *journal = rundir_file(run, RUNDIR_JOURNAL);

	if (!g_file_test(path, G_FILE_TEST_IS_DIR)) {
		error_set(error, KHOTEST_ERROR_INPUT,
			  "there is no run directory %s ('khotest list runs' shows those that are)", path);
		return NULL;
	}
	/* these hold run directories, and a matrix has a journal too */
	if (comparedir_is(path) || matrixdir_is(path)) {
		error_set(error, KHOTEST_ERROR_INPUT,
			  "%s is not a run but a %s: its runs are in %s/runs, and 'khotest %s --report %s' shows it",
			  path, comparedir_is(path) ? "comparison" : "matrix or a sweep", path,
			  comparedir_is(path) ? "compare" : "matrix", path);
		return NULL;
	}
	if (!g_file_test(plan, G_FILE_TEST_EXISTS) && !g_file_test(journal, G_FILE_TEST_EXISTS)) {
		error_set(error, KHOTEST_ERROR_INPUT,
			  "%s is not a run directory: it has neither plan.json nor a journal", path);
		return NULL;
	}
	return g_steal_pointer(&run);
}

void rundir_free(RunDir *run)
{
	if (!run)
		return;
	if (run->journal_fd >= 0)
		close(run->journal_fd);
	g_free(run->path);
	g_free(run->id);
	g_free(run);
}

char *rundir_file(const RunDir *run, RunFile file)
{
	return g_build_filename(run->path, file_names[file], NULL);
}

bool rundir_write(RunDir *run, RunFile file, const char *text, GError **error)
{
	g_autofree char *path = rundir_file(run, file);

	if (!files_write_fast(path, text, strlen(text), error))
		return false;
	if (file == RUNDIR_REPRODUCE)
		g_chmod(path, 0755);
	return true;
}

bool rundir_write_bytes(RunDir *run, RunFile file, GBytes *bytes, GError **error)
{
	g_autofree char *path = rundir_file(run, file);
	gsize length;
	const void *data = g_bytes_get_data(bytes, &length);

	return files_write_fast(path, data, length, error);
}

/* Of a path as seen from the run directory, what rundir_find() says. */
static char *find(const RunDir *run, const char *name)
{
	g_autofree char *path = files_find_below(run->path, name);

	return path && g_file_test(path, G_FILE_TEST_IS_REGULAR) ? g_steal_pointer(&path) : NULL;
}

char *rundir_find(const RunDir *run, RunFile file)
{
	return find(run, file_names[file]);
}

static GBytes *read_if_there(const RunDir *run, const char *name)
{
	g_autofree char *path = find(run, name);

	return path ? files_read(path, NULL) : NULL;
}

/* NULL for NULL. */
static char *text_if_there(const RunDir *run, const char *name)
{
	g_autoptr(GBytes) bytes = name ? read_if_there(run, name) : NULL;

	return bytes ? g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes)) : NULL;
}

GBytes *rundir_read(const RunDir *run, RunFile file)
{
	return read_if_there(run, file_names[file]);
}

char *rundir_text(const RunDir *run, RunFile file)
{
	return text_if_there(run, file_names[file]);
}

/* As seen from the run directory. */
static char *record_name(int hop, const char *name)
{
	return g_strdup_printf(HOPS_FOLDER "/%d/%s", hop, name);
}

static char *record_path(const RunDir *run, int hop, const char *name)
{
	g_autofree char *record = record_name(hop, name);

	return g_build_filename(run->path, record, NULL);
}

bool rundir_check(const RunDir *run, GError **error)
{
	g_autofree char *journal = rundir_file(run, RUNDIR_JOURNAL);
	g_autofree char *room = NULL;
	guint64 free_bytes;

	if (!g_file_test(journal, G_FILE_TEST_EXISTS))
		return error_set(error, KHOTEST_ERROR_FAILED,
				 "the run directory %s, or the journal in it, was removed while the run wrote there",
				 run->path);
	free_bytes = files_free_bytes(run->path);
	if (free_bytes >= ROOM_LEAST)
		return true;
	room = units_format_size_about(free_bytes);
	return error_set(error, KHOTEST_ERROR_HOST,
			 "the disk of %s is full (%s are left): what the guest says from here on would be lost",
			 run->path, room);
}

bool rundir_has_place(const RunDir *run, int hop, const char *name)
{
	g_autofree char *path = record_path(run, hop, name), *at = g_path_get_dirname(path);

	if (g_file_test(path, G_FILE_TEST_IS_DIR))
		return false;
	while (!g_file_test(at, G_FILE_TEST_EXISTS)) {
		char *up = g_path_get_dirname(at);

		g_free(at);
		at = up;
	}
	return g_file_test(at, G_FILE_TEST_IS_DIR);
}

bool rundir_write_record(RunDir *run, int hop, const char *name, const void *payload, gsize length, GError **error)
{
	g_autofree char *path = record_path(run, hop, name);
	g_autofree char *folder = g_path_get_dirname(path);

	/* nor is a run directory that somebody has removed made again, with nothing but records in it */
	return rundir_check(run, error) && files_mkdirs(folder, error) &&
	       files_write_fast(path, payload, length, error);
}

GBytes *rundir_read_record(const RunDir *run, int hop, const char *name)
{
	g_autofree char *record = record_name(hop, name);

	return read_if_there(run, record);
}

bool rundir_sum_record(const RunDir *run, int hop, const char *name, gsize *ret_bytes, guint32 *ret_crc)
{
	g_autofree char *record = record_name(hop, name), *path = find(run, record);
	g_autofree guint8 *buffer = g_malloc(SUM_AT_ONCE);
	int fd = path ? g_open(path, O_RDONLY | O_CLOEXEC, 0) : -1;
	gssize n;

	if (fd < 0)
		return false;
	*ret_bytes = 0;
	*ret_crc = 0;
	while ((n = read(fd, buffer, SUM_AT_ONCE)) > 0) {
		*ret_crc = frame_crc32(*ret_crc, buffer, (uint32_t)n);
		*ret_bytes += (gsize)n;
	}
	close(fd);
	return n == 0;
}

char *rundir_symbols(const char *sha256)
{
	return g_build_filename(KERNELS_FOLDER, sha256, "System.map", NULL);
}

char *rundir_config(const char *sha256)
{
	return g_build_filename(KERNELS_FOLDER, sha256, "config", NULL);
}

char *rundir_layout(const char *sha256)
{
	return g_build_filename(KERNELS_FOLDER, sha256, "layout", NULL);
}

bool rundir_keep(RunDir *run, const char *file, const char *from, GError **error)
{
	g_autofree char *path = file ? g_build_filename(run->path, file, NULL) : NULL;
	g_autofree char *folder = path ? g_path_get_dirname(path) : NULL;

	if (!path || g_file_test(path, G_FILE_TEST_EXISTS))
		return true;
	return files_mkdirs(folder, error) && files_share(from, path, error);
}

char *rundir_read_symbols(const RunDir *run, const PlanHop *hop)
{
	return text_if_there(run, hop->symbols);
}

char *rundir_read_layout(const RunDir *run, const PlanHop *hop)
{
	/* beside its System.map */
	g_autofree char *folder = hop->symbols ? g_path_get_dirname(hop->symbols) : NULL;
	g_autofree char *name = folder ? g_build_filename(folder, "layout", NULL) : NULL;

	return text_if_there(run, name);
}

char *rundir_read_config(const RunDir *run, const PlanHop *hop)
{
	return text_if_there(run, hop->config ? hop->config : file_names[RUNDIR_CONFIG]);
}

guint rundir_hops(const RunDir *run)
{
	g_autofree char *folder = files_find_below(run->path, HOPS_FOLDER);
	g_autoptr(GDir) dir = folder ? g_dir_open(folder, 0, NULL) : NULL;
	const char *name;
	guint hops = 0;

	while (dir && (name = g_dir_read_name(dir))) {
		guint64 number;

		if (g_ascii_string_to_unsigned(name, 10, 0, 1000, &number, NULL))
			hops = MAX(hops, (guint)number + 1);
	}
	return hops;
}

char **rundir_list(const char *parent)
{
	return lines_folders(parent, file_names[RUNDIR_JOURNAL]);
}
