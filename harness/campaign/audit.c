// SPDX-License-Identifier: GPL-2.0-or-later
#include <campaign/audit.h>

#include <base/error.h>
#include <base/log.h>
#include <campaign/perform.h>
#include <evaluate/about.h>

/* The overlay that brings the instruments. */
#define OVERLAY "+audit"

char *audit_series(const RunRequest *request)
{
	const char *series = request->series;
	bool as_it_is = request->image || !series || g_str_has_suffix(series, OVERLAY);

	return as_it_is ? g_strdup(series) : g_strconcat(series, OVERLAY, NULL);
}

GPtrArray *audit_run(const Paths *paths, const RunRequest *request, GError **error)
{
	g_autoptr(VmHost) host = NULL;
	g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func((GDestroyNotify)result_free);
	Result *result = perform_run(paths, request, &host, error);

	if (!result)
		return NULL;
	g_ptr_array_add(results, result);
	log_info("run directory: %s", result->path);
	for (guint i = 0; i < result->verdict->reasons->len; i++)
		log_info("%s: %s", verdict_kind_name(result->verdict->kind),
			 ((const Reason *)result->verdict->reasons->pdata[i])->text);
	if (result_has_audit(result))
		return g_steal_pointer(&results);
	error_set(error, KHOTEST_ERROR_FAILED,
		  "no kernel of %s sent audit records that could be used: was it built with the overlay 'audit', and "
		  "did it come up?",
		  result->path);
	return NULL;
}

GPtrArray *audit_load(const char *const *paths, GError **error)
{
	g_autoptr(GPtrArray) results = g_ptr_array_new_with_free_func((GDestroyNotify)result_free);

	for (; *paths; paths++) {
		Result *result = result_load(*paths, error);

		if (!result)
			return NULL;
		g_ptr_array_add(results, result);
		if (result_has_audit(result))
			continue;
		error_set(error, KHOTEST_ERROR_INPUT,
			  "%s has no audit records that could be used: run it with --series %s" OVERLAY, *paths,
			  plan_hop(result->plan, 0)->series ? plan_hop(result->plan, 0)->series : "NAME");
		return NULL;
	}
	return g_steal_pointer(&results);
}

VerdictKind audit_outcome(const GPtrArray *results, VerdictKind verdict)
{
	for (guint i = 0; i < results->len; i++) {
		const Result *result = results->pdata[i];

		if (result_audit_is_unsound(result) || (verdict == VERDICT_PASS && !result_audit_is_whole(result)))
			verdict = VERDICT_ERROR;
	}
	return verdict;
}
