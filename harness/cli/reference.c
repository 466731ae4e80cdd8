// SPDX-License-Identifier: GPL-2.0-or-later
/* The reference, made from the tables that the program itself goes by. */
#include "reference.h"

#include <evaluate/metric.h>
#include <measure/reason.h>
#include <measure/title.h>
#include <report/checks.h>

Table *reference_exit_status(void)
{
	Table *table = table_new((const char *const[]){ "exit status", "", "meaning", NULL });

	TABLE_ROW(table, g_strdup_printf("%d", EXIT_PASS), g_strdup("PASS"),
		  g_strdup("the second kernel is a handover of ours, and every check holds; of several: as expected"));
	TABLE_ROW(table, g_strdup_printf("%d", EXIT_FAIL), g_strdup("FAIL"),
		  g_strdup("with reasons ('khotest help reasons'); a panic or a hang of the guest is one too"));
	TABLE_ROW(table, g_strdup_printf("%d", EXIT_SKIP), g_strdup("SKIP"),
		  g_strdup("this host cannot do what was asked, and why"));
	TABLE_ROW(table, g_strdup_printf("%d", EXIT_ERROR), g_strdup("ERROR"),
		  g_strdup("the harness could not do its job"));
	return table;
}

Table *reference_reasons(void)
{
	Table *table = table_new((const char *const[]){ "reason", "verdict", "meaning", NULL });
	guint n;
	const KnownReason *reasons = reasons_all(&n);

	for (guint i = 0; i < n; i++) {
		if (i && reasons[i].kind != reasons[i - 1].kind)
			table_rule(table);
		TABLE_ROW(table, g_strdup(reasons[i].id), g_strdup(verdict_kind_name(reasons[i].kind)),
			  g_strdup(reasons[i].meaning));
	}
	return table;
}

Table *reference_titles(void)
{
	Table *table = table_new((const char *const[]){ "class", "what went wrong", NULL });

	for (TitleClass class = 0; class < TITLES; class ++)
		TABLE_ROW(table, g_strdup(title_class_id(class)), g_strdup(title_class_meaning(class)));
	return table;
}

/* "init1, init2, init.later"; empty for what no comparison has. Caller frees. */
static char *metrics_of(const Figure *figure)
{
	GString *out = g_string_new(NULL);
	guint n;
	const Metric *all = metrics_all(&n);

	for (guint i = 0; i < n; i++)
		if (all[i].figure == figure)
			g_string_append_printf(out, "%s%s", out->len ? ", " : "", all[i].id);
	return g_string_free(out, FALSE);
}

Table *reference_figures(void)
{
	Table *table = table_new((const char *const[]){ "figure", "metrics", "clock", "unit", "in result.json", NULL });
	guint n;
	const Figure *figures = figures_all(&n);

	for (guint i = 0; i < n; i++) {
		g_auto(GStrv) parts = g_strsplit(figures[i].member ? figures[i].member : "", "%u", -1);

		TABLE_ROW(table, g_strdup(figures[i].title), metrics_of(&figures[i]), g_strdup(figures[i].clock),
			  g_strdup(figures[i].unit), g_strjoinv("N", parts));
	}
	return table;
}

/* Takes over the text. */
static void put_section(GString *out, const char *heading, const char *about, char *text)
{
	g_string_append_printf(out, "\n## %s\n\n%s\n\n%s", heading, about, text);
	g_free(text);
}

static void put_table(GString *out, const char *heading, const char *about, Table *table)
{
	table_set_markdown(table);
	put_section(out, heading, about, table_to_markdown(table));
	table_free(table);
}

char *reference_begin(void)
{
	GString *out = g_string_new("# Reference\n\nThe program makes this document from the tables that it goes by "
				    "(`khotest --describe reference`);\na test compares.\n");

	put_table(out, "Exit status", "Of every verb. `--exit-style` has other numbers, for `git bisect` and meson.",
		  reference_exit_status());
	put_table(out, "Reasons",
		  "`khotest help reasons`. A verdict lists its reasons in this order ([rundir.md](rundir.md)).",
		  reference_reasons());
	put_table(out, "Titles", "`khotest help titles`. The class of what went wrong ([rundir.md](rundir.md)).",
		  reference_titles());
	put_section(out, "Checks", "`khotest checks`. They are asked of each kernel in this order.",
		    checks_to_markdown());
	put_table(out, "Figures",
		  "`khotest help figures`. A metric, which comparisons, sweeps, `history` and `--fail-if` take, is a "
		  "figure\nof the first, the second or the later kernels. `N` in a place of `result.json` is a kernel "
		  "of the chain, from 0.",
		  reference_figures());
	g_string_append(out, "\n## Verbs\n\nSettings that hold for all of them: [environment.md](environment.md).\n");
	return g_string_free(out, FALSE);
}

/* "`-c`, `--cpus=N`" */
static char *option_words(const GOptionEntry *entry)
{
	GString *out = g_string_new(NULL);

	if (entry->short_name)
		g_string_append_printf(out, "`-%c`, ", entry->short_name);
	g_string_append_printf(out, "`--%s%s%s`", entry->long_name, entry->arg_description ? "=" : "",
			       entry->arg_description ? entry->arg_description : "");
	return g_string_free(out, FALSE);
}

char *reference_verb(const VerbTable *table, const char *short_summary)
{
	GString *out = g_string_new(NULL);
	g_autoptr(Table) options = table_new((const char *const[]){ "option", "meaning", NULL });
	g_autofree char *text = NULL;

	g_string_append_printf(out, "\n### khotest %s\n\n%s.\n\n`khotest %s [OPTION...]%s%s`\n\n%s\n", table->verb,
			       short_summary, table->verb, table->usage ? " " : "", table->usage ? table->usage : "",
			       table->summary);
	for (const GOptionEntry *entry = table->entries; entry->long_name; entry++)
		if (!(entry->flags & G_OPTION_FLAG_HIDDEN))
			TABLE_ROW(options, option_words(entry), g_strdup(entry->description));
	table_set_markdown(options);
	text = table_to_markdown(options);
	if (table->entries->long_name)
		g_string_append_printf(out, "\n%s", text);
	return g_string_free(out, FALSE);
}
