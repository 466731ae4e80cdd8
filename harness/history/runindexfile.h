/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HISTORY_RUNINDEXFILE_H
#define HISTORY_RUNINDEXFILE_H

#include "sql.h"

#include <history/runindex.h>

/* What the two halves of the index share: its file (runindex.c) and its queries (runquery.c). */
struct RunIndex {
	sqlite3 *db;
	int lock_fd; /* held while it is open */
};

#endif
