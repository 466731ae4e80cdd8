// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <base/setting.h>
#include <report/table.h>

#include <stdio.h>

static Table *table_of_settings(void)
{
	Table *table = table_new((const char *const[]){ "setting", "value", "from", NULL });
	guint n;
	const Setting *rows = settings_all(&n);

	for (guint i = 0; i < n; i++) {
		const char *value = setting_get(rows[i].key);

		TABLE_ROW(table, g_strdup(rows[i].key), g_strdup(value ? value : "-"),
			  g_strdup(value ? setting_from(rows[i].key) : "default"));
	}
	return table;
}

int verb_config(Cli *cli, int argc, char **argv, GError **error)
{
	const GOptionEntry entries[] = { OPTION_RESULTS, { NULL, 0, 0, 0, NULL, NULL, NULL } };
	g_autoptr(Table) table = NULL;
	g_autofree char *text = NULL;
	g_auto(GStrv) files = NULL;

	if (!options_parse_entries(entries, NULL,
				   "Shows each setting, its value, and who says so: an option, the variable "
				   "KHOTEST_SETTING,\na line SETTING=VALUE in a file, or nobody (default; '-': it is "
				   "settled with each run).",
				   argc, argv, NULL, error))
		return EXIT_ERROR;
	table = table_of_settings();
	text = table_to_text(table);
	cli_print(text);
	cli_print("\nFiles, the strongest first\n\n");
	files = settings_files();
	for (char **file = files; *file; file++) {
		bool there = g_file_test(*file, G_FILE_TEST_EXISTS);
		g_autofree char *line = g_strdup_printf("%s%s\n", *file, there ? "" : " (not there)");

		cli_print(line);
	}
	return EXIT_PASS;
}
