/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_HTMLCHART_H
#define REPORT_HTMLCHART_H

#include "htmlpage.h"

/*
 * Charts are gnuplot's: a script becomes SVG that is put into the page. Colours
 * that are plain black follow the page (html.css). Without gnuplot nothing is
 * written but, once, why: each chart stands beside a table that has its figures.
 */
#define CHART_WIDTH 480 /* at this the letters can still be read on a telephone */

/* Colours that keep apart by lightness and in the common kinds of colour blindness (Okabe and Ito), on light and dark.
 */
#define CHART_BLUE "#3b8fc4"
#define CHART_ORANGE "#d55e00"
#define CHART_GREEN "#009e73"
#define CHART_GREY "#8a929b"

/*
 * alt: the picture in words; caption: below it, may be NULL. script: what follows
 * the choice of terminal. Begins and ends a <figure>.
 */
void html_chart(HtmlPage *page, guint width, guint height, const char *alt, const char *caption, const char *script);

/* A string constant of gnuplot, with what could end it or hide something taken out. Caller frees. */
char *chart_string(const char *text);

/* A number as gnuplot reads it, whatever the locale. */
void chart_number(GString *script, double value);

/* SVG to be put into a page: without what stands before its root, ids made different by n. Caller frees. */
char *chart_inline_svg(const char *svg, guint n);

#endif
