/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PROBE_H
#define PROBE_H

#include <proto/frame.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * The guest's side of the harness: /init, and the commands that khotest.rc uses.
 * It runs alone in a kernel that may be broken, so what goes wrong is said on the
 * console and, wherever the channel still works, to the host; it ends the hop
 * only where there is no way on.
 */

/* ---- probe.c ---- */

/* "khotest: ..." on the console; errno_number 0: no system error to tell. */
void probe_complain(int errno_number, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- probe-buffer.c: bytes that grow ---- */

typedef struct {
	char *data; /* always followed by a NUL that is not counted; NULL while nothing was ever added */
	size_t length;
	size_t size;
} Buffer;

void buffer_add(Buffer *buffer, const void *data, size_t length);
void buffer_printf(Buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buffer_clear(Buffer *buffer);

/*
 * Appends a file read to its end, whatever size its inode claims, but not more
 * than limit bytes. 0, or the errno; what was read before an error is there, and
 * EFBIG says that the file goes on beyond the limit.
 */
int buffer_read(Buffer *buffer, const char *path, size_t limit);

/* Writes all of it. 0 or the errno. */
int buffer_write_fd(int fd, const void *data, size_t length);

/* ---- probe-channel.c: frames ---- */

/* Opens the channel; false (and a complaint) if there is none. hop goes into every frame. */
bool channel_open(int hop);

/* ret_crc may be NULL. Waits until the kernel took all bytes, not until they left the machine. */
void channel_send(const char *name, const void *data, size_t length, uint32_t *ret_crc);

/* Waits until the last byte has left the transmitter. */
void channel_drain(void);

/* A frame whose payload is text, and out with it. */
void channel_printf(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- probe-cmdline.c: pure text ---- */

typedef struct {
	int hop;	 /* khotest.hop=, 0 if there is none */
	int hops;	 /* how many nonces there are */
	bool last;	 /* this hop does not kexec any further */
	char nonce[128]; /* this hop's; "" if there is none */
} Words;

/* The last of several equal words counts, as in the kernel. */
void cmdline_parse(const char *cmdline, Words *ret_words);

/* The command line of the next hop: the same but for the hop and last words. */
void cmdline_next(const char *cmdline, Buffer *out);

/* ---- probe-collect.c ---- */

/* Every file of proto/frame.h, kmsg, manifest. */
void collect(void);

/* ---- probe-initrd.c ---- */

/* Packs what ROOT was unpacked from again, byte for byte, into out. False with a complaint. */
bool initrd_rebuild(const char *root, const char *out);

#endif
