/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FUZZ_SEEDS_H
#define FUZZ_SEEDS_H

#include "targets.h"

/*
 * What a target is given to begin with, GBytes: its corpus (corpora/NAME/), and what it reads in recorded runs, in an
 * order that is always the same. Caller unrefs.
 */
GPtrArray *seeds_of(const FuzzTarget *target, const char *corpora, const char *recordings);

#endif
