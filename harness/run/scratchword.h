/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_SCRATCHWORD_H
#define RUN_SCRATCHWORD_H

#include <glib.h>
#include <stdbool.h>

/*
 * Up to 7.3 the sizes of scratch are given with "kho_scratch=", and kernels that call scratch bootmem take
 * "kho_bootmem=" for the same. Either may be asked for: the words of a command line with the one that the kernels know.
 * bootmem: they have the new name. Caller frees; NULL stays NULL.
 */
char *scratchword_settle(const char *words, bool bootmem);

#endif
