// SPDX-License-Identifier: GPL-2.0-or-later
#include "nightplot.h"

#include <page/plot.h>

#include <math.h>
#include <string.h>

#define HEIGHT 240.0
#define LEFT 64.0
#define RIGHT 42.0 /* half a date */
#define TOP 26.0
#define BOTTOM 30.0
#define TICKS 4
#define DATE_WIDTH 90.0 /* of a date below the axis, with what parts it from the next */
#define SMALL_WIDTH 140.0
#define SMALL_HEIGHT 22.0

/* The room for points, and what its edges mean. */
typedef struct {
	const NightTrend *trend;
	double x, y, width, height; /* pixels */
	double low, high;	    /* values at the lower and the upper edge */
	double scale;		    /* values are shown divided by this */
} Frame;

/* Of SVG, whatever the locale. */
static char *number(double value)
{
	char buffer[G_ASCII_DTOSTR_BUF_SIZE];

	return g_strdup(g_ascii_formatd(buffer, sizeof(buffer), "%.1f", value));
}

static double x_of(const Frame *frame, double i)
{
	guint n = frame->trend->points->len;

	return n == 1 ? frame->x + frame->width / 2 : frame->x + frame->width * i / (n - 1);
}

static double y_of(const Frame *frame, double value)
{
	return frame->y + frame->height * (frame->high - value) / (frame->high - frame->low);
}

static void line(HtmlWriter *w, const char *class, double x1, double y1, double x2, double y2)
{
	g_autofree char *a = number(x1), *b = number(y1), *c = number(x2), *d = number(y2);

	html_void(w, "line", "class", class, "x1", a, "y1", b, "x2", c, "y2", d, NULL);
}

static void text(HtmlWriter *w, const char *class, const char *anchor, double x, double y, const char *words)
{
	g_autofree char *a = number(x), *b = number(y);

	html_element(w, "text", words, "class", class, "text-anchor", anchor, "x", a, "y", b, NULL);
}

/* 1, 2 or 5 times a power of ten, so that some TICKS of them span it. */
static double step_for(double span)
{
	double raw = span / TICKS, power = pow(10, floor(log10(raw)));

	return raw <= power ? power : raw <= 2 * power ? 2 * power : raw <= 5 * power ? 5 * power : 10 * power;
}

/* Around all points; never so near that noise of a thousandth fills the picture. */
static void span_values(Frame *frame)
{
	double low = INFINITY, high = -INFINITY, room;

	for (guint i = 0; i < frame->trend->points->len; i++) {
		const NightPoint *point = nighttrend_point(frame->trend, i);

		low = MIN(low, point->low);
		high = MAX(high, point->high);
	}
	room = MAX((high - low) * 0.12, high * 0.005);
	room = room > 0 ? room : 1;
	frame->low = low - room;
	frame->high = high + room;
}

static void put_scale(HtmlWriter *w, const Frame *frame)
{
	double low = frame->low / frame->scale, high = frame->high / frame->scale, step = step_for(high - low);
	int digits = step < 1 ? (int)ceil(-log10(step) - 1e-9) : 0;

	for (double at = ceil(low / step) * step; at <= high; at += step) {
		double y = y_of(frame, at * frame->scale);
		g_autofree char *words = g_strdup_printf("%.*f", digits, at);

		line(w, "grid", frame->x, y, frame->x + frame->width, y);
		text(w, NULL, "end", frame->x - 6, y + 4, words);
	}
}

static void put_dates(HtmlWriter *w, const Frame *frame)
{
	guint n = frame->trend->points->len, most = (guint)(frame->width / DATE_WIDTH),
	      every = MAX(1, (n + most - 1) / most);

	for (guint i = 0; i < n; i += every) {
		double x = x_of(frame, i);
		line(w, "tick", x, frame->y + frame->height, x, frame->y + frame->height + 4);
		text(w, NULL, "middle", x, frame->y + frame->height + 18,
		     nighttrend_point(frame->trend, i)->night->night->facts->id);
	}
}

/* Joined within a stretch only. */
static void put_path(HtmlWriter *w, const Frame *frame)
{
	g_autoptr(GString) path = g_string_new(NULL);

	for (guint i = 0; i < frame->trend->points->len; i++) {
		const NightPoint *point = nighttrend_point(frame->trend, i);
		bool begins = !i || point->stretch != nighttrend_point(frame->trend, i - 1)->stretch;
		g_autofree char *x = number(x_of(frame, i)), *y = number(y_of(frame, point->median));

		g_string_append_printf(path, "%s%s %s", begins ? "M" : "L", x, y);
	}
	html_void(w, "path", "class", "path", "d", path->str, NULL);
}

static char *hint_of(const NightTrend *trend, const NightPoint *point)
{
	g_autofree char *value = metric_format(trend->metric, point->median);
	g_autofree char *low = metric_format(trend->metric, point->low),
			*high = metric_format(trend->metric, point->high);

	if (point->runs == 1)
		return g_strdup_printf("%s: %s", point->night->night->facts->id, value);
	return g_strdup_printf("%s: %s, %s to %s in %u runs", point->night->night->facts->id, value, low, high,
			       point->runs);
}

static void put_points(HtmlWriter *w, const Frame *frame)
{
	for (guint i = 0; i < frame->trend->points->len; i++) {
		const NightPoint *point = nighttrend_point(frame->trend, i);
		double x = x_of(frame, i);
		g_autofree char *cx = number(x), *cy = number(y_of(frame, point->median));
		g_autofree char *hint = hint_of(frame->trend, point);

		if (point->high > point->low) {
			double high = y_of(frame, point->high), low = y_of(frame, point->low);

			line(w, "bar", x, high, x, low);
			line(w, "bar", x - 3, high, x + 3, high);
			line(w, "bar", x - 3, low, x + 3, low);
		}
		html_open(w, "circle", "class", point->cell->state == CELL_UNMET ? "point unmet" : "point", "cx", cx,
			  "cy", cy, "r", frame->trend->points->len > 40 ? "2.5" : "3.5", NULL);
		html_element(w, "title", hint, NULL);
		html_close(w);
	}
}

/* Between the two points; how much stands above, on the side that has room. */
static void put_steps(HtmlWriter *w, const Frame *frame)
{
	for (guint i = 0; i < frame->trend->steps->len; i++) {
		const NightStep *step = &g_array_index(frame->trend->steps, NightStep, i);
		double x = x_of(frame, step->at - 0.5);
		bool right = x > frame->x + frame->width - 60;
		g_autofree char *words = g_strdup_printf("%+.1f%%", 100 * (step->after / step->before - 1));

		line(w, "step", x, frame->y - 8, x, frame->y + frame->height);
		text(w, "step", right ? "end" : "start", right ? x - 4 : x + 4, frame->y - 10, words);
	}
}

static Frame frame_of(const NightTrend *trend, double width)
{
	Frame frame = {
		.trend = trend, .x = LEFT, .y = TOP, .width = width - LEFT - RIGHT, .height = HEIGHT - TOP - BOTTOM
	};

	span_values(&frame);
	return frame;
}

static void put_picture(HtmlWriter *w, const NightTrend *trend, guint width, const char *class)
{
	Frame frame = frame_of(trend, width);
	const char *unit = NULL;
	g_autofree char *box = g_strdup_printf("0 0 %u %u", width, (guint)HEIGHT);
	g_autofree char *label =
		g_strdup_printf("%s of %s over %u nights", trend->metric->title, trend->label, trend->points->len);

	frame.scale = plot_scale(trend->metric, &unit);
	html_open(w, "svg", "class", class, "role", "img", "viewBox", box, "aria-label", label, NULL);
	put_scale(w, &frame);
	text(w, NULL, "start", 4, 14, unit ? unit : trend->metric->unit);
	line(w, "tick", frame.x, frame.y + frame.height, frame.x + frame.width, frame.y + frame.height);
	put_dates(w, &frame);
	put_steps(w, &frame);
	put_path(w, &frame);
	put_points(w, &frame);
	html_close(w);
}

void nightplot_put(HtmlWriter *w, const NightTrend *trend)
{
	html_open(w, "figure", "class", "chart nights", NULL);
	put_picture(w, trend, PLOT_WIDTH, "narrow");
	put_picture(w, trend, PLOT_WIDE, "wide");
	html_close(w);
}

void nightplot_put_small(HtmlWriter *w, const NightTrend *trend)
{
	Frame frame = { .trend = trend, .x = 3, .y = 3, .width = SMALL_WIDTH - 6, .height = SMALL_HEIGHT - 6 };
	const NightPoint *last = nighttrend_point(trend, trend->points->len - 1);
	g_autofree char *box = g_strdup_printf("0 0 %d %d", (int)SMALL_WIDTH, (int)SMALL_HEIGHT);
	g_autofree char *cx = NULL, *cy = NULL;

	span_values(&frame);
	cx = number(x_of(&frame, trend->points->len - 1));
	cy = number(y_of(&frame, last->median));
	html_open(w, "svg", "class", "spark", "viewBox", box, "width", "140", "height", "22", "aria-hidden", "true",
		  NULL);
	for (guint i = 0; i < trend->steps->len; i++) {
		double x = x_of(&frame, g_array_index(trend->steps, NightStep, i).at - 0.5);

		line(w, "step", x, 0, x, SMALL_HEIGHT);
	}
	put_path(w, &frame);
	html_void(w, "circle", "class", "point", "cx", cx, "cy", cy, "r", "2.5", NULL);
	html_close(w);
}
