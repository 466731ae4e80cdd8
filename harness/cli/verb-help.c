// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <base/error.h>
#include <base/names.h>
#include <report/table.h>

#include <stdio.h>
#include <string.h>

static void print(const Table *table)
{
	g_autofree char *text = table_to_text(table);

	cli_print(text);
}

static void help_reasons(void)
{
	g_autoptr(Table) table = table_new((const char *const[]){ "reason", "verdict", "meaning", NULL });
	guint n;
	const KnownReason *reasons = reasons_all(&n);

	for (guint i = 0; i < n; i++) {
		if (i && reasons[i].kind != reasons[i - 1].kind)
			table_rule(table);
		TABLE_ROW(table, g_strdup(reasons[i].id), g_strdup(verdict_kind_name(reasons[i].kind)),
			  g_strdup(reasons[i].meaning));
	}
	print(table);
}

static const struct {
	const char *name;
	void (*print)(void);
} topics[] = {
	{ "reasons", help_reasons },
};

int verb_help(Cli *cli, int argc, char **argv, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_autofree char *nearest = NULL, *all = NULL;

	for (gsize i = 0; i < G_N_ELEMENTS(topics); i++) {
		if (argc == 2 && strcmp(argv[1], topics[i].name) == 0) {
			topics[i].print();
			return EXIT_PASS;
		}
		g_ptr_array_add(names, (gpointer)topics[i].name);
	}
	g_ptr_array_add(names, NULL);
	all = g_strjoinv(", ", (char **)names->pdata);
	if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
		g_autofree char *usage = g_strdup_printf("usage: khotest help TOPIC\n\nThere is help on: %s.\n", all);

		cli_print(usage);
		return EXIT_PASS;
	}
	nearest = argc > 1 ? names_nearest(argv[1], (char **)names->pdata) : g_strdup("");
	error_set(error, KHOTEST_ERROR_INPUT,
		  "there is no help on '%s'%s%s; there is on: %s; 'khotest VERB --help' has the options of a verb",
		  argc > 2   ? argv[2]
		  : argc > 1 ? argv[1]
			     : "",
		  *nearest ? ", did you mean " : "", nearest, all);
	return EXIT_ERROR;
}
