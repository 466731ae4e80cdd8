/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CLI_DRYRUN_H
#define CLI_DRYRUN_H

#include "cli.h"

/*
 * --dry-run of one run: refuses all that can be refused without building, and prints
 * what would be done on standard output: for people, or the plan with --format json.
 * Errors: as request_resolve(), request_check() and vmhost_open().
 */
bool dry_run(Cli *cli, const Options *options, GError **error);

#endif
