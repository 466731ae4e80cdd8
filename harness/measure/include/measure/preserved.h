/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_PRESERVED_H
#define MEASURE_PRESERVED_H

#include <glib.h>
#include <stdbool.h>

/* Pages one after the other that are preserved with the same order. */
typedef struct {
	guint64 pfn;   /* of the first page of 4 KiB, or whatever the kernel's size is */
	guint64 count; /* each of 2^order pages */
	guint order;
} PreservedRun;

/* What a kernel preserves for the next one, as it was right before the jump (the record "preserved" of proto/frame.h).
 */
typedef struct {
	char *abi; /* of the data that it hands over: "kho-v3" */
	guint page_shift;
	guint64 pages;	   /* all of them, in pages of order 0 */
	guint64 stretches; /* runs in all */
	GArray *runs;	   /* PreservedRun: the first of them; all if there are as many as stretches */
	char *unknown;	   /* why the guest could not tell; then nothing above is there */
} Preserved;

/* Errors: FAILED, naming the line. */
Preserved *preserved_parse(const char *text, GError **error);
void preserved_free(Preserved *preserved);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Preserved, preserved_free)

/* Bytes of all preserved pages. */
guint64 preserved_bytes(const Preserved *preserved);

#endif
