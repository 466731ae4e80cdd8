/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "emit.h"

#include <campaign/exitstatus.h>
#include <history/runindex.h>
#include <measure/verdict.h>
#include <run/request.h>

/* What every verb is given. */
typedef struct {
	GCancellable *cancel;
	Paths paths;
	char **asked; /* the whole command line */
} Cli;

/* A verb: parses argv (argv[0] is its name) and returns an exit status, or sets the error and returns anything. */
typedef int (*VerbFunc)(Cli *cli, int argc, char **argv, GError **error);

int verb_run(Cli *cli, int argc, char **argv, GError **error);
int verb_selftest(Cli *cli, int argc, char **argv, GError **error);
int verb_sweep(Cli *cli, int argc, char **argv, GError **error);
int verb_clean(Cli *cli, int argc, char **argv, GError **error);
int verb_bisect(Cli *cli, int argc, char **argv, GError **error);
int verb_cost(Cli *cli, int argc, char **argv, GError **error);
int verb_compare(Cli *cli, int argc, char **argv, GError **error);
int verb_config(Cli *cli, int argc, char **argv, GError **error);
int verb_doctor(Cli *cli, int argc, char **argv, GError **error);
int verb_fetch(Cli *cli, int argc, char **argv, GError **error);
int verb_build(Cli *cli, int argc, char **argv, GError **error);
int verb_publish(Cli *cli, int argc, char **argv, GError **error);
int verb_report(Cli *cli, int argc, char **argv, GError **error);
int verb_history(Cli *cli, int argc, char **argv, GError **error);
int verb_matrix(Cli *cli, int argc, char **argv, GError **error);
int verb_nightly(Cli *cli, int argc, char **argv, GError **error);
int verb_site(Cli *cli, int argc, char **argv, GError **error);
int verb_audit(Cli *cli, int argc, char **argv, GError **error);
int verb_checks(Cli *cli, int argc, char **argv, GError **error);
int verb_help(Cli *cli, int argc, char **argv, GError **error);
int verb_list(Cli *cli, int argc, char **argv, GError **error);

/* The options that run, compare and build share, as parsed. Owns its strings. */
typedef struct {
	RunRequest request;	/* points into the rest; series is left to the verb */
	gsize writes;		/* EMIT(...): what the verb writes, set before options_parse() */
	const Emitter *emitter; /* in which format */
	bool many_trees; /* --tree may be given several times, set before options_parse(); then trees has all of them,
			    and tree none */
	/* long names of those that this verb takes, and of those that it never does, set before options_parse();
	   NULL: all, none */
	const char *const *takes, *const *refuses;
	bool dry_run;
	bool output_given;	   /* -o is not the default */
	const GOptionEntry *extra; /* options of the verb's own, set before options_parse(); or NULL */
	/* storage */
	char *chain, *kernel, *series, *tree, *image, *profile, *memory, *append, *accel, *connect, *timeout, *output,
		*mode, *memory_dir, *format_name, *exit_style, *break_what;
	char **trees, **fragments, **config, **numa, **devices, **appends, **payloads, **check, **no_check, **checks,
		**asked, /* the command line with the commit of a branch behind it; NULL: it is as it was typed */
		**given; /* long names of the options that were given */
	int cpus, jobs, hops;
	gboolean quiet, verbose, dry, prefault;
} Options;

/*
 * Parses the options out of argv; what is left over (the verb's name removed) goes
 * to ret_rest. summary: the line that --help shows. Errors: INPUT.
 */
bool options_parse(Options *options, Cli *cli, const char *usage, const char *summary, int argc, char **argv,
		   char ***ret_rest, GError **error);
void options_clear(Options *options);

/* Refuses all that was given but those, by their long names. what: "--report, which ...". Errors: INPUT. */
bool options_only(const Options *options, const char *const *fitting, const char *what, GError **error);

/*
 * For a verb that goes on: the words that it was begun with (asked, "khotest" first), those of now behind them, and a
 * NULL; of an option that is given twice the last one counts, or both do, as of -a. Words are borrowed; caller unrefs.
 */
GPtrArray *options_again(char **asked, int argc, char **argv);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

/* --check and --no-check, of all verbs that judge: two entries for GOptionEntry tables. */
#define OPTIONS_CHECK(check, no_check)                                                                                 \
	{ "check", 0, 0, G_OPTION_ARG_STRING_ARRAY, check, "Ask these checks only ('khotest checks')", "ID,..." },     \
	{                                                                                                              \
		"no-check", 0, 0, G_OPTION_ARG_STRING_ARRAY, no_check, "Do not ask these checks", "ID,..."             \
	}

/* Of all verbs that go on with what is in a directory: an entry for GOptionEntry tables. */
#define OPTION_TRUST(storage)                                                                                          \
	{                                                                                                              \
		"trust", 0, 0, G_OPTION_ARG_NONE, storage,                                                             \
			"With --resume: a directory that was begun elsewhere is as good as one of yours", NULL         \
	}
bool options_trust(bool trust, bool resume, GError **error); /* INPUT: one without the other */

/* The same of all verbs that boot machines: an entry for GOptionEntry tables. */
#define OPTION_MEMORY_DIR(storage)                                                                                     \
	{                                                                                                              \
		"memory-dir", 0, 0, G_OPTION_ARG_FILENAME, storage,                                                    \
			"Keep guest memory in a file below DIR: slower, and limited by the disk", "DIR"                \
	}

/* Of all verbs that write results or look for them: an entry for GOptionEntry tables. */
#define OPTION_RESULTS                                                                                                 \
	{                                                                                                              \
		"results", 0, G_OPTION_FLAG_FILENAME, G_OPTION_ARG_CALLBACK, (gpointer)options_results,                \
			"Folder of all results ('khotest config' says which it is without)", "DIR"                     \
	}
gboolean options_results(const char *name, const char *value, gpointer data, GError **error);

/*
 * For verbs with options of their own: parses entries, and refuses what is left over unless ret_rest takes it. A number
 * that is 0 before is 0 afterwards if it was not given: none below 1 is taken, and no word that is empty, but for that
 * of --append. Errors: INPUT.
 */
bool options_parse_entries(const GOptionEntry *entries, const char *usage, const char *summary, int argc, char **argv,
			   char ***ret_rest, GError **error);

/*
 * For verbs with options of their own, whose numbers are 0 where none was given: refuses what was given beside the
 * first of fitting and is not in it, by long names. Nothing is refused if the first was not given. what: "--report,
 * which ...". Errors: INPUT.
 */
bool options_beside(const GOptionEntry *entries, const char *const *fitting, const char *what, GError **error);

/* The value of an option such as --threshold, "1%". Errors: INPUT, with the option. */
bool options_parse_share(const char *option, const char *text, double *ret_share, GError **error);

/* --exit-style, one of the dialects that exit statuses are mapped to, for main(): set by options_parse(). */
bool exit_style_set(const char *name, GError **error);
/* What options_parse() will find, before anything can go wrong: git bisect takes the 99 of a wrong option for "bad". */
void exit_style_foresee(char **argv);
int exit_style_map(ExitStatus status);

/* What a verb takes, as its option table has it. Borrowed. */
typedef struct {
	const char *verb;
	const char *usage;	     /* what stands behind the options; or NULL */
	const char *summary;	     /* lines for people */
	const GOptionEntry *entries; /* those of the verb */
} VerbTable;

/* From now on options are not parsed: the table goes to func, and the verb is told that it could not be. */
typedef void (*OptionsLook)(const VerbTable *table, gpointer data);
void options_look(OptionsLook func, gpointer data);

/* Names of all verbs. Caller frees. */
char **cli_verbs(void);

/* Shows a verb's options; false: there is no such verb. */
bool cli_help_verb(Cli *cli, const char *name);

/* All that 'khotest help' has a text on, sorted. Caller frees. */
char **help_topics(const Cli *cli);

/* To standard output, without what a terminal would take for more than text. NULL: nothing. */
void cli_print(const char *text);
/* The same with a newline behind it. */
void cli_print_line(const char *line);

/*
 * At the very beginning: a standard stream that the caller has closed is /dev/null, or the next file that is opened
 * would get its number, and all that is printed.
 */
void cli_begin(void);

/* Sends off what was printed so far. */
void cli_flush(void);

/*
 * At the very end: the status, unless something that was printed could not be written. That is said, and is EXIT_ERROR:
 * a caller who keeps the output would have half of it, and believe it whole.
 */
int cli_finish(int status);

#endif
