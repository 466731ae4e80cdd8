/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BASE_TERMINAL_H
#define BASE_TERMINAL_H

#include <glib.h>

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

#endif
