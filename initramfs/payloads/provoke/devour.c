// SPDX-License-Identifier: GPL-2.0-or-later
/* Takes memory until the kernel ends it. */
#include <string.h>
#include <sys/mman.h>

#define PIECE (16 << 20)

int main(void)
{
	for (;;) {
		void *piece = mmap(NULL, PIECE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (piece != MAP_FAILED)
			memset(piece, 1, PIECE);
	}
}
