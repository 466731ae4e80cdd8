// SPDX-License-Identifier: GPL-2.0-or-later
#include "buildfolder.h"
#include "gitsource.h"
#include "kbuild.h"
#include "kernelstore.h"
#include "layout.h"
#include "tree.h"

#include <build/cache.h>
#include <build/kconfig.h>
#include <build/kernel.h>

#include <base/error.h>
#include <base/files.h>
#include <base/log.h>

#include <string.h>
#include <unistd.h>

/* Raise it when something here changes what comes out for the same input. */
#define BUILDER_VERSION "2"

static bool add_fragment(const char *kconfigs, const char *name, GPtrArray *wishes, GError **error)
{
	g_autofree char *path = kconfig_find(kconfigs, name, error);
	g_autofree char *origin = path ? g_path_get_basename(path) : NULL;
	g_autofree char *text = NULL;
	g_autoptr(GError) local = NULL;

	if (!path)
		return false;
	if (!g_file_get_contents(path, &text, NULL, &local))
		return error_set(error, KHOTEST_ERROR_INPUT, "cannot read the kconfig fragment %s: %s", path,
				 local->message);
	return kconfig_parse(text, origin, wishes, error);
}

/* --config, word by word. */
static bool add_config(const KernelSpec *spec, GPtrArray *wishes, GError **error)
{
	for (const char *const *wish = spec->config; wish && *wish; wish++) {
		g_autofree char *line = g_strconcat(g_str_has_prefix(*wish, "CONFIG_") ? "" : "CONFIG_", *wish, NULL);

		if (!strchr(*wish, '='))
			return error_set(error, KHOTEST_ERROR_INPUT, "--config %s: write SYMBOL=VALUE", *wish);
		if (!kconfig_parse(line, "--config", wishes, error))
			return false;
	}
	return true;
}

/* A fragment of ours is for many kernels, and says n of what some of them do not have; a user's own is for this one. */
static bool is_ours(const char *kconfigs, const char *name)
{
	g_autofree char *path = kconfig_find(kconfigs, name, NULL), *folder = path ? g_path_get_dirname(path) : NULL;

	return g_strcmp0(folder, kconfigs) == 0;
}

/* Not an error: a list of what is off may be for several kernels. Caller frees; NULL: all are known. */
static char *warning_of_unknown(const KernelSpec *spec, const char *config, const char *tree)
{
	g_autoptr(GPtrArray) wishes = g_ptr_array_new();
	g_autofree char *unknown = NULL;

	for (const char *const *name = spec->extra_fragments; name && *name; name++)
		if (!is_ours(spec->kconfigs, *name))
			add_fragment(spec->kconfigs, *name, wishes, NULL);
	add_config(spec, wishes, NULL);
	unknown = kconfig_unknown(wishes, config, spec->arch, tree);
	return unknown ? g_strdup_printf(
				 "this kernel knows no %s: that it is to be off changes nothing; is it spelled right?",
				 unknown)
		       : NULL;
}

/* All that is asked of the configuration, general things first, the user's own word last. of_series: its fragments too.
 */
static GPtrArray *collect_wishes(const KernelSpec *spec, bool of_series, GError **error)
{
	const char *const always[] = { "base", spec->arch->fragment, "kho" };
	g_autoptr(GPtrArray) wishes = g_ptr_array_new();

	for (gsize i = 0; i < G_N_ELEMENTS(always); i++)
		if (!add_fragment(spec->kconfigs, always[i], wishes, error))
			return NULL;
	if (!add_fragment(spec->kconfigs, spec->profile, wishes, error))
		return NULL;
	for (char **name = spec->series->fragments; of_series && name && *name; name++)
		if (!add_fragment(spec->kconfigs, *name, wishes, error))
			return NULL;
	for (const char *const *name = spec->extra_fragments; name && *name; name++)
		if (!add_fragment(spec->kconfigs, *name, wishes, error))
			return NULL;
	return add_config(spec, wishes, error) ? g_steal_pointer(&wishes) : NULL;
}

/* What is known about a build before any tree is touched. */
typedef struct {
	const Arch *arch;
	GPtrArray *wishes;
	char *fragment;
	char *digest;
	char *tools;
	char *layout;
	char *localversion;
} Inputs;

static char *make_key(const Inputs *inputs, const char *identity)
{
	g_autofree char *text = g_strdup_printf(
		"builder %s\narchitecture %s\nsource %s\nseries %s\nlocalversion %s\nlayout %s\ntools\n%sconfig\n%s",
		BUILDER_VERSION, inputs->arch->name, identity, inputs->digest, inputs->localversion, inputs->layout,
		inputs->tools, inputs->fragment);

	return g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
}

static void inputs_clear(Inputs *inputs)
{
	g_clear_pointer(&inputs->wishes, g_ptr_array_unref);
	g_free(inputs->fragment);
	g_free(inputs->digest);
	g_free(inputs->tools);
	g_free(inputs->layout);
	g_free(inputs->localversion);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Inputs, inputs_clear)

static bool collect_inputs(const KernelSpec *spec, Inputs *inputs, GError **error)
{
	if (!kernel_tools(error))
		return false;
	inputs->arch = spec->arch;
	inputs->wishes = collect_wishes(spec, true, error);
	inputs->digest = inputs->wishes ? series_digest(spec->series, error) : NULL;
	inputs->tools = inputs->digest ? kbuild_tools(spec->cancel, error) : NULL;
	inputs->layout = inputs->tools ? layout_digest(spec->layout, error) : NULL;
	if (!inputs->layout)
		return false;
	inputs->fragment = kconfig_text(inputs->wishes);
	inputs->localversion = g_strdup_printf("-%s", spec->series->name);
	return true;
}

/* A tree can have the content of another commit's: of a kernel from the cache, too, it is told where it comes from now.
 */
static void note_origin(Kernel *kernel, const Tree *tree)
{
	g_free(kernel->source);
	kernel->source = g_strdup(tree->describe);
	kernel->commit = g_strdup(tree->commit);
	kernel->version = g_strdup(tree->version);
	kernel->dirty = tree->dirty;
}

/*
 * Of a branch: by what the commit has in it. keep: it is going to be used. NULL with the error set, if it has to be
 * kept and cannot; with no other error, since whoever builds it will meet them.
 */
static Kernel *find_of_branch(const KernelSpec *spec, const Inputs *inputs, bool keep, GError **error)
{
	g_autoptr(Tree) look = gitsource_look(spec->source, spec->cache, spec->cancel, NULL);
	g_autofree char *key = look ? make_key(inputs, look->identity) : NULL;
	g_autoptr(Kernel) kernel = key ? kernelstore_find(spec->arch, spec->cache, key) : NULL;

	if (!kernel || (keep && !gitsource_keep(spec->source, look, spec->cache, spec->cancel, error)))
		return NULL;
	note_origin(kernel, look);
	return g_steal_pointer(&kernel);
}

/* A kernel of a release that is in the cache: known from the checksums alone, without any tree. */
static Kernel *find_of_release(const KernelSpec *spec, const Inputs *inputs)
{
	for (guint i = 0; spec->source && i < spec->source->alternatives->len; i++) {
		const SourceAlternative *alternative = spec->source->alternatives->pdata[i];
		g_autofree char *identity = NULL;
		g_autofree char *key = NULL;
		Kernel *kernel;

		if (!alternative->sha256)
			continue;
		identity = g_strdup_printf("sha256:%s", alternative->sha256);
		key = make_key(inputs, identity);
		kernel = kernelstore_find(spec->arch, spec->cache, key);
		if (kernel)
			return kernel;
	}
	return NULL;
}

/* One that is in the cache. NULL without an error if it is not. */
static Kernel *find_cached(const KernelSpec *spec, const Inputs *inputs, bool keep, GError **error)
{
	if (spec->source && source_branch(spec->source))
		return find_of_branch(spec, inputs, keep, error);
	return find_of_release(spec, inputs);
}

/*
 * A kernel as it is handed out. Its key has the wishes as text, where one that is for kernels that know the symbol is
 * like any other: so one from the cache may lack what is asked for now. What was warned of when it was built is warned
 * of again, since it may have been somebody else who read it. Takes the kernel; NULL with the error set.
 */
static Kernel *hand_out(const Inputs *inputs, Kernel *kernel, GError **error)
{
	g_autoptr(Kernel) taken = kernel;
	g_autofree char *config = NULL;
	g_autoptr(GError) local = NULL;

	if (!g_file_get_contents(kernel->config, &config, NULL, &local)) {
		error_set(error, KHOTEST_ERROR_FAILED, "cannot read a kernel's configuration: %s", local->message);
		return NULL;
	}
	if (!kconfig_verify(inputs->wishes, config, inputs->arch, NULL, error))
		return NULL;
	for (char **warning = kernel->warnings; warning && *warning; warning++)
		if (log_is_first(*warning))
			log_warn("%s", *warning);
	return g_steal_pointer(&taken);
}

/*
 * A kernel whose headers have changed so much that the types of its pageblocks
 * cannot be found is judged by counts. It is built all the same. One whose compiler
 * was killed is not kept: it would be judged so for ever.
 */
static bool write_layout(const Kbuild *kbuild, const KernelSpec *spec, const char *release, GPtrArray *warnings,
			 GError **error)
{
	g_autofree char *path = g_build_filename(kbuild->output, KERNELSTORE_LAYOUT, NULL);
	g_autoptr(GError) local = NULL;
	g_autofree char *text = layout_make(kbuild, spec->layout, release, warnings, &local);

	if (!text && !kbuild_is_refusal(local)) {
		g_propagate_prefixed_error(error, g_steal_pointer(&local),
					   "the kernel is built, but where it keeps the types of its pageblocks could "
					   "not be found out: ");
		return false;
	}
	if (!text)
		g_ptr_array_add(warnings, g_strdup_printf("which pageblock has which type cannot be read from this "
							  "kernel, only counted: %s",
							  local->message));
	return files_write(path, text ? text : "", text ? strlen(text) : 0, error);
}

static Kernel *build_locked(const KernelSpec *spec, const Inputs *inputs, const Tree *tree, const char *key, int lock,
			    GError **error)
{
	g_autofree char *name = g_path_get_basename(tree->path);
	g_autofree char *parent = g_build_filename(spec->cache, CACHE_BUILD, NULL);
	g_autofree char *folder = buildfolder_name(spec, name);
	g_autofree char *output = g_build_filename(parent, folder, NULL);
	g_autofree char *config = NULL;
	char *unknown;
	g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(Kernel) kernel = g_new0(Kernel, 1);
	gint64 began_us = g_get_monotonic_time();
	Kbuild kbuild = { .arch = spec->arch,
			  .tree = tree->path,
			  .output = output,
			  .localversion = inputs->localversion,
			  .jobs = spec->jobs,
			  .lock = lock,
			  .cancel = spec->cancel };

	if (!buildfolder_prepare(parent, folder, inputs->tools, spec->cancel, error) ||
	    !series_apply(spec->series, tree->path, tree->base, spec->cancel, error) ||
	    !kbuild_configure(&kbuild, inputs->fragment, &config, error) ||
	    !kconfig_verify(inputs->wishes, config, spec->arch, tree->path, error) || !kbuild_image(&kbuild, error))
		return NULL;
	unknown = warning_of_unknown(spec, config, tree->path);
	if (unknown)
		g_ptr_array_add(warnings, unknown);
	kernel->release = kbuild_release(&kbuild, error);
	if (!kernel->release || !write_layout(&kbuild, spec, kernel->release, warnings, error))
		return NULL;
	g_ptr_array_add(warnings, NULL);
	kernel->warnings = (char **)g_ptr_array_free(g_steal_pointer(&warnings), FALSE);
	kernel->series = g_strdup(spec->series->name);
	kernel->profile = g_strdup(spec->profile);
	kernel->key = g_strdup(key);
	kernel->source = g_strdup(tree->describe);
	kernel->build_ns = (g_get_monotonic_time() - began_us) * 1000;
	if (!kernelstore_put(spec->arch, spec->cache, output, kernel, spec->cancel, error))
		return NULL;
	return g_steal_pointer(&kernel);
}

char **kernel_asked(const KernelSpec *spec, GError **error)
{
	g_autoptr(GPtrArray) wishes = collect_wishes(spec, false, error);

	return wishes ? kconfig_words(wishes) : NULL;
}

char *kernel_wished(const KernelSpec *spec, GError **error)
{
	g_autoptr(GPtrArray) wishes = collect_wishes(spec, true, error);

	return wishes ? kconfig_text(wishes) : NULL;
}

Kernel *kernel_find(const KernelSpec *spec, GError **error)
{
	g_auto(Inputs) inputs = { 0 };

	return collect_inputs(spec, &inputs, error) ? find_cached(spec, &inputs, false, error) : NULL;
}

/* The tree without a download or an import; NULL without an error where it would take one. */
static Tree *tree_without_work(const KernelSpec *spec, GError **error)
{
	g_autoptr(UserTree) user = NULL;
	g_autofree char *git_dir = NULL;

	if (!spec->user_tree && source_branch(spec->source)) {
		g_autoptr(Tree) look = gitsource_look(spec->source, spec->cache, spec->cancel, error);

		return look ? source_tree(spec->source, spec->cache, spec->cancel, error) : NULL;
	}
	if (!spec->user_tree)
		return tree_at_hand(spec->source, spec->cache);
	user = source_user_look(spec->user_tree, spec->cancel, error);
	if (!user || user->packed)
		return NULL;
	git_dir = g_build_filename(user->dir, ".git", NULL);
	return g_file_test(git_dir, G_FILE_TEST_EXISTS)
		       ? source_user_tree(spec->user_tree, spec->cache, spec->cancel, error)
		       : NULL;
}

bool kernel_check(const KernelSpec *spec, Kernel **ret_cached, Tree **ret_tree, GError **error)
{
	g_auto(Inputs) inputs = { 0 };
	g_autofree char *key = NULL;
	g_autoptr(GError) local = NULL;

	*ret_tree = NULL;
	*ret_cached = collect_inputs(spec, &inputs, error) ? find_cached(spec, &inputs, false, error) : NULL;
	if (!inputs.localversion)
		return false;
	if (*ret_cached)
		return (*ret_cached = hand_out(&inputs, *ret_cached, error)) != NULL;
	*ret_tree = tree_without_work(spec, &local);
	if (local) {
		g_propagate_error(error, g_steal_pointer(&local));
		return false;
	}
	if (!*ret_tree)
		return true;
	key = make_key(&inputs, (*ret_tree)->identity);
	*ret_cached = kernelstore_find(spec->arch, spec->cache, key);
	if (!*ret_cached)
		return series_check(spec->series, (*ret_tree)->path, (*ret_tree)->base, spec->cancel, error);
	note_origin(*ret_cached, *ret_tree);
	return (*ret_cached = hand_out(&inputs, *ret_cached, error)) != NULL;
}

Kernel *kernel_build(const KernelSpec *spec, GError **error)
{
	g_auto(Inputs) inputs = { 0 };
	g_autofree char *key = NULL;
	g_autoptr(Tree) tree = NULL;
	g_autoptr(GError) local = NULL;
	Kernel *kernel;
	int lock;

	if (!collect_inputs(spec, &inputs, error))
		return NULL;
	kernel = find_cached(spec, &inputs, true, &local);
	if (local) {
		g_propagate_error(error, g_steal_pointer(&local));
		return NULL;
	}
	if (kernel)
		return hand_out(&inputs, kernel, error);
	/* one working copy, one build at a time */
	tree = tree_hold(spec, &lock, error);
	if (!tree)
		return NULL;
	key = make_key(&inputs, tree->identity);
	kernel = kernelstore_find(spec->arch, spec->cache, key);
	if (!kernel) {
		log_info("kernel %s, %s profile, from %s", spec->series->name, spec->profile, tree->describe);
		kernel = build_locked(spec, &inputs, tree, key, lock, error);
	}
	close(lock);
	if (kernel && (spec->user_tree || tree->commit))
		note_origin(kernel, tree);
	return kernel ? hand_out(&inputs, kernel, error) : NULL;
}
