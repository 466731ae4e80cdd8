/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PAGE_HTMLCHART_H
#define PAGE_HTMLCHART_H

#include "htmlpage.h"

#include <page/plot.h>

/*
 * Each is drawn twice, for half a page or a telephone and for the whole width of a page:
 * what is scaled has letters of the wrong size, so the page shows the one that fits (html.css).
 *
 * Charts are gnuplot's: a script becomes SVG that is put into the page. Colours
 * that are plain black follow the page (html.css). Without gnuplot nothing is
 * written but, once, why: each chart stands beside a table that has its figures. For
 * one that gnuplot does not take there is a sentence why, in its place.
 *
 * alt: the picture in words; caption: below it, may be NULL. script: what follows
 * the choice of terminal. Begins and ends a <figure>.
 */
void html_chart(HtmlPage *page, guint height, const char *alt, const char *caption, const char *script);

/* The same of a plot; nothing for NULL. */
void html_plot(HtmlPage *page, const Plot *plot, const char *caption);

/* SVG to be put into a page: without what stands before its root, ids made different by n. Caller frees. */
char *chart_inline_svg(const char *svg, guint n);

#endif
