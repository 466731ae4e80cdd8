/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_NIGHTLY_H
#define CAMPAIGN_NIGHTLY_H

#include <run/request.h>
#include <study/nightverdict.h>

#define NIGHTLY_BUDGET_NS (3 * 3600 * G_GINT64_CONSTANT(1000000000))
#define NIGHTLY_KEEP_NS (30 * 86400 * G_GINT64_CONSTANT(1000000000))

/* What a night is to do. Borrowed; zero what is not needed. */
typedef struct {
	const Paths *paths;
	const char *plan;   /* its name, or a path; NULL, of a night that goes on: that with which it was begun */
	const char *parent; /* where nights are: results/nights */
	const char *const *sources; /* NAME=URL#BRANCH, each; NULL: none */
	const char *const *asked;   /* the command line */
	const char *version;	    /* khotest's */
	const char *memory_dir;
	const char *site; /* the folder of the site; NULL: none is made */
	const char *mail; /* address; NULL: no mail */
	gint64 budget_ns; /* 0, of a night that goes on: that with which it was begun */
	gint64 keep_ns;
	double threshold;
	guint jobs;
	bool trust; /* a night that was begun elsewhere is as good as one of ours: store/begun.h */
	GCancellable *cancel;
} NightlySpec;

/* All nights, and what follows from them. */
typedef struct {
	GPtrArray *nights;   /* Night, oldest first */
	GPtrArray *verdicts; /* NightVerdict of each */
	const NightVerdict
		*tonight; /* borrowed: of the night that has just ended, whatever others are called; else NULL */
	bool incomplete;  /* of the night that has just ended something could not be done: message, site, mail; it was
			     said, as a warning */
} Nights;

void nights_free(Nights *nights);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Nights, nights_free)

/*
 * All nights below parent. Those that cannot be read are left out, with a warning. What was judged by another build of
 * khotest is judged again, as long as its run directories are there. Errors: FAILED, CANCELLED.
 */
Nights *nights_load(const char *parent, GCancellable *cancel, GError **error);

const NightVerdict *nights_last(const Nights *nights);		       /* NULL: there is none */
const NightVerdict *nights_find(const Nights *nights, const char *id); /* same */

/*
 * A whole night: sources, choice, kernels, cells, message; what is old goes. What comes back has it as tonight's; its
 * folder has the message. What can be known to fail does so before anything is begun. Errors: INPUT, HOST
 * (before it was planned), FAILED, CANCELLED, and how to go on.
 */
Nights *nightly_run(const NightlySpec *spec, GError **error);

/*
 * The same of the latest night that was cut off; of one that had ended by then, what is left: its message is handed
 * out. Errors: also INPUT if there is none.
 */
Nights *nightly_resume(const NightlySpec *spec, GError **error);

/*
 * Says that the figures and titles of a night are as they should be: later ones are held against it. A line for each
 * thing that became worse in it, which caller frees: accepted, or a verdict, which cannot be. NULL on error: INPUT,
 * also where there is nothing to accept; FAILED, CANCELLED.
 */
char *nightly_accept(const char *parent, const char *id, GCancellable *cancel, GError **error);

/* What would be chosen, and why, in a table, and what that comes to. Caller frees. */
char *nightly_outline(const NightlySpec *spec, GError **error);

#endif
