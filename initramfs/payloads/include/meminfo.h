/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MEMINFO_H
#define MEMINFO_H

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * What the kernel says of its memory, in bytes. CMA pageblocks, scratch among them, take
 * movable pages only: what is free there is in MemFree, and no slab, page table or pinned
 * page can have it.
 */
typedef long long Bytes;

#define MIB ((Bytes)1 << 20)
#define PAGE_BYTES ((Bytes)4096)

typedef struct {
	Bytes total;	    /* MemTotal */
	Bytes free;	    /* MemFree */
	Bytes cpu_lists;    /* free too, but on lists of the processors, which MemFree does not count */
	Bytes available;    /* the less of MemFree and MemAvailable: no tmpfs page can be dropped */
	Bytes cma_free;	    /* CmaFree, which counts scratch too; 0 without CMA */
	Bytes cma_total;    /* CmaTotal, which does not; 0 without CMA */
	Bytes fixed;	    /* free for pages that do not move: in all zones but Movable, without CMA */
	Bytes reserve;	    /* of that, what the zones keep below their watermarks */
	Bytes slab;	    /* Slab */
	Bytes page_tables;  /* PageTables */
	Bytes shmem;	    /* Shmem */
	Bytes mlocked;	    /* Mlocked */
	Bytes pinned;	    /* pinned less unpinned since boot, by /proc/vmstat */
	long long oom_kill; /* processes that were killed for lack of memory */
	long long migrated; /* pages that were moved elsewhere */
} Memory;

static inline char *memory_read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	size_t size = 1 << 16, length = 0;
	char *text = malloc(size);

	while (file && text && !feof(file) && !ferror(file)) {
		length += fread(text + length, 1, size - 1 - length, file);
		if (size - 1 == length) {
			char *more = realloc(text, size *= 2);

			if (!more)
				break;
			text = more;
		}
	}
	if (!file || !text) {
		printf("# cannot read %s: %s\n", path, strerror(errno));
		exit(1);
	}
	fclose(file);
	text[length] = '\0';
	return text;
}

/* In whole MiB, rounded, for people. */
static inline long long memory_mib(Bytes bytes)
{
	return (bytes + MIB / 2) / MIB;
}

/* The number behind that word at the beginning of a line; 0 if there is no such line. */
static inline long long memory_number(const char *text, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = strstr(text, word); at; at = strstr(at + 1, word))
		if ((at == text || at[-1] == '\n') && (at[length] == ' ' || at[length] == ':'))
			return strtoll(at + length + 1, NULL, 10);
	return 0;
}

/* One line of /proc/meminfo, by its word; 0 if there is no such line. */
static inline Bytes memory_of(const char *word)
{
	char *text = memory_read_file("/proc/meminfo");
	Bytes bytes = memory_number(text, word) * 1024;

	free(text);
	return bytes;
}

/* The largest of "protection: (0, 0, 1008, 1008)": pages of a zone that are kept from allocations for higher ones. */
static inline long long memory_protection(const char *line)
{
	long long most = 0, number;

	for (const char *at = strpbrk(line, "(,"); at; at = strpbrk(at + 1, ","))
		if ((number = strtoll(at + 1, NULL, 10)) > most)
			most = number;
	return most;
}

/*
 * Of each zone but Movable what is free and not CMA, and what of it no ordinary allocation
 * is given, as __zone_watermark_ok() has it (/proc/zoneinfo).
 */
static inline void memory_read_zones(Memory *memory)
{
	char *text = memory_read_file("/proc/zoneinfo"), *rest = NULL;
	long long pages = 0, min = 0, kept = 0, number;
	bool movable = false;

	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (strncmp(line, "Node ", 5) == 0)
			movable = strstr(line, "Movable") != NULL;
		else if (sscanf(line, " pages free %lld", &number) == 1)
			pages = number;
		else if (sscanf(line, " min %lld", &number) == 1)
			min = number;
		else if (sscanf(line, " count: %lld", &number) == 1)
			memory->cpu_lists += number * PAGE_BYTES;
		else if (strstr(line, " protection:"))
			kept = memory_protection(line);
		else if (sscanf(line, " nr_free_cma %lld", &number) == 1 && !movable) {
			Bytes fixed = (pages - number) * PAGE_BYTES, reserve = (min + kept) * PAGE_BYTES;

			memory->fixed += fixed;
			memory->reserve += reserve < fixed ? reserve : fixed;
		}
	}
	free(text);
}

static inline Memory memory_read(void)
{
	char *meminfo = memory_read_file("/proc/meminfo"), *vmstat = memory_read_file("/proc/vmstat");
	Memory memory = {
		.total = memory_number(meminfo, "MemTotal") * 1024,
		.free = memory_number(meminfo, "MemFree") * 1024,
		.available = memory_number(meminfo, "MemAvailable") * 1024,
		.cma_free = memory_number(meminfo, "CmaFree") * 1024,
		.cma_total = memory_number(meminfo, "CmaTotal") * 1024,
		.slab = memory_number(meminfo, "Slab") * 1024,
		.page_tables = memory_number(meminfo, "PageTables") * 1024,
		.shmem = memory_number(meminfo, "Shmem") * 1024,
		.mlocked = memory_number(meminfo, "Mlocked") * 1024,
		.pinned = (memory_number(vmstat, "nr_foll_pin_acquired") -
			   memory_number(vmstat, "nr_foll_pin_released")) *
			  PAGE_BYTES,
		.oom_kill = memory_number(vmstat, "oom_kill"),
		.migrated = memory_number(vmstat, "pgmigrate_success"),
	};

	free(meminfo);
	free(vmstat);
	if (memory.free < memory.available)
		memory.available = memory.free;
	memory_read_zones(&memory);
	return memory;
}

#endif
