// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * PASS needs every check to have seen: what a verdict rests on is taken away, one thing
 * after the other - every file, every file cut, every line - and the word must never be
 * a better one than before. What is lost or damaged is nobody's fault but the host's, so
 * that no loss may turn into a FAIL either.
 *
 * Arguments: recorded run directories.
 */
#include <base/files.h>
#include <evaluate/result.h>
#include <proto/frame.h>

#include <glib/gstdio.h>
#include <string.h>

#define CUTS 4 /* places at which a file is cut, beside its last byte */

typedef struct {
	char *folder; /* the copy that is spoiled */
	VerdictKind before;
	guint tried;
} Bench;

static VerdictKind judge(const Bench *bench)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Result) result = result_load(bench->folder, &error);

	/* a plan that cannot be read is an error of the command: its exit status is that of ERROR */
	return result ? result->verdict->kind : VERDICT_ERROR;
}

static void collect_files(const char *folder, const char *below, GPtrArray *names)
{
	g_autofree char *path = g_build_filename(folder, below, NULL);
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	const char *entry;

	while (dir && (entry = g_dir_read_name(dir))) {
		char *name = *below ? g_build_filename(below, entry, NULL) : g_strdup(entry);
		g_autofree char *child = g_build_filename(folder, name, NULL);

		if (g_file_test(child, G_FILE_TEST_IS_DIR))
			collect_files(folder, name, names);
		if (g_file_test(child, G_FILE_TEST_IS_DIR) || g_str_has_prefix(entry, "expected"))
			g_free(name);
		else
			g_ptr_array_add(names, name);
	}
}

static void copy(const char *from, const char *to, const GPtrArray *names)
{
	for (guint i = 0; i < names->len; i++) {
		g_autofree char *source = g_build_filename(from, names->pdata[i], NULL);
		g_autofree char *target = g_build_filename(to, names->pdata[i], NULL);
		g_autofree char *parent = g_path_get_dirname(target);

		g_assert_true(files_mkdirs(parent, NULL) && files_copy(source, target, NULL));
	}
}

/* Whether a PASS rests on it. The console's clock and what was only asked for are not needed. */
static bool is_evidence(const char *name)
{
	return g_str_has_prefix(name, "hops/") || strcmp(name, "plan.json") == 0 ||
	       strcmp(name, "journal.jsonl") == 0 || strcmp(name, "console.log") == 0;
}

static void put(const Bench *bench, const char *name, const char *data, gsize length)
{
	g_autofree char *path = g_build_filename(bench->folder, name, NULL);

	g_assert_true(files_write_fast(path, data, length, NULL));
}

/* Something was lost on this host: nothing may pass that did not, nor fail. */
static void assert_lost(Bench *bench, const char *name, const char *how, bool must_be_seen)
{
	VerdictKind after = judge(bench);

	bench->tried++;
	if (after == VERDICT_PASS && bench->before != VERDICT_PASS)
		g_error("%s %s: %s became PASS", name, how, verdict_kind_name(bench->before));
	if (after == VERDICT_FAIL && bench->before != VERDICT_FAIL)
		g_error("%s %s: %s became FAIL", name, how, verdict_kind_name(bench->before));
	if (after == VERDICT_PASS && must_be_seen)
		g_error("%s %s: still PASS", name, how);
}

static void lose_file(Bench *bench, const char *name)
{
	g_autofree char *path = g_build_filename(bench->folder, name, NULL);

	g_assert_cmpint(g_unlink(path), ==, 0);
	assert_lost(bench, name, "deleted", is_evidence(name));
}

static void cut_file(Bench *bench, const char *name, const char *data, gsize length)
{
	for (guint i = 0; i <= CUTS && length; i++) {
		gsize kept = i < CUTS ? length * i / CUTS : length - 1;
		g_autofree char *how = g_strdup_printf("cut to %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT, kept, length);

		put(bench, name, data, kept);
		/* a last line of the console that is cut short cannot be told from one that was never ended */
		assert_lost(bench, name, how, is_evidence(name) && kept < length - 1);
	}
}

/* The manifest as the guest would have sent it, had the record been this. */
static void seal(const Bench *bench, const char *name, const GString *content)
{
	g_auto(GStrv) parts = g_strsplit(name, "/", 3);
	g_autofree char *manifest = NULL, *path = NULL, *text = NULL;
	g_auto(GStrv) lines = NULL;

	if (g_strv_length(parts) < 3 || strcmp(parts[2], FRAME_MANIFEST) == 0)
		return;
	manifest = g_strdup_printf("hops/%s/" FRAME_MANIFEST, parts[1]);
	path = g_build_filename(bench->folder, manifest, NULL);
	if (!g_file_get_contents(path, &text, NULL, NULL))
		return;
	lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line; line++) {
		gsize length = strlen(parts[2]);

		if (strncmp(*line, parts[2], length) != 0 || (*line)[length] != ' ')
			continue;
		g_free(*line);
		*line = g_strdup_printf("%s %" G_GSIZE_FORMAT " %08x", parts[2], content->len,
					frame_crc32(0, content->str, (uint32_t)content->len));
	}
	g_free(text);
	text = g_strjoinv("\n", lines);
	put(bench, manifest, text, strlen(text));
}

/* Of a long log the lines that the judgement looks at, and some of the others. */
static bool is_worth_a_try(const char *name, const char *line, guint number)
{
	static const char *const words[] = {
		"KHO",	 "kho",	     "deferred",  "cma: ",	    "WARNING",	 "BUG",	       "Oops",
		"panic", "cut here", "end trace", "Unknown kernel", "Malformed", "Zone ranges"
	};

	if (!g_str_has_suffix(name, FRAME_KMSG) && !g_str_has_suffix(name, "console.log") &&
	    !g_str_has_suffix(name, "console.times") && !g_str_has_suffix(name, "iomem"))
		return true;
	for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
		if (strstr(line, words[i]))
			return true;
	return number % 32 == 0;
}

/*
 * A line less in what the guest sent, checksums as if it had been so: another run, which
 * may be worse for good reasons, but what was not PASS has to be noticed all the same.
 */
static void lose_lines(Bench *bench, const char *name, const char *data, gsize length)
{
	g_autofree char *text = g_strndup(data, length);
	g_autofree char *manifest_name = NULL, *manifest_path = NULL, *manifest = NULL;
	g_auto(GStrv) parts = g_strsplit(name, "/", 3);
	g_auto(GStrv) lines = g_strsplit_set(text, "\n", -1);

	if (strlen(text) != length)
		return;
	if (g_strv_length(parts) == 3) {
		manifest_name = g_strdup_printf("hops/%s/" FRAME_MANIFEST, parts[1]);
		manifest_path = g_build_filename(bench->folder, manifest_name, NULL);
		g_file_get_contents(manifest_path, &manifest, NULL, NULL);
	}
	for (guint i = 0; lines[i] && lines[i + 1]; i++) {
		g_autoptr(GString) content = g_string_new(NULL);

		if (!is_worth_a_try(name, lines[i], i))
			continue;
		for (guint j = 0; lines[j]; j++)
			if (j != i)
				g_string_append_printf(content, "%s%s", lines[j], lines[j + 1] ? "\n" : "");
		put(bench, name, content->str, content->len);
		seal(bench, name, content);
		bench->tried++;
		if (bench->before != VERDICT_PASS && judge(bench) == VERDICT_PASS)
			g_error("%s without line %u, '%s': %s became PASS", name, i + 1, lines[i],
				verdict_kind_name(bench->before));
		if (manifest)
			put(bench, manifest_name, manifest, strlen(manifest));
	}
}

/* What every kernel of a chain has to send, for a PASS. */
static bool is_needed(const char *record)
{
	static const char *const needed[] = { FRAME_HELLO,
					      FRAME_MANIFEST,
					      FRAME_KMSG,
					      FRAME_KEXEC_LOADED,
					      FRAME_LEAVING,
					      FRAME_DONE,
					      FRAME_SCRATCH_PAGES,
					      FRAME_SCRATCH_PAGES_END,
					      "proc/pagetypeinfo",
					      "proc/zoneinfo",
					      "proc/meminfo",
					      "proc/config.gz",
					      NULL };

	return g_strv_contains(needed, record) || g_str_has_suffix(record, "scratch_phys") ||
	       g_str_has_suffix(record, "scratch_len");
}

/* The lines of a text that do not have all of these words. */
static char *without(const char *text, const char *const *words)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autoptr(GString) out = g_string_new(NULL);

	for (guint i = 0; lines[i]; i++) {
		bool all = true;

		for (const char *const *word = words; *word; word++)
			all &= strstr(lines[i], *word) != NULL;
		if (!all)
			g_string_append_printf(out, "%s%s", lines[i], lines[i + 1] ? "\n" : "");
	}
	return g_string_free(g_steal_pointer(&out), FALSE);
}

static void put_without(const Bench *bench, const char *name, const char *const *words)
{
	g_autofree char *path = g_build_filename(bench->folder, name, NULL);
	g_autofree char *text = NULL, *rest = NULL;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return;
	rest = without(text, words);
	put(bench, name, rest, strlen(rest));
}

/* A record that never came: neither is it here, nor does the manifest or the journal know of it. */
static void never_come(Bench *bench, const char *recording, const char *name)
{
	g_auto(GStrv) parts = g_strsplit(name, "/", 3);
	g_autofree char *path = g_build_filename(bench->folder, name, NULL), *manifest = NULL, *in_manifest = NULL;
	g_autofree char *of_hop = NULL, *of_name = NULL;
	static const char *const kept[] = { "journal.jsonl", NULL };

	if (g_strv_length(parts) < 3)
		return;
	manifest = g_strdup_printf("hops/%s/" FRAME_MANIFEST, parts[1]);
	in_manifest = g_strdup_printf("%s ", parts[2]);
	of_hop = g_strdup_printf("\"hop\":%s,", parts[1]);
	of_name = g_strdup_printf("\"name\":\"%s\"", parts[2]);
	g_assert_cmpint(g_unlink(path), ==, 0);
	put_without(bench, manifest, (const char *const[]){ in_manifest, NULL });
	put_without(bench, kept[0], (const char *const[]){ "\"event\":\"record\"", of_hop, of_name, NULL });
	bench->tried++;
	if (judge(bench) == VERDICT_PASS && (bench->before != VERDICT_PASS || is_needed(parts[2])))
		g_error("%s never came: PASS, and it was %s", name, verdict_kind_name(bench->before));
	for (guint i = 0; i < 2; i++) {
		const char *spoiled = i ? kept[0] : manifest;
		g_autofree char *whole = g_build_filename(recording, spoiled, NULL);
		g_autofree char *text = NULL;
		gsize length;

		if (g_file_get_contents(whole, &text, &length, NULL))
			put(bench, spoiled, text, length);
	}
}

static void test_recording(gconstpointer data)
{
	const char *recording = data;
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) error = NULL;
	g_autofree char *folder = g_dir_make_tmp("khotest-mutations-XXXXXX", &error);
	Bench bench = { .folder = folder };

	g_assert_no_error(error);
	collect_files(recording, "", names);
	copy(recording, folder, names);
	bench.before = judge(&bench);
	for (guint i = 0; i < names->len; i++) {
		const char *name = names->pdata[i];
		g_autofree char *path = g_build_filename(recording, name, NULL);
		g_autofree char *content = NULL;
		gsize length;

		g_assert_true(g_file_get_contents(path, &content, &length, NULL));
		lose_file(&bench, name);
		cut_file(&bench, name, content, length);
		lose_lines(&bench, name, content, length);
		put(&bench, name, content, length);
		never_come(&bench, recording, name);
		put(&bench, name, content, length);
	}
	g_assert_cmpint(judge(&bench), ==, bench.before);
	g_test_message("%s: %u ways to spoil it", verdict_kind_name(bench.before), bench.tried);
	g_assert_true(files_remove_tree(folder, NULL));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (int i = 1; i < argc; i++) {
		g_autofree char *name = g_path_get_basename(argv[i]);
		g_autofree char *path = g_strdup_printf("/mutations/%s", name);

		g_test_add_data_func(path, argv[i], test_recording);
	}
	return g_test_run();
}
