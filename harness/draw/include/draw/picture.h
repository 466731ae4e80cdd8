/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DRAW_PICTURE_H
#define DRAW_PICTURE_H

#include <glib.h>

/*
 * A picture as a list of shapes, drawn in the order in which they were added, on
 * white. Lengths are in pixels from the top left corner; colours are 0xRRGGBB.
 * The same shapes give the same bytes in each format.
 */
typedef struct Picture Picture;

typedef enum {
	PICTURE_START,	/* text begins at x */
	PICTURE_MIDDLE, /* text has x in its middle */
	PICTURE_END,	/* text ends at x */
} PictureAnchor;

/* title: one line, description: what one would say to somebody who cannot see it; both are part of SVG only. */
Picture *picture_new(double width, double height, const char *title, const char *description);
void picture_free(Picture *picture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Picture, picture_free)

/* A filled rectangle; hint (or NULL): what SVG viewers show when the pointer is over it. */
void picture_fill(Picture *picture, double x, double y, double width, double height, guint colour, const char *hint);

/* The outline of a rectangle; line: its width, half of it on either side. */
void picture_outline(Picture *picture, double x, double y, double width, double height, guint colour, double line);

/* y: the line that letters stand on; size: of the letters. */
void picture_text(Picture *picture, double x, double y, double size, PictureAnchor anchor, gboolean bold, guint colour,
		  const char *text);

/* A whole SVG file. Caller frees. */
char *picture_to_svg(const Picture *picture);

/* A whole PNG file. Errors: FAILED with what cairo said. */
GBytes *picture_to_png(const Picture *picture, GError **error);

#endif
