/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_RUNKTAP_H
#define REPORT_RUNKTAP_H

#include <evaluate/result.h>

/* One line of KTAP's text: a '#' begins a directive there. Caller frees. */
char *runktap_plain(const char *text);

/* A run as a suite of tests, each line behind indent; name: of a subtest, or NULL. Returns whether all of it is well.
 */
bool runktap_put(GString *out, const char *indent, const char *name, const Result *result);

#endif
