/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAMPAIGN_SELFPATH_H
#define CAMPAIGN_SELFPATH_H

/*
 * This program, by the name it was found under where that still leads to it, so
 * that what the plan.json of a child says was asked can be asked again. Caller
 * frees.
 */
char *selfpath(void);

/*
 * What to execute for a child of that name: where it is selfpath()'s, this very program, also when another one has
 * its name by now, as after a build. NULL: what the name says. Not to be freed.
 */
const char *selfpath_program(const char *executable);

#endif
