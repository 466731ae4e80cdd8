/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VM_GDBSTUB_H
#define VM_GDBSTUB_H

#include <glib.h>
#include <stdbool.h>

/*
 * The emulator's debugging port, of which breakpoints, two registers, a word and a text of
 * memory are used. The protocol is "GDB Remote Serial Protocol", an appendix of
 * gdb's manual; where the registers are, the architecture's row says. While the machine is stopped the stub answers at
 * once; every request has a deadline of some seconds.
 */
typedef struct GdbStub GdbStub;

/* Connects to the UNIX socket that "-gdb unix:PATH,server=on,wait=off" made, and stops the machine if it runs. */
GdbStub *gdbstub_connect(const char *path, GError **error);
void gdbstub_free(GdbStub *stub);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GdbStub, gdbstub_free)

/* For waiting until something comes: readable when the machine stopped, or the emulator is gone. */
int gdbstub_fd(const GdbStub *stub);

/* The machine's execution stops before the instruction at this virtual address, in whatever address space. */
bool gdbstub_insert(GdbStub *stub, guint64 address, GError **error);
bool gdbstub_remove(GdbStub *stub, guint64 address, GError **error);

/* Of the processor that stopped: the address of its next instruction, and the word that its stack pointer points to. */
bool gdbstub_where(GdbStub *stub, guint64 *ret_pc, GError **error);
bool gdbstub_stack_top(GdbStub *stub, guint64 *ret_word, GError **error);

/* Whether it sees text at this virtual address. Memory that is not mapped does not hold it. */
bool gdbstub_holds(GdbStub *stub, guint64 address, const char *text, bool *ret_holds, GError **error);

/*
 * Lets the machine run until its next stop, which the stub tells only because of
 * this request: of a machine that somebody else set going it says nothing.
 */
bool gdbstub_continue(GdbStub *stub, GError **error);

/* Executes one instruction, of the processor that stopped, and waits for it. */
bool gdbstub_step(GdbStub *stub, GError **error);

typedef enum {
	GDBSTUB_NOTHING, /* a part of a packet, an acknowledgement, or a stop that is not at a breakpoint */
	GDBSTUB_STOPPED, /* at a breakpoint */
	GDBSTUB_GONE,	 /* the emulator closed the port */
} GdbStubNews;

/* Reads what has come, without waiting. Errors: FAILED, for what is no part of the protocol. */
bool gdbstub_read(GdbStub *stub, GdbStubNews *ret_news, GError **error);

/*
 * A packet's bytes around its text, and the text of the first whole packet at the
 * beginning of what came (removed from it); NULL if there is none yet.
 * ret_damaged: bytes that are no packet, or a wrong checksum. Callers free.
 */
char *gdbstub_frame(const char *text);
char *gdbstub_unframe(GString *came, bool *ret_damaged);

#endif
