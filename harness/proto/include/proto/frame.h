/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PROTO_FRAME_H
#define PROTO_FRAME_H

#include <stdint.h>

/*
 * What guest and host say to each other. Nothing but this header is shared
 * between the probe in the guest and the harness on the host.
 *
 * The guest writes frames to its second serial port (ttyS1, raw). The host only
 * listens. A frame is one header line, the payload as it is, and a newline:
 *
 *   @KHOT1 <hop> <name> <length> <crc32>\n<payload>\n
 *   @KHOT1 0 proc/pagetypeinfo 1187 9a3c01ff\n...\n
 *
 * <hop> is 0 for the kernel that the firmware started, 1 for the first one that
 * was handed over to, and so on. <name> is a relative path of [A-Za-z0-9._/-]
 * without "..". <length> is the payload's bytes in decimal, <crc32> its IEEE
 * CRC-32 (as in zlib) in eight lower-case hexadecimal digits. Empty lines between
 * frames mean nothing. A receiver that loses its place looks for the next
 * "@KHOT1 " at a line's start.
 */
#define FRAME_MAGIC "@KHOT1"
#define FRAME_HEADER_MAX 256u
#define FRAME_PAYLOAD_MAX (16u << 20)

/* Command line words that the harness puts there and the probe reads. */
#define ARG_HOP "khotest.hop="	     /* khotest.hop=0 */
#define ARG_LAST "khotest.last="     /* khotest.last=1: the hop that does not kexec any further */
#define ARG_NONCES "khotest.nonces=" /* khotest.nonces=f00d…,beef…: one a hop, comma-separated */
#define ARG_BREAK "khotest.break="   /* khotest.break=data: what payloads are to damage on purpose */
#define ARG_SHELL "khotest.shell="   /* khotest.shell=1: a shell in this hop, once it was looked at */
#define ARG_OWN "khotest.own"	     /* all that is behind it is on the command line of this hop alone */

/*
 * Frames in the order in which a hop sends them. Every payload marked "keys" is
 * lines of "key=value".
 *
 * hello    keys: first thing in user space. nonce=, hop=, boottime_ns= (CLOCK_BOOTTIME at
 *          the first instruction of /init that could read it), monotonic_ns=, release=
 *          (uname -r), boot_id=
 * (files)  one frame for each file, named by its path with the mount point's
 *          leading slash removed: proc/pagetypeinfo, proc/zoneinfo, proc/meminfo,
 *          proc/iomem, proc/cmdline, proc/buddyinfo, proc/config.gz,
 *          sys/kernel/debug/kho/... (every file below it). '_' stands for bytes that a
 *          name may not contain; a file that is not there has no frame
 * audit/... only from a kernel with the "audit" patches: sites, touched and pageblocks,
 *          the files of its debugfs folder khotest/ (formats: patches/VERSION/audit/)
 * pageblocks  the type of every pageblock, read from /proc/kcore; only if the initramfs has
 *          boot/layout (harness/build/layout.h) and it is this kernel's. A line
 *          "# khotest pageblocks 1 page_shift=12 pageblock_order=9 type_mask=7 isolate_mask=16
 *          types=Unmovable:0,Movable:1" with decimal numbers; then "PFN COUNT BITS" in
 *          hexadecimal for pageblocks one after the other with the same bits, ascending,
 *          those of sections without memory left out
 * cma      every CMA area, likewise: "# khotest cma 1", then "NAME PAGES BASE_PFN RANGE_PAGES"
 *          for each range of each: pages of the whole area in decimal (0: the kernel could
 *          not activate it), first page frame and pages of the range in hexadecimal
 * scratch-pages  what lives in scratch, page by page, from /proc/kpageflags and /proc/kpagecount;
 *          only where there is KHO, and CONFIG_PROC_PAGE_MONITOR. A line "# khotest scratch-pages 1
 *          page_shift=12 flags=30f95dca8 struct_pages=1" (the bits of kpageflags that are sent, in
 *          hexadecimal; whether struct pages could be read); then "PFN COUNT FLAGS MAPPED REFS TYPE"
 *          in hexadecimal for pages one after the other with all in common: MAPPED as in kpagecount,
 *          of a page with the flag MMAP; REFS and TYPE (_refcount and page_type of its struct page)
 *          of one whose flags do not say whose it is; else "-". All of each region, in the order of
 *          debugfs, and nothing else: a region begins with a line of its own
 * kmsg     /dev/kmsg from its first record on, as read(2) returned the records
 * manifest lines of "<name> <length> <crc32>" for every frame since hello;
 *          "!<name> <errno> <text>" for what could not be read to its end, such as
 *          "!proc/iomem 13 Permission denied" (27, EFBIG: cut at FRAME_PAYLOAD_MAX; what
 *          was read has its frame and its line too); last, "kho=present" or
 *          "kho=absent": whether debugfs has a kho folder
 * payload/NAME/HOOK-begin  a hook of a payload (docs/payloads.md) is started. keys: boottime_ns=,
 *          timeout_ms=. HOOK is setup, before, after or last. While it runs, the guest sends an empty
 *          line each second
 * payload/NAME/HOOK  it has ended. keys: status= (exit status; -1: none), signal= (that killed it; 0:
 *          none), timed_out= (1: its deadline passed, and it was killed), stuck= (1: it could not
 *          be), cut= (1: it printed more than is here), begin_ns=, end_ns= (CLOCK_BOOTTIME); then, after
 *          an empty line, what it printed
 * preserved  what the kernel preserves for the next one, read from /proc/kcore right before
 *          "kmsg-rest"; only if the initramfs has boot/layout. "# khotest preserved 1
 *          page_shift=12 abi=kho-v3", the ABI being that of the data it hands over; then "order ORDER
 *          COUNT" in decimal for each order of which there are preserved pages; "runs COUNT": in
 *          how many stretches they lie; and of the first 1024 of those "PFN COUNT ORDER": page
 *          frame and number of pages of that order in hexadecimal. Or "!<errno> <text>": why
 *          it cannot be told, as of a kernel without KHO
 * scratch-pages-end  the same as scratch-pages, right before kmsg-rest: what lives there in the end
 * scratch-owners  behind it, of a kernel with page_owner=on, if something lies there that should
 *          not: a line "# khotest scratch-owners 1", then of up to 64 such pages what
 *          /sys/kernel/debug/page_owner has, each with an empty line behind it
 * kmsg-rest  what came into /dev/kmsg since then, after the next kernel was loaded, or before
 *          the last hop is done: right before "leaving" or "done"
 * kexec-loaded  keys: what kexec -s -l said. status= (its exit status), boottime_ns=;
 *          then, after an empty line, its output. status=0 or the hop ends here
 * leaving  keys: boottime_ns=, tainted= (/proc/sys/kernel/tainted). Last sign of life before
 *          kexec -e
 * done     the same keys. Sent by the last hop instead; it then waits for its end
 * failed   text: why the probe cannot go on (kexec -e returned, no KHO, ...)
 */
#define FRAME_HELLO "hello"
#define FRAME_AUDIT_SITES "audit/sites"
#define FRAME_AUDIT_TOUCHED "audit/touched"
#define FRAME_AUDIT_PAGEBLOCKS "audit/pageblocks"
#define FRAME_PAGEBLOCKS "pageblocks"
#define FRAME_CMA "cma"
#define FRAME_PAYLOADS "payload" /* of all hooks, where records are promised */
#define FRAME_PAYLOAD "payload/"
#define FRAME_PAYLOAD_BEGIN "-begin"
/* All hooks, in the order in which a kernel runs those that are due in it (initramfs/khotest.rc): for an initialiser.
 */
#define FRAME_PAYLOAD_HOOKS "setup", "after", "before", "last"
#define FRAME_PAYLOAD_OUTPUT_MAX (1u << 20) /* bytes of a hook's output that are sent */
#define FRAME_SCRATCH_PAGES "scratch-pages"
#define FRAME_SCRATCH_PAGES_END "scratch-pages-end"
#define FRAME_SCRATCH_OWNERS "scratch-owners"
#define FRAME_KMSG "kmsg"
#define FRAME_KMSG_REST "kmsg-rest"
#define FRAME_PRESERVED "preserved"
#define FRAME_MANIFEST "manifest"
#define FRAME_KEXEC_LOADED "kexec-loaded"
#define FRAME_LEAVING "leaving"
#define FRAME_DONE "done"
#define FRAME_FAILED "failed"
#define FRAME_SHELL_BEGIN "shell-begin" /* a person is at a shell in the guest, until FRAME_SHELL_END */
#define FRAME_SHELL_END "shell-end"

/*
 * Bits of /proc/kpageflags: include/uapi/linux/kernel-page-flags.h, and from 32 on
 * include/linux/kernel-page-flags.h.
 */
enum {
	KPF_UPTODATE = 3,
	KPF_LRU = 5,
	KPF_SLAB = 7,
	KPF_BUDDY = 10,
	KPF_MMAP = 11,
	KPF_ANON = 12,
	KPF_SWAPBACKED = 14,
	KPF_COMPOUND_HEAD = 15,
	KPF_COMPOUND_TAIL = 16,
	KPF_HUGE = 17,
	KPF_UNEVICTABLE = 18,
	KPF_HWPOISON = 19,
	KPF_NOPAGE = 20,
	KPF_OFFLINE = 23,
	KPF_ZERO_PAGE = 24,
	KPF_PGTABLE = 26,
	KPF_RESERVED = 32,
	KPF_MLOCKED = 33,
};
#define KPF_BIT(n) (1ull << (n))

/* CRC-32 as zlib's crc32(): start with crc = 0, feed the previous result to go on. */
static inline uint32_t frame_crc32(uint32_t crc, const void *data, uint32_t length)
{
	const uint8_t *at = data;

	crc = ~crc;
	while (length--) {
		crc ^= *at++;
		for (int bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (0xedb88320u & (0u - (crc & 1u)));
	}
	return ~crc;
}

#endif
