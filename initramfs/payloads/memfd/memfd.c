// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Payload "memfd": memory that user space preserves, through /dev/liveupdate, byte for byte.
 *
 *   memfd before   makes memfds, preserves them in sessions, and leaves a process behind that holds
 *                  the sessions until the jump: they live as long as it does
 *   memfd after    retrieves them in the next kernel, and verifies each byte
 *
 * In a chain each kernel does both: it verifies what it got, and preserves anew.
 */
#include "items.h"

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "before") == 0)
		return hook_before();
	if (argc == 2 && strcmp(argv[1], "after") == 0)
		return hook_after();
	fprintf(stderr, "usage: memfd before|after\n");
	return 2;
}
