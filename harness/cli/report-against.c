// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <base/error.h>
#include <history/against.h>

#include <stdio.h>
#include <string.h>

bool report_against(Cli *cli, const Result *result, const char *which, bool anyway, Format format, GError **error)
{
	static char *(*const write[])(const Against *) = {
		[FORMAT_TEXT] = against_to_text,
		[FORMAT_JSON] = against_to_json,
		[FORMAT_MARKDOWN] = against_to_markdown,
	};
	g_autofree char *path = strcmp(which, "LAST") == 0 ? find_previous(cli, result, error) : g_strdup(which);
	g_autoptr(Result) before = path ? result_load(path, error) : NULL;
	g_autoptr(Against) against = NULL;
	g_autofree char *text = NULL;

	if (!before)
		return false;
	against = against_new(result, before);
	if (against->difference && !anyway)
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "%s and %s cannot be compared: %s; --anyway puts them side by side and says so",
				 before->id, result->id, against->difference);
	text = write[format](against);
	fputs(text, stdout);
	return true;
}
