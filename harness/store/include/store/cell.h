/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_CELL_H
#define STORE_CELL_H

#include <base/json.h>
#include <glib.h>
#include <stdbool.h>

/*
 * One cell of a matrix: one run of one kernel on one machine, and what should come
 * out of it. Nothing is left open: lists are multiplied out, defaults are filled
 * in, and the expectation of the series is written down. Owns its strings.
 */
typedef struct {
	char *id;      /* unique in its matrix: "check/7.1/unfixed/8G/2n/2p" */
	char *block;   /* group of the plan file that it comes from */
	char *kernel;  /* as 'khotest run --kernel' takes it */
	char *series;  /* as --series takes it */
	char *profile; /* "check", "timing" */
	char *mode;    /* "wall", "counted" */
	guint64 memory_bytes;
	guint nodes; /* of NUMA, at least 1 */
	guint cpus;
	guint hops;	     /* kernels in the chain: 2 is one handover, 1 none */
	guint repeat;	     /* 1, 2, ... */
	char *scratch;	     /* value of kho_scratch=, or NULL: the kernel's default */
	char *append;	     /* more kernel arguments, or NULL */
	bool alone;	     /* nothing else may run at the same time */
	char *expect;	     /* "PASS" or "FAIL" */
	char *expect_reason; /* reason id of measure/reason.h, or NULL: any */
} Cell;

Cell *cell_new(void);
void cell_free(Cell *cell);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Cell, cell_free)
Cell *cell_copy(const Cell *cell);

/* What distinguishes the cell within its block, without the repeat: "7.1/unfixed/8G/2n/2p". Caller frees. */
char *cell_kind(const Cell *cell);

/* What the cell adds to the kernel's command line, scratch first; NULL: nothing. Caller frees. */
char *cell_append(const Cell *cell);

/* "FAIL scratch-not-cma". Caller frees. */
char *cell_expectation(const Cell *cell);

/* Whether a verdict ("PASS", ...) with these reasons (ids, NULL-terminated) is what the cell expects, reason included.
 */
bool cell_meets(const Cell *cell, const char *verdict, const char *const *reasons);

/* Adds the cell to an array that has been begun; and reads one back. Errors: FAILED, naming what is missing. */
void cell_put(const Cell *cell, JsonBuilder *builder);
Cell *cell_get(JsonObject *object, GError **error);

#endif
