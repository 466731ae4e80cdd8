// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <base/error.h>
#include <base/log.h>
#include <base/units.h>

#include <stdio.h>
#include <string.h>

/* --dry-run: what can be refused is, and the path of the image is printed if it is there already. */
static bool say_what_would_be(const KernelSpec *spec, GError **error)
{
	g_autoptr(Kernel) cached = NULL;
	g_autoptr(Tree) tree = NULL;

	if (!kernel_check(spec, &cached, &tree, error))
		return false;
	if (cached)
		puts(cached->image);
	else
		log_info("%s would be built%s", spec->series->name,
			 tree ? " from a source that is there, and its patches apply"
			      : ", after its source was brought into the cache");
	return true;
}

int verb_build(Cli *cli, int argc, char **argv, GError **error)
{
	g_auto(Options) options = { .writes = EMIT(run) };
	g_auto(GStrv) rest = NULL;
	g_autoptr(Source) source = NULL;
	g_autoptr(Series) series = NULL;
	g_autoptr(Kernel) kernel = NULL;
	KernelSpec spec;

	if (!options_parse(&options, cli, NULL, "Builds a kernel and prints where its image is.", argc, argv, &rest,
			   error))
		return EXIT_ERROR;
	if (rest[0] || options.image) {
		error_set(error, KHOTEST_ERROR_INPUT,
			  "build makes one kernel: name it with --kernel, --tree and --series");
		return EXIT_ERROR;
	}
	/* the path of the image, whatever else was done for it */
	if (strcmp(options.emitter->name, "text") != 0) {
		error_set(error, KHOTEST_ERROR_INPUT,
			  "--format %s is about results, and build prints a path: 'khotest run' has results",
			  options.emitter->name);
		return EXIT_ERROR;
	}
	if (!options.tree && !(source = source_load(cli->paths.patches, options.request.kernel, error)))
		return EXIT_ERROR;
	series = options.request.series ? series_load(cli->paths.patches, options.request.kernel,
						      options.request.series, cli->paths.cache, cli->cancel, error)
					: series_none();
	if (!series)
		return EXIT_ERROR;
	spec = (KernelSpec){
		.arch = arch_default(),
		.source = source,
		.user_tree = options.tree,
		.series = series,
		.kconfigs = cli->paths.kconfigs,
		.layout = cli->paths.layout,
		.profile = options.request.profile,
		.extra_fragments = options.request.fragments,
		.config = options.request.config,
		.cache = cli->paths.cache,
		.jobs = options.request.jobs,
		.cancel = cli->cancel,
	};
	if (options.dry_run)
		return say_what_would_be(&spec, error) ? EXIT_PASS : EXIT_ERROR;
	kernel = kernel_build(&spec, error);
	if (!kernel)
		return EXIT_ERROR;
	log_info("%s, %s, sha256 %s", kernel->release, kernel->was_cached ? "from the cache" : "built", kernel->sha256);
	puts(kernel->image);
	return EXIT_PASS;
}
