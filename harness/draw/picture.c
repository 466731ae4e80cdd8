// SPDX-License-Identifier: GPL-2.0-or-later
#include "shapes.h"

static void shape_free(gpointer data)
{
	Shape *shape = data;

	g_free(shape->text);
	g_free(shape);
}

Picture *picture_new(double width, double height, const char *title, const char *description)
{
	Picture *picture = g_new0(Picture, 1);

	picture->width = width;
	picture->height = height;
	picture->title = g_strdup(title);
	picture->description = g_strdup(description);
	picture->shapes = g_ptr_array_new_with_free_func(shape_free);
	return picture;
}

void picture_free(Picture *picture)
{
	if (!picture)
		return;
	g_free(picture->title);
	g_free(picture->description);
	g_ptr_array_unref(picture->shapes);
	g_free(picture);
}

static void add(Picture *picture, Shape shape, const char *text)
{
	shape.text = g_strdup(text);
	g_ptr_array_add(picture->shapes, g_memdup2(&shape, sizeof(shape)));
}

void picture_fill(Picture *picture, double x, double y, double width, double height, guint colour, const char *hint)
{
	add(picture, (Shape){ .kind = SHAPE_FILL, .x = x, .y = y, .width = width, .height = height, .colour = colour },
	    hint);
}

void picture_outline(Picture *picture, double x, double y, double width, double height, guint colour, double line)
{
	add(picture,
	    (Shape){ .kind = SHAPE_OUTLINE,
		     .x = x,
		     .y = y,
		     .width = width,
		     .height = height,
		     .size = line,
		     .colour = colour },
	    NULL);
}

void picture_text(Picture *picture, double x, double y, double size, PictureAnchor anchor, gboolean bold, guint colour,
		  const char *text)
{
	add(picture,
	    (Shape){ .kind = SHAPE_TEXT,
		     .x = x,
		     .y = y,
		     .size = size,
		     .anchor = anchor,
		     .bold = bold,
		     .colour = colour },
	    text);
}
