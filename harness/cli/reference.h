/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_REFERENCE_H
#define CLI_REFERENCE_H

#include "cli.h"

#include <report/table.h>

/* What the program knows of itself, as tables: for 'khotest help' and for docs/reference.md. Callers free. */
Table *reference_exit_status(void);
Table *reference_reasons(void);
Table *reference_titles(void);
Table *reference_figures(void);

/* docs/reference.md up to the verbs, whose sections follow; tests/docs/reference.sh compares. Caller frees. */
char *reference_begin(void);

/* The section of a verb with its options. short_summary: a line. Caller frees. */
char *reference_verb(const VerbTable *table, const char *short_summary);

#endif
