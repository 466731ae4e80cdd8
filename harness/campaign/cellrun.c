// SPDX-License-Identifier: GPL-2.0-or-later
#include "cellrun.h"

CellRun *cellrun_new(const Cell *cell, const char *runs, const char *memory_dir, gint64 timeout_ns)
{
	CellRun *run = g_new0(CellRun, 1);

	run->cell = cell;
	run->append = cell_append(cell);
	run->nodes = g_strdup_printf("%u", cell->nodes);
	run->numa[0] = run->nodes;
	run->request = (RunRequest){
		.kernel = cell->kernel,
		.series = cell->series,
		.profile = cell->profile,
		.mode = cell->mode,
		.hops = cell->hops,
		.memory_dir = memory_dir,
		.memory_bytes = cell->memory_bytes,
		.cpus = cell->cpus,
		.numa = cell->nodes > 1 ? run->numa : NULL,
		.append = run->append,
		.timeout_ns = timeout_ns,
		.output = runs,
	};
	run->began_us = g_get_monotonic_time();
	return run;
}

void cellrun_free(CellRun *run)
{
	g_free(run->append);
	g_free(run->nodes);
	g_free(run);
}
