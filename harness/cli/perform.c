// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <base/error.h>
#include <base/log.h>
#include <run/execute.h>

/* result.json beside the files that it was made from. */
static bool keep_result(RunDir *dir, const Result *result, GError **error)
{
	g_autofree char *json = result_to_json(result);

	return rundir_write(dir, RUNDIR_RESULT, json, error);
}

Result *perform_run(Cli *cli, const RunRequest *request, VmHost **host, GError **error)
{
	g_autoptr(Prepared) prepared = request_prepare(request, &cli->paths, false, error);
	g_autoptr(RunDir) dir = NULL;
	g_autoptr(Result) result = NULL;
	g_autoptr(GError) failure = NULL;

	if (!prepared)
		return NULL;
	/* once for all runs of this process */
	if (!*host && prepared->plan->accelerator_why)
		log_info("running under %s: %s", prepared->plan->accelerator, prepared->plan->accelerator_why);
	if (!*host && !(*host = vmhost_open(request->connect, cli->paths.runtime, cli->paths.cache, error)))
		return NULL;
	if (!run_execute(prepared, *host, cli->cancel, &dir, &failure) && !dir) {
		g_propagate_error(error, g_steal_pointer(&failure));
		return NULL;
	}
	result = result_load(dir->path, error);
	if (!result || !keep_result(dir, result, error))
		return NULL;
	if (failure && g_error_matches(failure, KHOTEST_ERROR, KHOTEST_ERROR_CANCELLED)) {
		log_info("what there is so far: %s", dir->path);
		g_propagate_error(error, g_steal_pointer(&failure));
		return NULL;
	}
	return g_steal_pointer(&result);
}
