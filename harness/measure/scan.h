/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_SCAN_H
#define MEASURE_SCAN_H

#include <glib.h>
#include <stdbool.h>

/*
 * Small steps for reading the kernel's printf() output back. Each takes the
 * place to read at, and moves it on only if what was wanted is there.
 */

/* The literal text. */
bool scan_literal(const char **at, const char *literal);

/* At least one space or tab, and all that follow. */
bool scan_blank(const char **at);

/* A number without sign; base 16 takes an optional 0x. Fails on overflow. */
bool scan_u64(const char **at, guint base, guint64 *ret);

/* The same for what must fit an int. */
bool scan_int(const char **at, int *ret);

/* What no kernel goes beyond: NODES_SHIFT is 10 at most (arch/Kconfigs), and physical addresses have 52 bits. */
#define NODES_MOST 1024
/* enum zone_type of include/linux/mmzone.h, with all that may be configured out */
#define ZONES_MOST (NODES_MOST * 6)
#define PHYS_MOST (1ull << 52)

/* A NUMA node's number. */
bool scan_node(const char **at, int *ret);

/* Characters up to the next blank or comma; at least one. Caller frees. */
bool scan_word(const char **at, char **ret);

/* "Node 0, zone    DMA32": how every table of mm/vmstat.c begins a row. Caller frees ret_zone. */
bool scan_node_zone(const char **at, int *ret_node, char **ret_zone);

/* Nothing left but blanks. */
bool scan_end(const char *at);

/* Whether a text ends with a newline, as below. */
bool scan_is_whole(const char *text, const char *what, GError **error);

/* The next line, without its newline, of what may have many more than are needed at once. Caller frees. */
char *scan_line(const char **at);

/*
 * The lines of a text that has to end with a newline, as everything in /proc
 * does; FAILED if it does not, for then its end was lost. what names the text.
 * Caller frees with g_free(), lines and all.
 */
char **scan_lines(const char *text, const char *what, GError **error);

#endif
