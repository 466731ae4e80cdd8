// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Injects faults, and looks at what becomes of the harness. Each has a seed: the n-th fault of a kind has --seed plus
 * n, and '--kind KIND --seed THAT --count 1' does the same again.
 *
 * Arguments: khotest, folder of recorded runs, the library that shifts the clock.
 */
#include "tool.h"

#include <base/files.h>
#include <base/spawn.h>

#include <glib/gstdio.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static const Kind *const files[] = { kinds_emulator, kinds_harness, kinds_folder, kinds_host,
				     kinds_rundir,   kinds_channel, kinds_fetch,  kinds_build };

typedef struct {
	const Kind *kind;
	guint wanted;
	guint injected, skipped, wrong, orphans, unreportable;
	gint64 us;
	GHashTable *why; /* skipped: set of texts */
} Row;

typedef struct {
	int seed, count, boots;
	char **kinds;
	char *work;
	gboolean list, keep, verbose;
} Options;

static void row_clear(gpointer data)
{
	g_hash_table_unref(((Row *)data)->why);
}

static volatile sig_atomic_t stopped;

/* What was injected until then is shown all the same. */
static void stop(int number)
{
	stopped = 1;
}

static GArray *rows_new(void)
{
	GArray *rows = g_array_new(FALSE, FALSE, sizeof(Row));

	g_array_set_clear_func(rows, row_clear);
	for (gsize i = 0; i < G_N_ELEMENTS(files); i++)
		for (const Kind *kind = files[i]; kind->name; kind++) {
			Row row = { .kind = kind, .why = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL) };

			g_array_append_val(rows, row);
		}
	return rows;
}

static bool is_chosen(const Options *options, const Kind *kind)
{
	return !options->kinds || g_strv_contains((const char *const *)options->kinds, kind->name);
}

/* Faults by the kinds' shares, at least one of each. */
static void share_out(GArray *rows, const Options *options, bool boots, guint count)
{
	guint whole = 0, given = 0, before = 0;

	for (guint i = 0; i < rows->len; i++) {
		const Row *row = &g_array_index(rows, Row, i);

		if (row->kind->boots == boots && is_chosen(options, row->kind))
			whole += row->kind->share;
	}
	for (guint i = 0; whole && i < rows->len; i++) {
		Row *row = &g_array_index(rows, Row, i);
		guint until;

		if (row->kind->boots != boots || !is_chosen(options, row->kind))
			continue;
		before += row->kind->share;
		until = (guint)((guint64)count * before / whole);
		row->wanted = count ? MAX(1, until - MIN(until, given)) : 0;
		given += row->wanted;
	}
}

static void print_kinds(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(files); i++)
		for (const Kind *kind = files[i]; kind->name; kind++) {
			g_print("%s%s\n    %s\n    right:", kind->name, kind->boots ? " (boots a machine)" : "",
				kind->what);
			for (const char *const *word = kind->right; *word; word++)
				g_print("%s %s", word == kind->right ? "" : ",", *word);
			g_print("\n");
		}
}

static Fault *fault_new(const Bench *bench, const Kind *kind, guint32 seed)
{
	Fault *fault = g_new0(Fault, 1);

	fault->bench = bench;
	fault->kind = kind;
	fault->seed = seed;
	fault->rand = g_rand_new_with_seed(seed);
	fault->folder = g_strdup_printf("%s/%s-%u", bench->folder, kind->name, seed);
	fault->output = g_build_filename(fault->folder, "runs", NULL);
	fault->story = g_string_new(NULL);
	fault->wrong = g_string_new(NULL);
	fault->forbidden = g_ptr_array_new();
	g_assert_true(files_mkdirs(fault->output, NULL));
	return fault;
}

static void fault_free(Fault *fault)
{
	g_rand_free(fault->rand);
	g_free(fault->folder);
	g_free(fault->output);
	g_free(fault->skipped);
	g_free(fault->before);
	g_string_free(fault->story, TRUE);
	g_string_free(fault->wrong, TRUE);
	g_ptr_array_unref(fault->forbidden);
	g_free(fault);
}

static void inject(const Bench *bench, Row *row, guint32 seed, bool keep)
{
	Fault *fault = fault_new(bench, row->kind, seed);
	gint64 began = g_get_monotonic_time();

	if (row->kind->boots && bench->kernels_from)
		fault_skip(fault, "%s", bench->kernels_from);
	else
		row->kind->inject(fault);
	if (!fault->skipped)
		aftermath_check(fault);
	row->us += g_get_monotonic_time() - began;
	if (fault->skipped && !fault->wrong->len) {
		row->skipped++;
		g_hash_table_add(row->why, g_strdup(fault->skipped));
	} else {
		row->injected++;
		row->wrong += fault->word_is_wrong;
		row->orphans += fault->orphans;
		row->unreportable += fault->unreportable;
	}
	if (bench->verbose || fault->wrong->len)
		g_print("%s %s --seed %u: %s%s%s%s\n", fault->wrong->len ? "WRONG" : "right", row->kind->name, seed,
			fault->skipped ? fault->skipped : fault->story->str, fault->wrong->len ? "\n    " : "",
			fault->wrong->str, fault->wrong->len && keep ? " (kept)" : "");
	if (!keep || !fault->wrong->len)
		files_remove_tree(fault->folder, NULL);
	fault_free(fault);
}

static bool print_table(const GArray *rows)
{
	Row sum = { 0 };

	g_print("\n%-20s  %8s  %7s  %11s  %11s  %7s  %12s  %6s\n", "kind", "injected", "skipped", "right words",
		"wrong words", "orphans", "unreportable", "s each");
	for (guint i = 0; i < rows->len; i++) {
		const Row *row = &g_array_index(rows, Row, i);

		if (!row->wanted)
			continue;
		g_print("%-20s  %8u  %7u  %11u  %11u  %7u  %12u  %6.2f\n", row->kind->name, row->injected, row->skipped,
			row->injected - row->wrong, row->wrong, row->orphans, row->unreportable,
			(double)row->us / 1e6 / MAX(1, row->injected + row->skipped));
		sum.injected += row->injected;
		sum.skipped += row->skipped;
		sum.wrong += row->wrong;
		sum.orphans += row->orphans;
		sum.unreportable += row->unreportable;
	}
	g_print("%-20s  %8u  %7u  %11u  %11u  %7u  %12u\n", "all", sum.injected, sum.skipped, sum.injected - sum.wrong,
		sum.wrong, sum.orphans, sum.unreportable);
	for (guint i = 0; i < rows->len; i++) {
		GHashTableIter iter;
		gpointer why;

		g_hash_table_iter_init(&iter, g_array_index(rows, Row, i).why);
		while (g_hash_table_iter_next(&iter, &why, NULL))
			g_print("skipped %s: %s\n", g_array_index(rows, Row, i).kind->name, (char *)why);
	}
	return sum.injected && !sum.wrong && !sum.orphans && !sum.unreportable;
}

static Kind none = { .name = "preparation", .right = { "PASS", NULL } };

/* A command before or after all faults: it must go well. */
static bool must(const Bench *bench, bool run)
{
	Fault *fault = fault_new(bench, &none, 0);
	g_autoptr(Tool) tool = NULL;
	g_autofree char *word = NULL, *err = NULL;
	bool ok;

	if (run) {
		tool = tool_start_run(fault, NULL, NULL, NULL);
		tool_wait(tool, 300);
		word = tool_word(tool);
		fault_take_word(fault, "a run that nobody disturbs", word);
		err = tool_complained(tool);
	}
	aftermath_check(fault);
	ok = !fault->wrong->len;
	if (!ok)
		g_print("%s: %s\n%s\n", fault->story->str, fault->wrong->str, err ? err : "");
	files_remove_tree(fault->folder, NULL);
	fault_free(fault);
	return ok;
}

/* The key of the suite's kernel in the user's own cache, where it is built if need be. NULL: it cannot be. */
static char *find_kernel(const Bench *bench, char **ret_folder)
{
	const char *const build[] = { bench->khotest, "build", "--series", "central", "-q", NULL };
	const char *const look[] = { bench->khotest, "run",	  "--series", "central", "-m",
				     "1G",	     "--dry-run", "--format", "json",	 NULL };
	g_autofree char *out = NULL;
	g_autoptr(JsonObject) plan = NULL;
	JsonObject *hop;
	const char *image;

	if (!spawn_check(build, NULL, NULL, NULL, NULL) || !spawn_check(look, NULL, NULL, &out, NULL))
		return NULL;
	plan = json_parse_object(out, -1, "plan", NULL);
	hop = plan ? json_array_get_object_element(json_get_array(plan, "hops"), 0) : NULL;
	image = hop ? json_get_string(hop, "image") : NULL;
	if (!image)
		return NULL;
	*ret_folder = g_path_get_dirname(image);
	return g_strdup(json_get_string(hop, "key"));
}

/* A cache that has the kernel and nothing else, so that nothing that is done here touches the user's. */
static char *prepare_kernel(const Bench *bench)
{
	g_autofree char *from = NULL, *key = find_kernel(bench, &from), *command = NULL;
	g_autofree char *kernels = g_build_filename(bench->folder, "cache", "khotest", "kernels", NULL);

	if (!key)
		return g_strdup("there is no kernel to boot, and it cannot be built");
	command = g_strdup_printf("mkdir -p '%s' && cp -a '%s' '%s/%s'", kernels, from, kernels, key);
	if (!spawn_check((const char *const[]){ "sh", "-ec", command, NULL }, NULL, NULL, NULL, NULL))
		return g_strdup("the kernel cannot be copied");
	return must(bench, true) ? NULL : g_strdup("a run that nobody disturbs does not pass");
}

static bool run_all(Bench *bench, GArray *rows, const Options *options)
{
	bool boots = false, ok = true;

	for (guint i = 0; i < rows->len; i++)
		boots |= g_array_index(rows, Row, i).kind->boots && g_array_index(rows, Row, i).wanted;
	if (boots)
		bench->kernels_from = prepare_kernel(bench);
	if (bench->kernels_from && strstr(bench->kernels_from, "does not pass"))
		return false;
	for (guint i = 0; i < rows->len; i++) {
		Row *row = &g_array_index(rows, Row, i);

		for (guint n = 0; n < row->wanted && !stopped; n++)
			inject(bench, row, (guint32)options->seed + n, options->keep);
	}
	ok = print_table(rows);
	if (stopped) {
		g_print("interrupted\n");
		return false;
	}
	/* whatever was done to it */
	if (boots && !bench->kernels_from)
		ok &= must(bench, true);
	return ok;
}

static bool parse(Options *options, int *argc, char ***argv)
{
	const GOptionEntry entries[] = {
		{ "seed", 0, 0, G_OPTION_ARG_INT, &options->seed, "Of the first fault of each kind (1)", "N" },
		{ "count", 0, 0, G_OPTION_ARG_INT, &options->count, "Faults that boot no machine (100)", "M" },
		{ "boots", 0, 0, G_OPTION_ARG_INT, &options->boots, "Faults that boot one (0)", "M" },
		{ "kind", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->kinds, "Only of this kind; more than once",
		  "NAME" },
		{ "work", 0, 0, G_OPTION_ARG_FILENAME, &options->work, "Where to work; a short path ($TMPDIR)", "DIR" },
		{ "list", 0, 0, G_OPTION_ARG_NONE, &options->list, "All kinds, and which words are right", NULL },
		{ "keep", 0, 0, G_OPTION_ARG_NONE, &options->keep, "Keep what is left of faults that came out wrong",
		  NULL },
		{ "verbose", 0, 0, G_OPTION_ARG_NONE, &options->verbose, "Tell each fault", NULL },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	g_autoptr(GOptionContext) context = g_option_context_new("KHOTEST RECORDINGS WALLCLOCK");
	g_autoptr(GError) error = NULL;

	g_option_context_add_main_entries(context, entries, NULL);
	if (g_option_context_parse(context, argc, argv, &error) && (options->list || *argc == 4))
		return true;
	g_printerr("%s\n", error ? error->message : "three arguments are needed: --help");
	return false;
}

static bool check_kinds(const Options *options, const GArray *rows)
{
	for (char **name = options->kinds; name && *name; name++) {
		bool known = false;

		for (guint i = 0; i < rows->len; i++)
			known |= strcmp(g_array_index(rows, Row, i).kind->name, *name) == 0;
		if (!known) {
			g_printerr("there is no kind %s: --list\n", *name);
			return false;
		}
	}
	return true;
}

int main(int argc, char **argv)
{
	Options options = { .seed = 1, .count = 100 };
	g_autoptr(GArray) rows = rows_new();
	g_autofree char *runtime = NULL, *pattern = NULL;
	Bench bench = { 0 };
	bool ok;

	setlocale(LC_CTYPE, "");
	signal(SIGTERM, stop);
	/* whatever ends this, what was printed is there */
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!parse(&options, &argc, &argv) || !check_kinds(&options, rows))
		return 99;
	if (options.list) {
		print_kinds();
		return 0;
	}
	bench.khotest = argv[1];
	bench.recordings = argv[2];
	bench.wallclock = argv[3];
	bench.verbose = options.verbose;
	pattern = g_build_filename(options.work ? options.work : g_get_tmp_dir(), "kf-XXXXXX", NULL);
	bench.folder = g_mkdtemp(pattern);
	g_assert_nonnull(bench.folder);
	runtime = g_build_filename(bench.folder, "r", NULL);
	g_assert_cmpint(g_mkdir(runtime, 0700), ==, 0);
	share_out(rows, &options, false, (guint)options.count);
	share_out(rows, &options, true, (guint)options.boots);
	g_print("seed %d, in %s\n", options.seed, bench.folder);
	ok = run_all(&bench, rows, &options);
	if (ok || !options.keep)
		files_remove_tree(bench.folder, NULL);
	g_free(bench.kernels_from);
	g_strfreev(options.kinds);
	g_free(options.work);
	return ok ? 0 : 1;
}
