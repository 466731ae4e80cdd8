/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PAGE_MAP_H
#define PAGE_MAP_H

#include <draw/picture.h>

/*
 * The migratetype of every pageblock as a picture: for each run, and in it for each
 * node, one strip a kernel, above each other; memory in the order of its addresses,
 * wrapped into rows of the same size everywhere; scratch outlined, scratch that is
 * not CMA in the loudest colour. Results without an audit are left out; NULL with
 * FAILED if none has one.
 */
Picture *map_draw(const GPtrArray *results, GError **error);

/*
 * The same without heading and legend, for a page that has them as text, which wraps
 * where a picture would be cut. ret_caption: what a cell and a row are; caller frees.
 * ret_kinds: what the legend has to explain, a bit for each MapKind.
 */
Picture *map_draw_bare(const GPtrArray *results, char **ret_caption, guint *ret_kinds, GError **error);

#endif
