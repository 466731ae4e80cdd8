/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_FILESUMS_H
#define STORE_FILESUMS_H

#include <store/journal.h>

/*
 * Records have their checksums in the journal as they come. What is written as a whole, or line by line, gets its own
 * when the machine has ended: from then on nobody writes there.
 */

/* An event JOURNAL_FILE, of that time of the host, for each file of the run that there is. Errors: as journal_write().
 */
bool filesums_write(RunDir *run, gint64 host_ns, GError **error);

/*
 * "console.log is", "console.log and machine.txt are": those that are not as they were then, or are gone. NULL: none,
 * or a run that came to no such event, or is of an older khotest. Caller frees.
 */
char *filesums_changed(const RunDir *run, const Journal *journal);

#endif
