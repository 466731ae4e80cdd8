// SPDX-License-Identifier: GPL-2.0-or-later
/* Manual pages, made from the tables that the program itself goes by. */
#include "describe.h"

#include <base/setting.h>

#include <string.h>

/* scdoc(5): these begin something in a text, and '-' or '#' does at the beginning of a line. */
static void put_text(GString *out, const char *text)
{
	for (const char *c = text; *c; c++) {
		if (strchr("_*\\~<>", *c) ||
		    ((*c == '-' || *c == '#' || *c == '.' || *c == '[' || *c == '|') && (c == text || c[-1] == '\n')))
			g_string_append_c(out, '\\');
		g_string_append_c(out, *c);
	}
}

/* What is between backticks is code. */
static void put_marked(GString *out, const char *text)
{
	g_auto(GStrv) parts = g_strsplit(text, "`", -1);

	for (guint i = 0; parts[i]; i++) {
		if (i % 2)
			g_string_append_c(out, '*');
		put_text(out, parts[i]);
		if (i % 2)
			g_string_append_c(out, '*');
	}
}

static void put_option(GString *out, const GOptionEntry *entry)
{
	if (entry->short_name)
		g_string_append_printf(out, "*-%c*, ", entry->short_name);
	g_string_append(out, "*--");
	put_text(out, entry->long_name);
	g_string_append_c(out, '*');
	if (entry->arg_description) {
		g_string_append(out, "=_");
		/* '_' ends what '_' begins */
		put_text(out, entry->arg_description);
		g_string_append_c(out, '_');
	}
	g_string_append(out, "\n\t");
	put_text(out, entry->description);
	g_string_append(out, "\n\n");
}

char *describe_page(const VerbTable *table, const char *short_summary)
{
	GString *out = g_string_new(NULL);

	g_string_append_printf(out, "khotest-%s(1) \"khotest %s\"\n\n# NAME\n\nkhotest-%s - ", table->verb,
			       KHOTEST_VERSION, table->verb);
	put_text(out, short_summary);
	g_string_append_printf(out, "\n\n# SYNOPSIS\n\n*khotest %s* [_OPTION_...] ", table->verb);
	put_text(out, table->usage ? table->usage : "");
	g_string_append(out, "\n\n# DESCRIPTION\n\n");
	put_text(out, table->summary);
	g_string_append(out, "\n\n");
	if (table->entries->long_name)
		g_string_append(out, "# OPTIONS\n\n");
	for (const GOptionEntry *entry = table->entries; entry->long_name; entry++)
		if (!(entry->flags & G_OPTION_FLAG_HIDDEN))
			put_option(out, entry);
	g_string_append(out, "# SEE ALSO\n\n*khotest*(1), *khotest.config*(5), *khotest help* _TOPIC_\n");
	return g_string_free(out, FALSE);
}

char *describe_settings(void)
{
	GString *out = g_string_new(
		"khotest.config(5) \"khotest " KHOTEST_VERSION "\"\n\n# NAME\n\n"
		"khotest.config - what holds for all commands of khotest\n\n# SYNOPSIS\n\n"
		"$XDG\\_CONFIG\\_HOME/khotest/config, $XDG\\_CONFIG\\_DIRS/khotest/config\n\n"
		"# DESCRIPTION\n\n"
		"The file begins with the line *\\[khotest]*; each other line is _SETTING_=_VALUE_, or a "
		"comment that begins with #. A setting is taken from where it stands first: an option of the "
		"command line; the environment variable; the file of the user; files of the system; the "
		"default. Paths in a file begin with / or with \\~/. What is not a setting is an error.\n\n"
		"*khotest config* shows each setting, its value and where it comes from.\n\n"
		"# SETTINGS\n\n");
	guint n;
	const Setting *rows = settings_all(&n);

	for (guint i = 0; i < n; i++) {
		g_string_append_printf(out, "*%s*, ", rows[i].key);
		put_text(out, rows[i].variable);
		if (rows[i].option)
			g_string_append_printf(out, ", *%s*", rows[i].option);
		g_string_append(out, "\n\t");
		put_marked(out, rows[i].meaning);
		g_string_append(out, ". Without it: ");
		put_marked(out, rows[i].without);
		g_string_append(out, ".\n\n");
	}
	g_string_append(
		out, "# EXAMPLE\n\n```\n[khotest]\nmemory=8G\nsources=~/kernels\n```\n\n# SEE ALSO\n\n*khotest*(1)\n");
	return g_string_free(out, FALSE);
}
