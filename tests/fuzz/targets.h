/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FUZZ_TARGETS_H
#define FUZZ_TARGETS_H

#include <glib.h>

/*
 * What a guest, a plan, a configuration or a run directory of somebody else's says, given to whoever reads it. A target
 * takes any bytes, and must come back: without reading what is not its own, and in a time that grows with the bytes.
 */
typedef struct {
	const char *name;
	void (*run)(const guint8 *data, gsize length);
	const char *seeds; /* files of a recording with what it reads when all is well, with commas; NULL: none */
} FuzzTarget;

/* Ends with one without a name. */
extern const FuzzTarget fuzz_targets[];

/* NULL if there is none of that name. */
const FuzzTarget *fuzz_find(const char *name);

#endif
