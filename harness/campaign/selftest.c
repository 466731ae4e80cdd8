// SPDX-License-Identifier: GPL-2.0-or-later
#include <campaign/selftest.h>

#include <base/error.h>
#include <base/log.h>
#include <build/selftest.h>
#include <campaign/perform.h>

static SelftestSet *build_set(const Paths *paths, const RunRequest *request, GError **error)
{
	g_autoptr(Prepared) prepared = request_resolve(request, paths, error);
	KernelSpec spec;

	if (!prepared)
		return NULL;
	spec = prepared_spec(prepared_kernel(prepared, 0), paths);
	return selftest_build(&spec, error);
}

static bool is_wanted(const Selftest *test, const char *const *only)
{
	return !only || !*only || g_strv_contains(only, test->name);
}

static bool check_names(const SelftestSet *set, const char *const *only, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_autofree char *all = NULL;

	for (guint i = 0; i < set->tests->len; i++)
		g_ptr_array_add(names, ((const Selftest *)set->tests->pdata[i])->name);
	g_ptr_array_add(names, NULL);
	for (; only && *only; only++)
		if (!g_strv_contains((const char *const *)names->pdata, *only)) {
			all = g_strjoinv(", ", (char **)names->pdata);
			return error_set(error, KHOTEST_ERROR_INPUT, "%s has no selftest '%s'; it has %s",
					 set->describe, *only, *all ? all : "none");
		}
	return true;
}

/* Both lists, either of which may be NULL, one behind the other. Caller frees the array alone. */
static const char **join(const char *const *first, const char *const *second)
{
	const char *const *const lists[] = { first, second };
	g_autoptr(GPtrArray) all = g_ptr_array_new();

	for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
		for (const char *const *one = lists[i]; one && *one; one++)
			g_ptr_array_add(all, (gpointer)*one);
	g_ptr_array_add(all, NULL);
	return (const char **)g_ptr_array_free(g_steal_pointer(&all), FALSE);
}

/* of: how many there are, for whoever waits. */
static bool run_one(const Paths *paths, const RunRequest *request, const Selftest *test, guint number, guint of,
		    VmHost **host, Selftests *selftests, GError **error)
{
	RunRequest own = *request;
	const char *const its[] = { test->payload, NULL };
	/* the user's own payloads are run beside it */
	g_autofree const char **payloads = join(its, request->payloads);
	Result *result;

	if (test->kind == SELFTEST_UNKNOWN) {
		selftests_add_skipped(selftests, test->name, test->source,
				      "nothing in the tree says how it is run: it is in TEST_GEN_PROGS_EXTENDED, and "
				      "does not call luo_test()");
		return true;
	}
	log_info("selftest %u of %u: %s", number, of, test->name);
	own.payloads = payloads;
	result = perform_run(paths, &own, host, error);
	if (!result)
		return false;
	if (test->kind == SELFTEST_TESTDATA)
		selftests_add_testdata(selftests, test->name, test->source, result);
	else
		selftests_add_run(selftests, test->name, test->source, result);
	return true;
}

bool selftest_check(const RunRequest *request, GError **error)
{
	if (request->image)
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "selftest builds the tests from the kernel's own tree: give --kernel or --tree, not "
				 "--image");
	if (request->hops < 2)
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "--hops %u: the selftests go over a handover, which needs 2 kernels", request->hops);
	return true;
}

Selftests *selftest_run(const Paths *paths, const RunRequest *request, const char *const *only, bool with_config,
			GError **error)
{
	g_autoptr(SelftestSet) set = selftest_check(request, error) ? build_set(paths, request, error) : NULL;
	g_autoptr(Selftests) selftests = NULL;
	g_autofree const char **fragments = NULL;
	g_autoptr(VmHost) host = NULL;
	RunRequest own = *request;
	guint number = 0, of = 0;

	if (!set || !check_names(set, only, error))
		return NULL;
	if (with_config) {
		const char *const its[] = { set->fragment, NULL };

		fragments = join(request->fragments, its);
		own.fragments = fragments;
	} else if (set->fragment) {
		log_info("the kernel is built without %s", set->fragment);
	}
	selftests = selftests_new(set->describe, set->folder);
	for (guint i = 0; i < set->tests->len; i++)
		of += is_wanted(set->tests->pdata[i], only);
	for (guint i = 0; i < set->tests->len; i++)
		if (is_wanted(set->tests->pdata[i], only) &&
		    !run_one(paths, &own, set->tests->pdata[i], ++number, of, &host, selftests, error))
			return NULL;
	return g_steal_pointer(&selftests);
}
