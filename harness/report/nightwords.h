/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_NIGHTWORDS_H
#define REPORT_NIGHTWORDS_H

#include <report/night.h>

/* "0123456789ab" of a commit; other names as they are. Caller frees. */
char *nightwords_short(const char *commit);

#endif
