// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <base/error.h>
#include <base/log.h>
#include <run/fragments.h>

#include <string.h>

/* --dry-run: what can be refused is, and the path of the image is printed if it is there already. */
static bool say_what_would_be(const KernelSpec *spec, GError **error)
{
	g_autoptr(Kernel) cached = NULL;
	g_autoptr(Tree) tree = NULL;
	g_autofree char *fragments = NULL;

	if (!kernel_check(spec, &cached, &tree, error))
		return false;
	fragments = fragments_text(spec->profile, spec->series, spec->extra_fragments, spec->config);
	log_info("fragments: %s", fragments);
	if (cached)
		cli_print_line(cached->image);
	else
		log_info("%s would be built%s", spec->series->name,
			 tree ? " from a source that is there, and its patches apply"
			      : ", after its source was brought into the cache");
	return true;
}

/* As a run has them: with what its payloads and devices need. */
static char **fragments_of(const RunRequest *request, const Paths *paths, GError **error)
{
	g_autofree char *folder = g_build_filename(paths->initramfs, PAYLOAD_FOLDER, NULL);
	g_autoptr(GPtrArray) payloads = payload_load_all(folder, request->payloads, error);

	if (!payloads || (!request->tree && !payload_check_kernels(payloads, request->kernel, error)))
		return NULL;
	return fragments_needed(request->fragments, payloads, &request->guest, error);
}

int verb_build(Cli *cli, int argc, char **argv, GError **error)
{
	/* what makes a kernel another one, and how it is told */
	static const char *const of_kernels[] = { "kernel",  "series",	   "tree",   "fragment", "config",
						  "profile", "payload",	   "device", "jobs",	 "dry-run",
						  "results", "exit-style", "quiet",  "verbose",	 NULL };
	g_auto(Options) options = { .writes = EMIT(run), .takes = of_kernels };
	g_auto(GStrv) rest = NULL, fragments = NULL;
	g_autoptr(Source) source = NULL;
	g_autoptr(Series) series = NULL;
	g_autoptr(Kernel) kernel = NULL;
	KernelSpec spec;

	if (!options_parse(
		    &options, cli, NULL,
		    "Builds a kernel and prints where its image is: the one that 'khotest run' would boot, with the "
		    "same words for it.\nWhat is about a machine or a run is refused.",
		    argc, argv, &rest, error))
		return EXIT_ERROR;
	if (rest[0] || options.image) {
		error_set(error, KHOTEST_ERROR_INPUT,
			  "build makes one kernel: name it with --kernel, --tree and --series");
		return EXIT_ERROR;
	}
	if (!options_only(&options, of_kernels, "build: it is about a machine or a run, and changes no kernel", error))
		return EXIT_ERROR;
	fragments = fragments_of(&options.request, &cli->paths, error);
	if (!fragments)
		return EXIT_ERROR;
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
		.extra_fragments = (const char *const *)fragments,
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
	cli_print_line(kernel->image);
	return EXIT_PASS;
}
