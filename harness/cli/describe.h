/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_DESCRIBE_H
#define CLI_DESCRIBE_H

#include "cli.h"

/* The manual page of a verb in scdoc's syntax (scdoc(5)). short_summary: a line. Caller frees. */
char *describe_page(const VerbTable *table, const char *short_summary);

/*
 * What could stand for the last word, one candidate a line; words: those behind the verb, the last as far as it is
 * written. The line ":files" stands for names of files. Caller frees.
 */
char *describe_candidates(const Cli *cli, const VerbTable *table, const char *const *words);

/* khotest.config(5): all settings, in the same syntax. Caller frees. */
char *describe_settings(void);

#endif
