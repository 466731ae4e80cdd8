// SPDX-License-Identifier: GPL-2.0-or-later
#include <campaign/exitstatus.h>

#include <glib.h>

static const ExitStatus statuses[] = {
	[VERDICT_PASS] = EXIT_PASS,
	[VERDICT_FAIL] = EXIT_FAIL,
	[VERDICT_SKIP] = EXIT_SKIP,
	[VERDICT_ERROR] = EXIT_ERROR,
};

ExitStatus exit_of_verdict(VerdictKind kind)
{
	return statuses[kind];
}

VerdictKind verdict_of_exit(int status)
{
	for (guint kind = 0; kind < G_N_ELEMENTS(statuses); kind++)
		if ((int)statuses[kind] == status)
			return (VerdictKind)kind;
	return VERDICT_ERROR;
}
