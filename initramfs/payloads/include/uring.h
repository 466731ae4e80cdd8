/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef URING_H
#define URING_H

#include <errno.h>
#include <linux/io_uring.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/*
 * Buffers that are registered with an io_uring are pinned with FOLL_LONGTERM until they are
 * taken out again or the ring is closed (io_uring/rsrc.c, io_pin_pages()). Nothing is ever
 * read or written through these rings. All return 0, or -1 with errno.
 */
#define URING_BUFFER_MOST ((size_t)1 << 30) /* io_validate_user_buf_range() */
#define URING_BUFFERS_MOST 16384	    /* IORING_MAX_REG_BUFFERS */

/* A new ring's file descriptor. ENOSYS: the kernel has none. */
static inline int uring_new(void)
{
	struct io_uring_params params = { 0 };

	return (int)syscall(SYS_io_uring_setup, 1, &params);
}

static inline int uring_pin(int ring, const struct iovec *buffers, unsigned int n)
{
	return (int)syscall(SYS_io_uring_register, ring, IORING_REGISTER_BUFFERS, buffers, n);
}

/* One buffer. */
static inline int uring_unpin_one(int ring, unsigned int buffer)
{
	struct iovec none = { NULL, 0 };
	struct io_uring_rsrc_update2 update = { .offset = buffer, .data = (unsigned long)&none, .nr = 1 };

	return syscall(SYS_io_uring_register, ring, IORING_REGISTER_BUFFERS_UPDATE, &update, sizeof(update)) < 0 ? -1
														 : 0;
}

#endif
