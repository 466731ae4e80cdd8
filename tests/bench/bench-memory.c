// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What it takes to judge a guest that has written as much as it may: a recorded run whose console goes on, in each way
 * that a guest could think of (run/recorder.c), and recorded runs of which one record after the other is longer than
 * it should be, in all kernels (proto/frame.h), up to the longest that a frame can be.
 *
 * Arguments: khotest, a recording whose console goes on, folder to work in, recordings whose records do.
 */
#include "../e2e/tool.h"

#include <base/files.h>
#include <proto/frame.h>
#include <store/journal.h>

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define BYTES_MOST (32u << 20)
#define LINES_MOST 200000u
#define LINE_BYTES 166u
/* The whole harness may have 64 MiB; libvirt and what it brings along take 30 of them once a machine runs. */
#define LIMIT_KIB (32 * 1024)
#define LIMIT_PAGE_KIB (40 * 1024)
/* The harness without a run has 20; with one in which nothing is amiss as well. */
#define LIMIT_RECORDS_KIB (48 * 1024)
/* On the channel, as in run/watch.c. */
#define RECORDS_MOST 10000u

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
	g_assert_cmpint(WEXITSTATUS(status), !=, 2);
	return usage.ru_maxrss;
}

static void bench_console(void)
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

/* Ways for a record to go on: a line of it. number: how many there were before. */
static void add_last_line(GString *text, const char *last, guint number)
{
	g_string_append_printf(text, "%s\n", last);
}

static void add_empty_line(GString *text, const char *last, guint number)
{
	g_string_append_c(text, '\n');
}

/* As of /dev/kmsg, each with a number of its own. */
static void add_record(GString *text, const char *last, guint number)
{
	g_string_append_printf(text, "4,%u,%u,-;WARNING: x\n", 100000 + number, 100000000 + number);
}

/* Pageblocks, and pages of scratch, in many pieces. */
static void add_run(GString *text, const char *last, guint number)
{
	g_string_append_printf(text, "%x 1 %x%s\n", 0x100000 + number * 512, number % 2,
			       strchr(last, '-') ? " - - -" : "");
}

static const struct {
	const char *name;
	const char *of; /* records whose name begins so; "": all */
	void (*add)(GString *text, const char *last, guint number);
} ways[] = {
	{ "its last line", "", add_last_line },	       { "empty lines", "", add_empty_line },
	{ "records of a log", "kmsg", add_record },    { "runs of pageblocks", "pageblocks", add_run },
	{ "runs of pages", "scratch-pages", add_run },
};

/* Bounds of records lie at these, and a frame may have as much as the last. */
static const gsize sizes[] = { 64 << 10, 128 << 10, 512 << 10, 1 << 20, 2 << 20, FRAME_PAYLOAD_MAX };

/* What a record of that size is. */
static GString *grow(const char *path, guint way, gsize size)
{
	g_autofree char *data = NULL, *last = NULL;
	GString *text = g_string_new(NULL);
	gsize length, kept;

	g_assert_true(g_file_get_contents(path, &data, &length, NULL));
	g_string_append_len(text, data, (gssize)length);
	while (length && data[length - 1] == '\n')
		data[--length] = '\0';
	last = g_strdup(strrchr(data, '\n') ? strrchr(data, '\n') + 1 : data);
	kept = text->len;
	for (guint i = 0; text->len <= size; i++) {
		kept = text->len;
		ways[way].add(text, last, i);
	}
	return g_string_truncate(text, kept);
}

/* Puts it in place of the record, as if the guest had sent it: its manifest and the journal know it so. */
static void replace(RunDir *run, Journal *journal, int hop, const char *name, const GString *text)
{
	g_autofree char *crc = g_strdup_printf("%08x", frame_crc32(0, text->str, (uint32_t)text->len)), *line = NULL;
	g_autoptr(GBytes) manifest = rundir_read_record(run, hop, FRAME_MANIFEST);
	g_autoptr(GString) listed = g_string_new(NULL);
	g_auto(GStrv) lines = NULL;

	g_assert_true(rundir_write_record(run, hop, name, text->str, text->len, NULL));
	for (guint i = 0; i < journal->events->len; i++) {
		JournalEvent *event = &g_array_index(journal->events, JournalEvent, i);

		if (event->kind != JOURNAL_RECORD || event->hop != hop || strcmp(event->name, name) != 0)
			continue;
		event->bytes = (gint64)text->len;
		event->crc = g_string_chunk_insert(journal->texts, crc);
	}
	if (!manifest || strcmp(name, FRAME_MANIFEST) == 0)
		return;
	line = g_strndup(g_bytes_get_data(manifest, NULL), g_bytes_get_size(manifest));
	lines = g_strsplit(line, "\n", -1);
	for (char **at = lines; *at; at++) {
		if (g_str_has_prefix(*at, name) && (*at)[strlen(name)] == ' ')
			g_string_append_printf(listed, "%s %zu %s\n", name, text->len, crc);
		else if (**at)
			g_string_append_printf(listed, "%s\n", *at);
	}
	replace(run, journal, hop, FRAME_MANIFEST, listed);
}

static void write_journal(RunDir *run, const Journal *journal)
{
	g_autofree char *path = rundir_file(run, RUNDIR_JOURNAL);
	FILE *emptied = fopen(path, "w");

	g_assert_nonnull(emptied);
	run->journal_fd = dup(fileno(emptied));
	fclose(emptied);
	for (guint i = 0; i < journal->events->len; i++)
		g_assert_true(journal_write(run, journal_at(journal, i), NULL));
}

static void copy(const char *from, const char *to)
{
	g_autoptr(GSubprocess) cp = NULL;

	files_remove_tree(to, NULL);
	cp = g_subprocess_new(G_SUBPROCESS_FLAGS_NONE, NULL, "cp", "-r", from, to, NULL);
	g_assert_true(g_subprocess_wait_check(cp, NULL, NULL));
}

/* The most that a call takes of a record that goes on in that way, and at which size. */
static long worst_of(const char *recording, const char *name, guint way, gsize *ret_size)
{
	g_autofree char *folder = g_build_filename(tool_argument(1), "records", NULL);
	long worst = 0;

	for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
		g_autoptr(RunDir) run = NULL;
		g_autoptr(Journal) journal = NULL;
		long peak;

		copy(recording, folder);
		run = rundir_open(folder, NULL);
		journal = journal_read(run);
		for (int hop = 0; hop < (int)rundir_hops(run); hop++) {
			g_autofree char *path = g_strdup_printf("%s/hops/%d/%s", folder, hop, name);
			g_autoptr(GString) text = NULL;

			if (!g_file_test(path, G_FILE_TEST_IS_REGULAR))
				continue;
			text = grow(path, way, sizes[i]);
			replace(run, journal, hop, name, text);
		}
		write_journal(run, journal);
		peak = peak_of((const char *const[]){ "report", "--format", "json", folder, NULL });
		if (peak > worst) {
			worst = peak;
			*ret_size = sizes[i];
		}
	}
	files_remove_tree(folder, NULL);
	return worst;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names of all records of a recording, sorted. Caller frees. */
static char **names_of(const char *recording)
{
	g_autoptr(RunDir) run = rundir_open(recording, NULL);
	g_autoptr(Journal) journal = journal_read(run);
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
	g_autofree char **keys = NULL;

	for (guint i = 0; i < journal->events->len; i++)
		if (journal_at(journal, i)->kind == JOURNAL_RECORD)
			g_hash_table_add(names, (gpointer)journal_at(journal, i)->name);
	keys = (char **)g_hash_table_get_keys_as_array(names, NULL);
	qsort(keys, g_hash_table_size(names), sizeof(*keys), by_name);
	return g_strdupv(keys);
}

/* Whether no recording before had such a record; those that most is kept of are tried with each. */
static bool is_new(const char *name)
{
	static GHashTable *tried;

	if (!tried)
		tried = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return g_hash_table_add(tried, g_strdup(name)) || g_str_has_prefix(name, FRAME_KMSG) ||
	       strcmp(name, FRAME_PAGEBLOCKS) == 0;
}

static void bench_records(gconstpointer data)
{
	const char *recording = data;
	g_auto(GStrv) names = names_of(recording);
	g_autofree char *title = g_path_get_basename(recording);

	for (char **name = names; *name; name++) {
		long worst = 0;
		gsize size = 0, at = 0;
		guint how = 0;

		if (!is_new(*name))
			continue;
		for (guint way = 0; way < G_N_ELEMENTS(ways); way++) {
			long peak = g_str_has_prefix(*name, ways[way].of) ? worst_of(recording, *name, way, &at) : 0;

			if (peak <= worst)
				continue;
			worst = peak;
			how = way;
			size = at;
		}
		g_test_message("%s, %s: %ld KiB (at most %d), with %s up to %zu KiB", title, *name, worst,
			       LIMIT_RECORDS_KIB, ways[how].name, size >> 10);
		g_assert_cmpint(worst, <=, LIMIT_RECORDS_KIB);
	}
}

/* As many records as a guest may send (run/watch.c), and for each what the host was asked. */
static void bench_many(void)
{
	g_autofree char *folder = g_build_filename(tool_argument(1), "many", NULL);
	g_autoptr(RunDir) run = NULL;
	g_autoptr(Journal) journal = NULL;
	long peak;

	copy(tool_argument(2), folder);
	run = rundir_open(folder, NULL);
	journal = journal_read(run);
	for (guint i = 0; i < RECORDS_MOST; i++) {
		JournalEvent record = journal_event(JOURNAL_RECORD, 0), host = journal_event(JOURNAL_HOST, 0);
		g_autofree char *name = g_strdup_printf(FRAME_PAYLOAD "x/%u", i);

		record.hop = host.hop = 1;
		record.name = host.at = g_string_chunk_insert(journal->texts, name);
		record.bytes = 0;
		record.intact = true;
		g_array_append_val(journal->events, record);
		g_array_append_val(journal->events, host);
	}
	write_journal(run, journal);
	peak = peak_of((const char *const[]){ "report", "--format", "json", folder, NULL });
	g_test_message("%u records: %ld KiB (at most %d)", RECORDS_MOST, peak, LIMIT_RECORDS_KIB);
	g_assert_cmpint(peak, <=, LIMIT_RECORDS_KIB);
	files_remove_tree(folder, NULL);
}

int main(int argc, char **argv)
{
	tool_init(&argc, &argv);
	g_test_add_func("/bench/memory/console", bench_console);
	g_test_add_func("/bench/memory/many", bench_many);
	for (int i = 2; tool_argument(i); i++) {
		g_autofree char *name = g_path_get_basename(tool_argument(i)),
				*path = g_strconcat("/bench/memory/", name, NULL);

		g_test_add_data_func(path, tool_argument(i), bench_records);
	}
	return g_test_run();
}
