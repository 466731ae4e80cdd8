/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_PROVENANCE_H
#define REPORT_PROVENANCE_H

#include <study/matrix.h>

/*
 * What made the figures of a matrix, in Markdown: when, on what hosts, from which
 * kernels (with the hash of each image), and the commands that make them again.
 * into: the folder that is published, as the command names it. Caller frees.
 */
char *provenance_to_markdown(const MatrixResult *matrix, const char *into);

/* The same of runs (Result) that one command made. asked: its words. Caller frees. */
char *provenance_of_runs(const GPtrArray *results, const char *const *asked, const char *into);

#endif
