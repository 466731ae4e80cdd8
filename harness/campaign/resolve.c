// SPDX-License-Identifier: GPL-2.0-or-later
/* From the name of a plan to cells that are known to be possible. */
#include <campaign/resolve.h>

#include <base/error.h>
#include <base/files.h>
#include <base/names.h>
#include <build/series.h>
#include <build/source.h>
#include <run/cmdline.h>
#include <run/topology.h>

#include <string.h>

#define SUFFIX ".plan"

char **resolve_list(const char *plans)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GDir) dir = g_dir_open(plans, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir)))
		if (g_str_has_suffix(name, SUFFIX))
			g_ptr_array_add(names, g_strndup(name, strlen(name) - strlen(SUFFIX)));
	names_sort(names);
	g_ptr_array_add(names, NULL);
	return (char **)g_ptr_array_steal(names, NULL);
}

/* All nonces are as long as this one. */
#define NONCE "0123456789abcdef"

/* What 'khotest run' would refuse, found before the first cell of all has run. */
static bool check_cmdline(const Cell *cell, GError **error)
{
	g_autofree char *append = cell_append(cell);
	g_autofree const char **nonces = g_new0(const char *, cell->hops + 1);
	CmdlineSpec spec = { .profile = cell->profile,
			     .counted = strcmp(cell->mode, "counted") == 0,
			     .tsc_khz = CMDLINE_TSC_KHZ_MOST,
			     .append = append,
			     .nonces = nonces };

	for (guint i = 0; i < cell->hops; i++)
		nonces[i] = NONCE;
	return cmdline_check_words(append, "append and scratch", error) &&
	       cmdline_check_length(&spec, "append and scratch", error);
}

/* A CellCheckFunc; data is the Paths. */
static bool check_cell(Cell *cell, gpointer data, GError **error)
{
	const Paths *paths = data;
	g_autoptr(Source) source = source_load(paths->patches, cell->kernel, error);
	g_autoptr(Series) series = NULL;
	g_autoptr(Plan) machine = plan_new();
	g_autofree char *nodes = g_strdup_printf("%u", cell->nodes);
	const char *const numa[] = { nodes, NULL };

	if (!source) {
		g_prefix_error(error, "kernels: ");
		return false;
	}
	series = series_load(paths->patches, cell->kernel, cell->series, error);
	if (!series) {
		g_prefix_error(error, "series: ");
		return false;
	}
	if (!topology_resolve(cell->memory_bytes, cell->cpus, numa, machine, error)) {
		g_prefix_error(error, "memory, numa and cpus: ");
		return false;
	}
	if (!check_cmdline(cell, error))
		return false;
	cell->expect = g_strdup(series->expect);
	cell->expect_reason = g_strdup(series->expect_reason);
	return true;
}

static char *path_of(const char *plans, const char *name, GError **error)
{
	g_autofree char *file = g_strconcat(name, SUFFIX, NULL);
	g_autofree char *ours = g_build_filename(plans, file, NULL);
	g_auto(GStrv) names = NULL;
	g_autofree char *nearest = NULL;
	g_autofree char *all = NULL;

	if (!strchr(name, '/') && g_file_test(ours, G_FILE_TEST_IS_REGULAR))
		return g_steal_pointer(&ours);
	if (g_file_test(name, G_FILE_TEST_IS_REGULAR))
		return g_strdup(name);
	names = resolve_list(plans);
	nearest = series_nearest(name, names);
	all = g_strjoinv(", ", names);
	error_set(error, KHOTEST_ERROR_INPUT, "there is no plan '%s': %s%s%sknown: %s, or the path of a file", name,
		  *nearest ? "did you mean " : "", nearest, *nearest ? "? " : "", *all ? all : "none");
	return NULL;
}

PlanFile *resolve_text(const char *name, const char *text, const Paths *paths, GError **error)
{
	return planfile_parse(name, text, -1, check_cell, (gpointer)paths, error);
}

PlanFile *resolve_plan(const char *plans, const char *name, const Paths *paths, GError **error)
{
	g_autofree char *path = path_of(plans, name, error);
	g_autoptr(GBytes) bytes = path ? files_read(path, error) : NULL;

	if (!bytes)
		return NULL;
	return planfile_parse(path, g_bytes_get_data(bytes, NULL), (gssize)g_bytes_get_size(bytes), check_cell,
			      (gpointer)paths, error);
}
