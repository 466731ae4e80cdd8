// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The index against run directories that are made up: what is read again and what
 * is not, what drops out, and what becomes of a file that cannot be used.
 */
#include <base/error.h>
#include <base/files.h>
#include <history/runindex.h>
#include <store/rundir.h>

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
	char *folder;
	char *runs;
	char *path; /* of the index */
	guint reads;
} Sandbox;

static void add_journal_line(const char *run, const char *line)
{
	g_autofree char *path = g_build_filename(run, "journal.jsonl", NULL);
	int fd = g_open(path, O_WRONLY | O_APPEND | O_CREAT, 0644);

	g_assert_cmpint(fd, >=, 0);
	g_assert_cmpint(write(fd, line, strlen(line)), ==, (gssize)strlen(line));
	close(fd);
}

/* A run directory whose journal says what fake_read() takes from it. */
static void add_run(const Sandbox *s, const char *name, const char *words)
{
	g_autofree char *run = g_build_filename(s->runs, name, NULL);

	g_assert_cmpint(g_mkdir(run, 0755), ==, 0);
	add_journal_line(run, words);
}

/* "SERIES VERDICT KEY DATE VALUE" of the last line; one word: it cannot be read. */
static IndexedRun *fake_read(const char *path, gpointer data)
{
	Sandbox *s = data;
	g_autofree char *file = g_build_filename(path, "journal.jsonl", NULL);
	g_autoptr(GBytes) bytes = files_read(file, NULL);
	g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_auto(GStrv) words = g_strsplit(lines[g_strv_length(lines) - 1], " ", -1);
	IndexedRun *run = indexedrun_new(path);

	s->reads++;
	if (!words[1]) {
		run->problem = g_strdup("no");
		return run;
	}
	run->series = g_strdup(words[0]);
	run->verdict = g_strdup(words[1]);
	run->key = g_strdup(words[2]);
	run->date = g_strdup(words[3]);
	run->kernel = g_strdup("7.1");
	run->image = g_strdup("cafe");
	if (strcmp(run->verdict, "PASS") != 0) {
		run->class = g_strdup("hang");
		run->title = g_strdup("hang in memmap_init");
	}
	indexedrun_add_value(run, "init2", g_ascii_strtoll(words[4], NULL, 10));
	indexedrun_add_part(run, "memory", words[2]);
	indexedrun_add_part(run, "guest CPUs", "2");
	return run;
}

static RunIndex *open_index(Sandbox *s, const char *maker, char **ret_why)
{
	g_autoptr(GError) error = NULL;
	RunIndex *index = runindex_open(s->path, maker, NULL, ret_why, &error);

	g_assert_no_error(error);
	return index;
}

static RunIndexUpdate update(Sandbox *s, RunIndex *index)
{
	const char *folders[] = { s->runs, NULL };
	g_autoptr(GError) error = NULL;
	RunIndexUpdate counts;

	s->reads = 0;
	g_assert_true(runindex_update(index, folders, fake_read, s, NULL, &counts, &error));
	g_assert_no_error(error);
	g_assert_cmpuint(counts.read, ==, s->reads);
	return counts;
}

static guint count_runs(RunIndex *index)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) runs = runindex_runs(index, "init2", &error);

	g_assert_no_error(error);
	return runs->len;
}

static void set_up(Sandbox *s, gconstpointer data)
{
	s->folder = g_dir_make_tmp("history-XXXXXX", NULL);
	s->runs = g_build_filename(s->folder, "runs", NULL);
	s->path = g_build_filename(s->folder, "results", "index.sqlite", NULL);
	g_assert_cmpint(g_mkdir(s->runs, 0755), ==, 0);
	add_run(s, "a", "stock PASS 8G 2026-11-01T10:00:00Z 100");
	add_run(s, "b", "stock PASS 8G 2026-11-02T10:00:00Z 110");
	add_run(s, "c", "stock ERROR 8G 2026-11-03T10:00:00Z 120");
	add_run(s, "d", "stock FAIL 8G 2026-11-04T10:00:00Z 130");
	add_run(s, "e", "central PASS 1G 2026-11-05T10:00:00Z 140");
	add_run(s, "f", "central PASS 8G 2026-11-05T11:00:00Z -1");
	add_run(s, "g", "damaged");
}

static void tear_down(Sandbox *s, gconstpointer data)
{
	g_assert_true(files_remove_tree(s->folder, NULL));
	g_free(s->folder);
	g_free(s->runs);
	g_free(s->path);
}

static void test_queries(Sandbox *s, gconstpointer data)
{
	g_autofree char *why = NULL;
	g_autoptr(RunIndex) index = open_index(s, "maker", &why);
	RunIndexUpdate counts = update(s, index);
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) runs = runindex_runs(index, "init2", &error);
	g_autoptr(GPtrArray) key = runindex_key(index, "8G", &error);
	g_autoptr(GPtrArray) none = runindex_key(index, "2G", &error);
	g_autoptr(GArray) metrics = runindex_metrics(index, &error);
	g_autoptr(GPtrArray) series = runindex_series(index, &error);
	g_autoptr(GPtrArray) titles = runindex_titles(index, &error);
	g_autoptr(GPtrArray) all = runindex_all(index, &error);
	const IndexedTitle *hang = titles->pdata[0];
	const IndexedRun *first = runs->pdata[0], *last = runs->pdata[3];

	g_assert_null(why);
	g_assert_cmpuint(counts.runs, ==, 7);
	g_assert_cmpuint(counts.unreadable, ==, 1);
	g_assert_cmpuint(all->len, ==, 7);
	g_assert_nonnull(((IndexedRun *)all->pdata[6])->problem);
	g_assert_cmpstr(((IndexedRun *)all->pdata[0])->verdict, ==, "PASS");
	/* by key, series and date; neither the harness's failure, nor a run without the figure */
	g_assert_cmpuint(runs->len, ==, 4);
	g_assert_cmpstr(first->series, ==, "central");
	g_assert_cmpstr(last->id, ==, "d");
	g_assert_cmpint(indexedrun_value(last, "init2"), ==, 130);
	g_assert_cmpint(indexedrun_value(last, "init1"), ==, -1);
	g_assert_cmpstr(last->image, ==, "cafe");
	g_assert_cmpuint(key->len, ==, 2);
	g_assert_cmpstr(((IndexedKeyPart *)key->pdata[0])->name, ==, "memory");
	g_assert_cmpstr(((IndexedKeyPart *)key->pdata[0])->value, ==, "8G");
	g_assert_cmpuint(none->len, ==, 0);
	g_assert_cmpuint(metrics->len, ==, 1);
	g_assert_cmpuint(g_array_index(metrics, IndexedMetric, 0).runs, ==, 4);
	g_assert_cmpuint(g_array_index(metrics, IndexedMetric, 0).trends, ==, 2);
	g_assert_cmpuint(series->len, ==, 2);
	g_assert_cmpuint(((IndexedSeries *)series->pdata[1])->runs, ==, 4);
	g_assert_cmpuint(((IndexedSeries *)series->pdata[1])->judged, ==, 3);
	g_assert_cmpuint(((IndexedSeries *)series->pdata[0])->keys, ==, 2);
	/* of whatever verdict */
	g_assert_cmpuint(titles->len, ==, 1);
	g_assert_cmpstr(hang->title, ==, "hang in memmap_init");
	g_assert_cmpstr(hang->class, ==, "hang");
	g_assert_cmpuint(hang->runs, ==, 2);
	g_assert_cmpuint(hang->images, ==, 1);
	g_assert_cmpstr(hang->first, ==, "2026-11-03T10:00:00Z");
	g_assert_cmpstr(hang->last, ==, "2026-11-04T10:00:00Z");
	g_assert_true(g_str_has_suffix(hang->last_path, "/d"));
	g_assert_no_error(error);
}

static void test_previous(Sandbox *s, gconstpointer data)
{
	g_autofree char *why = NULL, *path = NULL, *last = NULL;
	g_autoptr(RunIndex) index = open_index(s, "maker", &why);
	g_autofree char *d = g_build_filename(s->runs, "d", NULL), *a = g_build_filename(s->runs, "a", NULL);
	g_autofree char *b = g_build_filename(s->runs, "b", NULL);
	g_autoptr(IndexedRun) late = fake_read(d, s), early = fake_read(a, s);
	g_autoptr(GError) error = NULL;

	update(s, index);
	/* not c, in which the harness failed */
	g_assert_true(runindex_previous(index, late, &path, &error));
	g_assert_cmpstr(path, ==, b);
	g_assert_true(runindex_previous(index, early, &last, &error));
	g_assert_null(last);
	g_assert_no_error(error);
}

static void test_incremental(Sandbox *s, gconstpointer data)
{
	g_autofree char *why = NULL, *a = g_build_filename(s->runs, "a", NULL),
			*b = g_build_filename(s->runs, "b", NULL),
			*journal = g_build_filename(a, "journal.jsonl", NULL),
			*console = g_build_filename(a, "console.log", NULL);
	g_autoptr(RunIndex) index = open_index(s, "maker", &why);
	g_autoptr(GPtrArray) runs = NULL, key = NULL;
	g_autofree char *e = g_build_filename(s->runs, "e", NULL);
	RunIndexUpdate counts;

	g_assert_cmpuint(update(s, index).read, ==, 7);
	counts = update(s, index);
	g_assert_cmpuint(counts.read, ==, 0);
	g_assert_cmpuint(counts.dropped, ==, 0);
	g_assert_cmpuint(counts.unreadable, ==, 1);

	/* the journal goes on: read again, and only once in the index */
	add_journal_line(a, "\nstock PASS 8G 2026-11-01T10:00:00Z 99");
	g_assert_cmpuint(update(s, index).read, ==, 1);
	g_assert_cmpuint(count_runs(index), ==, 4);
	runs = runindex_runs(index, "init2", NULL);
	g_assert_cmpint(indexedrun_value(runs->pdata[1], "init2"), ==, 99);

	/* as long as before, but of another time */
	g_assert_true(g_file_set_contents(
		journal, "stock PASS 8G 2026-11-01T10:00:00Z 100\nstock PASS 8G 2026-11-01T10:00:00Z 98", -1, NULL));
	g_assert_cmpuint(update(s, index).read, ==, 1);

	/* and so does what the journal says nothing of */
	g_assert_true(g_file_set_contents(console, "Kernel panic", -1, NULL));
	g_assert_cmpuint(update(s, index).read, ==, 1);
	g_assert_cmpuint(update(s, index).read, ==, 0);

	g_assert_true(files_remove_tree(b, NULL));
	counts = update(s, index);
	g_assert_cmpuint(counts.dropped, ==, 1);
	g_assert_cmpuint(counts.read, ==, 0);
	g_assert_cmpuint(count_runs(index), ==, 3);

	/* the last run of a key takes the key along */
	g_assert_true(files_remove_tree(e, NULL));
	update(s, index);
	key = runindex_key(index, "1G", NULL);
	g_assert_cmpuint(key->len, ==, 0);
}

/* The file is there when it is opened again, and used. */
static void test_kept(Sandbox *s, gconstpointer data)
{
	g_autofree char *why = NULL, *again = NULL;
	RunIndex *index = open_index(s, "maker", &why);

	update(s, index);
	runindex_close(index);
	index = open_index(s, "maker", &again);
	g_assert_null(again);
	g_assert_cmpuint(update(s, index).read, ==, 0);
	g_assert_cmpuint(count_runs(index), ==, 4);
	runindex_close(index);
}

/* Whatever is wrong with the file: said, made again, and the same as before. */
static void expect_anew(Sandbox *s, const char *maker, const char *word)
{
	g_autofree char *why = NULL;
	g_autoptr(RunIndex) index = open_index(s, maker, &why);

	g_assert_nonnull(why);
	g_assert_nonnull(strstr(why, word));
	g_assert_cmpuint(update(s, index).read, ==, 7);
	g_assert_cmpuint(count_runs(index), ==, 4);
}

static void poke(const Sandbox *s, goffset at, const char *bytes, gsize length)
{
	int fd = g_open(s->path, O_WRONLY, 0);

	g_assert_cmpint(pwrite(fd, bytes, length, at), ==, (gssize)length);
	close(fd);
}

static void test_rebuilt(Sandbox *s, gconstpointer data)
{
	char rubbish[4096];
	g_autofree char *why = NULL;
	RunIndex *index = open_index(s, "maker", &why);

	update(s, index);
	runindex_close(index);
	expect_anew(s, "other", "another build");

	/* user_version, a big-endian number at offset 60 (https://www.sqlite.org/fileformat2.html) */
	poke(s, 60, "\0\0\0\143", 4);
	expect_anew(s, "other", "schema 99");

	/* a page in the middle */
	memset(rubbish, 0xa5, sizeof(rubbish));
	poke(s, 4096, rubbish, sizeof(rubbish));
	expect_anew(s, "other", "damaged");

	/* not a database at all; and one that was cut off */
	g_assert_true(g_file_set_contents(s->path, "hello", -1, NULL));
	expect_anew(s, "other", "damaged");
	g_assert_cmpint(truncate(s->path, 5000), ==, 0);
	expect_anew(s, "other", "damaged");
}

/* What was read until then stays, and the rest comes the next time. */
static IndexedRun *cancelling_read(const char *path, gpointer data)
{
	gpointer *both = data;

	if (g_str_has_suffix(path, "/c"))
		g_cancellable_cancel(both[1]);
	return fake_read(path, both[0]);
}

static void test_cancelled(Sandbox *s, gconstpointer data)
{
	g_autofree char *why = NULL;
	g_autoptr(RunIndex) index = open_index(s, "maker", &why);
	g_autoptr(GCancellable) cancel = g_cancellable_new();
	const char *folders[] = { s->runs, NULL };
	gpointer both[] = { s, cancel };
	g_autoptr(GError) error = NULL;

	g_assert_false(runindex_update(index, folders, cancelling_read, both, cancel, NULL, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_CANCELLED);
	g_assert_cmpuint(count_runs(index), ==, 2);
	g_assert_cmpuint(update(s, index).read, ==, 4);
	g_assert_cmpuint(count_runs(index), ==, 4);
}

/* Run directories that have not changed are not read again. As a benchmark, a thousand of them in less than a second.
 */
static void test_unchanged(Sandbox *s, gconstpointer data)
{
	g_autofree char *why = NULL;
	g_autoptr(RunIndex) index = open_index(s, "maker", &why);
	guint runs = g_test_perf() ? 1000 : 20;
	gint64 start, spent;

	for (guint i = 0; i < runs; i++) {
		g_autofree char *name = g_strdup_printf("run-%04u", i);

		add_run(s, name, "stock PASS 8G 2026-11-01T10:00:00Z 100");
	}
	g_assert_cmpuint(update(s, index).read, ==, runs + 7);
	start = g_get_monotonic_time();
	g_assert_cmpuint(update(s, index).read, ==, 0);
	spent = g_get_monotonic_time() - start;
	g_test_message("%u unchanged run directories: %" G_GINT64_FORMAT " ms", runs + 7, spent / 1000);
	if (g_test_perf())
		g_assert_cmpint(spent, <, G_USEC_PER_SEC);
}

static void test_cannot_write(Sandbox *s, gconstpointer data)
{
	g_autofree char *file = g_build_filename(s->folder, "file", NULL);
	g_autofree char *below = g_build_filename(file, "index.sqlite", NULL);
	g_autofree char *why = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_true(g_file_set_contents(file, "", -1, NULL));
	g_assert_null(runindex_open(below, "maker", NULL, &why, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_FAILED);
	g_assert_nonnull(strstr(error->message, file));
}

int main(int argc, char **argv)
{
	static const struct {
		const char *path;
		void (*func)(Sandbox *, gconstpointer);
	} tests[] = {
		{ "/runindex/queries", test_queries },	       { "/runindex/previous", test_previous },
		{ "/runindex/incremental", test_incremental }, { "/runindex/kept", test_kept },
		{ "/runindex/rebuilt", test_rebuilt },	       { "/runindex/cancelled", test_cancelled },
		{ "/runindex/unchanged", test_unchanged },     { "/runindex/cannot-write", test_cannot_write },
	};

	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, Sandbox, NULL, set_up, tests[i].func, tear_down);
	return g_test_run();
}
