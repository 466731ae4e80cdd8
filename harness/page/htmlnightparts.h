/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PAGE_HTMLNIGHTPARTS_H
#define PAGE_HTMLNIGHTPARTS_H

#include "htmlpage.h"

#include <page/night.h>

/* The name of a night, which leads to its page. */
void nightpart_link(HtmlWriter *w, const NightFacts *facts);

/* The verdict of a night in a line, in a box; linked: with its name. */
void nightpart_lead(HtmlWriter *w, const NightVerdict *verdict, bool linked);

#endif
