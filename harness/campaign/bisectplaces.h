/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_BISECTPLACES_H
#define CAMPAIGN_BISECTPLACES_H

#include <campaign/bisect.h>

/*
 * What a bisection goes over: the commits of a tree, whose places are full ids, or the patches of a series, whose
 * places are how many of them are applied, "0" to "N". Everything else treats both alike.
 */
typedef struct {
	const BisectSpec *spec;
	char *good, *bad; /* the ends */
	Series *series;	  /* of patches: a file each */
	char *folder;	  /* where the first patches go, in a folder for each number: set once there is a directory */
} Places;

/* dir: of a bisection that goes on, whose ends count; or NULL. Errors: INPUT: no such commit or series, ends that are
 * the wrong way round, or the same. */
Places *places_open(const BisectSpec *spec, const BisectDir *dir, GError **error);
void places_free(Places *places);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Places, places_free)

/*
 * Whether patches are still what they were in the places that are there; of commits they always are. INPUT: one is not.
 */
bool places_check(const Places *places, GError **error);

/* The directory of the bisection: as asked for, or a name of now. Caller frees. */
char *places_path(const Places *places);

/*
 * What could be the first bad one but for bad itself, the one that parts them best first: char *. Caller unrefs. NULL
 * with the error set.
 */
GPtrArray *places_between(const Places *places, const GPtrArray *good, const char *bad, GError **error);

/* Which of the good ones is nearest before bad; NULL if that cannot be told. Caller frees. */
char *places_good_before(const Places *places, const GPtrArray *good, const char *bad);

/* Lets the request be about that place. Returns what it then points to; caller frees. NULL with the error set. */
char *places_request(const Places *places, const char *at, RunRequest *request, GError **error);

/* What the series with the first patches are called, without their number. Caller frees. */
char *places_series_name(const Places *places);

/* "0123456789ab mm: init pages late", "2 of 5 patches, the last is 0002-mm.patch". Caller frees. */
char *places_label(const Places *places, const char *at);
BisectLook *places_look(const Places *places, const char *at);

#endif
