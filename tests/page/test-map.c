// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The map of a recorded run with audit records, read back from its SVG.
 * Arguments: a recording with audit records in which scratch is lost, and one without.
 */
#include <base/error.h>
#include <evaluate/result.h>
#include <page/map.h>

#include <string.h>

#define LOST "#d55e00"

static const char *with_audit, *without_audit;

static GPtrArray *load(const char *path, guint times)
{
	GPtrArray *results = g_ptr_array_new_with_free_func((GDestroyNotify)result_free);

	for (guint i = 0; i < times; i++) {
		g_autoptr(GError) error = NULL;
		Result *result = result_load(path, &error);

		g_assert_no_error(error);
		g_ptr_array_add(results, result);
	}
	return results;
}

static char *svg_of(const GPtrArray *results)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Picture) picture = map_draw(results, &error);

	g_assert_no_error(error);
	return picture_to_svg(picture);
}

static double attribute(const char *element, const char *name)
{
	g_autofree char *key = g_strdup_printf(" %s=\"", name);
	const char *at = strstr(element, key);

	g_assert_nonnull(at);
	return g_ascii_strtod(at + strlen(key), NULL);
}

typedef struct {
	double lost; /* pixels of cells in the colour of loss, the legend's sample left out */
	double scratch_outlines;
	guint outlines;
} Shapes;

/* An element is a line. Cells have a hint, samples of the legend have none and are outlined in 15 x 15. */
static Shapes shapes_of(const char *svg)
{
	g_auto(GStrv) lines = g_strsplit(svg, "\n", -1);
	Shapes shapes = { 0 };

	for (char **line = lines; *line; line++) {
		if (strstr(*line, "fill=\"" LOST "\"><title>")) {
			g_assert_nonnull(strstr(*line, ", scratch</title>"));
			shapes.lost += attribute(*line, "width");
		}
		if (strstr(*line, "stroke=\"") && attribute(*line, "width") != attribute(*line, "height")) {
			shapes.outlines++;
			shapes.scratch_outlines += attribute(*line, "width") - 1;
		}
	}
	return shapes;
}

/* Every pageblock of scratch is outlined in both kernels, and every lost one has the colour: 8 pixels each at 1G. */
static void test_shapes(void)
{
	g_autoptr(GPtrArray) results = load(with_audit, 1);
	g_autofree char *svg = svg_of(results);
	const Result *result = results->pdata[0];
	const Audit *first = result_said(result, 0)->audit, *second = result_said(result, 1)->audit;
	Shapes shapes = shapes_of(svg);
	guint64 lost = second->map->scratch_blocks - second->map->scratch_cma;

	g_assert_cmpuint(lost, >, 0);
	g_assert_cmpuint(first->map->scratch_cma, ==, first->map->scratch_blocks);
	g_assert_cmpfloat(shapes.lost, ==, 8.0 * (double)lost);
	g_assert_cmpfloat(shapes.scratch_outlines, ==,
			  8.0 * (double)(first->map->scratch_blocks + second->map->scratch_blocks));
	g_assert_cmpuint(shapes.outlines, >=, 2);
	g_assert_nonnull(strstr(svg, "<title id=\"title\">Migratetype of every pageblock: kernel 7.1 series"));
	g_assert_nonnull(strstr(svg, ">first kernel, node 0: "));
	g_assert_nonnull(strstr(svg, ">second kernel, node 0: "));
	g_assert_nonnull(strstr(svg, ">256M</text>"));
	g_assert_nonnull(strstr(svg, ">DMA32</text>"));
}

static void test_same_again(void)
{
	g_autoptr(GPtrArray) results = load(with_audit, 1);
	g_autofree char *once = svg_of(results);
	g_autofree char *twice = svg_of(results);

	g_assert_cmpstr(once, ==, twice);
}

/* Runs are stacked, on one scale; those without an audit are left out. */
static void test_several(void)
{
	g_autoptr(GPtrArray) one = load(with_audit, 1), two = load(with_audit, 2), other = load(without_audit, 1);
	g_autofree char *of_one = svg_of(one);
	g_autofree char *of_two = svg_of(two);
	Shapes single = shapes_of(of_one), stacked = shapes_of(of_two);

	g_assert_cmpfloat(stacked.lost, ==, 2 * single.lost);
	g_assert_cmpuint(stacked.outlines, ==, 2 * single.outlines);
	g_assert_nonnull(strstr(of_two, "Migratetype of every pageblock: 2 runs"));

	g_ptr_array_add(other, result_load(with_audit, NULL));
	g_free(of_two);
	of_two = svg_of(other);
	g_assert_cmpfloat(shapes_of(of_two).lost, ==, single.lost);
}

/* As if a guest had each second pageblock only, so many of them. */
static void scatter(Result *result, guint blocks)
{
	for (guint hop = 0; hop < result->hops->len; hop++) {
		GArray *spans = result_map(result, hop)->spans;
		BlockSpan span = g_array_index(spans, BlockSpan, 0);

		g_array_set_size(spans, 0);
		span.count = 1;
		span.type = "Movable";
		for (guint i = 0; i < blocks; i++) {
			span.first = (guint64)i << 16;
			span.scratch = i % 3 == 0;
			g_array_append_val(spans, span);
		}
	}
}

/* Memory in very many pieces, as no machine has it: the picture ends, and says so. */
static void test_scattered(void)
{
	g_autoptr(GPtrArray) few = load(with_audit, 1), many = load(with_audit, 1);
	g_autofree char *whole = NULL, *cut = NULL;

	scatter(few->pdata[0], 2000);
	whole = svg_of(few);
	g_assert_null(strstr(whole, "more rows"));
	scatter(many->pdata[0], 3000);
	cut = svg_of(many);
	g_assert_nonnull(strstr(cut, ">1904 more rows are left out: a picture of a run has 4096 at most</text>"));
}

static void test_none(void)
{
	g_autoptr(GPtrArray) results = load(without_audit, 1);
	g_autoptr(GError) error = NULL;

	g_assert_null(map_draw(results, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	with_audit = argv[1];
	without_audit = argv[2];
	g_test_add_func("/map/shapes", test_shapes);
	g_test_add_func("/map/same-again", test_same_again);
	g_test_add_func("/map/several", test_several);
	g_test_add_func("/map/scattered", test_scattered);
	g_test_add_func("/map/none", test_none);
	return g_test_run();
}
