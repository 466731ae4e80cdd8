// SPDX-License-Identifier: GPL-2.0-or-later
#include "layout.h"

#include <base/error.h>
#include <base/files.h>
#include <base/systemmap.h>

#include <string.h>

#define MARK "->"

static const char *const files[] = { "Kbuild",	     "layout.c",       "layout-cma.c",
				     "layout-log.c", "layout-state.c", "layout-unwind.c" };

/* What a kernel is built without all the same, and what is then not known of it. */
static const struct {
	const char *file;
	const char *without;
} optional[] = {
	{ "layout-cma", "where this kernel's CMA areas are is only known from its log" },
	{ "layout-log",
	  "where this kernel keeps its log is not known: should it die without a word, it cannot be read" },
	{ "layout-unwind", "who called whom cannot be told for sure from this kernel's memory, should it die" },
	{ "layout-state", "what this kernel knew of its scratch cannot be read, should it die" },
};

char *layout_from_assembly(const char *assembly)
{
	g_auto(GStrv) lines = g_strsplit_set(assembly, "\n", -1);
	g_autoptr(GString) out = g_string_new(NULL);

	for (char **line = lines; *line; line++) {
		const char *at = strstr(*line, MARK);
		gsize name;
		char *end;
		gint64 value;

		if (!strstr(*line, ".ascii") || !at)
			continue;
		at += strlen(MARK);
		name = strcspn(at, " ");
		/* immediates are written "$12", "#12" or "12", as the assembler has them */
		value = g_ascii_strtoll(at + name + strspn(at + name, " $#"), &end, 10);
		if (name && *end == ' ')
			g_string_append_printf(out, "%.*s=%" G_GINT64_FORMAT "\n", (int)name, at, value);
	}
	return out->len ? g_string_free(g_steal_pointer(&out), FALSE) : NULL;
}

/* The file's definitions; NULL with the reason if kbuild cannot compile it. */
static char *compile(const Kbuild *kbuild, const char *folder, const char *name, GError **error)
{
	g_autofree char *target = g_strconcat(name, ".s", NULL);
	g_autofree char *path = g_build_filename(folder, target, NULL);
	g_autofree char *assembly = NULL, *values = NULL;
	g_autoptr(GError) local = NULL;

	/* not made with the others: once more, alone, to hear why */
	if (!g_file_test(path, G_FILE_TEST_EXISTS) &&
	    !kbuild_module_targets(kbuild, folder, (const char *const[]){ target, NULL }, error))
		return NULL;
	if (!g_file_get_contents(path, &assembly, NULL, &local) || !(values = layout_from_assembly(assembly)))
		error_set(error, KHOTEST_ERROR_FAILED, "kbuild left no definitions in %s%s%s", path, local ? ": " : "",
			  local ? local->message : "");
	return g_steal_pointer(&values);
}

/* What the probe looks for: CMA areas (mm/cma.c), and what is handed over (kernel/liveupdate/kexec_handover.c). */
static const char *const symbols[] = { "cma_areas", "cma_area_count", "kho_out" };

char *layout_symbols(const char *system_map)
{
	g_autoptr(GString) out = g_string_new(NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(symbols); i++) {
		guint64 address = systemmap_find(system_map, symbols[i], NULL);

		if (address)
			g_string_append_printf(out, "symbol_%s=%016" G_GINT64_MODIFIER "x\n", symbols[i], address);
	}
	return g_string_free(g_steal_pointer(&out), FALSE);
}

char *layout_with_symbols(const char *layout, const char *system_map)
{
	g_autofree char *all = layout_symbols(system_map);
	g_auto(GStrv) lines = g_strsplit(all, "\n", -1);
	GString *out = g_string_new(layout);

	for (char **line = lines; *line; line++)
		if (**line && !strstr(layout, *line))
			g_string_append_printf(out, "%s\n", *line);
	return g_string_free(out, FALSE);
}

/* All that can be compiled. What the compiler refuses is left to compile(). */
static bool compile_all(const Kbuild *kbuild, const char *folder, GError **error)
{
	const char *targets[G_N_ELEMENTS(optional) + 2] = { "layout.s" };
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) local = NULL;

	for (gsize i = 0; i < G_N_ELEMENTS(optional); i++) {
		g_ptr_array_add(names, g_strconcat(optional[i].file, ".s", NULL));
		targets[i + 1] = names->pdata[i];
	}
	if (kbuild_module_targets(kbuild, folder, targets, &local) || kbuild_is_refusal(local))
		return true;
	g_propagate_error(error, g_steal_pointer(&local));
	return false;
}

/* false: what failed is not the kernel's, which must not be kept as if its headers had lacked that. */
static bool add_optional(const Kbuild *kbuild, const char *folder, gsize row, GString *layout, GPtrArray *warnings,
			 GError **error)
{
	g_autoptr(GError) local = NULL;
	g_autofree char *values = compile(kbuild, folder, optional[row].file, &local);

	if (!values && !kbuild_is_refusal(local)) {
		g_propagate_error(error, g_steal_pointer(&local));
		return false;
	}
	if (values)
		g_string_append(layout, values);
	else
		g_ptr_array_add(warnings, g_strdup_printf("%s: %s", optional[row].without, local->message));
	return true;
}

char *layout_make(const Kbuild *kbuild, const char *source, const char *release, GPtrArray *warnings, GError **error)
{
	g_autofree char *folder = g_build_filename(kbuild->output, "khotest-layout", NULL);
	g_autofree char *map_path = g_build_filename(kbuild->output, "System.map", NULL);
	g_autofree char *pageblocks = NULL, *map = NULL, *addresses = NULL;
	g_autoptr(GString) layout = NULL;

	/* nothing of another kernel's */
	if (!files_remove_tree(folder, error) || !files_mkdirs(folder, error))
		return NULL;
	for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autofree char *from = g_build_filename(source, files[i], NULL);
		g_autofree char *to = g_build_filename(folder, files[i], NULL);

		if (!files_copy(from, to, error))
			return NULL;
	}
	pageblocks = compile_all(kbuild, folder, error) ? compile(kbuild, folder, "layout", error) : NULL;
	if (!pageblocks)
		return NULL;
	layout = g_string_new(NULL);
	g_string_append_printf(layout, "release=%s\n%s", release, pageblocks);
	for (gsize i = 0; i < G_N_ELEMENTS(optional); i++)
		if (!add_optional(kbuild, folder, i, layout, warnings, error))
			return NULL;
	addresses = g_file_get_contents(map_path, &map, NULL, NULL) ? layout_symbols(map) : g_strdup("");
	g_string_append(layout, addresses);
	return g_string_free(g_steal_pointer(&layout), FALSE);
}

char *layout_digest(const char *source, GError **error)
{
	g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);

	for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autofree char *path = g_build_filename(source, files[i], NULL);
		g_autofree char *sum = files_sha256(path, error);

		if (!sum)
			return NULL;
		g_checksum_update(checksum, (const guchar *)sum, -1);
	}
	return g_strdup(g_checksum_get_string(checksum));
}
