// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <base/error.h>
#include <base/log.h>
#include <base/units.h>

#include <stdio.h>

int verb_fetch(Cli *cli, int argc, char **argv, GError **error)
{
	char *kernel = NULL;
	const GOptionEntry entries[] = {
		{ "kernel", 0, 0, G_OPTION_ARG_STRING, &kernel, "Kernel, as 'khotest list' names it (7.1)", "NAME" },
		{ NULL, 0, 0, 0, NULL, NULL, NULL },
	};
	bool ok = options_parse_entries(entries, NULL, "Brings a kernel's source into the cache, verified.", argc, argv,
					NULL, error);
	g_autofree char *name = kernel;
	g_autofree char *path = NULL;
	g_autoptr(Source) source = NULL;

	if (!ok)
		return EXIT_ERROR;
	source = source_load(cli->paths.patches, name ? name : "7.1", error);
	if (!source || !source_fetch(source, cli->paths.cache, cli->cancel, &path, error))
		return EXIT_ERROR;
	puts(path);
	return EXIT_PASS;
}

int verb_build(Cli *cli, int argc, char **argv, GError **error)
{
	g_auto(Options) options = { 0 };
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
	if (!options.tree && !(source = source_load(cli->paths.patches, options.request.kernel, error)))
		return EXIT_ERROR;
	series = options.request.series
			 ? series_load(cli->paths.patches, options.request.kernel, options.request.series, error)
			 : series_none();
	if (!series)
		return EXIT_ERROR;
	spec = (KernelSpec){
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
	kernel = kernel_build(&spec, error);
	if (!kernel)
		return EXIT_ERROR;
	log_info("%s, %s, sha256 %s", kernel->release, kernel->was_cached ? "from the cache" : "built", kernel->sha256);
	puts(kernel->image);
	return EXIT_PASS;
}
