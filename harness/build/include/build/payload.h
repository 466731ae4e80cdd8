/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_PAYLOAD_H
#define BUILD_PAYLOAD_H

#include <gio/gio.h>
#include <stdbool.h>

/* Where our own are, below the folder of the initramfs. */
#define PAYLOAD_FOLDER "payloads"

/*
 * A payload: what runs in user space of each kernel of a chain. A folder with a file
 * "payload" of lines "key: value", hooks, and programs or their sources. docs/payloads.md
 * has the keys, and when which hook is run.
 */
typedef struct {
	char *name;
	char *path;    /* its folder */
	char *include; /* folder of headers that payloads share */
	char *summary;
	char **fragments;     /* names in kconfigs/; may be empty */
	GPtrArray *programs;  /* PayloadProgram; may be empty */
	char **hooks;	      /* those that it has, in the order of measure/payload.h's payload_hooks[] */
	char *first, *last;   /* kernels that it is for, "6.19"; NULL: no limit */
	char **breaks;	      /* words of --break that it does damage by; may be empty */
	char *append;	      /* words for the command line of each kernel; NULL: none */
	guint64 memory_bytes; /* least memory of the guest; 0: any */
	gint64 timeout_ns;    /* of each hook */
	/* by payload_build() */
	GPtrArray *files; /* PayloadFile: what goes into the guest */
	char *sha256;	  /* of all that */
} Payload;

/* What the compiler makes a program for the guest of. */
typedef struct {
	char *name;
	char **sources; /* C files in the payload's folder, at least one */
} PayloadProgram;

typedef struct {
	char *path; /* below the payload's folder in the guest */
	char *from; /* on the host */
	bool executable;
} PayloadFile;

void payload_free(Payload *payload);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Payload, payload_free)

/*
 * folder: where our own are. name: one of these, or a path (has a '/', or is a folder).
 * Errors: INPUT, which names the file, the line, and what is wrong there; for an unknown name
 * those that there are.
 */
Payload *payload_load(const char *folder, const char *name, GError **error);

/* Each of the names (NULL: none), in their order; INPUT also where two would be called the same. Caller unrefs. */
GPtrArray *payload_load_all(const char *folder, const char *const *names, GError **error);

/* Names of our own, sorted. Caller frees. */
char **payload_list(const char *folder, GError **error);

/* INPUT unless it is for that kernel, "7.1"; and unless each of several is. */
bool payload_check_kernel(const Payload *payload, const char *kernel, GError **error);
bool payload_check_kernels(const GPtrArray *payloads, const char *kernel, GError **error);

/*
 * Compiles its programs, or finds them in the cache, and lists its files. Errors: INPUT
 * (a source that the compiler does not take, with its words), HOST (no compiler), CANCELLED.
 */
bool payload_build(Payload *payload, const char *cache, GCancellable *cancel, GError **error);

#endif
