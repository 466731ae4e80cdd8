/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_PLANBLOCK_H
#define CAMPAIGN_PLANBLOCK_H

#include <campaign/planfile.h>

/* One group of a plan file, its lists not multiplied yet. Owns everything. */
typedef struct {
	char *name;
	char **kernels, **series;
	GArray *memory;	    /* guint64, bytes */
	GArray *nodes;	    /* guint */
	GArray *cpus;	    /* guint */
	GPtrArray *scratch; /* char *, NULL for the kernel's default */
	char *profile, *mode, *append;
	guint hops, repeats;
	bool alone;
	GHashTable *expect; /* series to "FAIL reason"; "" is for all others */
} PlanBlock;

/* Errors: INPUT, with block and key, but not the file. */
PlanBlock *planblock_parse(GKeyFile *file, const char *group, GError **error);
void planblock_free(PlanBlock *block);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PlanBlock, planblock_free)

/* "a; b;" to a and b: white space around is removed, and so are empty words. Caller frees. */
char **planblock_list(const char *text);

/* units_parse_size(), but 0 is refused. */
bool planblock_size(const char *text, guint64 *ret_bytes, GError **error);

#endif
