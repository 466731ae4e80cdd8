// SPDX-License-Identifier: GPL-2.0-or-later
#include "requestkernel.h"

#include <base/log.h>
#include <measure/cmdlineoption.h>
#include <store/rundir.h>

KernelSpec requestkernel_spec(const RunRequest *request, const Paths *paths, const Prepared *prepared)
{
	return (KernelSpec){
		.arch = arch_default(),
		.source = prepared->source,
		.user_tree = request->tree,
		.series = prepared->series,
		.kconfigs = paths->kconfigs,
		.layout = paths->layout,
		.profile = request->profile,
		.extra_fragments = (const char *const *)prepared->fragments,
		.config = request->config,
		.cache = paths->cache,
		.jobs = request->jobs,
		.cancel = request->cancel,
	};
}

/* Once a process for each word: a comparison resolves the same request many times. */
static void warn_once(const char *word, const char *why)
{
	static GHashTable *said;
	g_autofree char *advice = cmdline_option_advice(word);

	if (!said)
		said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	if (g_hash_table_add(said, g_strdup(word)))
		log_warn("-a: the kernel will ignore '%s', since %s: %s", word, why, advice);
}

/* Words of the user's that would do nothing, while there is time to think again. */
static void warn_of_ignored(const char *append, const char *config, const char *why)
{
	g_auto(GStrv) words = append ? cmdline_option_unmet(append, config) : NULL;

	for (char **word = words; word && *word; word++)
		warn_once(*word, why);
}

/* By what was built: an option can be switched on by another one, and one that was asked for can be unknown here. */
void requestkernel_warn(const char *append, const char *path)
{
	g_autofree char *config = NULL;

	if (path && g_file_get_contents(path, &config, NULL, NULL))
		warn_of_ignored(append, config, "its configuration lacks what takes it");
}

/* "linux-v7.1-rc3-12-g0123456789ab-dirty"; a tag's name may have a '/', which would part a path. */
static char *tree_name(const char *dir, const char *version)
{
	g_autofree char *folder = g_path_get_basename(dir);

	return g_strdelimit(g_strdup_printf("%s-%s", folder, version), "/ ", '-');
}

/* name: in place of the one that was known before; NULL: that one stays. */
static void take(const Kernel *kernel, const char *name, PlanHop *hop)
{
	hop->release = g_strdup(kernel->release);
	hop->source = g_strdup(kernel->source);
	hop->sha256 = g_strdup(kernel->sha256);
	hop->image = g_strdup(kernel->image);
	hop->key = g_strdup(kernel->key);
	hop->layout = g_strdup(kernel->layout);
	hop->symbols = kernel->symbols ? rundir_symbols(kernel->sha256) : NULL;
	hop->commit = g_strdup(kernel->commit);
	hop->version = g_strdup(kernel->version);
	hop->dirty = kernel->dirty;
	if (!name)
		return;
	g_free(hop->name);
	hop->name = g_strdup(name);
}

bool requestkernel_take(const RunRequest *request, const Kernel *kernel, Plan *plan, GError **error)
{
	g_autoptr(UserTree) user = NULL;
	g_autofree char *name = NULL;

	if (request->tree && kernel->version) {
		user = source_user_look(request->tree, request->cancel, error);
		if (!user)
			return false;
		name = tree_name(user->dir, kernel->version);
	}
	for (guint i = 0; i < plan_hops(plan); i++)
		take(kernel, name, plan->hops->pdata[i]);
	return true;
}

bool requestkernel_asked(const KernelSpec *spec, Plan *plan, GError **error)
{
	g_auto(GStrv) asked = kernel_asked(spec, error);

	for (guint i = 0; asked && i < plan_hops(plan); i++)
		((PlanHop *)plan->hops->pdata[i])->config_asked = g_strdupv(asked);
	return asked;
}

/* What a run would do about its kernel, for people. */
static char *describe_outlook(const Kernel *cached, const Tree *tree, const Series *series)
{
	if (cached)
		return g_strdup("is in the cache");
	if (tree)
		return g_strdup_printf("would be built; %s",
				       series->patches->len ? "its patches apply" : "it has no patches");
	return g_strdup_printf("would be built, after its source was brought into the cache%s",
			       series->patches->len ? ": whether the patches apply is not known before" : "");
}

bool requestkernel_check(const RunRequest *request, const Paths *paths, Prepared *prepared, GError **error)
{
	KernelSpec spec = requestkernel_spec(request, paths, prepared);
	g_autoptr(Tree) tree = NULL;

	if (request->image) {
		prepared->cached = kernel_from_image(arch_default(), request->image, paths->cache, error);
		prepared->outlook = g_strdup("is given");
		return prepared->cached != NULL;
	}
	if (!kernel_check(&spec, &prepared->cached, &tree, error))
		return false;
	prepared->outlook = describe_outlook(prepared->cached, tree, prepared->series);
	if (!requestkernel_asked(&spec, prepared->plan, error))
		return false;
	if (prepared->cached || !tree)
		return true;
	return requestkernel_take(request,
				  &(Kernel){ .source = tree->describe,
					     .commit = tree->commit,
					     .version = tree->version,
					     .dirty = tree->dirty },
				  prepared->plan, error);
}

/* All hops are of one request. */
static void name_hops(Plan *plan, const char *name, const char *series, const char *profile)
{
	for (guint i = 0; i < plan_hops(plan); i++) {
		PlanHop *hop = plan->hops->pdata[i];

		hop->name = g_strdup(name);
		hop->series = g_strdup(series);
		hop->profile = g_strdup(profile);
	}
}

/* The kernel's name, source and series, and what is asked of its configuration. */
bool requestkernel_resolve(const RunRequest *request, const Paths *paths, Prepared *prepared, GError **error)
{
	g_autoptr(UserTree) user = NULL;
	g_autofree char *wished = NULL, *name = NULL;
	KernelSpec spec;

	if (request->image) {
		name_hops(prepared->plan, "image", "as given", NULL);
		return true;
	}
	if (request->tree && !(user = source_user_look(request->tree, request->cancel, error)))
		return false;
	if (!request->tree && !(prepared->source = source_load(paths->patches, request->kernel, error)))
		return false;
	name = g_strdelimit(g_strdup(user ? user->name : request->kernel), "/", '-');
	prepared->series =
		request->series ? series_load(paths->patches, request->kernel, request->series, error) : series_none();
	if (!prepared->series)
		return false;
	name_hops(prepared->plan, name, prepared->series->name, request->profile);
	spec = requestkernel_spec(request, paths, prepared);
	wished = kernel_wished(&spec, error);
	if (wished)
		warn_of_ignored(prepared->append, wished, "nothing asks for what takes it");
	return wished != NULL;
}
