/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEASURE_COMPLAINT_H
#define MEASURE_COMPLAINT_H

#include <glib.h>
#include <stdbool.h>

/*
 * Finds reports - oops, BUG, WARNING, sanitizer, stall - in a stream of log
 * lines, and keeps one line for each, although a report spells its trouble out
 * several times (a page fault is a "BUG:" and an "Oops:" and ends in "end trace").
 */
typedef struct {
	GPtrArray *found; /* char *: the line that names the trouble, one a report */
	bool open;	  /* inside a report */
	bool unnamed;	  /* "cut here" came, the line that names the trouble has not */
	bool preface;	  /* the report began before its "cut here", which is still to come */
	bool growing;	  /* the last one found is such a report, which may yet turn out to be an oops */
	char *candidate;  /* what to call it if that line never comes */
	guint age;	  /* lines since the report began */
} ComplaintScan;

void complaint_scan_init(ComplaintScan *scan);
void complaint_scan_line(ComplaintScan *scan, const char *text);

/* How many of those found are whole: the last one may still get a word from the lines to come. */
guint complaint_scan_whole(const ComplaintScan *scan);

/* Ends the scan and hands over what was found. */
GPtrArray *complaint_scan_finish(ComplaintScan *scan);

#endif
