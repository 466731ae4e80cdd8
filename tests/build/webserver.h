/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TESTS_BUILD_WEBSERVER_H
#define TESTS_BUILD_WEBSERVER_H

#include <glib.h>
#include <stdbool.h>

/*
 * A web server on the loopback that has all the faults which servers and networks
 * have. Each connection carries one request and has a thread of its own.
 */
typedef struct {
	const char *path;      /* "/t.tar" */
	int status;	       /* 0: 200, or 206 for a part */
	const char *location;  /* of a redirect: another path */
	gssize cut_every;      /* the connection is cut after so many bytes of the body; 0: never */
	gssize cut_at;	       /* it is cut at this place of the file, also when asked to go on there */
	gssize stall_at;       /* nothing more comes from this place on, and the connection stays */
	bool silent;	       /* the request is read, and never answered */
	bool no_range;	       /* the whole file comes, whatever part was asked for */
	guint pause_every_kib; /* so many KiB, then a pause of 50 ms; 0: as fast as it goes */
} WebPage;

typedef struct WebServer WebServer;

/* pages: ends with a NULL path, and outlives the server; content is what all of them have. Failures end the test. */
WebServer *webserver_start(const WebPage *pages, GBytes *content);
void webserver_stop(WebServer *server);

/* "http://127.0.0.1:PORT/t.tar". Caller frees. */
char *webserver_url(const WebServer *server, const char *path);

/* How often a path was asked for, and from which byte of the file the last time. */
guint webserver_asked(WebServer *server, const char *path);
gsize webserver_last_begin(WebServer *server, const char *path);

#endif
