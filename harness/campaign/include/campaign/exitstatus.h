/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_EXITSTATUS_H
#define CAMPAIGN_EXITSTATUS_H

#include <measure/verdict.h>

/* What a khotest says to whoever called it, which may be another khotest. */
typedef enum {
	EXIT_PASS = 0,
	EXIT_FAIL = 1,
	EXIT_SKIP = 77,
	EXIT_ERROR = 99,
} ExitStatus;

ExitStatus exit_of_verdict(VerdictKind kind);

/* The other way round; any other status, as of a process that a signal ended, is VERDICT_ERROR. */
VerdictKind verdict_of_exit(int status);

#endif
