// SPDX-License-Identifier: GPL-2.0-or-later
#include "tool.h"

#include <base/files.h>

#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* A guardian takes two seconds at most to see that there is no emulator to end (vm/guardian.c). */
#define LEAVE_US (6 * G_USEC_PER_SEC)

static bool belongs(const char *pid, const Bench *bench)
{
	static const char *const files[] = { "environ", "cmdline" };

	for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autofree char *path = g_build_filename("/proc", pid, files[i], NULL);
		g_autofree char *text = NULL;
		gsize length = 0;

		if (g_file_get_contents(path, &text, &length, NULL) && length &&
		    memmem(text, length, bench->folder, strlen(bench->folder)))
			return true;
	}
	return false;
}

guint aftermath_processes(const Bench *bench, bool to_end, GString *names)
{
	g_autoptr(GDir) proc = g_dir_open("/proc", 0, NULL);
	const char *name;
	guint found = 0;

	while ((name = g_dir_read_name(proc))) {
		pid_t pid = (pid_t)g_ascii_strtoll(name, NULL, 10);
		g_autofree char *comm = g_build_filename("/proc", name, "comm", NULL);
		g_autofree char *text = NULL;

		if (pid <= 1 || pid == getpid() || !belongs(name, bench))
			continue;
		found++;
		if (names && g_file_get_contents(comm, &text, NULL, NULL))
			g_string_append_printf(names, " %s(%d)", g_strchomp(text), (int)pid);
		if (to_end)
			kill(pid, SIGKILL);
	}
	return found;
}

static void check_orphans(Fault *fault)
{
	gint64 give_up = g_get_monotonic_time() + LEAVE_US;
	g_autoptr(GString) names = g_string_new(NULL);

	while (aftermath_processes(fault->bench, false, NULL)) {
		if (g_get_monotonic_time() > give_up) {
			fault->orphans = aftermath_processes(fault->bench, true, names);
			g_string_append_printf(fault->wrong, "%sleft behind:%s", fault->wrong->len ? "; " : "",
					       names->str);
			return;
		}
		g_usleep(20000);
	}
}

/* Whoever comes next must get each lock of the folder's cache and of its sockets. */
static void check_locks(Fault *fault, const char *folder)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(folder, name, NULL);
		int fd;

		if (g_file_test(path, G_FILE_TEST_IS_SYMLINK))
			continue;
		if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
			/* git's own are looked after by who uses that tree next (build/git.c) */
			if (strcmp(name, ".git") != 0)
				check_locks(fault, path);
			continue;
		}
		if (!g_str_has_suffix(name, "lock"))
			continue;
		fd = files_lock(path, false, NULL);
		if (fd < 0)
			fault_blame(fault, "%s is still held", path);
		else
			close(fd);
	}
}

static void check_junit(Fault *fault, const char *rundir, int expected)
{
	const char *const words[] = { "report", rundir, "--format", "junit", NULL };
	g_autofree char *out = NULL;
	g_autoptr(GError) error = NULL;
	int status = tool_call(fault, words, &out, NULL);

	if (status != expected)
		fault_blame_report(fault, "junit ended with %d, json with %d", status, expected);
	else if (!xml_is_sound(out, &error))
		fault_blame_report(fault, "junit is no XML: %s", error->message);
}

static void check_page(Fault *fault, const char *rundir, int expected)
{
	g_autofree char *page = g_build_filename(fault->folder, "page.html", NULL);
	const char *const words[] = { "report", rundir, "--html", page, "--format", "json", NULL };
	g_autofree char *text = NULL;
	gsize length = 0;
	int status = tool_call(fault, words, NULL, NULL);

	if (status != expected)
		fault_blame_report(fault, "with --html it ended with %d, without with %d", status, expected);
	else if (!g_file_get_contents(page, &text, &length, NULL) || !page_is_whole(text))
		fault_blame_report(fault, "the page is not whole");
	unlink(page);
}

void aftermath_report(Fault *fault, const char *rundir, const char *same)
{
	const char *const words[] = { "report", rundir, "--format", "json", NULL };
	const char *const plain[] = { "report", rundir, NULL };
	g_autofree char *out = NULL, *err = NULL, *word = NULL;
	int status = tool_call(fault, words, &out, &err);

	/* without a plan that can be read, or without a journal, it is an error that says so */
	if (!*out && status == 99 && strlen(err) > 1)
		word = g_strdup("exit 99");
	else
		word = word_of_result(out, status);
	if (g_str_has_prefix(word, "broken"))
		fault_blame_report(fault, "report of %s: %s, %s", rundir, word, err);
	if (!same)
		fault_take_word(fault, "report", word);
	else if (strcmp(word, same) != 0)
		fault_blame(fault, "the run ended with '%s', and its report says '%s'", same, word);
	if (strcmp(word, "exit 99") == 0)
		return;
	if (tool_call(fault, plain, NULL, NULL) != status)
		fault_blame_report(fault, "the report for people ended otherwise than with %d", status);
	check_junit(fault, rundir, status);
	check_page(fault, rundir, status);
}

void aftermath_check(Fault *fault)
{
	g_autofree char *cache = g_build_filename(fault->bench->folder, "cache", NULL);
	g_autofree char *runtime = g_build_filename(fault->bench->folder, "r", NULL);

	if (fault->started)
		check_orphans(fault);
	check_locks(fault, cache);
	check_locks(fault, runtime);
	check_locks(fault, fault->folder);
}
