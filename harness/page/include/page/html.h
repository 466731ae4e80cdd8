/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PAGE_HTML_H
#define PAGE_HTML_H

#include <study/storedcomparison.h>
#include <study/sweep.h>

/*
 * One page that needs nothing else: style, pictures and script are in it, and no
 * address in it leads to the network. Each figure that result.json has is a <data>
 * element: its value is the number, data-of is the member ("hops.1.boot_to_init_ns")
 * and the nearest element around it with data-run names the run. Unknown: value="".
 *
 * Charts are drawn by gnuplot; where it is missing or fails, the page says so and
 * has the tables alone. Never fails. Caller frees.
 */

/* One run; or several, compared. Borrows the results (Result, at least one). */
char *html_of_results(GPtrArray *results);

char *html_of_matrix(const MatrixResult *matrix);

/*
 * Numbers that are not of a run are those of the JSON that 'khotest compare' and
 * 'khotest sweep' print with --report; data-run is the name of the directory.
 */
char *html_of_comparison(const StoredComparison *stored);
char *html_of_sweep(const MatrixResult *matrix, const Sweep *sweep);

#endif
