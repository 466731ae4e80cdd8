// SPDX-License-Identifier: GPL-2.0-or-later
#include "cellrun.h"

#include <string.h>

CellRun *cellrun_new(const Cell *cell, const char *runs, const char *memory_dir, gint64 timeout_ns)
{
	CellRun *run = g_new0(CellRun, 1);

	run->cell = cell;
	run->append = cell_append(cell);
	run->request = (RunRequest){
		.chain = cell->chain,
		.kernel = cell->kernel,
		.series = strcmp(cell->series, CELL_NO_SERIES) == 0 ? NULL : cell->series,
		.tree = cell->tree,
		.fragments = (const char *const *)cell->fragments,
		.config = (const char *const *)cell->config,
		.profile = cell->profile,
		.mode = cell->mode,
		.hops = cell->hops,
		.guest = cell->guest,
		.append = run->append,
		.payloads = (const char *const *)cell->payloads,
		.checks = cell->checks && *cell->checks ? (const char *const *)cell->checks : NULL,
		.timeout_ns = timeout_ns,
		.output = runs,
	};
	/* its own word counts before that of the whole matrix */
	if (!cell->guest.memory_dir)
		run->request.guest.memory_dir = (char *)memory_dir;
	run->began_us = g_get_monotonic_time();
	return run;
}

void cellrun_free(CellRun *run)
{
	g_free(run->append);
	g_free(run);
}
