// SPDX-License-Identifier: GPL-2.0-or-later
#include <campaign/builds.h>

#include "processes.h"
#include "selfpath.h"

#include <base/cancel.h>
#include <base/log.h>
#include <base/spawn.h>
#include <build/kernel.h>
#include <campaign/estimate.h>
#include <campaign/exitstatus.h>
#include <campaign/resolve.h>
#include <store/matrixdir.h>

#include <string.h>

/* No kernel of ours takes a tenth of that. */
#define BUILD_DEADLINE_NS (7200 * 1000000000ll)

static void build_free(gpointer data)
{
	Build *build = data;

	g_free(build->set);
	cell_free(build->cell);
	g_free(build);
}

bool build_is_for(const Build *build, const Cell *cell)
{
	return cell_same_kernel(build->cell, cell);
}

static bool same_folder(const Build *a, const Build *b)
{
	return strcmp(a->cell->kernel, b->cell->kernel) == 0 && g_strcmp0(a->cell->tree, b->cell->tree) == 0 &&
	       strcmp(a->cell->profile, b->cell->profile) == 0 && strcmp(a->set, b->set) == 0;
}

/* Those of the series, and what is asked for beside them. */
static char *set_of(const Cell *cell, const Series *series)
{
	g_autofree char *fragments = g_strjoinv("-", series->fragments), *config = cell_config_text(cell);

	return g_strdup_printf("%s %s", fragments, config ? config : "");
}

static Build *build_new(const Cell *cell, const Paths *paths, GCancellable *cancel, GError **error)
{
	g_autoptr(Source) source = source_load(paths->patches, cell->kernel, error);
	g_autoptr(Series) series = source ? resolve_series(cell, paths, error) : NULL;
	g_autoptr(Kernel) kernel = NULL;
	g_autoptr(GError) local = NULL;
	KernelSpec spec = {
		.arch = arch_default(),
		/* a kernel of a tree is found by what is in the tree: whoever builds it will look */
		.source = cell->tree ? NULL : source,
		.user_tree = cell->tree,
		.series = series,
		.kconfigs = paths->kconfigs,
		.layout = paths->layout,
		.profile = cell->profile,
		.extra_fragments = (const char *const *)cell->fragments,
		.config = (const char *const *)cell->config,
		.cache = paths->cache,
		.jobs = 1,
		.cancel = cancel,
	};
	Build *build;

	if (!series)
		return NULL;
	kernel = kernel_find(&spec, &local);
	if (local) {
		g_propagate_error(error, g_steal_pointer(&local));
		return NULL;
	}
	build = g_new0(Build, 1);
	build->cell = cell_copy(cell);
	build->set = set_of(cell, series);
	build->cached = kernel != NULL;
	return build;
}

/* Behind the last one that shares its folder, else at the end. */
static void insert(GPtrArray *builds, Build *build)
{
	guint at = builds->len;

	for (guint i = 0; i < builds->len; i++)
		if (same_folder(builds->pdata[i], build))
			at = i + 1;
	g_ptr_array_insert(builds, (int)at, build);
}

static bool has(GPtrArray *builds, const Cell *cell)
{
	for (guint i = 0; i < builds->len; i++)
		if (build_is_for(builds->pdata[i], cell))
			return true;
	return false;
}

/* A folder is warm where one of its kernels is there, or will have been built before. */
static void estimate_all(GPtrArray *builds)
{
	for (guint i = 0; i < builds->len; i++) {
		Build *build = builds->pdata[i];
		bool warm = false;

		for (guint j = 0; j < builds->len; j++) {
			const Build *other = builds->pdata[j];

			warm |= j != i && same_folder(other, build) && (other->cached || j < i);
		}
		build->estimate_ns = build->cached ? 0 : estimate_build(!warm);
	}
}

static bool add_builds(GPtrArray *builds, const Cell *cell, const Paths *paths, GCancellable *cancel, GError **error)
{
	g_autoptr(GPtrArray) parts = cell_parts(cell);

	for (guint i = 0; i < parts->len; i++) {
		Build *build;

		if (has(builds, parts->pdata[i]))
			continue;
		build = build_new(parts->pdata[i], paths, cancel, error);
		if (!build)
			return false;
		insert(builds, build);
	}
	return true;
}

GPtrArray *builds_list(GPtrArray *cells, const Paths *paths, GCancellable *cancel, GError **error)
{
	g_autoptr(GPtrArray) builds = g_ptr_array_new_with_free_func(build_free);

	for (guint i = 0; i < cells->len; i++)
		if (!add_builds(builds, cells->pdata[i], paths, cancel, error))
			return NULL;
	estimate_all(builds);
	return g_steal_pointer(&builds);
}

static void on_line(const char *line, bool from_stderr, gpointer data)
{
	if (!from_stderr || !*line)
		return;
	processsaid_hear(data, line);
	log_progress_update("%s", line);
}

static bool make_one(const Build *build, guint number, guint of, const char *executable, MatrixDir *dir,
		     GCancellable *cancel, GError **error)
{
	const Cell *cell = build->cell;
	g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *name = cell_kernel_name(cell), *more = cell_kernel_more(cell);
	g_auto(SpawnResult) result = { 0 };
	g_auto(ProcessSaid) said = { 0 };
	SpawnSpec spec = { .timeout_ns = BUILD_DEADLINE_NS, .cancel = cancel, .on_line = on_line, .data = &said };
	gint64 began_us = g_get_monotonic_time();
	g_autoptr(GError) local = NULL;
	const char *why;
	BuildAttempt attempt;

	g_ptr_array_add(argv, g_strdup(executable));
	g_ptr_array_add(argv, g_strdup("build"));
	cell_kernel_options(cell, argv);
	g_ptr_array_add(argv, NULL);
	spec.argv = (const char *const *)argv->pdata;
	spec.program = selfpath_program(executable);
	log_progress_begin("kernel %u of %u: %s %s, %s profile", number, of, name, cell->series, cell->profile);
	if (!spawn_run(&spec, &result, &local))
		result.status = EXIT_ERROR;
	why = local ? local->message : processsaid_why(&said, result.status);
	log_progress_end("%s", result.status == 0			    ? "there"
			       : g_cancellable_is_cancelled(cancel) || !why ? cancel_outcome(cancel, false)
									    : why);
	if (cancel_check(cancel, error))
		return false;
	attempt = (BuildAttempt){ .kernel = cell->kernel,
				  .series = cell->series,
				  .profile = cell->profile,
				  .more = more,
				  .outcome = verdict_of_exit(result.status),
				  .said = result.status ? (char *)why : NULL };
	return matrixdir_note_build(dir, &attempt, (g_get_monotonic_time() - began_us) * 1000, error);
}

bool builds_make(GPtrArray *builds, const char *executable, MatrixDir *dir, gint64 until_us, GCancellable *cancel,
		 GError **error)
{
	guint missing = 0, number = 0;

	for (guint i = 0; i < builds->len; i++)
		missing += !((Build *)builds->pdata[i])->cached;
	for (guint i = 0; i < builds->len; i++) {
		const Build *build = builds->pdata[i];

		if (build->cached)
			continue;
		if (until_us && g_get_monotonic_time() >= until_us) {
			log_info("the time is over: %u of %u kernels are not built", missing - number, missing);
			return true;
		}
		if (!make_one(build, ++number, missing, executable, dir, cancel, error))
			return false;
	}
	return true;
}
