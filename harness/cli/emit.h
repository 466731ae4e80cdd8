/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_EMIT_H
#define CLI_EMIT_H

#include <campaign/updates.h>
#include <evaluate/result.h>
#include <history/against.h>
#include <history/inventory.h>
#include <history/trend.h>
#include <study/bisection.h>
#include <study/cost.h>
#include <study/matrix.h>
#include <study/nightverdict.h>
#include <study/selftests.h>
#include <study/storedcomparison.h>
#include <study/sweep.h>

/*
 * A format, and who writes what in it; NULL: it has no such text. emit.c has all formats,
 * one row each (docs/architecture.md, "Add an output format"). Texts are the caller's.
 */
typedef struct {
	const char *name; /* "md" */
	char *(*run)(const Result *);
	char *(*runs)(GPtrArray *); /* Result */
	char *(*audit)(const Result *);
	char *(*comparison)(const StoredComparison *);
	char *(*matrix)(const MatrixResult *);
	char *(*sweep)(const Sweep *);
	char *(*cost)(const Cost *);
	char *(*against)(const Against *);
	char *(*trends)(const GPtrArray *); /* Trend */
	char *(*inventory)(const Inventory *);
	char *(*checks)(void);
	char *(*selftests)(const Selftests *);
	char *(*bisection)(const Bisection *);
	char *(*updates)(const GPtrArray *); /* Update */
	char *(*night)(const NightVerdict *);
} Emitter;

/* What a verb writes: EMIT(run). */
#define EMIT(what) G_STRUCT_OFFSET(Emitter, what)

/*
 * The format of that name, NULL for text, which has such a thing. brief: of text as little
 * as --quiet leaves. Errors: INPUT, with the names that are possible.
 */
const Emitter *emitter_find(const char *name, bool brief, gsize what, GError **error);

/* The formats, from 0 on; NULL: there is no such one. Static. */
const char *emitter_name(guint number);

/* "text, md or json, on standard output": the help of --format. Static. */
const char *emitter_help(gsize what);

/*
 * Of --dry-run, which has no results that could be written: text, and with plans also JSON, which has the plan of a
 * run. Errors: INPUT, with what is possible.
 */
bool emitter_check_dry(const Emitter *emitter, bool plans, GError **error);

/* Whether it is the text for people that shows all. */
bool emitter_is_text(const Emitter *emitter);
bool emitter_is_json(const Emitter *emitter);

#endif
