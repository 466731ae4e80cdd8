/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_TERMINAL_H
#define BASE_TERMINAL_H

#include <glib.h>
#include <stdbool.h>

/* What people look at: how wide it is, and text that fits. */

/*
 * Columns of the terminal behind fd, as they are now (whoever asks each time needs no
 * SIGWINCH); 80 for one that does not know; 0 if fd is no terminal.
 */
guint terminal_columns(int fd);

/* Columns that a text takes: East Asian wide characters take two. */
guint terminal_width(const char *text);

/*
 * The beginning of a text, and all of the end, in so many columns at most: with "..."
 * between the two where that is too little. What would move the cursor becomes a blank. Of
 * an end that is too long itself only the beginning is left. Pure; caller frees.
 */
char *terminal_fit(const char *text, const char *end, guint columns);

/*
 * Every key of the terminal behind fd is passed on as it is, Ctrl-C too, until it is as before again; false if fd is no
 * terminal. One at a time. What ends the process gives it back as well; terminal_restore() is for any thread.
 */
bool terminal_make_raw(int fd);
void terminal_restore(void);

#endif
