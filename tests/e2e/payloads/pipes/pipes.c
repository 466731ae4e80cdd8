// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fills pipes until LEFT_KIB are left of the memory that does not move: pages of pipes are
 * allocated as not movable (alloc_page(GFP_HIGHUSER | __GFP_ACCOUNT) of fs/pipe.c). None of
 * that may come from CMA: so a kernel whose scratch is CMA stops before it gets there, and one
 * that has forgotten it puts pages into scratch. A process that holds them stays.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define LEFT_KIB 65536
#define PIPE_BYTES (1 << 20)
#define PIPES_MOST 65536

/* In KiB; -1 if there is no such line. */
static long meminfo(const char *key)
{
	FILE *file = fopen("/proc/meminfo", "r");
	char line[128];
	long kib = -1;

	while (file && fgets(line, sizeof(line), file))
		if (strncmp(line, key, strlen(key)) == 0)
			kib = atol(line + strlen(key));
	if (file)
		fclose(file);
	return kib;
}

static long left(void)
{
	long cma = meminfo("CmaFree:");

	return meminfo("MemFree:") - (cma < 0 ? 0 : cma);
}

static int fill_pipe(void)
{
	static char data[PIPE_BYTES];
	int ends[2];

	if (pipe2(ends, O_NONBLOCK) < 0 || fcntl(ends[1], F_SETPIPE_SZ, PIPE_BYTES) < 0)
		return -1;
	return write(ends[1], data, sizeof(data)) == sizeof(data) ? 0 : -1;
}

int main(void)
{
	struct rlimit files = { 2 * PIPES_MOST + 64, 2 * PIPES_MOST + 64 };
	int filled = 0;

	setrlimit(RLIMIT_NOFILE, &files);
	while (filled < PIPES_MOST && left() > LEFT_KIB && fill_pipe() == 0)
		filled++;
	printf("KTAP version 1\n1..1\n# %d MiB in pipes; MemFree %ld kB, CmaFree %ld kB\n%s 1 pipes filled\n", filled,
	       meminfo("MemFree:"), meminfo("CmaFree:"), filled ? "ok" : "not ok");
	fflush(stdout);
	if (fork() == 0) {
		setsid();
		fclose(stdout);
		for (;;)
			pause();
	}
	return 0;
}
