/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_EXPECTATION_H
#define RUN_EXPECTATION_H

#include <run/request.h>

/*
 * HANDOVER_...: what should become of a handover between kernels with these ABI strings (build/kernelabi.h); NULL
 * where they do not tell. from, to: or NULL.
 */
const char *expectation_handover(char **from, char **to);

/*
 * What should come out of a chain, into plan->expect and expect_reason, and into each later hop what should become
 * of the handover to it: by the ABI strings of the kernels, as far as they are known, and by what the series say of
 * themselves. May be called again when more is known.
 */
void expectation_set(Prepared *prepared);

#endif
