/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_PLANBLOCK_H
#define CAMPAIGN_PLANBLOCK_H

#include "plankey.h"

/* One group of a plan file, its lists not multiplied yet. Owns everything but the text. */
typedef struct {
	char *name;
	const char *text;   /* of the file */
	GPtrArray *words;   /* char **, one for each of plankeys(): what it takes, empty for nothing */
	GHashTable *expect; /* series to "FAIL reason"; "" is for all others */
} PlanBlock;

/* Errors: INPUT, with line, block and key, but not the file. */
PlanBlock *planblock_parse(GKeyFile *file, const char *text, const char *group, GError **error);
void planblock_free(PlanBlock *block);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PlanBlock, planblock_free)

/* The words of a key. */
char **planblock_words(const PlanBlock *block, const PlanKey *key);

/* Sets an error, and returns false: "line 7: [check] cpus=two: WHY". The line is that of the key, if it is there. */
bool planblock_wrong(const PlanBlock *block, const char *key, const char *why, GError **error);

/* "a; b;" to a and b: white space around is removed, and so are empty words. Caller frees. */
char **planblock_list(const char *text);

#endif
