/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_CELL_H
#define STORE_CELL_H

#include <base/json.h>
#include <glib.h>
#include <machine/machine.h>
#include <stdbool.h>

/* Of a tree that is taken as it is: no series. */
#define CELL_NO_SERIES "none"

/* The series of a cell whose kernels are not alike, which its chain names. */
#define CELL_CHAIN "chain"

/* In place of a verdict: what the run itself expects, by the ABI strings of its kernels, which have to be built first.
 */
#define CELL_EXPECT_RUN "run"

/*
 * One cell of a matrix: one run of one kernel on one machine, and what should come
 * out of it. Nothing is left open: lists are multiplied out, defaults are filled
 * in, and the expectation of the series is written down. Owns all that it points to.
 */
typedef struct {
	char *id;	     /* unique in its matrix: "check/7.1/unfixed/8G/2n/2p" */
	char *block;	     /* group of the plan file that it comes from */
	char *kernel;	     /* as 'khotest run --kernel' takes it */
	char *tree;	     /* as --tree takes it, absolute; NULL: the kernel's own source */
	char *chain;	     /* as --chain takes it, and then kernel is the same text; or NULL */
	char *then;	     /* one more kernel for the chain, until cell_set_chain(); or NULL */
	char *series;	     /* as --series takes it, or CELL_NO_SERIES */
	char *profile;	     /* "check", "timing" */
	char **fragments;    /* -f, each; NULL or empty: none */
	char **config;	     /* --config, each; the same */
	char **payloads;     /* --payload, each; the same */
	char **checks;	     /* --check, each; the same: all are asked */
	char *mode;	     /* "wall", "counted" */
	Machine guest;	     /* as asked for; its memory is known */
	guint hops;	     /* kernels in the chain: 2 is one handover, 1 none */
	guint repeat;	     /* 1, 2, ... */
	char *append;	     /* more kernel arguments, or NULL */
	bool alone;	     /* nothing else may run at the same time */
	char *expect;	     /* "PASS", "FAIL" or CELL_EXPECT_RUN */
	char *expect_reason; /* reason id of measure/reason.h, or NULL: any */
} Cell;

Cell *cell_new(void);
void cell_free(Cell *cell);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Cell, cell_free)
Cell *cell_copy(const Cell *cell);

/* What distinguishes the cell within its block, without the repeat: "7.1/unfixed/8G/2n/2p". Caller frees. */
char *cell_kind(const Cell *cell);

/* Whether they are the same kernel, on machines that differ in memory, and in the number of even nodes, alone. */
bool cell_same_row(const Cell *a, const Cell *b);

/* The kernel in a word: its name, or that of its tree. Caller frees. */
char *cell_kernel_name(const Cell *cell);

/* How its configuration differs from that of its series and profile: "HZ=250 hugetlb"; NULL: not at all. Caller frees.
 */
char *cell_config_text(const Cell *cell);

/* What runs in its user space, and which checks are asked: "memfd check=harm"; NULL: nothing, and all. Caller frees. */
char *cell_asked_text(const Cell *cell);

/* Adds the options of 'khotest run' and 'khotest build' that name its kernel. */
void cell_kernel_options(const Cell *cell, GPtrArray *argv);

/* Those of them that are neither --kernel, --series nor --profile, in one text; NULL: none. Caller frees. */
char *cell_kernel_more(const Cell *cell);

bool cell_same_kernel(const Cell *a, const Cell *b);

/* What follows from chain and then: kernel, series, hops. Errors: INPUT, for a chain that is none. */
bool cell_set_chain(Cell *cell, GError **error);

/*
 * Cells like this one, each with one kernel of one of our sources that it needs: itself, or those of its chain. Trees
 * and images of a chain are left to the run. The caller unrefs.
 */
GPtrArray *cell_parts(const Cell *cell);

/* What the cell adds to the kernel's command line, scratch first; NULL: nothing. Caller frees. */
char *cell_append(const Cell *cell);

/* "FAIL scratch-not-cma". Caller frees. */
char *cell_expectation(const Cell *cell);

/*
 * Whether a verdict ("PASS", ...) with these reasons (ids, NULL-terminated) is what the cell expects, reason included.
 * as_planned: it is what the run itself expected.
 */
bool cell_meets(const Cell *cell, const char *verdict, const char *const *reasons, bool as_planned);

/* Adds the cell to an array that has been begun; and reads one back. Errors: FAILED, naming what is missing. */
void cell_put(const Cell *cell, JsonBuilder *builder);
Cell *cell_get(JsonObject *object, GError **error);

#endif
