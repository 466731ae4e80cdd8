/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RUN_SEAT_H
#define RUN_SEAT_H

#include <glib.h>
#include <stdbool.h>

/*
 * The seat of a person at a shell in the guest: standard input, a screen, and the guest's third serial port. A
 * terminal passes every key on while the shell is there, Ctrl-C too; Ctrl-] leaves the run.
 */
typedef struct Seat Seat;

/* Connects to the emulator's socket of that port. screen: standard output or error. left: called when the person wants
 * out of the run. */
Seat *seat_new(const char *socket, int screen, void (*left)(gpointer user), gpointer user, GError **error);

/* The shell is there, and not there any more. A shell whose input has come to its end is told so until it ends. */
void seat_begin(Seat *seat);
void seat_end(Seat *seat);
bool seat_is_taken(const Seat *seat);
/* ... by somebody at a terminal: what comes from a pipe or a file is no person's. */
bool seat_has_person(const Seat *seat);

void seat_free(Seat *seat);

#endif
