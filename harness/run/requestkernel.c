// SPDX-License-Identifier: GPL-2.0-or-later
#include "requestkernel.h"

#include <base/log.h>
#include <measure/cmdlineoption.h>

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
		.extra_fragments = request->fragments,
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
void requestkernel_warn(const RunRequest *request, const char *path)
{
	g_autofree char *config = NULL;

	if (path && g_file_get_contents(path, &config, NULL, NULL))
		warn_of_ignored(request->append, config, "its configuration lacks what takes it");
}

/* "linux-v7.1-rc3-12-g0123456789ab-dirty"; a tag's name may have a '/', which would part a path. */
static char *tree_name(const char *dir, const char *version)
{
	g_autofree char *folder = g_path_get_basename(dir);

	return g_strdelimit(g_strdup_printf("%s-%s", folder, version), "/ ", '-');
}

bool requestkernel_take(const RunRequest *request, const Kernel *kernel, Plan *plan, GError **error)
{
	g_autoptr(UserTree) user = NULL;

	plan->kernel_release = g_strdup(kernel->release);
	plan->kernel_source = g_strdup(kernel->source);
	plan->kernel_sha256 = g_strdup(kernel->sha256);
	plan->kernel_image = g_strdup(kernel->image);
	plan->kernel_key = g_strdup(kernel->key);
	plan->kernel_commit = g_strdup(kernel->commit);
	plan->kernel_version = g_strdup(kernel->version);
	plan->kernel_dirty = kernel->dirty;
	if (!request->tree || !kernel->version)
		return true;
	user = source_user_look(request->tree, request->cancel, error);
	if (!user)
		return false;
	g_free(plan->kernel_name);
	plan->kernel_name = tree_name(user->dir, kernel->version);
	return true;
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
	prepared->plan->config_asked = kernel_asked(&spec, error);
	if (!prepared->plan->config_asked)
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

/* The kernel's name, source and series, and what is asked of its configuration. */
bool requestkernel_resolve(const RunRequest *request, const Paths *paths, Prepared *prepared, GError **error)
{
	g_autoptr(UserTree) user = NULL;
	g_autofree char *wished = NULL;
	KernelSpec spec;

	prepared->plan->profile = request->image ? NULL : g_strdup(request->profile);
	if (request->image) {
		prepared->plan->kernel_name = g_strdup("image");
		return true;
	}
	if (request->tree && !(user = source_user_look(request->tree, request->cancel, error)))
		return false;
	if (!request->tree && !(prepared->source = source_load(paths->patches, request->kernel, error)))
		return false;
	prepared->plan->kernel_name = g_strdelimit(g_strdup(user ? user->name : request->kernel), "/", '-');
	prepared->series =
		request->series ? series_load(paths->patches, request->kernel, request->series, error) : series_none();
	if (!prepared->series)
		return false;
	spec = requestkernel_spec(request, paths, prepared);
	wished = kernel_wished(&spec, error);
	if (wished)
		warn_of_ignored(request->append, wished, "nothing asks for what takes it");
	return wished != NULL;
}
