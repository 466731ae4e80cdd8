/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_PLANKEY_H
#define CAMPAIGN_PLANKEY_H

#include <store/cell.h>

/* One key of a block: what its words are called, and what each of them does to a cell. */
typedef struct PlanKey PlanKey;
struct PlanKey {
	const char *name;
	bool list;	       /* words parted by ';', each of them another cell; else the whole value is one */
	bool filter;	       /* --only takes it */
	const char *otherwise; /* the word of a block that says nothing; NULL: the cell is left as it is */
	const char *needed;    /* of a key that cannot be left out: words to try; else NULL */
	gsize offset;	       /* of the member that set() and get() are about, if that is one of the cell's own */
	bool (*set)(const PlanKey *key, Cell *cell, const char *word, GError **error);
	char *(*get)(const PlanKey *key, const Cell *cell); /* caller frees */
};

/* All of them, in the order in which they are multiplied out: the last changes fastest. */
const PlanKey *plankeys(guint *ret_n);

/* NULL: there is none. */
const PlanKey *plankey_find(const char *name);

/* Names, NULL-terminated; filter: of those that --only takes. Caller g_strfreev()s. */
char **plankey_names(bool filter);

/* Whether a cell is one that the word would make. */
bool plankey_matches(const PlanKey *key, const Cell *cell, const char *word);

#endif
