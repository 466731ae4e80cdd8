// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <base/error.h>
#include <base/names.h>
#include <history/openindex.h>
#include <report/table.h>
#include <store/results.h>
#include <study/matrix.h>
#include <study/storedcomparison.h>

#include <string.h>

/* Takes the table; one without rows has nothing to say but its title. */
static void print_table(const char *title, Table *table, bool any)
{
	g_autofree char *body = any ? table_to_text(table) : g_strdup("");
	g_autofree char *text = g_strdup_printf("%s\n\n%s%s", title, body, any ? "\n" : "");

	cli_print(text);
	table_free(table);
}

static char *title_of(const char *what, const char *parent, bool any)
{
	return any ? g_strdup_printf("All %s below %s, oldest first", what, parent)
		   : g_strdup_printf("No %s below %s", what, parent);
}

static char *version_of(Cli *cli, const Source *source)
{
	char *version = source_version(source, cli->paths.cache, cli->cancel);

	return version ? version : g_strdup("not fetched yet");
}

static bool list_kernels(Cli *cli, const char *parent, GError **error)
{
	static const char *const headers[] = { "kernel", "version", "series", "expected", "what it is", NULL };
	g_auto(GStrv) kernels = source_list(cli->paths.patches, error);
	Table *table;

	if (!kernels)
		return false;
	table = table_new(headers);
	table_set_naming(table, 3);
	for (char **name = kernels; *name; name++) {
		g_autoptr(Source) source = source_load(cli->paths.patches, *name, error);
		g_auto(GStrv) all = source ? series_list(cli->paths.patches, *name, error) : NULL;

		for (char **one = all; one && *one; one++) {
			g_autoptr(Series) series = series_read(cli->paths.patches, *name, *one, NULL, NULL, error);

			if (!series)
				break;
			TABLE_ROW(table, g_strdup(one == all ? *name : ""),
				  one == all ? version_of(cli, source) : g_strdup(""),
				  g_strconcat(series->overlay ? "+" : "", *one, NULL),
				  g_strdup(series->overlay ? "-" : series->expect), g_strdup(series->summary));
		}
		if (error && *error) {
			table_free(table);
			return false;
		}
	}
	print_table("Kernels and their series", table, kernels[0] != NULL);
	return true;
}

static bool list_fragments(Cli *cli, const char *parent, GError **error)
{
	g_autoptr(GError) local = NULL;
	g_autoptr(GDir) dir = g_dir_open(cli->paths.kconfigs, 0, &local);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	const char *name;

	if (!dir)
		return error_set(error, KHOTEST_ERROR_FAILED, "%s", local->message);
	while ((name = g_dir_read_name(dir)))
		if (g_str_has_suffix(name, ".config"))
			g_ptr_array_add(names, g_strndup(name, strlen(name) - strlen(".config")));
	names_sort(names);
	cli_print_line("Fragments of kernel configuration (-f takes these, and files)\n");
	for (guint i = 0; i < names->len; i++)
		cli_print_line(names->pdata[i]);
	cli_print_line("");
	return true;
}

static bool list_payloads(Cli *cli, const char *parent, GError **error)
{
	static const char *const headers[] = { "payload", "hooks", "kernels", "what it is", NULL };
	g_autofree char *folder = g_build_filename(cli->paths.initramfs, PAYLOAD_FOLDER, NULL);
	g_auto(GStrv) names = payload_list(folder, error);
	Table *table;

	if (!names)
		return false;
	table = table_new(headers);
	for (char **name = names; *name; name++) {
		g_autoptr(Payload) payload = payload_load(folder, *name, error);

		if (!payload) {
			table_free(table);
			return false;
		}
		TABLE_ROW(table, g_strdup(*name), g_strjoinv(" ", payload->hooks),
			  payload->first || payload->last
				  ? g_strdup_printf("%s..%s", payload->first ? payload->first : "",
						    payload->last ? payload->last : "")
				  : g_strdup("all"),
			  g_strdup(payload->summary));
	}
	print_table("Payloads (--payload takes these, and folders)", table, names[0] != NULL);
	return true;
}

/* A path of the index, which are absolute, as below the folder that was named. Caller frees. */
static char *below(const char *parent, const char *path)
{
	g_autofree char *absolute = g_canonicalize_filename(parent, NULL);
	const char *rest = g_str_has_prefix(path, absolute) ? path + strlen(absolute) : NULL;

	return rest && *rest == '/' ? g_build_filename(parent, rest, NULL) : g_strdup(path);
}

static bool print_alike(RunIndex *index, GError **error)
{
	static const char *const headers[] = { "title", "class", ">runs", "the last one", NULL };
	g_autoptr(GPtrArray) titles = runindex_titles(index, error);
	Table *table;

	if (!titles || !titles->len)
		return titles != NULL;
	table = table_new(headers);
	for (guint i = 0; i < titles->len; i++) {
		const IndexedTitle *one = titles->pdata[i];

		TABLE_ROW(table, g_strdup(one->title), g_strdup(one->class), g_strdup_printf("%u", one->runs),
			  g_path_get_basename(one->last_path));
	}
	print_table("What went wrong, by title", table, true);
	return true;
}

/* Of run directories, or of a matrix, which has its own below it. */
static bool list_runs(Cli *cli, const char *parent, GError **error)
{
	static const char *const headers[] = { "run", "verdict", "what went wrong", NULL };
	char *folders[] = { (char *)parent, NULL };
	g_autoptr(RunIndex) index = NULL;
	g_autoptr(GPtrArray) runs = NULL;
	g_autofree char *title = NULL;
	Table *table;

	if (g_file_test(parent, G_FILE_TEST_IS_DIR)) {
		index = openindex(cli->paths.cache, parent, folders, NULL, cli->cancel, error);
		runs = index ? runindex_all(index, error) : NULL;
		if (!runs)
			return false;
	}
	title = title_of("runs", parent, runs && runs->len);
	table = table_new(headers);
	for (guint i = 0; runs && i < runs->len; i++) {
		const IndexedRun *run = runs->pdata[i];
		const char *went_wrong = run->problem ? run->problem : run->title;

		TABLE_ROW(table, below(parent, run->path), g_strdup(run->verdict ? run->verdict : "-"),
			  g_strdup(went_wrong ? went_wrong : ""));
	}
	print_table(title, table, runs && runs->len);
	return !index || print_alike(index, error);
}

/* "3 as expected, 1 skipped" */
static char *states_text(const MatrixResult *matrix)
{
	GString *text = g_string_new(NULL);

	for (guint state = CELL_MET; state <= CELL_NOT_RUN; state++)
		if (matrix->counts[state])
			g_string_append_printf(text, "%s%u %s", text->len ? ", " : "", matrix->counts[state],
					       cell_state_name((CellState)state));
	return g_string_free(text, FALSE);
}

static bool list_matrices_of(const char *parent, const char *what)
{
	static const char *const headers[] = { "directory", "plan", ">cells", "came out", NULL };
	g_auto(GStrv) paths = matrixdir_list(parent);
	g_autofree char *title = title_of(what, parent, paths[0] != NULL);
	Table *table = table_new(headers);

	for (char **path = paths; *path; path++) {
		g_autoptr(GError) local = NULL;
		g_autoptr(MatrixResult) matrix = matrixresult_load(*path, &local);

		if (matrix)
			TABLE_ROW(table, g_strdup(*path), g_strdup(matrix->dir->plan),
				  g_strdup_printf("%u", matrix->cells->len), states_text(matrix));
		else
			TABLE_ROW(table, g_strdup(*path), NULL, g_strdup("-"), g_strdup(local->message));
	}
	print_table(title, table, paths[0] != NULL);
	return true;
}

static bool list_matrices(Cli *cli, const char *parent, GError **error)
{
	return list_matrices_of(parent, "matrices");
}

static bool list_sweeps(Cli *cli, const char *parent, GError **error)
{
	return list_matrices_of(parent, "sweeps");
}

/* "16 of 18 runs as expected; tight": how the runs came out, warm-ups too, and why it ended. */
static char *comparison_state(const StoredComparison *stored)
{
	guint met = 0, runs = 0;

	for (guint side = 0; side < stored->comparison->sides->len; side++) {
		g_autoptr(GPtrArray) results = comparisonside_results(stored->comparison->sides->pdata[side]);

		for (guint i = 0; i < results->len; i++)
			met += result_as_expected(results->pdata[i]);
		runs += results->len;
	}
	return g_strdup_printf("%u of %u runs as expected; %s", met, runs,
			       stored->rounds->end ? stored->rounds->end : "cut-off");
}

static bool list_comparisons(Cli *cli, const char *parent, GError **error)
{
	static const char *const headers[] = { "directory", "series", ">rounds", "came out, and why it ended", NULL };
	g_auto(GStrv) paths = comparedir_list(parent);
	g_autofree char *title = title_of("comparisons", parent, paths[0] != NULL);
	Table *table = table_new(headers);

	for (char **path = paths; *path; path++) {
		g_autoptr(GError) local = NULL;
		g_autoptr(StoredComparison) stored = storedcomparison_load(*path, &local);

		if (stored)
			TABLE_ROW(table, g_strdup(*path), g_strjoinv(", ", stored->dir->series),
				  g_strdup_printf("%u", comparison_rounds(stored->comparison)),
				  comparison_state(stored));
		else
			TABLE_ROW(table, g_strdup(*path), NULL, g_strdup("-"), g_strdup(local->message));
	}
	print_table(title, table, paths[0] != NULL);
	return true;
}

/* What there is a list of, and where in the folder of results; NULL: it is the project's own. */
static const struct {
	const char *name, *folder;
	bool (*list)(Cli *, const char *, GError **);
} lists[] = {
	{ "kernels", NULL, list_kernels },
	{ "fragments", NULL, list_fragments },
	{ "payloads", NULL, list_payloads },
	{ "runs", RUNS_FOLDER, list_runs },
	{ "matrices", MATRICES_FOLDER, list_matrices },
	{ "comparisons", COMPARISONS_FOLDER, list_comparisons },
	{ "sweeps", SWEEPS_FOLDER, list_sweeps },
};

/* A folder is for what lies in folders, and there is one at most. */
static bool check_words(char **rest, GError **error)
{
	guint n = g_strv_length(rest), most = 1;

	for (gsize i = 0; n && i < G_N_ELEMENTS(lists); i++)
		if (strcmp(rest[0], lists[i].name) == 0 && lists[i].folder)
			most = 2;
	if (n > most)
		return error_set(error, KHOTEST_ERROR_INPUT, "list %s takes %s, and '%s' is too many", rest[0],
				 most > 1 ? "one folder" : "nothing else", rest[most]);
	return true;
}

int verb_list(Cli *cli, int argc, char **argv, GError **error)
{
	const GOptionEntry entries[] = { OPTION_RESULTS, { NULL, 0, 0, 0, NULL, NULL, NULL } };
	g_auto(GStrv) rest = NULL;
	bool any = false;

	if (!options_parse_entries(
		    entries,
		    "[kernels|series|fragments|payloads|runs [DIR]|matrices [DIR]|comparisons [DIR]|sweeps [DIR]]",
		    "Lists what there is.", argc, argv, &rest, error))
		return EXIT_ERROR;
	if (!check_words(rest, error))
		return EXIT_ERROR;
	for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) {
		g_autofree char *parent = NULL;

		if (rest[0] && strcmp(rest[0], lists[i].name) != 0 &&
		    !(strcmp(rest[0], "series") == 0 && lists[i].list == list_kernels))
			continue;
		any = true;
		parent = lists[i].folder ? paths_results(lists[i].folder) : NULL;
		if (rest[0] && rest[1] && !g_file_test(rest[1], G_FILE_TEST_IS_DIR)) {
			error_set(error, KHOTEST_ERROR_INPUT, "there is no folder %s", rest[1]);
			return EXIT_ERROR;
		}
		if (!lists[i].list(cli, rest[0] && rest[1] ? rest[1] : parent, error))
			return EXIT_ERROR;
	}
	if (!any)
		error_set(error, KHOTEST_ERROR_INPUT,
			  "there is no list of '%s': kernels, series, fragments, payloads, runs, matrices, comparisons "
			  "and sweeps "
			  "are possible",
			  rest[0]);
	return any ? EXIT_PASS : EXIT_ERROR;
}
