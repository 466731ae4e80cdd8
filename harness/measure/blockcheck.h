/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_BLOCKCHECK_H
#define MEASURE_BLOCKCHECK_H

#include <measure/blockmap.h>

/* Fills problems and notes of a map whose spans are there. */
void blockcheck_fill(BlockMap *map, const Hop *hop);

#endif
