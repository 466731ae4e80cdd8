// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"
#include "describe.h"
#include "reference.h"

#include <base/cancel.h>
#include <base/error.h>
#include <base/log.h>
#include <base/names.h>
#include <base/setting.h>
#include <base/terminal.h>
#include <base/text.h>
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
	{ "nightly", verb_nightly,
	  "a plan within a time budget, and one message of what changed since the last good night" },
	{ "site", verb_site, "pages of all nights, for any web server" },
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
	{ "clean", verb_clean, "old results and what the cache holds unused: what goes after how long" },
	{ "checks", verb_checks, "what is asked of every kernel, and what each check can prove" },
	{ "list", verb_list, "kernels, series, fragments, runs, matrices, comparisons, sweeps" },
	{ "config", verb_config, "each setting, its value, and where it comes from" },
	{ "doctor", verb_doctor, "what this host can do, and what is missing" },
	{ "help", verb_help, "documents, reasons, settings; or the options of a verb" },
};

/* Caller frees. */
static char *usage(void)
{
	GString *out = g_string_new("khotest: does kexec handover (KHO) keep its scratch memory, end to end?\n\n"
				    "usage: khotest VERB [OPTION...]\n\n");

	for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++)
		g_string_append_printf(out, "  %-8s  %s\n", verbs[i].name, verbs[i].summary);
	g_string_append(out, "\n'khotest VERB --help' has the options. Exit status: 0 pass, 1 fail, 77 this host "
			     "cannot, 99 error.\n"
			     "Settings such as memory=8G: in $XDG_CONFIG_HOME/khotest/config, or KHOTEST_MEMORY=8G; "
			     "'khotest config' shows all.\n");
	return g_string_free(out, FALSE);
}

/*
 * Folders of the environment that are no absolute paths are none ("should consider the path invalid and ignore it": XDG
 * Base Directory Specification). Without a home of its own the one of the user database is taken.
 */
static void ignore_relative_folders(void)
{
	static const char *const names[] = { "HOME",	       "XDG_CACHE_HOME",  "XDG_CONFIG_HOME",
					     "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME" };

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		const char *value = g_getenv(names[i]);

		if (!value || g_path_is_absolute(value))
			continue;
		if (*value)
			log_warn("%s=%s is no absolute path, and is ignored", names[i], value);
		g_unsetenv(names[i]);
	}
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

static VerbFunc find_verb(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++)
		if (strcmp(name, verbs[i].name) == 0)
			return verbs[i].func;
	return NULL;
}

char **cli_verbs(void)
{
	GPtrArray *names = g_ptr_array_new();

	for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++)
		g_ptr_array_add(names, g_strdup(verbs[i].name));
	g_ptr_array_add(names, NULL);
	return (char **)g_ptr_array_free(names, FALSE);
}

bool cli_help_verb(Cli *cli, const char *name)
{
	char *argv[] = { (char *)name, (char *)"--help", NULL };
	VerbFunc func = find_verb(name);

	return func && func(cli, 2, argv, NULL) == EXIT_PASS;
}

static const char *summary_of(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++)
		if (strcmp(name, verbs[i].name) == 0)
			return verbs[i].summary;
	return "";
}

/* Has a verb show its table to func, and do nothing. */
static bool look_at(Cli *cli, char *name, OptionsLook func, gpointer data)
{
	char *argv[] = { name, NULL };
	VerbFunc verb = find_verb(name);
	g_autoptr(GError) unused = NULL;

	if (!verb)
		return false;
	options_look(func, data);
	verb(cli, 1, argv, &unused);
	return true;
}

static void print_page(const VerbTable *table, gpointer data)
{
	g_autofree char *page = describe_page(table, summary_of(table->verb));

	cli_print(page);
}

static void print_reference(const VerbTable *table, gpointer data)
{
	g_autofree char *section = reference_verb(table, summary_of(table->verb));

	cli_print(section);
}

/* docs/reference.md */
static void describe_reference(Cli *cli)
{
	g_autofree char *begin = reference_begin();

	cli_print(begin);
	for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++)
		look_at(cli, (char *)verbs[i].name, print_reference, NULL);
}

/* For the build: --describe verbs|settings|reference|page VERB. */
static int describe(Cli *cli, int argc, char **argv)
{
	if (argc == 1 && strcmp(argv[0], "reference") == 0) {
		describe_reference(cli);
		return EXIT_PASS;
	}
	if (argc == 1 && strcmp(argv[0], "verbs") == 0) {
		for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++)
			cli_print_line(verbs[i].name);
		return EXIT_PASS;
	}
	if (argc == 1 && strcmp(argv[0], "settings") == 0) {
		g_autofree char *page = describe_settings();

		cli_print(page);
		return EXIT_PASS;
	}
	return argc == 2 && strcmp(argv[0], "page") == 0 && look_at(cli, argv[1], print_page, NULL) ? EXIT_PASS
												    : EXIT_ERROR;
}

typedef struct {
	const Cli *cli;
	char **words;
} Unfinished;

static void print_candidates(const VerbTable *table, gpointer data)
{
	const Unfinished *unfinished = data;
	g_autofree char *text = describe_candidates(unfinished->cli, table, (const char *const *)unfinished->words);

	cli_print(text);
}

/* For shells: --complete WORD..., the last as far as it is written. Nothing is ever said of errors. */
static int complete(Cli *cli, int argc, char **argv)
{
	Unfinished unfinished = { cli, argv + 1 };

	if (argc == 1) {
		for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++)
			if (g_str_has_prefix(verbs[i].name, argv[0]))
				cli_print_line(verbs[i].name);
	} else if (argc > 1) {
		look_at(cli, argv[0], print_candidates, &unfinished);
	}
	return EXIT_PASS;
}

static int dispatch(Cli *cli, int argc, char **argv, GError **error)
{
	VerbFunc verb = find_verb(argv[1]);

	if (strcmp(argv[1], "--complete") == 0)
		return complete(cli, argc - 2, argv + 2);
	if (verb)
		return verb(cli, argc - 1, argv + 1, error);
	return unknown_verb(argv[1], error);
}

static ExitStatus exit_of_error(const GError *error)
{
	return g_error_matches(error, KHOTEST_ERROR, KHOTEST_ERROR_HOST) ? EXIT_SKIP : EXIT_ERROR;
}

int main(int argc, char **argv)
{
	g_autoptr(GCancellable) cancel = NULL;
	static const PathsInstalled installed = { KHOTEST_BINDIR, KHOTEST_DATADIR, KHOTEST_LIBEXECDIR };
	g_auto(GStrv) asked = g_strdupv(argv);
	g_autofree char *message = NULL;
	g_autoptr(GError) error = NULL;
	Cli cli = { .asked = asked };
	int status = EXIT_ERROR;

	/* before there is a second thread, which would see the environment change */
	ignore_relative_folders();
	cli.cancel = cancel = cancel_install();
	cli_begin();
	setlocale(LC_CTYPE, "");
	table_set_columns(terminal_columns(STDOUT_FILENO));
	if (argc < 2) {
		message = usage();
		fputs(message, stderr);
		return EXIT_ERROR;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		message = usage();
		cli_print(message);
		return cli_finish(EXIT_PASS);
	}
	if (strcmp(argv[1], "--version") == 0) {
		cli_print_line("khotest " KHOTEST_VERSION);
		return cli_finish(EXIT_PASS);
	}
	if (strcmp(argv[1], "--describe") == 0)
		return cli_finish(describe(&cli, argc - 2, argv + 2));
	exit_style_foresee(argv);
	if (settings_load(&error) && paths_find(&installed, &cli.paths, &error))
		status = dispatch(&cli, argc, argv, &error);
	if (error) {
		status = exit_of_error(error);
		message = text_clean(error->message);
		fprintf(stderr, "khotest: %s%s\n", status == EXIT_SKIP ? "this host cannot: " : "", message);
	}
	paths_clear(&cli.paths);
	return exit_style_map((ExitStatus)cli_finish(status));
}
