// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/aside.h>
#include <base/cancel.h>
#include <base/error.h>
#include <base/log.h>
#include <campaign/perform.h>
#include <report/run.h>
#include <run/execute.h>

/* result.json beside the files that it was made from. */
static bool keep_result(RunDir *dir, const Result *result, GError **error)
{
	g_autofree char *json = result_to_json(result);

	return rundir_write(dir, RUNDIR_RESULT, json, error);
}

/* Of a run that is recorded, and whose machine is still there. */
static bool has_failed(const RunDir *dir)
{
	g_autoptr(Result) result = result_load(dir->path, NULL);

	return result && result->verdict->kind == VERDICT_FAIL;
}

/* What the building thread is given, and gives back. */
typedef struct {
	RunRequest request; /* with a cancellable of its own */
	const Paths *paths;
	Prepared *prepared;
	GError *error;
} BuildJob;

static gpointer build_in_thread(gpointer data)
{
	BuildJob *job = data;

	return GINT_TO_POINTER(request_build(&job->request, job->paths, job->prepared, &job->error));
}

/* libvirt has drivers that are not QEMU's; what would be wrong with them comes to light much later, and worse. */
static VmHost *open_host(const Paths *paths, const char *uri, GCancellable *cancel, GError **error)
{
	g_autoptr(VmHost) host = vmhost_open(uri, paths->runtime, paths->cache, cancel, error);

	if (host && !vmhost_emulator(host)) {
		error_set(error, KHOTEST_ERROR_INPUT,
			  "cannot run a machine at --connect %s: that is %s, and khotest's machines are QEMU's; give a "
			  "URI like qemu:///session, or none",
			  uri, vmhost_qemu_version(host));
		return NULL;
	}
	return g_steal_pointer(&host);
}

/*
 * Builds while libvirt is being opened: the two have nothing to do with each other,
 * and both take a good part of a second even when nothing is to be built. libvirt
 * stays in this thread, whose main context it uses. Without a machine to run it
 * on, a kernel is not built to its end.
 */
static bool build_and_open(const Paths *paths, const RunRequest *request, Prepared *prepared, VmHost **host,
			   GError **error)
{
	g_autoptr(GCancellable) stop = g_cancellable_new();
	gulong chained = cancel_forward(request->cancel, stop);
	BuildJob job = { .request = *request, .paths = paths, .prepared = prepared };
	g_autoptr(GError) host_error = NULL;
	AsideJob *aside;
	bool built;

	job.request.cancel = stop;
	aside = aside_begin("build", build_in_thread, &job);
	if (!*host && !(*host = open_host(paths, request->connect, request->cancel, &host_error)))
		g_cancellable_cancel(stop);
	built = GPOINTER_TO_INT(aside_end(aside));
	g_cancellable_disconnect(request->cancel, chained);
	if (host_error) {
		g_clear_error(&job.error);
		g_propagate_error(error, g_steal_pointer(&host_error));
	} else if (!built) {
		g_propagate_error(error, job.error);
	}
	return built && *host;
}

Result *perform_run(const Paths *paths, const RunRequest *request, VmHost **host, GError **error)
{
	g_autoptr(Prepared) prepared = request_resolve(request, paths, error);
	g_autoptr(RunDir) dir = NULL;
	g_autoptr(Result) result = NULL;
	g_autoptr(GError) failure = NULL;
	bool first; /* run of this process */

	if (!prepared)
		return NULL;
	prepared->way_in.failed = has_failed;
	first = !*host;
	/* of the run before; a daemon may have been restarted since */
	if (*host && !vmhost_is_alive(*host))
		g_clear_pointer(host, vmhost_close);
	if (!build_and_open(paths, request, prepared, host, error))
		return NULL;
	if (first && prepared->plan->accelerator_why)
		log_info("running under %s: %s", prepared->plan->accelerator, prepared->plan->accelerator_why);
	if (!run_execute(prepared, *host, request->cancel, &dir, &failure) && !dir) {
		g_propagate_error(error, g_steal_pointer(&failure));
		return NULL;
	}
	result = result_load(dir->path, error);
	if (!result || !keep_result(dir, result, error)) {
		/* what came first is why */
		if (failure) {
			g_clear_error(error);
			g_propagate_error(error, g_steal_pointer(&failure));
		}
		return NULL;
	}
	if (failure && g_error_matches(failure, KHOTEST_ERROR, KHOTEST_ERROR_CANCELLED)) {
		log_info("what there is so far: %s", dir->path);
		g_propagate_error(error, g_steal_pointer(&failure));
		return NULL;
	}
	return g_steal_pointer(&result);
}
