// SPDX-License-Identifier: GPL-2.0-or-later
#include <run/fragments.h>

#include <arch/arch.h>
#include <base/error.h>
#include <build/payload.h>

static void add(GPtrArray *fragments, const char *const *more)
{
	for (; more && *more; more++)
		if (!g_ptr_array_find_with_equal_func(fragments, *more, g_str_equal, NULL))
			g_ptr_array_add(fragments, g_strdup(*more));
}

static bool add_of_device(GPtrArray *fragments, const char *name, GError **error)
{
	const ArchDevice *device = arch_device(arch_default(), name);
	g_autofree char *all = arch_device_names(arch_default());

	if (!device)
		return error_set(error, KHOTEST_ERROR_INPUT, "there is no device '%s' to give to a guest; there is %s",
				 name, all);
	add(fragments, (const char *const[]){ device->fragment, NULL });
	return true;
}

char **fragments_needed(const char *const *given, const GPtrArray *payloads, const Machine *guest, GError **error)
{
	g_autoptr(GPtrArray) fragments = g_ptr_array_new_with_free_func(g_free);

	add(fragments, given);
	for (guint i = 0; i < payloads->len; i++)
		add(fragments, (const char *const *)((const Payload *)payloads->pdata[i])->fragments);
	for (char **name = guest->devices; name && *name; name++)
		if (!add_of_device(fragments, *name, error))
			return NULL;
	g_ptr_array_add(fragments, NULL);
	return (char **)g_ptr_array_steal(fragments, NULL);
}

static void append(GString *text, const char *const *words)
{
	for (; words && *words; words++)
		g_string_append_printf(text, " %s", *words);
}

char *fragments_text(const char *profile, const Series *series, const char *const *needed, const char *const *config)
{
	GString *text = g_string_new(NULL);

	g_string_append_printf(text, "base %s kho %s", arch_default()->fragment, profile);
	append(text, (const char *const *)series->fragments);
	append(text, needed);
	append(text, config);
	return g_string_free(text, FALSE);
}
