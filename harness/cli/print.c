// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <base/text.h>

#include <stdio.h>

void cli_print(const char *text)
{
	g_autofree char *clean = text_clean(text);

	fputs(clean, stdout);
}
