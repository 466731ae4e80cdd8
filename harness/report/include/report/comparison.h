/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_COMPARISON_H
#define REPORT_COMPARISON_H

#include <study/comparison.h>

/* How the runs came out, and the sentence on what it is about: what --quiet leaves. Caller frees. */
char *comparison_to_brief(const Comparison *comparison);

/* Table, sentences, and notes. Caller frees. */
char *comparison_to_text(const Comparison *comparison);
char *comparison_to_markdown(const Comparison *comparison);

/* What its Markdown has as a list, a line each and without marks, for another list. Caller frees. */
char *comparison_to_lines(const Comparison *comparison);

char *comparison_to_json(const Comparison *comparison);

/* "time to /init, second kernel, at 100G: central saves 1.97 s [1.81 s, 2.10 s] of 7.10 s (...)". Caller frees. */
char *comparison_sentence(const Comparison *comparison, const Finding *finding);

/* What round brackets mean, in a sentence, if any of these (Finding) has some; NULL. Caller frees. */
char *findings_too_few(const GArray *findings);

#endif
