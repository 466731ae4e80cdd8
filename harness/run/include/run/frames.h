/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_FRAMES_H
#define RUN_FRAMES_H

#include <glib.h>
#include <stdbool.h>

/*
 * The host's end of the channel: bytes in, in whatever pieces they come, frames
 * out (proto/frame.h). Knows no file, no clock and no machine.
 *
 * Nothing that a guest sends is an error. What cannot be understood is counted,
 * and the next frame is found again, at the latest when it is complete: a frame
 * whose length was damaged does not swallow those after it. So a payload cannot
 * carry a whole valid frame at the start of one of its lines; nothing that the
 * guest sends does.
 *
 * What it takes is bounded by what came: of a guest that sends headers upon headers nothing is understood any more
 * from some point on.
 */
typedef struct {
	int hop;
	const char *name;      /* valid as a relative path: see frames_name_is_valid() */
	const guint8 *payload; /* both borrowed for the call */
	gsize length;
	bool crc_ok;	  /* false: damaged or cut off; payload is what came of it */
	guint32 crc;	  /* that the guest has sent with it */
	gint64 header_ns; /* host clock when the header was complete */
	gint64 end_ns;	  /* ... and the payload */
} Frame;

typedef struct Frames Frames;
typedef void (*FramesFunc)(const Frame *frame, gpointer data);

Frames *frames_new(FramesFunc func, gpointer data);
void frames_free(Frames *frames);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Frames, frames_free)

/* The next bytes, with the host's clock when they were read. Calls func for each frame that they complete. */
void frames_feed(Frames *frames, const void *data, gsize length, gint64 host_ns);

/* No more bytes will come: a frame that was begun is reported as damaged. */
void frames_finish(Frames *frames, gint64 host_ns);

/* Bytes outside of any frame so far, empty lines not counted; 0 on a sound channel. */
guint64 frames_garbage_bytes(const Frames *frames);

/* Frames reported with crc_ok false so far. */
guint frames_damaged(const Frames *frames);

/* A relative path of [A-Za-z0-9._/-], without "..", "." or empty parts. */
bool frames_name_is_valid(const char *name);

#endif
