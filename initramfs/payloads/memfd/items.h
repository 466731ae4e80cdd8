/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ITEMS_H
#define ITEMS_H

#include "content.h"
#include "luo.h"

#include <meminfo.h>
#include <sys/stat.h>

/*
 * What one kernel hands to the next: memfds, in sessions, and a record of them, which is in a memfd and a session of
 * its own. The record says what each of them must be: it is never made from what comes out.
 */

#define ITEMS_MOST 160
#define RECORD_MAGIC UINT64_C(0x6b686f746573746d)
#define RECORD_TOKEN 0x4d

/* What becomes of a session in the next kernel. */
typedef enum {
	FATE_TAKEN,    /* retrieved, and finished */
	FATE_SHUFFLED, /* the same, the files in another order than they were preserved */
	FATE_UNUSED,   /* retrieved and finished; none of its files is retrieved */
	FATE_OPEN,     /* retrieved with its files, and not finished until the jump */
	FATE_LEFT,     /* never retrieved */
	FATE_TRAVELS,  /* its file goes on to the kernel after that, through all of them */
} Fate;

typedef struct {
	char session[32]; /* without its kernel's number */
	char name[32];
	uint64_t token, size, seed, checksum;
	uint64_t position; /* of the file */
	uint32_t seals;
	uint32_t fate;
	uint32_t sparse, huge;
	uint32_t born; /* in which kernel of the chain */
	uint32_t reserved;
} Item;

typedef struct {
	uint64_t magic;
	uint32_t hop, items;
	uint64_t checksum; /* of the items */
	Item item[ITEMS_MOST];
} Record;

/* FNV-1a: the record is small. */
static inline uint64_t record_checksum(const Record *record)
{
	const unsigned char *byte = (const unsigned char *)record->item;
	uint64_t sum = UINT64_C(0xcbf29ce484222325) ^ record->hop ^ ((uint64_t)record->items << 32);

	for (size_t i = 0; i < record->items * sizeof(Item); i++)
		sum = (sum ^ byte[i]) * UINT64_C(0x100000001b3);
	return sum;
}

static inline Content item_content(const Item *item)
{
	return (Content){ .seed = item->seed, .size = item->size, .sparse = item->sparse };
}

/* A file of the payload's own, in this kernel. */
static inline const char *run_path(const char *name)
{
	static char path[256];
	const char *folder = getenv("KHOTEST_RUN");

	snprintf(path, sizeof(path), "%s/%s", folder ? folder : "/run", name);
	return path;
}

static inline bool run_write(const char *name, const void *data, size_t bytes)
{
	FILE *file = fopen(run_path(name), "we");
	bool ok = file && fwrite(data, bytes, 1, file) == 1;

	return file && fclose(file) == 0 && ok;
}

static inline bool run_read(const char *name, void *data, size_t bytes)
{
	FILE *file = fopen(run_path(name), "re");
	bool ok = file && fread(data, bytes, 1, file) == 1;

	if (file)
		fclose(file);
	return ok;
}

/* The two hooks: exit status. */
int hook_before(void);
int hook_after(void);

#endif
