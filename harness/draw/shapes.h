/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef DRAW_SHAPES_H
#define DRAW_SHAPES_H

#include <draw/picture.h>

typedef enum {
	SHAPE_FILL,
	SHAPE_OUTLINE,
	SHAPE_TEXT,
} ShapeKind;

typedef struct {
	ShapeKind kind;
	double x, y, width, height;
	double size; /* of letters, or width of the line */
	PictureAnchor anchor;
	gboolean bold;
	guint colour;
	char *text; /* or the hint; may be NULL */
} Shape;

struct Picture {
	double width, height;
	char *title, *description;
	GPtrArray *shapes; /* Shape */
};

#endif
