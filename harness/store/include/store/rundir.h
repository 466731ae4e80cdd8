/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_RUNDIR_H
#define STORE_RUNDIR_H

#include <base/json.h>
#include <glib.h>
#include <stdbool.h>
#include <store/plan.h>

/*
 * The run directory: everything that came out of one run, raw. docs/rundir.md
 * describes it. This is the only code that knows the names of its files.
 */
#define RUNDIR_SCHEMA 1

typedef enum {
	RUNDIR_PLAN,	      /* plan.json */
	RUNDIR_HOST,	      /* host.json */
	RUNDIR_DOMAIN_XML,    /* domain.xml: as given to libvirt */
	RUNDIR_CONSOLE,	      /* console.log: kept by the emulator */
	RUNDIR_CONSOLE_TIMES, /* console.times: "host_ns offset" for each line's first byte */
	RUNDIR_EMULATOR_LOG,  /* emulator.log: its standard error */
	RUNDIR_MACHINE,	      /* machine.txt: CPUs and interrupt controllers of one that failed */
	RUNDIR_MEMORY,	      /* memory.core: pages of its memory, as measure/corefile.h has them */
	RUNDIR_DUMP,	      /* memory.dump: all of it, where that was asked for */
	RUNDIR_LINES,	      /* lines.txt: files and lines of places in kernels that have debug information */
	RUNDIR_JOURNAL,	      /* journal.jsonl */
	RUNDIR_RESULT,	      /* result.json: derived */
	RUNDIR_REPRODUCE,     /* reproduce.sh */
	RUNDIR_CONFIG,	      /* kernel.config: as built; in run directories that have none for each kernel */
} RunFile;

typedef struct {
	char *path; /* absolute */
	char *id;   /* its last component */
	int journal_fd;
} RunDir;

/* PARENT/DATE-TIME-LABEL-XXXX, unique even when two runs begin at once. label: "7.1-unfixed-100G". */
RunDir *rundir_create(const char *parent, const char *label, GError **error);

/* An existing one, for reading. Errors: INPUT if path is not a run directory or of a newer schema. */
RunDir *rundir_open(const char *path, GError **error);

void rundir_free(RunDir *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(RunDir, rundir_free)

/* Path of one of its files, whether it exists or not. Caller frees. */
char *rundir_file(const RunDir *run, RunFile file);

/*
 * Where that file really is, to be read. NULL if it is not there, is no regular file, or lies outside of the run
 * directory, to which a symbolic link may lead: all that is read from a run directory is found this way. Caller frees.
 */
char *rundir_find(const RunDir *run, RunFile file);

bool rundir_write(RunDir *run, RunFile file, const char *text, GError **error);
bool rundir_write_bytes(RunDir *run, RunFile file, GBytes *bytes, GError **error);

/* The file's content; NULL without an error if it was never written, or rundir_find() does not find it. */
GBytes *rundir_read(const RunDir *run, RunFile file);

/* The same as text, up to a NUL. Caller frees. */
char *rundir_text(const RunDir *run, RunFile file);

/*
 * Whether what is written there is kept: it is still there, and its disk has some room. Errors: HOST (no room),
 * FAILED.
 */
bool rundir_check(const RunDir *run, GError **error);

/*
 * Whether a record of that name has a place beside those that came before: a guest can send "proc" after "proc/iomem",
 * and one of the two would have to be a folder.
 */
bool rundir_has_place(const RunDir *run, int hop, const char *name);

/* A record of a hop: hops/HOP/NAME. name as in proto/frame.h, validated by the receiver. */
bool rundir_write_record(RunDir *run, int hop, const char *name, const void *payload, gsize length, GError **error);
GBytes *rundir_read_record(const RunDir *run, int hop, const char *name);

/* Its length, and its checksum as in proto/frame.h, without holding it; false if it is not there. */
bool rundir_sum_record(const RunDir *run, int hop, const char *name, gsize *ret_bytes, guint32 *ret_crc);

/*
 * Where the System.map of the kernel with an image of that SHA-256 is kept, as seen from
 * a run directory: "kernels/SHA256/System.map", once for all hops of that kernel. Caller frees.
 */
char *rundir_symbols(const char *sha256);

/* The same of its .config. */
char *rundir_config(const char *sha256);

/* The same of where it keeps what is read from its memory (build/layout.h). */
char *rundir_layout(const char *sha256);

/* Has a file there, at hop->symbols, hop->config or rundir_layout(), from a path in the cache, unless it is there
 * already or is NULL. */
bool rundir_keep(RunDir *run, const char *file, const char *from, GError **error);

/* The text of the hop's System.map; NULL without an error if there is none. Caller frees. */
char *rundir_read_symbols(const RunDir *run, const PlanHop *hop);

/* The same of its layout. */
char *rundir_read_layout(const RunDir *run, const PlanHop *hop);

/* The same of its .config; older run directories have one for all hops. */
char *rundir_read_config(const RunDir *run, const PlanHop *hop);

/* Number of hops that have any record: 1 + the highest number. */
guint rundir_hops(const RunDir *run);

/* Names of all run directories below parent, oldest first; empty if there are none. Caller frees. */
char **rundir_list(const char *parent);

#endif
