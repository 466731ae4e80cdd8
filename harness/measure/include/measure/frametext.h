/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_FRAMETEXT_H
#define MEASURE_FRAMETEXT_H

#include <glib.h>
#include <stdbool.h>

/*
 * The place in a kernel's code that a line of its log names: "kho_init+0x1d/0x50", as %pS and %pB of printk have it
 * (Documentation/core-api/printk-formats.rst).
 */
typedef struct {
	char *function;
	guint64 offset;
	bool exact; /* registers say where execution was; a trace, where it would have come back to */
} FrameText;

/* The first place in a line; false if it names none. */
bool frametext_find(const char *line, FrameText *ret);
void frametext_clear(FrameText *frame);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FrameText, frametext_clear)

/* "kho_init+0x1d": what a place is called in lines.txt. Caller frees. */
char *frametext_key(const FrameText *frame);

#endif
