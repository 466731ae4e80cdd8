// SPDX-License-Identifier: GPL-2.0-or-later
#include "nightparts.h"

#include <base/error.h>
#include <base/log.h>
#include <campaign/updates.h>

/* A place that was written wrong must not keep the name, nor can a night begin with what is not there. */
static bool fetch_first(const NightlySpec *spec, const char *name, GError **error)
{
	g_autoptr(GPtrArray) updates = updates_make(spec->paths, (char *[]){ (char *)name, NULL }, spec->cancel, error);
	const Update *update = updates ? updates->pdata[0] : NULL;

	if (update && update->update.now)
		return true;
	source_remove(name);
	return update && error_set(error, update->state == UPDATE_UNREACHED ? KHOTEST_ERROR_HOST : KHOTEST_ERROR_INPUT,
				   "%s", update->why);
}

static bool add_one(const NightlySpec *spec, const char *word, GHashTable *added, GError **error)
{
	g_autofree char *name = NULL, *where = NULL, *branch = NULL;
	bool is_new = false;

	if (!source_parse(word, &name, &where, &branch, error) ||
	    !source_add(spec->paths->patches, name, where, branch, &is_new, error) ||
	    (is_new && !fetch_first(spec, name, error))) {
		g_prefix_error(error, "--source: ");
		return false;
	}
	if (is_new)
		g_hash_table_add(added, g_steal_pointer(&name));
	return true;
}

GHashTable *nightsources_add(const NightlySpec *spec, GError **error)
{
	g_autoptr(GHashTable) added = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (const char *const *word = spec->sources; word && *word; word++)
		if (!add_one(spec, *word, added, error))
			return NULL;
	return g_steal_pointer(&added);
}

/* Notes a kernel of the plan once; moving: names of those that are brought up to date. */
static bool note_one(const NightlySpec *spec, const char *kernel, NightFacts *facts, GPtrArray *moving, GError **error)
{
	g_autofree char *commit = NULL;
	g_autofree char *name = night_kernel_name(kernel, &commit);
	g_autoptr(Source) source = NULL;
	const SourceAlternative *branch;
	NightSource *one;

	if (nightfacts_source(facts, name))
		return true;
	source = source_load(spec->paths->patches, name, error);
	if (!source)
		return false;
	one = nightfacts_add_source(facts, name);
	branch = source_branch(source);
	if (!source_moves(source)) {
		one->now = g_strdup(source->version);
		one->version = g_strdup(source->version);
		return true;
	}
	one->where = branch ? g_strdup(branch->where) : NULL;
	one->branch = branch ? g_strdup(branch->branch) : NULL;
	g_ptr_array_add(moving, g_steal_pointer(&name));
	return true;
}

static bool note_all(const NightlySpec *spec, const PlanFile *plan, NightFacts *facts, GPtrArray *moving,
		     GError **error)
{
	for (guint i = 0; i < plan->cells->len; i++) {
		g_autoptr(GPtrArray) parts = cell_parts(plan->cells->pdata[i]);

		for (guint p = 0; p < parts->len; p++) {
			const Cell *cell = parts->pdata[p];

			if (!cell->tree && !note_one(spec, cell->kernel, facts, moving, error))
				return false;
		}
	}
	return true;
}

static void take_update(NightFacts *facts, const Update *update, bool is_new)
{
	NightSource *source = (NightSource *)nightfacts_source(facts, update->kernel);

	source->before = is_new ? NULL : g_strdup(update->update.was);
	source->now = g_strdup(update->update.now);
	source->version = g_strdup(update->update.version);
	source->added = update->state == UPDATE_SAME ? 0 : update->update.added;
	source->gone = update->state == UPDATE_SAME ? 0 : update->update.gone;
	source->problem = g_strdup(update->why);
	if (update->why)
		log_warn("%s stays where it is: %s", update->kernel, update->why);
}

bool nightsources_update(const NightlySpec *spec, const PlanFile *plan, GHashTable *added, NightFacts *facts,
			 GError **error)
{
	g_autoptr(GPtrArray) moving = g_ptr_array_new_with_free_func(g_free), updates = NULL;

	if (!note_all(spec, plan, facts, moving, error))
		return false;
	if (!moving->len)
		return true;
	g_ptr_array_add(moving, NULL);
	updates = updates_make(spec->paths, (char **)moving->pdata, spec->cancel, error);
	for (guint i = 0; updates && i < updates->len; i++) {
		const Update *update = updates->pdata[i];

		take_update(facts, update, added && g_hash_table_contains(added, update->kernel));
	}
	return updates != NULL;
}
