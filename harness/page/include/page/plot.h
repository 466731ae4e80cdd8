/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PAGE_PLOT_H
#define PAGE_PLOT_H

#include <study/storedcomparison.h>
#include <study/sweep.h>

/*
 * Pictures are gnuplot's: a script, without the choice of terminal, becomes SVG for
 * a page or a file, or letters for a terminal. The scripts here are of what a
 * comparison and a sweep have to show, wherever it is shown.
 */

/* Colours that keep apart by lightness and in the common kinds of colour blindness (Okabe and Ito), on light and dark.
 */
#define PLOT_BLUE "#3b8fc4"
#define PLOT_ORANGE "#d55e00"
#define PLOT_GREEN "#009e73"
#define PLOT_PINK "#cc79a7"
#define PLOT_YELLOW "#c98f00"
#define PLOT_VIOLET "#8a63d2"
#define PLOT_RED "#b3404f"
#define PLOT_GREY "#8a929b"

/* Of the nth series, the same in every picture of a page. */
const char *plot_colour(guint n);

/* A string constant of gnuplot, with what could end it or hide something taken out. Caller frees. */
char *plot_string(const char *text);

/* The same for the name of a tic, which gnuplot takes for a format; a title and the name of an axis are none. */
char *plot_label(const char *text);

/* A number as gnuplot reads it, whatever the locale. */
void plot_number(GString *script, double value);

/* By what figures of a metric are divided to be shown on an axis, and what stands beside it. */
double plot_scale(const Metric *metric, const char **ret_unit);

/*
 * SVG as gnuplot writes it. alone: it is a file of its own, and has a white ground;
 * else it takes that of the page it is put into. Errors: HOST (no gnuplot), FAILED (what
 * it says). Caller frees.
 */
char *plot_svg(const char *script, guint width, guint height, bool alone, GError **error);

/* A script, and how large what it draws should be; NULL where there is nothing to show. */
typedef struct {
	char *script;
	guint height; /* pixels, at a width of PLOT_WIDTH */
	guint lines;  /* of letters, on a terminal */
	char *words;  /* the picture in words */
} Plot;

#define PLOT_WIDTH 480u /* at this the letters can still be read on a telephone */
#define PLOT_WIDE 900u	/* for the whole width of a page */

void plot_free(Plot *plot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Plot, plot_free)

/* The picture in letters, for a terminal; NULL for NULL, and where gnuplot cannot: it is no more than an extra. */
char *plot_letters(const Plot *plot);

/* Paired differences to the first series with their 95% intervals, one line each (a forest plot). */
Plot *comparison_plot_differences(const Comparison *comparison);

/* One figure in order of rounds: each run a point, those of a round joined. */
Plot *storedcomparison_plot_rounds(const StoredComparison *stored, const Metric *metric);

/* One figure over what was swept: runs, the fitted line of each series and its 95% interval. */
Plot *sweep_plot(const Sweep *sweep, const SweepFigure *figure);

#endif
