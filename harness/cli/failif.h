/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_FAILIF_H
#define CLI_FAILIF_H

#include <campaign/exitstatus.h>
#include <study/condition.h>

/* --fail-if and --fail-if-unsure, of all verbs that hold one kernel against another. Owns all of it. */
typedef struct {
	char **texts;
	gboolean unsure;
	GPtrArray *conditions; /* Condition, by failif_parse() */
} FailIf;

#define OPTIONS_FAIL_IF(failif)                                                                                        \
	{ "fail-if",                                                                                                   \
	  0,                                                                                                           \
	  0,                                                                                                           \
	  G_OPTION_ARG_STRING_ARRAY,                                                                                   \
	  &(failif)->texts,                                                                                            \
	  "Exit status 1 if the whole interval lies beyond: 'init.later>1%', 'blackout>50ms', 'insn2.to_init<0'",      \
	  "CONDITION" },                                                                                               \
	{                                                                                                              \
		"fail-if-unsure", 0, 0, G_OPTION_ARG_NONE, &(failif)->unsure,                                          \
			"Exit status 1 also if a condition is not decided", NULL                                       \
	}

/* Errors: INPUT. */
bool failif_parse(FailIf *failif, GError **error);
void failif_clear(FailIf *failif);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FailIf, failif_clear)

/*
 * Refuses what could never be decided, before anything is run: a metric that runs of that mode, with so many kernels in
 * a row (0: not known), do not have, and fewer pairs than an interval takes. rounds: 0 for as many as it takes.
 * Errors: INPUT, with what would do.
 */
bool failif_check(const FailIf *failif, const char *mode, guint kernels, guint rounds, GError **error);

/* The same of one run that is there against another: of a time nothing could be decided. */
bool failif_check_pair(const FailIf *failif, GError **error);

/* What conditions make of a status: EXIT_ERROR if one cannot be told, EXIT_FAIL if one is met, or is unsure and was to
 * be sure. */
ExitStatus failif_exit(const FailIf *failif, const Comparison *comparison, ExitStatus status);

/*
 * The same of one run of each, words and results (Result, which go over) in the same order. What conditions come to is
 * said on standard error, where no table has it.
 */
ExitStatus failif_exit_of_one_each(const FailIf *failif, const char *const *words, GPtrArray *results,
				   ExitStatus status);

#endif
