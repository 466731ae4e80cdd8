// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <base/error.h>

#include <string.h>

/* kselftest has one code for "could not be run" (KSFT_SKIP); so has git bisect run. */
static const struct {
	const char *name;
	int not_run; /* for SKIP and ERROR; -1: as they are */
} styles[] = { { "khotest", -1 }, { "kselftest", 4 }, { "bisect", 125 } };

static gsize style;

bool exit_style_set(const char *name, GError **error)
{
	for (gsize i = 0; i < G_N_ELEMENTS(styles); i++) {
		if (strcmp(name, styles[i].name) == 0) {
			style = i;
			return true;
		}
	}
	return error_set(error, KHOTEST_ERROR_INPUT, "--exit-style %s: khotest, kselftest and bisect are possible",
			 name);
}

void exit_style_foresee(char **argv)
{
	static const char option[] = "--exit-style";

	for (; *argv && strcmp(*argv, "--") != 0; argv++) {
		const char *name = !g_str_has_prefix(*argv, option) ? NULL : *argv + strlen(option);

		if (name && *name == '=')
			exit_style_set(name + 1, NULL);
		else if (name && !*name && argv[1])
			exit_style_set(argv[1], NULL);
	}
}

int exit_style_map(ExitStatus status)
{
	if ((status == EXIT_SKIP || status == EXIT_ERROR) && styles[style].not_run >= 0)
		return styles[style].not_run;
	return status;
}
