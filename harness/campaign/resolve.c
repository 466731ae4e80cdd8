// SPDX-License-Identifier: GPL-2.0-or-later
/* From the name of a plan to cells that are known to be possible. */
#include <campaign/resolve.h>

#include <base/error.h>
#include <base/files.h>
#include <base/names.h>
#include <build/payload.h>
#include <build/series.h>
#include <build/source.h>
#include <run/cmdline.h>
#include <run/fragments.h>
#include <run/request.h>
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
	g_autofree const char **own = g_new0(const char *, cell->hops + 1);
	g_autoptr(GPtrArray) links = cell->chain ? chain_parse(cell->chain, error) : NULL;
	CmdlineSpec spec = { .profile = cell->profile,
			     .counted = strcmp(cell->mode, "counted") == 0,
			     .tsc_khz = CMDLINE_TSC_KHZ_MOST,
			     .append = append,
			     .nonces = nonces,
			     .own = own };

	for (guint i = 0; i < cell->hops; i++) {
		nonces[i] = NONCE;
		own[i] = links ? ((const ChainLink *)links->pdata[i])->append : NULL;
		if (!cmdline_check_words(own[i], "chain", error))
			return false;
	}
	return cmdline_check_words(append, "append and scratch", error) &&
	       cmdline_check_length(&spec, "append and scratch", error);
}

/* Of a tree, whether it is one, and of what is asked of the configuration, whether it can be. */
static bool check_kernel(const Cell *cell, const Paths *paths, const Series *series, GError **error)
{
	g_autoptr(UserTree) user = cell->tree ? source_user_look(cell->tree, NULL, error) : NULL;
	KernelSpec spec = {
		.arch = arch_default(),
		.series = series,
		.kconfigs = paths->kconfigs,
		.profile = cell->profile,
		.extra_fragments = (const char *const *)cell->fragments,
		.config = (const char *const *)cell->config,
	};
	g_autofree char *wished = NULL;

	if (cell->tree && !user)
		return false;
	if (!cell->fragments[0] && !cell->config[0])
		return true;
	wished = kernel_wished(&spec, error);
	return wished;
}

char *resolve_pin(const Paths *paths, const char *kernel, GCancellable *cancel)
{
	return source_pin(paths->patches, kernel, paths->cache, cancel);
}

char *resolve_pin_chain(const Paths *paths, const char *chain, GCancellable *cancel)
{
	g_autoptr(GPtrArray) links = chain_parse(chain, NULL);

	for (guint i = 0; links && i < links->len; i++) {
		ChainLink *link = links->pdata[i];
		char *kernel = link->kernel ? resolve_pin(paths, link->kernel, cancel) : NULL;

		g_free(link->kernel);
		link->kernel = kernel;
	}
	return links ? chain_text(links) : g_strdup(chain);
}

/* What takes the place of a text. */
static void replace(char **text, char *by)
{
	g_free(*text);
	*text = by;
}

/* Its id stays that of the branch: it is the same cell on the next day. */
static void pin(Cell *cell, const Paths *paths)
{
	if (cell->chain) {
		replace(&cell->chain, resolve_pin_chain(paths, cell->chain, NULL));
		replace(&cell->kernel, g_strdup(cell->chain));
	} else if (!cell->tree) {
		replace(&cell->kernel, resolve_pin(paths, cell->kernel, NULL));
	}
}

Series *resolve_series(const Cell *cell, const Paths *paths, GError **error)
{
	g_autoptr(Series) series =
		strcmp(cell->series, CELL_NO_SERIES) == 0
			? series_none()
			: series_load(paths->patches, cell->kernel, cell->series, paths->cache, NULL, error);

	return series && request_check_series(series, error) ? g_steal_pointer(&series) : NULL;
}

/* Of a tree nobody knows which kernel it is. */
static bool check_payloads(const Cell *cell, const GPtrArray *payloads, GError **error)
{
	g_autoptr(GPtrArray) parts = cell_parts(cell);

	for (guint i = 0; i < parts->len; i++) {
		const Cell *part = parts->pdata[i];

		if (!part->tree && !payload_check_kernels(payloads, part->kernel, error))
			return false;
	}
	return true;
}

/* What its payloads and devices need is built for it beforehand, as what it asks for itself. */
static bool add_fragments(Cell *cell, const Paths *paths, const char **ret_key, GError **error)
{
	g_autofree char *folder = g_build_filename(paths->initramfs, PAYLOAD_FOLDER, NULL);
	g_autoptr(GPtrArray) payloads = payload_load_all(folder, (const char *const *)cell->payloads, error);
	char **needed;

	*ret_key = "payloads";
	if (!payloads || !check_payloads(cell, payloads, error))
		return false;
	*ret_key = "device";
	needed = fragments_needed((const char *const *)cell->fragments, payloads, &cell->guest, error);
	if (!needed)
		return false;
	g_strfreev(cell->fragments);
	cell->fragments = needed;
	return true;
}

/* Whether there can be such a machine; what it comes to is for the run to say. */
static bool check_machine(const Cell *cell, GError **error)
{
	Machine machine = machine_copy(&cell->guest);
	bool good = topology_resolve(&machine, error);

	machine_clear(&machine);
	return good;
}

/* Whether there are such kernels; what a tree or an image has is for the run to say. */
static bool check_chain(Cell *cell, const Paths *paths, GError **error)
{
	g_autoptr(GPtrArray) parts = cell_parts(cell);

	for (guint i = 0; i < parts->len; i++) {
		const Cell *part = parts->pdata[i];
		g_autoptr(Source) source = source_load(paths->patches, part->kernel, error);
		g_autoptr(Series) series = source ? resolve_series(part, paths, error) : NULL;

		if (!series || !check_kernel(part, paths, series, error))
			return false;
	}
	cell->expect = g_strdup(CELL_EXPECT_RUN);
	return true;
}

/* The kernel of a cell, and what its series expects. */
static bool check_series(Cell *cell, const Paths *paths, const char **ret_key, GError **error)
{
	g_autoptr(Source) source = source_load(paths->patches, cell->kernel, error);
	g_autoptr(Series) series = NULL;

	*ret_key = "kernels";
	if (!source)
		return false;
	*ret_key = "series";
	series = resolve_series(cell, paths, error);
	if (!series)
		return false;
	*ret_key = cell->tree ? "tree" : *cell->config ? "config" : "fragments";
	if (!check_kernel(cell, paths, series, error))
		return false;
	cell->expect = g_strdup(series->expect);
	cell->expect_reason = g_strdup(series->expect_reason);
	return true;
}

/* A CellCheckFunc; data is the Paths. */
static bool check_cell(Cell *cell, gpointer data, const char **ret_key, GError **error)
{
	const Paths *paths = data;
	Accel accel;

	if (!add_fragments(cell, paths, ret_key, error))
		return false;
	*ret_key = "chain";
	if (cell->chain ? !check_chain(cell, paths, error) : !check_series(cell, paths, ret_key, error))
		return false;
	*ret_key = cell->guest.numa && *cell->guest.numa ? "numa" : "memory";
	if (!check_machine(cell, error))
		return false;
	*ret_key = "memory-dir";
	if (cell->guest.memory_dir && !files_can_write(cell->guest.memory_dir, error))
		return false;
	*ret_key = "accel";
	if ((cell->guest.accelerator && !accel_parse(cell->guest.accelerator, &accel, error)) ||
	    !request_check_mode(cell->mode, &cell->guest, error))
		return false;
	pin(cell, paths);
	*ret_key = cell->append ? "append" : "scratch";
	return check_cmdline(cell, error);
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
	nearest = names_nearest(name, names);
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
