/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_FDTTEXT_H
#define MEASURE_FDTTEXT_H

#include <glib.h>

/*
 * A flattened device tree as text, a line for each node and property, such as the one that a kernel hands over
 * (include/linux/kho/abi/kexec_handover.h). Strings are shown as such; what is four or eight bytes long as one number,
 * in the order of bytes that the kernel writes it in, which is its own; all else in hexadecimal. NULL if it is none.
 * Caller frees.
 */
char *fdttext_make(const guint8 *data, gsize length);

/* The bytes of the tree that begins with these, at least 8 of them; 0: none does. */
gsize fdttext_size(const guint8 *head);

#endif
