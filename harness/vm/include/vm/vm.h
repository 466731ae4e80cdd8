/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VM_VM_H
#define VM_VM_H

#include <gio/gio.h>
#include <stdbool.h>
#include <sys/types.h>
#include <vm/domainxml.h>

/*
 * A connection to libvirt, and one virtual machine on it. The only code that
 * calls libvirt. All callbacks come from the default GMainContext, in the thread
 * that runs it.
 */
typedef struct VmHost VmHost;

#define VMHOST_EMBEDDED "embed"

/*
 * uri VMHOST_EMBEDDED (the default): the in-process QEMU driver, with a root folder of its
 * own under runtime_dir (libvirt allows one process per root) and its capability
 * cache shared under cache. No daemon, no privileges; as root what the driver
 * wants (its configuration, the user it looks up) is provided. Any other uri is
 * handed to libvirt as it is. Leftover machines of dead processes found under
 * runtime_dir are ended first. Errors: HOST (no libvirt driver, no QEMU, QEMU too
 * old) saying what to install; HOST (a daemon that does not answer), CANCELLED.
 */
VmHost *vmhost_open(const char *uri, const char *runtime_dir, const char *cache, GCancellable *cancel, GError **error);
void vmhost_close(VmHost *host);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VmHost, vmhost_close)

/* Whether there still is somebody at the other end. */
bool vmhost_is_alive(VmHost *host);

/* "QEMU 7.2.22", "libvirt 9.0.0"; borrowed. */
const char *vmhost_qemu_version(VmHost *host);
const char *vmhost_libvirt_version(VmHost *host);
const char *vmhost_emulator(VmHost *host); /* path; NULL: the connection is not to libvirt's QEMU driver */

/* Where a machine of that name may have a socket: a path short enough for one. Caller frees. */
char *vmhost_socket_path(VmHost *host, const char *name);

typedef enum {
	VM_EVENT_STOPPED, /* the guest switched itself off */
	VM_EVENT_RESET,	  /* the guest asked for a reset (the machine is then stopped) */
	VM_EVENT_CRASHED, /* the emulator paused or ended, and not because the guest asked for it: an internal error,
			     a crash, out of memory, a signal */
} VmEvent;

typedef struct Vm Vm;

/*
 * Bytes as they came, with the host's CLOCK_MONOTONIC in ns taken when they were
 * read, by a thread that does nothing else: about a millisecond after they came.
 */
typedef void (*VmDataFunc)(Vm *vm, const char *data, gsize length, gint64 host_ns, gpointer user);
/*
 * The machine's end: one call a machine, after its last byte. detail is valid during the call.
 * The callback may destroy the machine.
 */
typedef void (*VmEventFunc)(Vm *vm, VmEvent event, const char *detail, gint64 host_ns, gpointer user);

/*
 * A place in the guest's kernel whose passing is to be seen, in a machine that
 * counts instructions (VmSpec.counted). The first mark of all is passed once by
 * each kernel, before the others, and begins a hop. Every other is looked out for
 * from the moment the one called "after" was passed, and once a hop: a breakpoint
 * slows the emulator down wherever it shares a page with busy code, and is worth
 * having only while it is waited for.
 *
 * The last of several kernels, were it the only one, is waited for again and again.
 * Others are looked out for when the last mark of the one before was passed: until
 * then that one may have other code at the same address.
 */
typedef enum {
	VM_MARK_POINT, /* one passing */
	VM_MARK_CALL,  /* a function: when it is entered, and when that call returns */
	VM_MARK_CALLS, /* a function, call after call, until another mark is passed */
} VmMarkKind;

typedef struct {
	const char *name;
	guint64 address; /* virtual, of its first instruction */
	VmMarkKind kind;
	const char *after; /* NULL for the first */
	guint kernel;	   /* which of kernels that are not alike it is in, from 0 on, in the order in which they run */
} VmMark;

typedef enum {
	VM_EDGE_AT,
	VM_EDGE_ENTER,
	VM_EDGE_LEAVE,
} VmEdge;

/* instructions: executed since power-on, before the one at the mark; time in which the processor waited is not counted
 */
typedef void (*VmCountFunc)(Vm *vm, const char *mark, VmEdge edge, guint64 instructions, gpointer user);
/* The machine can no longer be followed; called once, and error is the callee's. */
typedef void (*VmCountFailedFunc)(Vm *vm, GError *error, gpointer user);

/*
 * A place in a kernel that a machine passes. A kernel that moves itself at boot may have it at any of several: then a
 * text that moves with it says which of them is meant, and not other code that happens to be there.
 */
typedef struct {
	guint64 address;      /* virtual */
	bool here;	      /* in the kernel of the stop before it: moved as that was */
	guint64 step;	      /* bytes from one possible place to the next */
	guint places;	      /* as many as are possible; 1: it is at its address */
	guint64 text_address; /* where text is if nothing has moved */
	const char *text;     /* borrowed; not looked at if there is but one place */
} VmStop;

/*
 * The machine is held where VmCallbacks.stops ends, in a kernel that was moved by offset bytes; or error, which is the
 * callee's: it cannot be, and may run on.
 */
typedef void (*VmHeldFunc)(Vm *vm, guint64 offset, GError *error, gpointer user);

typedef struct {
	VmDataFunc console;
	VmDataFunc channel;
	VmEventFunc event;
	/* for a machine that counts */
	VmCountFunc count;
	VmCountFailedFunc count_failed;
	const VmMark *marks; /* borrowed for the machine's life */
	guint n_marks;	     /* 0: nothing is looked out for */
	/* for a machine with a debugging port: what its kernels pass one after the other; held at the last */
	VmHeldFunc held;
	const VmStop *stops; /* copied */
	guint n_stops;
} VmCallbacks;

/*
 * Opens both serial ports, creates the machine paused, then lets it run, so that no
 * byte is lost. ret_started_ns: host clock right before the CPUs start.
 * Errors: FAILED with libvirt's own words, HOST where the host lacks something.
 */
Vm *vm_start(VmHost *host, const VmSpec *spec, const VmCallbacks *callbacks, gpointer user, gint64 *ret_started_ns,
	     GError **error);

/*
 * To be called again and again while it runs: who does not for limit_ns (VmSpec) waits for an emulator that gives no
 * answer, and the emulator is ended.
 */
void vm_beat(Vm *vm);

/*
 * If that has happened, what failed because of it is put right: CANCELLED where it was interrupted, else FAILED. error
 * may be set already.
 */
void vm_blame(const Vm *vm, GError **error);

/* Largest resident set of the emulator so far, guest memory included, in bytes; -1 if unknown. Keeps its last value
 * after the end. */
gint64 vm_peak_rss(Vm *vm);

/* What the host has given to the emulator so far; -1 unknown. */
typedef struct {
	gint64 faults;	  /* pages it was given on touching them, guest memory and its own, without reading a disk */
	gint64 rss_bytes; /* resident, guest memory included */
	gint64 cpu_ns;	  /* for so long its virtual CPUs were run, all together, whatever they did */
	gint64 waited_ns; /* for so long they could have run, and the host ran something else */
} VmUsage;

VmUsage vm_usage(const Vm *vm);
VmUsage vm_usage_at_start(const Vm *vm); /* right before the CPUs started */

/* Process number of the emulator; -1: not known. And whether the machine is still there, running or not. */
pid_t vm_pid(const Vm *vm);
bool vm_is_there(const Vm *vm);

/* Whether somebody has stopped the emulator by a signal. */
bool vm_is_stopped(const Vm *vm);

/* Whether somebody at a debugger holds the machine (VmSpec.attended). */
bool vm_is_held(const Vm *vm);

/* What the emulator says of the machine. */
typedef struct {
	bool answers;  /* its monitor answered */
	bool running;  /* it lets the CPUs run */
	char *state;   /* in its own words, such as "running" or "internal-error"; or why there is no answer */
	bool halted;   /* all CPUs wait in a halt instruction */
	guint64 where; /* instruction pointer of the first that does not; 0: unknown */
	bool frozen;   /* as vm_freeze(): so "said" is what the CPUs had when they were stopped */
	char *said;    /* registers of all CPUs, interrupt controllers, as its monitor prints them; NULL: nothing */
} VmLook;

/*
 * Asks what the machine does, freezes it, and reads what its CPUs have. Waits for some seconds at most: an emulator
 * that is stuck gives no answer.
 */
void vm_look(Vm *vm, VmLook *ret_look);
void vmlook_clear(VmLook *look);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VmLook, vmlook_clear)

/*
 * No CPU runs from now on, and what is read of its memory does not change. Nothing that happens to the machine after
 * that is told. false: the emulator gives no answer, or is gone.
 */
bool vm_freeze(Vm *vm);

/* Reads of the guest's physical memory; false: there is none at that place, or nobody answers. */
bool vm_peek(Vm *vm, guint64 physical, gpointer buffer, gsize length);

/*
 * Writes all of its memory to a file that crash(8) opens: libvirt's own dump, compressed where the emulator can
 * do that. It may take minutes. Errors: FAILED with libvirt's own words.
 */
bool vm_dump(Vm *vm, const char *path, GError **error);

/* Domain XML as libvirt completed it; caller frees; NULL if gone. */
char *vm_live_xml(Vm *vm);

/* Last lines of the emulator's own log (QEMU's standard error), or NULL. Caller frees. */
char *vm_emulator_log(Vm *vm);

/* Ends the machine, whatever it is doing, and frees everything. Safe at any time, also from a callback's caller. */
void vm_destroy(Vm *vm);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Vm, vm_destroy)

#endif
