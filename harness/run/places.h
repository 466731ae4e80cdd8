/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_PLACES_H
#define RUN_PLACES_H

#include "running.h"

/* Whether files and lines of that kernel's code can be told: it was built with debug information. */
bool places_known(const Running *run, guint hop);

/*
 * What addr2line -a -f -i said of start_kernel(), which tells where the tree is, and of the address of each key
 * ("vpanic+0x1c2"): "0x...", then a function and a file with its line, and another two for each function that the
 * compiler put into another one, outwards. Adds the lines of lines.txt. Pure.
 */
void places_text(const char *said, const GPtrArray *keys, guint hop, GString *out);

/*
 * Once the run is over: lines.txt, which has the file and line of every place in a kernel's code that its console or
 * its memory names. Nothing of a kernel without debug information (-f debug-info), or where binutils' addr2line is not
 * there.
 */
void places_write(const Running *run);

#endif
