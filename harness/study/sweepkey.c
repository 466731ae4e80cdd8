// SPDX-License-Identifier: GPL-2.0-or-later
#include <study/sweepkey.h>

#include <string.h>

#define MIB (G_GUINT64_CONSTANT(1) << 20)
#define PAGE 4096
#define GIB_IN_PAGES 262144

/* Of memory, whole sections of the sparse memory model; of scratch, whole pageblocks. */
static const SweepKey keys[] = {
	{ "memory", true, 0, 512 * MIB, MIB << 24, 0, "", "page", PAGE, "guest memory, GiB", GIB_IN_PAGES },
	{ "cpus", false, 1, 1, 256, 0, "", "CPU", 1, "guest CPUs", 1 },
	{ "nodes", false, 1, 1, 64, 0, "", "node", 1, "NUMA nodes", 1 },
	{ "scratch", true, 2 * MIB, 16 * MIB, MIB << 18, 0, "", "MiB in each region", MIB,
	  "scratch in each region, MiB", 1 },
	{ "scratch-scale", false, 1, 10, 2000, 5, "%", "per cent of what is reserved", 1,
	  "scratch, per cent of what the kernel has reserved", 1 },
	{ "reserve", false, 1, 0, 90, 10, "%", "per cent preserved", 1, "per cent of memory that is preserved", 1 },
};

const SweepKey *sweepkey_find(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(keys); i++)
		if (strcmp(keys[i].name, name) == 0)
			return &keys[i];
	return NULL;
}

char *sweepkey_block(const SweepKey *key, guint64 value)
{
	return g_strdup_printf("%s-%" G_GUINT64_FORMAT, key->name, value);
}

const SweepKey *sweepkey_parse_block(const char *block, guint64 *ret_value)
{
	const char *dash = strrchr(block, '-');
	g_autofree char *name = dash ? g_strndup(block, (gsize)(dash - block)) : NULL;
	const SweepKey *key = name ? sweepkey_find(name) : NULL;
	char *end;

	if (!key || !g_ascii_isdigit(dash[1]))
		return NULL;
	*ret_value = g_ascii_strtoull(dash + 1, &end, 10);
	return *end ? NULL : key;
}
