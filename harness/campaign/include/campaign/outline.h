/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_OUTLINE_H
#define CAMPAIGN_OUTLINE_H

#include <run/request.h>

/*
 * --dry-run of one run: refuses all that can be refused without building, and says what
 * would be done: for people, or as the plan in JSON. Caller frees. NULL with the error
 * set, as of request_resolve(), request_check() and vmhost_open().
 */
char *outline_run(const Paths *paths, const RunRequest *request, bool json, GError **error);

#endif
