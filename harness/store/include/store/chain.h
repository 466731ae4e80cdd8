/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_CHAIN_H
#define STORE_CHAIN_H

#include <glib.h>
#include <stdbool.h>

/*
 * --chain: kernels that are not alike, one after the other. Its elements are separated
 * by commas, and each is one of
 *
 *   KERNEL[/SERIES]    7.1, 7.1/central, 7.2/./my.patch: series are "stock" unless said
 *   tree:DIR[@REF]     a kernel tree of the user's, as it is
 *   image:FILE         a finished image
 *
 * with "[WORDS]" behind it where that kernel has words on its command line that no other
 * has: '7.1/central[reserve_mem=4M:4K:x],7.1/central[reserve_mem=8M:4K:x]'. Commas within
 * brackets part nothing, and a bracket within double quotes closes nothing. All of this is pure.
 */

/* One element. Owns its strings. */
typedef struct {
	char *kernel; /* "7.1"; NULL: a tree or an image */
	char *series; /* of a kernel */
	char *tree;   /* DIR[@REF], or NULL */
	char *image;  /* path, or NULL */
	char *append; /* words of this kernel's command line alone, or NULL */
} ChainLink;

/* link: a ChainLink. */
void chainlink_free(gpointer link);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ChainLink, chainlink_free)

/* ChainLink, at least one; the caller unrefs. Errors: INPUT, naming the element and what can be typed. */
GPtrArray *chain_parse(const char *text, GError **error);

/* Whether they are the same kernel, whatever their command lines. */
bool chainlink_same(const ChainLink *a, const ChainLink *b);

/* As typed, without its words: "7.1/central". Caller frees. */
char *chainlink_text(const ChainLink *link);

/* With its words: "7.1/central[mem=16M]". Caller frees. */
char *chainlink_typed(const ChainLink *link);

/* What chain_parse() takes for these. Caller frees. */
char *chain_text(const GPtrArray *links);

#endif
