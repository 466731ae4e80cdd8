/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_SCRATCHTABLE_H
#define REPORT_SCRATCHTABLE_H

#include <evaluate/result.h>
#include <report/table.h>

/* What lives in scratch, by kind, of each kernel after its boot and in the end; NULL unless some of it should not. */
Table *scratchtable_new(const Result *result);

/* Who allocated what should not be there, as far as the kernels tell; NULL: they do not. Caller frees. */
char *scratch_owners_text(const Result *result);

#endif
