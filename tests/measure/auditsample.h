/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_MEASURE_AUDITSAMPLE_H
#define TESTS_MEASURE_AUDITSAMPLE_H

#include "fixture.h"

#include <measure/audit.h>

/*
 * Audit records that fit the second kernel of the recording stock-1n: 512
 * pageblocks, of which 405 to 493 are scratch, all of it CMA. Three callers touched
 * them, the second and the third in scratch, and a check acted in both.
 */
typedef struct {
	char *sites;
	char *touched;
	char *pageblocks; /* any may be NULL: the record did not come */
} Sample;

Sample *sample_new(void);
void sample_free(Sample *sample);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sample, sample_free)

/* Replaces text in a record; it has to be there. */
void sample_replace(char **record, const char *from, const char *to);

/* audit_read() of the sample against the second kernel of a recording; has to work. */
Audit *sample_audit(const Sample *sample, Fixture *fixture);

/* The same without a demand. */
bool sample_read(const Sample *sample, Fixture *fixture, Audit **ret, GError **error);

#endif
