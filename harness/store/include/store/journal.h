/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef STORE_JOURNAL_H
#define STORE_JOURNAL_H

#include <measure/execution.h>
#include <store/rundir.h>

/*
 * The journal of a run: a line of JSON for each thing that happened, in order, with the
 * host's CLOCK_MONOTONIC. This is the only code that writes or reads one; docs/rundir.md
 * has a sample of each line.
 */
typedef enum {
	JOURNAL_BEGIN,	   /* wall, plan */
	JOURNAL_START,	   /* emulator: the CPUs begin to run */
	JOURNAL_RECORD,	   /* hop, name, bytes, intact, crc, end_ns; ns is its header's */
	JOURNAL_NOISE,	   /* noise */
	JOURNAL_HOST,	   /* hop, at, faults, rss_bytes, cpu_ns, waited_ns */
	JOURNAL_COUNT,	   /* mark, edge, instructions */
	JOURNAL_MACHINE,   /* detail */
	JOURNAL_PAUSED,	   /* paused_ns */
	JOURNAL_EXECUTION, /* execution, address */
	JOURNAL_END,	   /* cause, hop, step, detail, peak_rss_bytes, cpu_ns, waited_ns, garbage_bytes,
			      damaged_frames */
	JOURNAL_FILE,	   /* name, sha256 */
	JOURNAL_ERROR,	   /* text, host_cannot */
	JOURNAL_KINDS,
} JournalKind;

/*
 * What else the host was doing, read when a run's machine starts and when it has
 * ended. Counters grow since the host's start; -1 where the host has none.
 */
typedef struct {
	/* some task waited: "some ... total=" of /proc/pressure (Documentation/accounting/psi.rst) */
	gint64 cpu_us;	  /* for a CPU */
	gint64 memory_us; /* for memory that had to be taken from something else */
	gint64 io_us;	  /* for a disk */
	gint64 steal_ns;  /* all CPUs, taken by the hypervisor above: 8th figure of "cpu" in /proc/stat (proc(5)) */
	gint64 busy_ns;	  /* all CPUs, not idle and not stolen, from the same line */
	double load;	  /* 1 minute, /proc/loadavg */
	gint64 khz;	  /* mean of all CPUs: cpufreq's scaling_cur_freq, or "cpu MHz" of /proc/cpuinfo */
	gint64 copy_ns;	  /* what it takes to copy 32 MiB (run/noise.h) */
	gint64 cpus;	  /* that are online */
} HostNoise;

/* Members that a kind does not have are -1, NULL or false. Texts of an event that was read belong to its journal. */
typedef struct {
	JournalKind kind;
	gint64 ns;
	int hop;
	const char *wall;     /* date and time, ISO 8601 */
	const char *plan;     /* SHA-256 of plan.json */
	const char *emulator; /* its version */
	const char *name;     /* of the record, as in proto/frame.h; or of a file of the run directory */
	const char *sha256;   /* of that file */
	gint64 bytes;
	bool intact;	 /* its checksum was right */
	const char *crc; /* which is this: proto/frame.h. NULL: not recorded */
	gint64 end_ns;
	HostNoise noise;
	const char *at;	  /* "start", or the record at whose arrival the host was asked */
	gint64 faults;	  /* page faults of all threads of the emulator */
	gint64 rss_bytes; /* guest memory included */
	gint64 cpu_ns;	  /* that the threads of the virtual CPUs have had so far */
	gint64 waited_ns; /* that they could have run, and the host ran others */
	const char *mark; /* measure/count.h */
	const char *edge; /* "at", "enter", "leave" */
	gint64 instructions;
	const char *detail;
	gint64 paused_ns;
	Execution execution;
	gint64 address;	   /* guest-virtual, of the first CPU that has not halted */
	const char *cause; /* measure/verdict.h, EndCause */
	const char *step;
	gint64 peak_rss_bytes;
	gint64 garbage_bytes; /* of the channel, that belong to no record */
	gint64 damaged_frames;
	const char *text;
	bool host_cannot; /* the host was not able, rather than the harness */
} JournalEvent;

/* Of that kind, with nothing known beside. */
JournalEvent journal_event(JournalKind kind, gint64 host_ns);

/* Errors: HOST (no space), FAILED. */
bool journal_write(RunDir *run, const JournalEvent *event, GError **error);

typedef struct {
	GArray *events; /* JournalEvent */
	GStringChunk *texts;
	guint damaged; /* lines that are not, or cannot be, as they were written, other than a torn last one */
	bool missing;  /* there is no file */
} Journal;

/* All whole lines, in order; what is damaged, a torn last line, and kinds that are not known are left out. */
Journal *journal_read(const RunDir *run);

/* The same of a text. */
Journal *journal_parse(const char *text);
void journal_free(Journal *journal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Journal, journal_free)

/* The n-th event. */
static inline const JournalEvent *journal_at(const Journal *journal, guint n)
{
	return &g_array_index(journal->events, JournalEvent, n);
}

/* The first of that kind; NULL. */
const JournalEvent *journal_find(const Journal *journal, JournalKind kind);

#endif
