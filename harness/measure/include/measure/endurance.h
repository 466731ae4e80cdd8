/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_ENDURANCE_H
#define MEASURE_ENDURANCE_H

#include <measure/drift.h>
#include <measure/hop.h>

/*
 * What the kernels of a chain have to keep over any number of handovers. The figures here
 * are exact to the page: two boots of the same kernel that were handed the same have the
 * same, however busy the host is. (Free memory is not: it goes up and down by hundreds of
 * pages.) So a page that is lost at each handover shows as soon as there are some kernels.
 */
typedef struct {
	const char *id;			 /* stable: "preserved" */
	const char *title;		 /* for people */
	int leak;			 /* 1: it leaks where this grows from kernel to kernel; -1: where it falls */
	const char *more;		 /* what there is in each kernel then: "more preserved" */
	bool handed_over;		 /* it is of what the next kernel is given: the last kernel has none */
	gint64 (*pages)(const Hop *hop); /* -1 unknown */
} EnduranceFigure;

const EnduranceFigure *endurance_figures(guint *ret_n);

/* Chains with fewer kernels are not looked at: nothing could be told of them. */
#define ENDURANCE_KERNELS 6

/*
 * The kernels that a figure is compared over: from the second on, since the first came
 * through firmware and has its memory elsewhere; and where nothing is handed over by the
 * last one, up to the one before it.
 */
static inline bool endurance_is_of(bool handed_over, guint hop, guint kernels)
{
	return hop > 0 && hop + (handed_over ? 1 : 0) < kernels;
}

/*
 * A number for each sort of kernel, by which only like is compared with like: kernels of
 * the same release, which both restored what lib/test_kho.c had saved, or both did not (it
 * takes turns: check-testdata.c).
 */
guint endurance_sort(const Hop *hop);

#endif
