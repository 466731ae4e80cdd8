/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_LINES_H
#define STORE_LINES_H

#include <base/json.h>

/*
 * Journals: files with a JSON object a line. A line is written with one write(2), so
 * that whatever cuts the harness off leaves whole lines, and perhaps a torn one at
 * the end, which is left out in reading. Each line ends with a member "seal", the CRC-32
 * (proto/frame.h) of what stands before it: a disk, or an editor, changes lines too.
 */

/*
 * Opens a journal for more lines, and makes it if it is not there; what comes next begins
 * on a line of its own, also after a torn one. A symbolic link is refused. The caller
 * closes it. -1 with the error set: FAILED, HOST (no space).
 */
int lines_open(const char *path, GError **error);

/*
 * For one writer: a lock on that file, held until the descriptor that comes back is closed. what: for messages, as in
 * "the matrix DIR". -1 with the error set: INPUT (another process has it), FAILED (a symbolic link is refused), HOST.
 */
int lines_lock(const char *path, const char *what, GError **error);

/* Ends the object that was begun, and writes it. what: for messages. Errors: HOST (no space), FAILED. */
bool lines_write(int fd, JsonBuilder *line, const char *what, GError **error);

/* The same, and syncs it: whatever ends the harness, or the machine, loses only what comes after it. */
bool lines_write_synced(int fd, JsonBuilder *line, const char *what, GError **error);

/*
 * What such a file has, for the readers below: where a power failure left zeros in place of a line that never came to
 * the disk, they end a line, and not the file. Empty for NULL. Caller frees.
 */
char *lines_text(GBytes *bytes);

/* A line; NULL if it is empty, or not as it was written. Lines without a seal, of older versions, are taken. */
JsonObject *lines_parse(const char *line);

/*
 * Calls take() for each whole line of such a file's content, one after the other. Returns how many others there are,
 * but for a torn last one.
 */
typedef void (*LinesTake)(JsonObject *line, gpointer user);
guint lines_each(const char *text, LinesTake take, gpointer user);

/* JsonObject of each of them, all at once: of files that are the harness's own alone. ret_damaged: lines_each(). */
GPtrArray *lines_read(const char *text, guint *ret_damaged);

/* Names of the folders in parent that have a file of that name, sorted; empty if there are none. Caller frees. */
char **lines_folders(const char *parent, const char *file);

#endif
