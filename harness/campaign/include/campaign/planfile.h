/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_PLANFILE_H
#define CAMPAIGN_PLANFILE_H

#include <glib.h>
#include <stdbool.h>
#include <store/cell.h>

/*
 * A plan file, multiplied out. The format is GKeyFile's; docs/matrix.md has the
 * keys. Pure: whoever reads the file, and whoever knows which kernels and series
 * there are, is elsewhere.
 */
typedef struct {
	char *name; /* "smoke": of the file */
	char *summary;
	char *sweep;	  /* what its blocks are values of (report/sweepkey.h); NULL: it is no sweep */
	char *text;	  /* the file as it was */
	GPtrArray *cells; /* Cell: blocks in the order of the file, ids unique */
} PlanFile;

/*
 * Checks what cannot be known from the file (is there such a kernel, such a
 * series, can there be such a machine), and sets expect and expect_reason of the
 * cell to what its series states. ret_key: of an error, the key of the block that it is
 * about; left alone if that is none. Errors: INPUT, without the name of the file.
 */
typedef bool (*CellCheckFunc)(Cell *cell, gpointer data, const char **ret_key, GError **error);

/*
 * path: for messages, and the name comes from it. Errors: INPUT, naming file, line,
 * block, key and word, and what would be right.
 */
PlanFile *planfile_parse(const char *path, const char *text, gssize length, CellCheckFunc check, gpointer data,
			 GError **error);
void planfile_free(PlanFile *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PlanFile, planfile_free)

/*
 * Keeps the cells that every filter takes: "memory=1G;8G", "series=stock",
 * "block=check". Errors: INPUT (unknown key, value that no cell has, nothing
 * left).
 */
bool planfile_filter(PlanFile *plan, const char *const *filters, GError **error);

#endif
