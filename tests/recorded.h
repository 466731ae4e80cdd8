/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_RECORDED_H
#define TESTS_RECORDED_H

#include <study/comparison.h>

/* Results and comparisons made from one recorded run, as if it had come out otherwise. */

/* The recording's folder: set before all else. */
extern const char *recorded_path;

Result *recorded_result(const char *path);
Hop *hop_of(const Result *result, guint i);
gint64 value_of(const Result *result, const char *metric);

/* A copy of the recording in folder, of that name. Caller frees the path. */
char *recorded_copy(const char *folder, const char *name);
char *recorded_elsewhere(const char *folder, const char *name); /* as if KVM had run it */
void recorded_append(const char *folder, const char *file, const char *text);

/* As if the recorded machine had made so many handovers: its second kernel's hop and phases again and again. */
void recorded_more(Result *result, guint kernels);

/* Gives the handover to that kernel other times; -1 unknown. */
void recorded_handover(Result *result, guint hop, gint64 silence_ns, gint64 blackout_ns);

/* As if these had been counted: HopCount, one a kernel. */
void recorded_counts(Result *result, const Counts *counts);

/*
 * A comparison of machines of so many kernels, the second series of which takes
 * shift longer to /init in the second kernel and all after it.
 */
Comparison *recorded_sides(guint sides, guint kernels, guint rounds, gint64 shift);
Comparison *recorded_pair_of(guint kernels, guint rounds, gint64 shift);
Comparison *recorded_pair(guint rounds, gint64 shift); /* of two kernels */

#endif
