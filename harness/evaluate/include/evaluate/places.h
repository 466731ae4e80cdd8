/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EVALUATE_PLACES_H
#define EVALUATE_PLACES_H

#include <evaluate/result.h>

/*
 * What is known of the place in the code of a kernel that a line of its log, or a frame of its stack, names:
 * "kernel/panic.c:776", the files of functions that the compiler put into it behind " < ", and "changed by the series"
 * where a patch of the series has that function. NULL if the line names none (or is NULL), or nothing is known of it.
 * Caller frees.
 */
char *result_place(const Result *result, int hop, const char *line);

/* The same, for people, to stand after the line: the gap and "[PLACE]"; "" for none. Caller frees. */
char *result_place_after(const Result *result, int hop, const char *line, const char *gap);

#endif
