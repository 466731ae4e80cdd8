// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <base/error.h>
#include <base/names.h>
#include <report/table.h>

#include <stdio.h>
#include <string.h>

static void print_table(const char *title, Table *table)
{
	g_autofree char *text = table_to_text(table);

	printf("%s\n\n%s\n", title, text);
	table_free(table);
}

static bool list_kernels(Cli *cli, const char *parent, GError **error)
{
	static const char *const headers[] = { "kernel", "version", "series", "expected", "what it is", NULL };
	g_auto(GStrv) kernels = source_list(cli->paths.patches, error);
	Table *table;

	if (!kernels)
		return false;
	table = table_new(headers);
	for (char **name = kernels; *name; name++) {
		g_autoptr(Source) source = source_load(cli->paths.patches, *name, error);
		g_auto(GStrv) all = source ? series_list(cli->paths.patches, *name, error) : NULL;

		for (char **one = all; one && *one; one++) {
			g_autoptr(Series) series = series_read(cli->paths.patches, *name, *one, error);

			if (!series)
				break;
			TABLE_ROW(table, g_strdup(one == all ? *name : ""), g_strdup(one == all ? source->version : ""),
				  g_strconcat(series->overlay ? "+" : "", *one, NULL),
				  g_strdup(series->overlay ? "-" : series->expect), g_strdup(series->summary));
		}
		if (error && *error) {
			table_free(table);
			return false;
		}
	}
	print_table("Kernels and their series", table);
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
	puts("Fragments of kernel configuration (-f takes these, and files)\n");
	for (guint i = 0; i < names->len; i++)
		printf("%s\n", (const char *)names->pdata[i]);
	puts("");
	return true;
}

static bool list_runs(Cli *cli, const char *parent, GError **error)
{
	static const char *const headers[] = { "run", "verdict", "first reason", NULL };
	g_auto(GStrv) runs = rundir_list(parent);
	g_autofree char *title = g_strdup_printf("%s below %s, oldest first", runs[0] ? "Runs" : "No runs", parent);
	Table *table = table_new(headers);

	for (char **name = runs; *name; name++) {
		g_autofree char *path = g_build_filename(parent, *name, NULL);
		g_autoptr(GError) local = NULL;
		g_autoptr(Result) result = result_load(path, &local);
		const Reason *reason =
			result && result->verdict->reasons->len ? result->verdict->reasons->pdata[0] : NULL;

		TABLE_ROW(table, g_strdup(path), g_strdup(result ? verdict_kind_name(result->verdict->kind) : "-"),
			  g_strdup(reason  ? reason->id
				   : local ? local->message
					   : ""));
	}
	print_table(title, table);
	return true;
}

int verb_list(Cli *cli, int argc, char **argv, GError **error)
{
	static const struct {
		const char *name;
		bool (*list)(Cli *, const char *, GError **);
	} lists[] = { { "kernels", list_kernels }, { "fragments", list_fragments }, { "runs", list_runs } };
	const GOptionEntry none[] = { { NULL, 0, 0, 0, NULL, NULL, NULL } };
	g_auto(GStrv) rest = NULL;
	bool any = false;

	if (!options_parse_entries(none, "[kernels|fragments|runs [DIR]]", "Lists what there is.", argc, argv, &rest,
				   error))
		return EXIT_ERROR;
	for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) {
		if (rest[0] && strcmp(rest[0], lists[i].name) != 0 &&
		    !(strcmp(rest[0], "series") == 0 && lists[i].list == list_kernels))
			continue;
		any = true;
		if (!lists[i].list(cli, rest[0] && rest[1] ? rest[1] : "results/runs", error))
			return EXIT_ERROR;
	}
	if (!any)
		error_set(error, KHOTEST_ERROR_INPUT,
			  "there is no list of '%s': kernels, series, fragments and runs are possible", rest[0]);
	return any ? EXIT_PASS : EXIT_ERROR;
}
