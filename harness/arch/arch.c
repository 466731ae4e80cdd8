// SPDX-License-Identifier: GPL-2.0-or-later
#include <arch/arch.h>

#include "x86_64/x86_64.h"

#include <string.h>

static const Arch *const rows[] = { &arch_x86_64 };

const Arch *arch_find(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		if (strcmp(rows[i]->name, name) == 0)
			return rows[i];
	return NULL;
}

const Arch *arch_default(void)
{
	return rows[0];
}

char *arch_names(void)
{
	GString *names = g_string_new(NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		g_string_append_printf(names, "%s%s", i ? ", " : "", rows[i]->name);
	return g_string_free(names, FALSE);
}

const ArchDevice *arch_device(const Arch *arch, const char *name)
{
	for (const ArchDevice *device = arch->devices; device->name; device++)
		if (strcmp(device->name, name) == 0)
			return device;
	return NULL;
}

char *arch_device_names(const Arch *arch)
{
	GString *names = g_string_new(NULL);

	for (const ArchDevice *device = arch->devices; device->name; device++)
		g_string_append_printf(names, "%s%s", names->len ? ", " : "", device->name);
	return g_string_free(names, FALSE);
}

guint64 arch_section_bytes(const Arch *arch, guint page_shift)
{
	const ArchPage *page = arch->pages;

	while (page->page_shift < page_shift && page[1].page_shift)
		page++;
	return G_GUINT64_CONSTANT(1) << page->section_bits;
}
