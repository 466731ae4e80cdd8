/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_CHECK_H
#define MEASURE_CHECK_H

#include <measure/hop.h>

/*
 * What is asked of every kernel of a chain. The rule that all checks share: a check says
 * what it saw, or that it could not see, and PASS needs every check of every kernel to
 * have seen (require_all() in verdict.c). docs/architecture.md says how to add one.
 */

/* What a check said of one kernel. Of several the last in this order stands. */
typedef enum {
	CHECK_UNSEEN, /* nothing: it was not asked, or nothing came that shows it */
	CHECK_SAW,    /* it saw all that it looks at, whatever it found there */
	CHECK_GAP,    /* it never can with this kernel, such as a finished image; the verdict names that */
	CHECK_BLIND,  /* it could not: something is missing */
	CHECK_OFF,    /* it was not asked: the user has switched it off */
	CHECK_LATER,  /* it was not asked: the guest of this run did not send yet what it looks at */
} CheckState;

/* A figure of a check, for tables: "found of expected and excess more". */
typedef struct {
	char *where;	  /* in the kernel: "node 0 DMA32" */
	const char *what; /* what is counted: "scratch pageblocks CMA"; static */
	guint64 expected;
	guint64 found;	/* never more than expected */
	guint64 excess; /* what is there beyond that, and should not be */
} CheckRow;

/* Of one check of one kernel. */
typedef struct {
	CheckState state;
	char *why;    /* of CHECK_GAP, CHECK_BLIND and CHECK_OFF; else NULL */
	GArray *rows; /* CheckRow; NULL: the check has none, or they cannot be told */
} CheckResult;

/* Which kernels a check is asked of, by what is known of KHO in them. Each has those behind it. */
typedef enum {
	CHECK_OF_ANY,	 /* every kernel that sent anything */
	CHECK_OF_MEMORY, /* ... unless a kernel without KHO started it */
	CHECK_OF_KHO,	 /* ... and unless it is the first, and has no KHO or one that gave up */
} CheckScope;

struct Look;
struct Evidence;

typedef struct {
	const char *id;	   /* stable, for scripts: "pageblocks" */
	const char *title; /* what it looks at, for people: "the types of its pageblocks" */
	/* The same for people, each in a phrase without a full stop ('khotest checks', docs/reference.md). */
	const char *needs;	/* what it has to have, or it cannot see */
	const char *proves;	/* what is so, of a kernel in which it saw and found nothing */
	const char *not_proves; /* what may be wrong all the same */
	CheckScope scope;
	/* A record (proto/frame.h) that not every initramfs has sent: of a run whose initramfs did not promise it the
	 * check is not asked. NULL: it is asked of every run. */
	const char *record;
	void (*run)(const struct Look *look); /* look.h has what it may say */
	/* What it shows of a kernel in figures, whatever is asked of that; NULL: nothing. CheckRow; caller unrefs. */
	GArray *(*rows)(const struct Evidence *evidence, const Hop *hop);
} Check;

/* In the order in which they are asked, and in which what they could not see is listed. */
const Check *const *checks_all(guint *ret_n);

/* The one whose rows result.json has as zones[]. */
#define CHECK_PAGEBLOCKS "pageblocks"

/* The one that judges what is listed test by test as well. */
#define CHECK_PAYLOADS "payloads"

/* The ones that a run as a whole asks for: complaints on its console, and why it went no further. */
#define CHECK_LOG "log"
#define CHECK_SCRATCH "scratch"

/* Its place in checks_all(). There has to be one of that id. */
guint check_find(const char *id);

/*
 * Which checks are asked, from words as --check and --no-check take them: each a list of ids
 * with commas between them; NULL or empty: not given. base: the ids that are asked where only
 * `without` is given; NULL: all. *ret has the ids in the order of checks_all(), and is NULL
 * where neither is given; the caller frees it. Errors: INPUT for an id that is none, with those
 * that are, and where no check is left.
 */
bool checks_choose(const char *const *base, const char *const *only, const char *const *without, char ***ret,
		   GError **error);

/* Whether a check is among ids; NULL: all are. */
bool check_is_among(const Check *check, const char *const *ids);

/* An empty array of CheckRow, and one more of them; where is taken over. */
GArray *checkrows_new(void);
void checkrows_add(GArray *rows, char *where, const char *what, guint64 expected, guint64 found, guint64 excess);

/* NULL if there is none for that place. */
const CheckRow *checkrows_find(const GArray *rows, const char *where);

/* Whether it is as it must be. */
bool checkrow_is_met(const CheckRow *row);

/* "36 of 1700", "36 of 36 and 2 more". Caller frees. */
char *checkrow_text(const CheckRow *row);

#endif
