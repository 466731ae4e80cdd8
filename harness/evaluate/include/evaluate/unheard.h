/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVALUATE_UNHEARD_H
#define EVALUATE_UNHEARD_H

#include <evaluate/result.h>

/*
 * Lines that a kernel which failed had in its memory, and that never came over its console: "[    0.000000] text", each
 * cleaned. Empty if there are none, or if nothing is known of its memory. Caller unrefs.
 */
GPtrArray *result_unheard(const Result *result);

#endif
