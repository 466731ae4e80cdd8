// SPDX-License-Identifier: GPL-2.0-or-later
#include "requestkernel.h"
#include "requestchain.h"

#include <base/log.h>
#include <build/kernelabi.h>
#include <measure/cmdlineoption.h>
#include <store/rundir.h>

void requestkernel_free(PreparedKernel *kernel)
{
	source_free(kernel->source);
	series_free(kernel->series);
	kernel_free(kernel->kernel);
	g_free(kernel->outlook);
	g_free(kernel->append);
	g_free(kernel);
}

KernelSpec prepared_spec(const PreparedKernel *kernel, const Paths *paths)
{
	const RunRequest *request = &kernel->request;

	return (KernelSpec){
		.arch = arch_default(),
		.source = kernel->source,
		.user_tree = request->tree,
		.series = kernel->series,
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

/*
 * By what was built: an option can be switched on by another one, and one that was asked for can be unknown here.
 */
static void warn_of_built(const PreparedKernel *kernel)
{
	g_autofree char *config = NULL;

	if (kernel->kernel && kernel->kernel->config &&
	    g_file_get_contents(kernel->kernel->config, &config, NULL, NULL))
		warn_of_ignored(kernel->append, config, "its configuration lacks what takes it");
}

/* "linux-v7.1-rc3-12-g0123456789ab-dirty"; a tag's name may have a '/', which would part a path. */
static char *name_with(const char *name, const char *version)
{
	return g_strdelimit(g_strdup_printf("%s-%s", name, version), "/ ", '-');
}

/*
 * What a commit changes of how its kernel is called; both are NULL where there is none. name: in place of the one that
 * was known before. pinned: the words that name that commit and no other, whatever becomes of its branch.
 */
typedef struct {
	char *name, *pinned;
} OfCommit;

static void of_commit_clear(OfCommit *of)
{
	g_free(of->name);
	g_free(of->pinned);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OfCommit, of_commit_clear)

static bool tell_commit(const PreparedKernel *kernel, const Kernel *found, OfCommit *ret, GError **error)
{
	const RunRequest *request = &kernel->request;
	g_autoptr(UserTree) user = NULL;
	g_autofree char *folder = NULL;

	if (!found->version)
		return true;
	if (kernel->source) {
		ret->name = name_with(kernel->source->name, found->version);
		ret->pinned = g_strdup_printf("--kernel=%s@%s", kernel->source->name, found->commit);
		return true;
	}
	user = source_user_look(request->tree, request->cancel, error);
	if (!user)
		return false;
	folder = g_path_get_basename(user->dir);
	ret->name = name_with(folder, found->version);
	/* what is not committed has no name */
	if (!found->dirty)
		ret->pinned = g_strdup_printf("--tree=%s@%s", user->dir, found->commit);
	return true;
}

static void take(const Kernel *kernel, const OfCommit *of, char **abi, PlanHop *hop)
{
	hop->release = g_strdup(kernel->release);
	hop->source = g_strdup(kernel->source);
	hop->sha256 = g_strdup(kernel->sha256);
	hop->image = g_strdup(kernel->image);
	hop->key = g_strdup(kernel->key);
	hop->vmlinux = g_strdup(kernel->vmlinux);
	hop->layout = g_strdup(kernel->layout);
	hop->symbols = kernel->symbols ? rundir_symbols(kernel->sha256) : NULL;
	hop->config = kernel->config ? rundir_config(kernel->sha256) : NULL;
	hop->abi = g_strdupv(abi);
	hop->commit = g_strdup(kernel->commit);
	hop->version = g_strdup(kernel->version);
	hop->dirty = kernel->dirty;
	hop->pinned = g_strdup(of->pinned);
	if (!of->name)
		return;
	g_free(hop->name);
	hop->name = g_strdup(of->name);
}

/* The next hop of that kernel from *at on, which then is behind it; NULL. */
static PlanHop *next_hop(const Prepared *prepared, const PreparedKernel *kernel, guint *at)
{
	while (*at < plan_hops(prepared->plan)) {
		guint n = (*at)++;

		if (prepared_kernel(prepared, n) == kernel)
			return prepared->plan->hops->pdata[n];
	}
	return NULL;
}

/* What the plan says of a kernel; of one that is only looked at, what is known. */
static bool take_all(const PreparedKernel *kernel, const Kernel *found, Prepared *prepared, GError **error)
{
	g_auto(OfCommit) of = { 0 };
	g_auto(GStrv) abi = found->image ? kernelabi_read(arch_default(), found->image) : NULL;
	PlanHop *hop;

	if (!tell_commit(kernel, found, &of, error))
		return false;
	for (guint at = 0; (hop = next_hop(prepared, kernel, &at));) {
		take(found, &of, abi, hop);
		if (kernel->series && kernel->series->patches->len)
			hop->touches = series_touches(kernel->series);
	}
	return true;
}

/* What was asked of the kernel's configuration. */
static bool take_asked(const PreparedKernel *kernel, const KernelSpec *spec, Prepared *prepared, GError **error)
{
	g_auto(GStrv) asked = kernel_asked(spec, error);
	PlanHop *hop;

	if (!asked)
		return false;
	for (guint at = 0; (hop = next_hop(prepared, kernel, &at));)
		hop->config_asked = g_strdupv(asked);
	return true;
}

/* What a run would do about its kernel, for people. */
static char *describe_outlook(const PreparedKernel *kernel, const Tree *tree)
{
	if (kernel->kernel)
		return g_strdup("is in the cache");
	if (tree)
		return g_strdup_printf("would be built; %s",
				       kernel->series->patches->len ? "its patches apply" : "it has no patches");
	return g_strdup_printf("would be built, after its source was brought into the cache%s",
			       kernel->series->patches->len ? ": whether the patches apply is not known before" : "");
}

static bool check_one(PreparedKernel *kernel, const Paths *paths, Prepared *prepared, GError **error)
{
	KernelSpec spec = prepared_spec(kernel, paths);
	g_autoptr(Tree) tree = NULL;

	if (kernel->request.image) {
		kernel->kernel = kernel_from_image(arch_default(), kernel->request.image, paths->cache, error);
		kernel->outlook = g_strdup("is given");
		return kernel->kernel && take_all(kernel, kernel->kernel, prepared, error);
	}
	if (!kernel_check(&spec, &kernel->kernel, &tree, error))
		return false;
	kernel->outlook = describe_outlook(kernel, tree);
	warn_of_built(kernel);
	if (!take_asked(kernel, &spec, prepared, error))
		return false;
	if (kernel->kernel)
		return take_all(kernel, kernel->kernel, prepared, error);
	return !tree || take_all(kernel,
				 &(Kernel){ .source = tree->describe,
					    .commit = tree->commit,
					    .version = tree->version,
					    .dirty = tree->dirty },
				 prepared, error);
}

bool requestkernel_check(const Paths *paths, Prepared *prepared, GError **error)
{
	for (guint i = 0; i < prepared->kernels->len; i++)
		if (!check_one(prepared->kernels->pdata[i], paths, prepared, error))
			return false;
	return true;
}

static bool build_one(PreparedKernel *kernel, const Paths *paths, Prepared *prepared, GError **error)
{
	KernelSpec spec = prepared_spec(kernel, paths);
	const char *image = kernel->request.image;

	kernel->kernel =
		image ? kernel_from_image(arch_default(), image, paths->cache, error) : kernel_build(&spec, error);
	if (!kernel->kernel || (!image && !take_asked(kernel, &spec, prepared, error)))
		return false;
	warn_of_built(kernel);
	return take_all(kernel, kernel->kernel, prepared, error);
}

bool requestkernel_build(const Paths *paths, GCancellable *cancel, Prepared *prepared, GError **error)
{
	for (guint i = 0; i < prepared->kernels->len; i++) {
		PreparedKernel *kernel = prepared->kernels->pdata[i];

		kernel->request.cancel = cancel;
		if (!build_one(kernel, paths, prepared, error))
			return false;
	}
	return true;
}

static void name_hops(const PreparedKernel *kernel, const char *name, const char *series, const char *profile,
		      Prepared *prepared)
{
	PlanHop *hop;

	for (guint at = 0; (hop = next_hop(prepared, kernel, &at));) {
		hop->name = g_strdup(name);
		hop->series = g_strdup(series);
		hop->profile = g_strdup(profile);
	}
}

/* A kernel's name, source and series, and what is asked of its configuration. */
static bool resolve_one(PreparedKernel *kernel, const Paths *paths, Prepared *prepared, GError **error)
{
	const RunRequest *request = &kernel->request;
	g_autoptr(UserTree) user = NULL;
	g_autofree char *wished = NULL, *name = NULL;
	KernelSpec spec;

	if (request->image) {
		name_hops(kernel, "image", "as given", NULL, prepared);
		return true;
	}
	if (request->tree && !(user = source_user_look(request->tree, request->cancel, error)))
		return false;
	if (!request->tree && !(kernel->source = source_load(paths->patches, request->kernel, error)))
		return false;
	name = g_strdelimit(g_strdup(user ? user->name : kernel->source->name), "/", '-');
	kernel->series = request->series ? series_load(paths->patches, request->kernel, request->series, paths->cache,
						       request->cancel, error)
					 : series_none();
	if (!kernel->series || !request_check_series(kernel->series, error))
		return false;
	name_hops(kernel, name, kernel->series->name, request->profile, prepared);
	spec = prepared_spec(kernel, paths);
	wished = kernel_wished(&spec, error);
	if (wished)
		warn_of_ignored(kernel->append, wished, "nothing asks for what takes it");
	return wished != NULL;
}

bool requestkernel_resolve(const Paths *paths, Prepared *prepared, GError **error)
{
	requestchain_settle(prepared);
	for (guint i = 0; i < prepared->kernels->len; i++)
		if (!resolve_one(prepared->kernels->pdata[i], paths, prepared, error))
			return false;
	return true;
}
