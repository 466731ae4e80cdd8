/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PAGE_NIGHTPLOT_H
#define PAGE_NIGHTPLOT_H

#include "htmlwriter.h"

#include <page/night.h>

/* A figure over the nights: medians, from the smallest to the largest run, levels, and where they change. Drawn here
 * and not by gnuplot, since there are hundreds. Two pictures, of which the page shows the one that fits.
 */
void nightplot_put(HtmlWriter *w, const NightTrend *trend);

/* The same in the height of a line, without letters. */
void nightplot_put_small(HtmlWriter *w, const NightTrend *trend);

#endif
