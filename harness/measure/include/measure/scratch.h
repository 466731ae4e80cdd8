/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_SCRATCH_H
#define MEASURE_SCRATCH_H

#include <glib.h>
#include <stdbool.h>

/* One KHO scratch region; bytes may be 0 (an empty region is normal). */
typedef struct {
	guint64 phys;
	guint64 bytes;
} ScratchRegion;

/*
 * debugfs kho/out/scratch_phys and scratch_len (from 7.4 on bootmem_phys and
 * bootmem_len): one hexadecimal number a line, the n-th of one file belonging to
 * the n-th of the other. GArray of ScratchRegion. Errors: FAILED (not numbers,
 * counts differ).
 */
GArray *scratch_parse(const char *phys_text, const char *len_text, GError **error);

bool scratch_equal(const GArray *a, const GArray *b);

/* Bytes of all regions; 0 for NULL. */
guint64 scratch_bytes(const GArray *regions);

#endif
