/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_RUNJUNIT_H
#define REPORT_RUNJUNIT_H

#include <evaluate/result.h>

/* A run as a <testsuite> with that name behind "khotest.". */
void runjunit_put(GString *out, const char *name, const Result *result);

#endif
