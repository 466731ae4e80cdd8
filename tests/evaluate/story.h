/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_EVALUATE_STORY_H
#define TESTS_EVALUATE_STORY_H

#include <evaluate/timeline.h>

/* A run that never was, told event by event: journal, console and kernel logs as timeline_new() takes them. */
#define MS G_GINT64_CONSTANT(1000000)
#define START (50000 * MS) /* the axis's 0 on the host's clock */

/* Times are ms on the axis. */
typedef struct {
	GString *journal;
	GPtrArray *hops;    /* Hop */
	GPtrArray *results; /* ResultHop: what was made of them for the last timeline */
	GPtrArray *lines;
	GArray *times;
	GArray *left;  /* guint: lines before which a user space was left */
	GString *kmsg; /* of the kernel that runs now */
	guint logged;  /* its lines */
} Story;

/* A fixture of g_test_add(). */
void story_set_up(Story *story, gconstpointer data);
void story_tear_down(Story *story, gconstpointer data);

void story_event(Story *story, const char *event, gint64 ms);

/* It takes 5 ms to come. */
void story_record(Story *story, int hop, const char *name, gint64 ms);

/* A line on the console only. */
void story_console(Story *story, gint64 ms, const char *text);

/* A line of the kernel log, stamped in guest ms, and on the console unless ms is -1. */
void story_line(Story *story, gint64 ms, gint64 guest_ms, const char *text);

/* The kernel that ran until now has sent its log, if it has one. */
void story_end_hop(Story *story);

/* A kernel that takes 100 ms from begin on: its clock starts after 4, user space is there after 80, and left at 95. */
void story_tell_hop(Story *story, int hop, gint64 begin);

/* Of what was told until now. Caller frees. */
Timeline *story_timeline(Story *story);

/* Of a kernel of the last timeline. */
const Phases *story_phases(const Story *story, guint hop);

#endif
