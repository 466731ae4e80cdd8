// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What it takes to judge a guest that has written as much to its console as it may (run/recorder.c): a recorded run
 * whose console goes on, in each way that a guest could think of.
 *
 * Arguments: khotest, a recording, folder to work in.
 */
#include "../e2e/tool.h"

#include <base/files.h>

#include <glib/gstdio.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define BYTES_MOST (32u << 20)
#define LINES_MOST 200000u
#define LINE_BYTES 166u
/* The whole harness may have 64 MiB; libvirt and what it brings along take 30 of them once a machine runs. */
#define LIMIT_KIB (32 * 1024)
#define LIMIT_PAGE_KIB (40 * 1024)

static void put_text(FILE *out, guint i)
{
	fprintf(out, "[%5u.%06u] %0*u\n", i / 1000, i % 1000, (int)LINE_BYTES - 15, i);
}

static void put_report(FILE *out, guint i)
{
	fprintf(out, "[%5u.%06u] BUG: Bad page state in process init  pfn:%0*x\n", i / 1000, i % 1000,
		(int)LINE_BYTES - 58, i);
}

/* Each byte becomes a character of three. */
static void put_noise(FILE *out, guint i)
{
	for (guint n = 0; n < LINE_BYTES; n++)
		putc(0x80 + (int)((i + n * n) % 0x40), out);
	putc('\n', out);
}

static void put_endless(FILE *out, guint i)
{
	for (guint n = 0; n < LINE_BYTES; n++)
		putc('a' + (int)(i % 26), out);
}

static const struct {
	const char *name;
	void (*put)(FILE *out, guint i);
} kinds[] = {
	{ "text", put_text },
	{ "reports", put_report },
	{ "noise", put_noise },
	{ "endless", put_endless },
};

/* The recording, with a console that goes on. Caller frees its path. */
static char *make(const char *name, void (*put)(FILE *out, guint i))
{
	static const char *const files[] = { "plan.json", "journal.jsonl", "console.log", "console.times" };
	char *folder = g_build_filename(tool_argument(1), name, NULL);
	g_autofree char *path = g_build_filename(folder, "console.log", NULL),
			*stamps = g_build_filename(folder, "console.times", NULL);
	FILE *log, *times;

	files_remove_tree(folder, NULL);
	g_assert_true(files_mkdirs(folder, NULL));
	for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autofree char *from = g_build_filename(tool_argument(0), files[i], NULL),
				*to = g_build_filename(folder, files[i], NULL), *text = NULL;
		gsize length;

		g_assert_true(g_file_get_contents(from, &text, &length, NULL));
		g_assert_true(files_write_fast(to, text, length, NULL));
	}
	log = fopen(path, "a");
	times = fopen(stamps, "a");
	g_assert_true(log && times);
	for (guint i = 0; i < LINES_MOST && ftello(log) < BYTES_MOST; i++) {
		fprintf(times, "%u000000 %lld\n", 100000 + i, (long long)ftello(log));
		put(log, i);
	}
	fclose(log);
	fclose(times);
	return folder;
}

/* The largest resident set of one call, in KiB. */
static long peak_of(const char *const *words)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	struct rusage usage;
	GPid pid;
	int status;

	g_ptr_array_add(argv, (gpointer)tool_path());
	for (; *words; words++)
		g_ptr_array_add(argv, (gpointer)*words);
	g_ptr_array_add(argv, NULL);
	g_spawn_async(NULL, (char **)argv->pdata, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL, NULL,
		      NULL, &pid, &error);
	g_assert_no_error(error);
	g_assert_cmpint(wait4(pid, &status, 0, &usage), ==, pid);
	g_assert_true(WIFEXITED(status));
	g_assert_cmpint(WEXITSTATUS(status), ==, 1);
	return usage.ru_maxrss;
}

static void bench_memory(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
		g_autofree char *run = make(kinds[i].name, kinds[i].put), *page = g_strconcat(run, ".html", NULL);
		long judged = peak_of((const char *const[]){ "report", "--format", "json", run, NULL }),
		     shown = peak_of((const char *const[]){ "report", "--html", page, run, NULL });

		g_test_message("%s: judged with %ld KiB (at most %d), its page with %ld KiB (at most %d)",
			       kinds[i].name, judged, LIMIT_KIB, shown, LIMIT_PAGE_KIB);
		g_assert_cmpint(judged, <=, LIMIT_KIB);
		g_assert_cmpint(shown, <=, LIMIT_PAGE_KIB);
		g_assert_true(files_remove_tree(run, NULL));
		g_remove(page);
	}
}

int main(int argc, char **argv)
{
	tool_init(&argc, &argv);
	g_test_add_func("/bench/memory", bench_memory);
	return g_test_run();
}
