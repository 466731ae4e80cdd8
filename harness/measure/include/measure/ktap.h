/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_KTAP_H
#define MEASURE_KTAP_H

#include <glib.h>
#include <stdbool.h>

/* What a program printed in KTAP (Documentation/dev-tools/ktap.rst), or in TAP 13, as values. */

typedef enum {
	KTAP_OK,
	KTAP_FAILED,
	KTAP_SKIPPED,
} KtapState;

typedef struct {
	char *name; /* of a subtest with those above it: "memfd: sparse"; without a name its number */
	KtapState state;
	char *why;	  /* what stands behind SKIP; NULL without */
	GPtrArray *lines; /* char *: what was printed since the result before it */
} KtapTest;

typedef struct {
	GPtrArray *tests; /* KtapTest: results that no other results stand below; and those above that fail alone */
	guint planned; /* by "1..N" of the outermost level, of each program that printed here, and what was lost below;
			  0: no plan, or none */
	guint lost;    /* of these, how many have no result */
	char *bailed;  /* what stands behind "Bail out!"; NULL without */
	GPtrArray *rest; /* char *: lines behind the last result */
} Ktap;

/* A parse ends behind so many results, and one more; of lines the last are kept, 4096 of a result, some 16384 of all.
 */
#define KTAP_TESTS_MOST 16384u

/* Never fails: what is no KTAP is a line of the result that follows. */
Ktap *ktap_parse(const char *text);
void ktap_free(Ktap *ktap);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ktap, ktap_free)

/* About what it takes in memory. */
gsize ktap_bytes(const Ktap *ktap);

/* "ok", "failed", "skipped" */
const char *ktap_state_name(KtapState state);

/* How many tests are in that state. */
guint ktap_count(const Ktap *ktap, KtapState state);

/* One more test at the end. Takes name and lines over. */
void ktap_add(Ktap *ktap, char *name, KtapState state, const char *why, GPtrArray *lines);

#endif
