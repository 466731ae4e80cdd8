// SPDX-License-Identifier: GPL-2.0-or-later
#include <draw/picture.h>

#include <cairo.h>
#include <string.h>

static Picture *sample(void)
{
	Picture *picture = picture_new(40, 30, "A & B", "less < more");

	picture_fill(picture, 2, 3, 10.5, 4, 0xd55e00, "one \"cell\"");
	picture_fill(picture, 20, 3, 4, 4.125, 0x0000ff, NULL);
	picture_outline(picture, 1.5, 2.5, 30, 10, 0, 1);
	picture_text(picture, 38, 28, 9, PICTURE_END, TRUE, 0x112233, "a<b");
	return picture;
}

/* To the letter, so that equal pictures are equal files. */
static void test_svg(void)
{
	g_autoptr(Picture) picture = sample();
	g_autofree char *svg = picture_to_svg(picture);

	g_assert_cmpstr(svg, ==,
			"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			"<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"title description\" "
			"font-family=\"DejaVu Sans, Verdana, sans-serif\" shape-rendering=\"crispEdges\" width=\"40\" "
			"height=\"30\" viewBox=\"0 0 40 30\">\n"
			"<title id=\"title\">A &amp; B</title>\n"
			"<desc id=\"description\">less &lt; more</desc>\n"
			"<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
			"<rect x=\"2\" y=\"3\" width=\"10.5\" height=\"4\" fill=\"#d55e00\"><title>one &quot;cell&quot;"
			"</title></rect>\n"
			"<rect x=\"20\" y=\"3\" width=\"4\" height=\"4.12\" fill=\"#0000ff\"/>\n"
			"<rect x=\"1.5\" y=\"2.5\" width=\"30\" height=\"10\" fill=\"none\" stroke=\"#000000\" "
			"stroke-width=\"1\"/>\n"
			"<text x=\"38\" y=\"28\" font-size=\"9\" fill=\"#112233\" text-anchor=\"end\" "
			"font-weight=\"bold\">a&lt;b</text>\n"
			"</svg>\n");
}

typedef struct {
	const unsigned char *data;
	gsize left;
} Reader;

static cairo_status_t read_bytes(void *closure, unsigned char *data, unsigned int length)
{
	Reader *reader = closure;

	if (length > reader->left)
		return CAIRO_STATUS_READ_ERROR;
	memcpy(data, reader->data, length);
	reader->data += length;
	reader->left -= length;
	return CAIRO_STATUS_SUCCESS;
}

static guint pixel(cairo_surface_t *surface, int x, int y)
{
	const unsigned char *row = cairo_image_surface_get_data(surface) + y * cairo_image_surface_get_stride(surface);

	return ((const guint32 *)(const void *)row)[x] & 0xffffff;
}

static void test_png(void)
{
	g_autoptr(Picture) picture = sample(), again = sample();
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) png = picture_to_png(picture, &error), same = picture_to_png(again, &error);
	Reader reader = { 0 };
	cairo_surface_t *surface;

	g_assert_no_error(error);
	reader.data = g_bytes_get_data(png, &reader.left);
	g_assert_true(g_bytes_equal(png, same));
	surface = cairo_image_surface_create_from_png_stream(read_bytes, &reader);
	g_assert_cmpint(cairo_surface_status(surface), ==, CAIRO_STATUS_SUCCESS);
	g_assert_cmpint(cairo_image_surface_get_width(surface), ==, 40);
	g_assert_cmpint(cairo_image_surface_get_height(surface), ==, 30);
	g_assert_cmphex(pixel(surface, 5, 5), ==, 0xd55e00);
	g_assert_cmphex(pixel(surface, 21, 5), ==, 0x0000ff);
	g_assert_cmphex(pixel(surface, 15, 5), ==, 0xffffff);
	g_assert_cmphex(pixel(surface, 15, 2), ==, 0x000000); /* the outline's upper edge */
	cairo_surface_destroy(surface);
}

static void test_too_large(void)
{
	g_autoptr(Picture) picture = picture_new(10, 1e6, "", "");
	g_autoptr(GError) error = NULL;

	g_assert_null(picture_to_png(picture, &error));
	g_assert_nonnull(error);
	g_assert_nonnull(strstr(error->message, "10 x 1000000"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/picture/svg", test_svg);
	g_test_add_func("/picture/png", test_png);
	g_test_add_func("/picture/too-large", test_too_large);
	return g_test_run();
}
