/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PROBE_H
#define PROBE_H

#include <proto/frame.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

/*
 * The guest's side of the harness: /init, and the commands that khotest.rc uses.
 * It runs alone in a kernel that may be broken, so what goes wrong is said on the
 * console and, wherever the channel still works, to the host; it ends the hop
 * only where there is no way on.
 */

/* ---- probe.c ---- */

/* "khotest: ..." on the console; errno_number 0: no system error to tell. */
void probe_complain(int errno_number, const char *format, ...) __attribute__((format(printf, 2, 3)));

long long clock_ns(clockid_t clock);

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

/* An empty line, which means nothing but that the guest lives. */
void channel_alive(void);

/* A frame whose payload is text, and out with it. */
void channel_printf(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- probe-shell.c ---- */

/* A shell on the third serial port, until it ends; the host is told of both. */
void shell_run(int hop);

/* ---- probe-cmdline.c: pure text ---- */

typedef struct {
	int hop;	     /* khotest.hop=, 0 if there is none */
	int hops;	     /* how many nonces there are */
	bool last;	     /* this hop does not kexec any further */
	char nonce[128];     /* this hop's; "" if there is none */
	int shell;	     /* khotest.shell=: the hop that has a shell; -1: none has */
	char break_what[32]; /* khotest.break=: what a payload is to damage on purpose; "" */
} Words;

/* The last of several equal words counts, as in the kernel. */
void cmdline_parse(const char *cmdline, Words *ret_words);

/*
 * The command line of the next hop: the same but for the hop and last words, and for what is behind ARG_OWN, which
 * is this hop's own. own: the next one's, or "".
 */
void cmdline_next(const char *cmdline, const char *own, Buffer *out);

/* ---- probe-chain.c: which kernel of the chain has what. root: "", or where the initramfs lies, for tests ---- */

/* Has /boot/layout lead to where kernel hop keeps its structures, and /boot/next to the image after it, as far as
 * known. */
void chain_link(const char *root, int hop, bool last);

/* Appends the words that are on the command line of kernel hop alone. */
void chain_words(const char *root, int hop, Buffer *out);

/* ---- probe-collect.c ---- */

/* Every file of proto/frame.h, kmsg, manifest. */
void collect(void);

/*
 * The records of /dev/kmsg after those that collect() has sent, as FRAME_KMSG_REST. What
 * collect() sent last is kept in a file, as this is another process.
 */
void collect_rest(void);

/* What is handed over, as FRAME_PRESERVED; nothing without boot/layout. For the last moment, when all is preserved. */
void collect_preserved(void);

/* What lives in scratch by now, as FRAME_SCRATCH_PAGES_END. */
void collect_scratch_end(void);

/* ---- probe-kcore.c: the kernel's own memory ---- */

typedef struct Kcore Kcore;

/*
 * 0, or the errno: ENOENT without /proc/kcore, EINVAL if boot/layout is another kernel's. Where there is none, nothing
 * is known but the note.
 */
int kcore_open(Kcore **ret);
void kcore_close(Kcore *kcore);

/* length bytes at a virtual address. 0 or the errno; EFAULT if there is no such memory. */
int kcore_read(const Kcore *kcore, uint64_t address, void *data, size_t length);

/* The same at a physical address. */
int kcore_read_physical(const Kcore *kcore, uint64_t address, void *data, size_t length);

/* A value of boot/layout; its text; one of the note VMCOREINFO; an address. False if there is none. */
bool kcore_layout(const Kcore *kcore, const char *name, uint64_t *ret);
const char *kcore_layout_text(const Kcore *kcore);
bool kcore_note(const Kcore *kcore, const char *name, int base, uint64_t *ret);
bool kcore_symbol(const Kcore *kcore, const char *name, uint64_t *ret);

/* ---- probe-pageblocks.c ---- */

/* The records "pageblocks" and "cma" of proto/frame.h. 0 or the errno. */
int pageblocks_read(const Kcore *kcore, Buffer *out);
int cma_areas_read(const Kcore *kcore, Buffer *out);

/* ---- probe-payload.c ---- */

/*
 * Runs that hook of each payload that has it, in order, and tells what came of it. Only the
 * hook's own process is waited for; one that is not done by its deadline is killed with its process group.
 */
void payloads_run(const Words *words, const char *hook);

/* ---- probe-preserved.c ---- */

/*
 * The record "preserved" of proto/frame.h. 0 or the errno: ENODATA, ENOENT or EPROTONOSUPPORT if
 * the kernel has no KHO, hands nothing over, or has the pages in another form than this knows.
 */
int preserved_read(const Kcore *kcore, Buffer *out);

/* ---- probe-pages.c: the kernel's struct pages ---- */

typedef struct Pages Pages;

/* Takes kcore over. NULL: the kernel does not say where they are. */
Pages *pages_new(Kcore *kcore);
void pages_free(Pages *pages);

/* The count of references, and what is at page_type. 0 or the errno. */
int pages_read(Pages *pages, uint64_t pfn, uint32_t *ret_refs, uint32_t *ret_type);

/* How many pages the free block of the allocator has that begins there; 0 if none does. */
uint64_t pages_free_block(Pages *pages, uint64_t pfn);

/* ---- probe-scratch.c ---- */

/*
 * The record "scratch-pages" of proto/frame.h. 0 or the errno: ENOENT where there is no scratch, or no kpageflags.
 * owners: the record "scratch-owners", which stays empty where nobody knows; or NULL.
 */
int scratch_pages_read(Buffer *out, Buffer *owners);

/* ---- probe-initrd.c ---- */

/* Packs what ROOT was unpacked from again, byte for byte, into out. False with a complaint. */
bool initrd_rebuild(const char *root, const char *out);

#endif
