// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <base/cancel.h>
#include <base/error.h>
#include <base/names.h>
#include <base/terminal.h>
#include <base/text.h>
#include <build/series.h>
#include <report/table.h>

#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *name;
	VerbFunc func;
	const char *summary;
} verbs[] = {
	{ "run", verb_run, "one kernel: build it, boot it, hand over, judge" },
	{ "shell", verb_run, "the same, with a shell in the guest once a kernel was looked at" },
	{ "compare", verb_compare, "several series of one kernel, in one table" },
	{ "matrix", verb_matrix, "a plan of many cells, each with the verdict it should have" },
	{ "selftest", verb_selftest, "the kernel's own selftests, each across a handover" },
	{ "audit", verb_audit, "who sets which pageblock's migratetype: callers, and a map" },
	{ "sweep", verb_sweep, "how figures change with memory, CPUs, nodes, scratch or the preserved share" },
	{ "cost", verb_cost, "what series cost, in counted instructions" },
	{ "bisect", verb_bisect, "the first bad commit of a tree, or the first bad patch of a series" },
	{ "publish", verb_publish, "the files of results/ from a matrix, a comparison or a sweep" },
	{ "history", verb_history, "how a figure went over the kernels that were run, and where it changed" },
	{ "report", verb_report, "judge a run again from its files" },
	{ "build", verb_build, "a kernel only, without a run" },
	{ "fetch", verb_fetch, "kernel sources only, verified, for work without a network" },
	{ "checks", verb_checks, "what is asked of every kernel, and what each check can prove" },
	{ "list", verb_list, "kernels, series, fragments, runs, matrices, comparisons, sweeps" },
	{ "doctor", verb_doctor, "what this host can do, and what is missing" },
	{ "help", verb_help, "reasons: what each reason of a verdict means" },
};

static void usage(FILE *out)
{
	fputs("khotest: does kexec handover (KHO) keep its scratch memory, end to end?\n\nusage: khotest VERB "
	      "[OPTION...]\n\n",
	      out);
	for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++)
		fprintf(out, "  %-8s  %s\n", verbs[i].name, verbs[i].summary);
	fputs("\n'khotest VERB --help' has the options. Exit status: 0 pass, 1 fail, 77 this host cannot, 99 error.\n"
	      "Environment: KHOTEST_SOURCES, a folder with kernel tarballs; XDG_CACHE_HOME, where the cache lies; all "
	      "of "
	      "it is in docs/environment.md.\n",
	      out);
}

/* Folder for libvirt's root and sockets: short, since socket paths must be, and ours alone. */
static char *runtime_folder(void)
{
	const char *runtime = g_getenv("XDG_RUNTIME_DIR");

	if (runtime && g_file_test(runtime, G_FILE_TEST_IS_DIR))
		return g_build_filename(runtime, "khotest", NULL);
	return g_strdup_printf("%s/khotest-%d", g_get_tmp_dir(), (int)getuid());
}

/* The project's files: where they were built from, unless KHOTEST_SOURCE says otherwise. */
static char *project_folder(const char *name)
{
	const char *source = g_getenv("KHOTEST_SOURCE");

	return g_build_filename(source && *source ? source : KHOTEST_SOURCE_DIR, name, NULL);
}

static int unknown_verb(const char *word, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_autofree char *nearest = NULL;

	for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++)
		g_ptr_array_add(names, (gpointer)verbs[i].name);
	g_ptr_array_add(names, NULL);
	nearest = names_nearest(word, (char **)names->pdata);
	error_set(error, KHOTEST_ERROR_INPUT, "there is no verb '%s'%s%s; 'khotest --help' lists them", word,
		  *nearest ? ", did you mean " : "", nearest);
	return EXIT_ERROR;
}

static int dispatch(Cli *cli, int argc, char **argv, GError **error)
{
	for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++)
		if (strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].func(cli, argc - 1, argv + 1, error);
	return unknown_verb(argv[1], error);
}

static ExitStatus exit_of_error(const GError *error)
{
	return g_error_matches(error, KHOTEST_ERROR, KHOTEST_ERROR_HOST) ? EXIT_SKIP : EXIT_ERROR;
}

int main(int argc, char **argv)
{
	g_autoptr(GCancellable) cancel = cancel_install();
	g_autofree char *patches = project_folder("patches");
	g_autofree char *kconfigs = project_folder("kconfigs");
	g_autofree char *plans = project_folder("plans");
	g_autofree char *initramfs = project_folder("initramfs");
	g_autofree char *results = project_folder("results");
	g_autofree char *layout = g_build_filename(initramfs, "layout", NULL);
	g_autofree char *cache = source_default_cache();
	g_autofree char *runtime = runtime_folder();
	g_auto(GStrv) asked = g_strdupv(argv);
	g_autofree char *message = NULL;
	const char *probe = g_getenv("KHOTEST_PROBE");
	g_autoptr(GError) error = NULL;
	Cli cli = { .cancel = cancel, .asked = asked };
	int status;

	cli_begin();
	setlocale(LC_CTYPE, "");
	table_set_columns(terminal_columns(STDOUT_FILENO));
	cli.plans = plans;
	cli.results = results;
	cli.paths = (Paths){
		.patches = patches,
		.kconfigs = kconfigs,
		.initramfs = initramfs,
		.layout = layout,
		.probe = probe && *probe ? probe : KHOTEST_PROBE_PATH,
		.cache = cache,
		.runtime = runtime,
	};
	if (argc < 2) {
		usage(stderr);
		return EXIT_ERROR;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    (argc == 2 && strcmp(argv[1], "help") == 0)) {
		usage(stdout);
		return cli_finish(EXIT_PASS);
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("khotest " KHOTEST_VERSION);
		return cli_finish(EXIT_PASS);
	}
	status = dispatch(&cli, argc, argv, &error);
	if (error) {
		status = exit_of_error(error);
		message = text_clean(error->message);
		fprintf(stderr, "khotest: %s%s\n", status == EXIT_SKIP ? "this host cannot: " : "", message);
	}
	return exit_style_map((ExitStatus)cli_finish(status));
}
