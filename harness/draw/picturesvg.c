// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SVG 1.1, written directly: cairo's SVG has letters as outlines, no title, and
 * numbers in it that grow with every picture of a process.
 */
#include "shapes.h"
#include <base/text.h>

/* A length with at most two decimals and a point whatever the locale is. */
static void put_length(GString *out, const char *name, double value)
{
	char text[G_ASCII_DTOSTR_BUF_SIZE];
	char *end;

	g_ascii_formatd(text, sizeof(text), "%.2f", value);
	for (end = text; *end; end++)
		;
	while (end[-1] == '0')
		*--end = '\0';
	if (end[-1] == '.')
		*--end = '\0';
	g_string_append_printf(out, " %s=\"%s\"", name, text);
}

static void put_escaped(GString *out, const char *text)
{
	g_autofree char *escaped = text_markup(text);

	g_string_append(out, escaped);
}

static void put_box(GString *out, const Shape *shape)
{
	g_string_append(out, "<rect");
	put_length(out, "x", shape->x);
	put_length(out, "y", shape->y);
	put_length(out, "width", shape->width);
	put_length(out, "height", shape->height);
	if (shape->kind == SHAPE_FILL) {
		g_string_append_printf(out, " fill=\"#%06x\"", shape->colour);
	} else {
		g_string_append_printf(out, " fill=\"none\" stroke=\"#%06x\"", shape->colour);
		put_length(out, "stroke-width", shape->size);
	}
	if (shape->text) {
		g_string_append(out, "><title>");
		put_escaped(out, shape->text);
		g_string_append(out, "</title></rect>\n");
	} else {
		g_string_append(out, "/>\n");
	}
}

static void put_text(GString *out, const Shape *shape)
{
	static const char *const anchors[] = {
		[PICTURE_START] = "start", [PICTURE_MIDDLE] = "middle", [PICTURE_END] = "end"
	};

	g_string_append(out, "<text");
	put_length(out, "x", shape->x);
	put_length(out, "y", shape->y);
	put_length(out, "font-size", shape->size);
	g_string_append_printf(out, " fill=\"#%06x\"", shape->colour);
	if (shape->anchor != PICTURE_START)
		g_string_append_printf(out, " text-anchor=\"%s\"", anchors[shape->anchor]);
	if (shape->bold)
		g_string_append(out, " font-weight=\"bold\"");
	g_string_append_c(out, '>');
	put_escaped(out, shape->text);
	g_string_append(out, "</text>\n");
}

char *picture_to_svg(const Picture *picture)
{
	GString *out = g_string_new("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
				    "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" "
				    "aria-labelledby=\"title description\" "
				    "font-family=\"DejaVu Sans, Verdana, sans-serif\" shape-rendering=\"crispEdges\"");

	put_length(out, "width", picture->width);
	put_length(out, "height", picture->height);
	g_string_append_printf(out, " viewBox=\"0 0 %.0f %.0f\">\n<title id=\"title\">", picture->width,
			       picture->height);
	put_escaped(out, picture->title);
	g_string_append(out, "</title>\n<desc id=\"description\">");
	put_escaped(out, picture->description);
	g_string_append(out, "</desc>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n");
	for (guint i = 0; i < picture->shapes->len; i++) {
		const Shape *shape = picture->shapes->pdata[i];

		if (shape->kind == SHAPE_TEXT)
			put_text(out, shape);
		else
			put_box(out, shape);
	}
	g_string_append(out, "</svg>\n");
	return g_string_free(out, FALSE);
}
