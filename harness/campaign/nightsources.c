// SPDX-License-Identifier: GPL-2.0-or-later
#include "nightparts.h"

#include <base/error.h>
#include <base/log.h>
#include <build/source.h>

bool nightsources_add(const NightlySpec *spec, GError **error)
{
	if (spec->sources && *spec->sources)
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "--source %s: branches are not taken yet; the plan names kernels of patches/",
				 *spec->sources);
	return true;
}

static bool note_one(const NightlySpec *spec, const char *kernel, NightFacts *facts, GError **error)
{
	g_autofree char *name = night_kernel_name(kernel, NULL);
	g_autoptr(Source) source = NULL;
	NightSource *one;

	if (nightfacts_source(facts, name))
		return true;
	source = source_load(spec->paths->patches, name, error);
	if (!source)
		return false;
	one = nightfacts_add_source(facts, name);
	one->now = g_strdup(source->version);
	one->version = g_strdup(source->version);
	return true;
}

bool nightsources_update(const NightlySpec *spec, const PlanFile *plan, NightFacts *facts, GError **error)
{
	for (guint i = 0; i < plan->cells->len; i++) {
		g_autoptr(GPtrArray) parts = cell_parts(plan->cells->pdata[i]);

		for (guint p = 0; p < parts->len; p++) {
			const Cell *cell = parts->pdata[p];

			if (!cell->tree && !note_one(spec, cell->kernel, facts, error))
				return false;
		}
	}
	return true;
}
