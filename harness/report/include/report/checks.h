/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef REPORT_CHECKS_H
#define REPORT_CHECKS_H

/*
 * The table of checks, a row for each: its id, what it looks at, what it needs, what it proves
 * and what it does not. Callers free.
 */
char *checks_to_text(void);
char *checks_to_markdown(void);
char *checks_to_json(void);

#endif
