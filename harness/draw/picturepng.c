// SPDX-License-Identifier: GPL-2.0-or-later
#include "shapes.h"

#include <base/error.h>
#include <cairo.h>
#include <math.h>

static void set_colour(cairo_t *cairo, guint colour)
{
	cairo_set_source_rgb(cairo, (colour >> 16 & 0xff) / 255.0, (colour >> 8 & 0xff) / 255.0,
			     (colour & 0xff) / 255.0);
}

static void draw_text(cairo_t *cairo, const Shape *shape)
{
	cairo_text_extents_t extents;
	double x = shape->x;

	cairo_select_font_face(cairo, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
			       shape->bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
	cairo_set_font_size(cairo, shape->size);
	cairo_text_extents(cairo, shape->text, &extents);
	if (shape->anchor == PICTURE_MIDDLE)
		x -= extents.x_advance / 2;
	else if (shape->anchor == PICTURE_END)
		x -= extents.x_advance;
	set_colour(cairo, shape->colour);
	cairo_move_to(cairo, x, shape->y);
	cairo_show_text(cairo, shape->text);
}

static void draw(cairo_t *cairo, const Shape *shape)
{
	if (shape->kind == SHAPE_TEXT) {
		draw_text(cairo, shape);
		return;
	}
	set_colour(cairo, shape->colour);
	cairo_rectangle(cairo, shape->x, shape->y, shape->width, shape->height);
	if (shape->kind == SHAPE_FILL) {
		cairo_fill(cairo);
	} else {
		cairo_set_line_width(cairo, shape->size);
		cairo_stroke(cairo);
	}
}

static cairo_status_t append(void *closure, const unsigned char *data, unsigned int length)
{
	g_byte_array_append(closure, data, length);
	return CAIRO_STATUS_SUCCESS;
}

GBytes *picture_to_png(const Picture *picture, GError **error)
{
	cairo_surface_t *surface =
		cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)ceil(picture->width), (int)ceil(picture->height));
	cairo_t *cairo = cairo_create(surface);
	GByteArray *bytes = g_byte_array_new();
	cairo_status_t status;

	/* pageblocks that share a border must not let the white through */
	cairo_set_antialias(cairo, CAIRO_ANTIALIAS_NONE);
	set_colour(cairo, 0xffffff);
	cairo_paint(cairo);
	for (guint i = 0; i < picture->shapes->len; i++)
		draw(cairo, picture->shapes->pdata[i]);
	status = cairo_status(cairo);
	cairo_destroy(cairo);
	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_write_to_png_stream(surface, append, bytes);
	cairo_surface_destroy(surface);
	if (status != CAIRO_STATUS_SUCCESS) {
		g_byte_array_unref(bytes);
		error_set(error, KHOTEST_ERROR_FAILED, "cannot draw a PNG of %.0f x %.0f pixels: %s", picture->width,
			  picture->height, cairo_status_to_string(status));
		return NULL;
	}
	return g_byte_array_free_to_bytes(bytes);
}
