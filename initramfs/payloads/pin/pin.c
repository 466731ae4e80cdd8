// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How much memory can be pinned for long (FOLL_LONGTERM, as RDMA, VFIO and io_uring's registered
 * buffers do)? What lies in CMA pageblocks cannot, and KHO's scratch is such. Every second
 * buffer is written to before it is pinned: its pages may then lie in CMA, and the
 * kernel has to move them out. The others come into being while they are pinned.
 *
 * It goes on until the kernel refuses, or until the next buffer would need what the kernel
 * keeps for itself: then it would not refuse, it would kill (mm/oom_kill.c). All is
 * released in the end.
 */
#include <ktap.h>
#include <meminfo.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <uring.h>

#define STEP_MOST ((Bytes)64 << 20)
#define STEP_LEAST ((Bytes)1 << 20)
/* Beside a buffer: its page table, and 16 bytes a page in the ring (struct bio_vec). */
#define WITH_OVERHEAD(bytes) ((bytes) + (bytes) / 128)
#define SLACK ((Bytes)4 << 20)
/* Of the kernel's counters a part lies with each processor, and is added later. */
#define COUNTERS_OFF ((Bytes)4 << 20)
#define BOUND_PERCENT 90
#define RINGS_MOST 4096
#define SETTLE_US 200000
#define SETTLE_MOST 50

typedef struct {
	char *start;
	Bytes length;
	int ring;
} Buffer;

static struct {
	Buffer buffers[RINGS_MOST];
	int n;
	Bytes pinned;
	const char *step; /* what failed */
	int failed;	  /* errno; 0: it was not the kernel that ended it */
} work;

/* ---- what there is ---- */

/* Of KHO's scratch regions, by its debugfs; -1 without it. n: how many are not empty. */
static Bytes scratch_bytes(int *n)
{
	static const char *const files[] = {
		"/sys/kernel/debug/kho/out/scratch_len", "/sys/kernel/debug/kho/out/bootmem_len", /* from 7.4 on */
	};
	Bytes sum = 0;

	*n = 0;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		FILE *file = fopen(files[i], "r");
		unsigned long length;

		while (file && fscanf(file, "%lx", &length) == 1) {
			sum += (Bytes)length;
			*n += length > 0;
		}
		if (file) {
			fclose(file);
			return sum;
		}
	}
	return -1;
}

/* What a user would expect: all that is free, less CMA and what the kernel keeps. */
static Bytes expected_of(const Memory *memory, Bytes movable)
{
	return (memory->fixed + movable - memory->reserve - SLACK) * 128 / 129;
}

static void say_memory(const Memory *memory)
{
	int regions;
	Bytes scratch = scratch_bytes(&regions);

	if (scratch < 0)
		ktap_note("no scratch: this kernel has no KHO, or it is off");
	else
		ktap_note("scratch: %lld MiB in %d regions, %.1f%% of %lld MiB", memory_mib(scratch), regions,
			  100.0 * (double)scratch / (double)memory->total, memory_mib(memory->total));
	ktap_note("free: %lld MiB, of which %lld MiB in CMA cannot be pinned (CmaTotal, which does not count scratch, "
		  "says %lld MiB), and %lld MiB the kernel keeps",
		  memory_mib(memory->free), memory_mib(memory->cma_free), memory_mib(memory->cma_total),
		  memory_mib(memory->reserve));
}

/* ---- pinning ---- */

static bool fail(const char *step, int failed)
{
	work.step = step;
	work.failed = failed;
	return false;
}

/* Its pages are where the allocator likes to put what can be moved: in CMA too. */
static void touch(const Buffer *buffer)
{
	for (Bytes at = 0; at < buffer->length; at += PAGE_BYTES)
		*(volatile char *)(buffer->start + at) = 1;
}

static bool pin_one(Bytes length)
{
	Buffer *buffer = &work.buffers[work.n];
	struct iovec vector;

	if (work.n == RINGS_MOST)
		return fail("a place to keep one more buffer in", ENOBUFS);
	*buffer = (Buffer){ mmap(NULL, (size_t)length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
			    length, uring_new() };
	if (buffer->start == MAP_FAILED || buffer->ring < 0)
		return fail(buffer->ring < 0 ? "io_uring_setup()" : "mmap()", errno);
	work.n++;
	if (work.n % 2)
		touch(buffer);
	vector = (struct iovec){ buffer->start, (size_t)length };
	if (uring_pin(buffer->ring, &vector, 1) < 0)
		return fail("IORING_REGISTER_BUFFERS", errno);
	work.pinned += length;
	return true;
}

/* Large buffers, and smaller ones as less is left. Never what would get somebody killed. */
static void pin_all(void)
{
	for (;;) {
		Memory memory = memory_read();
		Bytes room = memory.fixed - memory.reserve - SLACK, step = STEP_MOST;

		while (step >= STEP_LEAST && 2 * WITH_OVERHEAD(step) > room)
			step /= 2;
		if (step < STEP_LEAST || !pin_one(step))
			return;
	}
}

static void say_end(const Memory *before, Bytes expected)
{
	Memory now = memory_read();

	ktap_note("pinned: %lld MiB, by the kernel's own count %lld MiB; expected %lld MiB, at least %d%% of that",
		  memory_mib(work.pinned), memory_mib(now.pinned - before->pinned), memory_mib(expected),
		  BOUND_PERCENT);
	ktap_note("%lld MiB were moved out of the way of it",
		  memory_mib((now.migrated - before->migrated) * PAGE_BYTES));
	if (work.failed)
		ktap_note("what failed: %s of %lld MiB: %s (errno %d)", work.step,
			  memory_mib(work.n ? work.buffers[work.n - 1].length : 0), strerror(work.failed), work.failed);
	else
		ktap_note(
			"it ended by itself: outside of CMA no more than %lld MiB are left, of which the kernel keeps "
			"%lld MiB; for more it would kill",
			memory_mib(now.fixed), memory_mib(now.reserve));
	ktap_note("now %lld MiB are free, %lld of them in CMA", memory_mib(now.free), memory_mib(now.cma_free));
	ktap_result(work.pinned >= expected / 100 * BOUND_PERCENT, "what is free outside of CMA can be pinned");
	ktap_result(now.pinned - before->pinned + COUNTERS_OFF >= work.pinned, "the kernel counts it as pinned");
}

/* Some pages of slab, and page tables of this program, may have come meanwhile. */
static bool is_released(const Memory *before, const Memory *now)
{
	return now->pinned <= before->pinned + COUNTERS_OFF &&
	       now->free + now->cpu_lists + SLACK >= before->free + before->cpu_lists - before->total / 100;
}

static void release_all(const Memory *before)
{
	Memory now;

	for (int i = 0; i < work.n; i++) {
		close(work.buffers[i].ring);
		munmap(work.buffers[i].start, (size_t)work.buffers[i].length);
	}
	/* a ring is taken down later, by a worker of the kernel */
	for (int i = 0; i < SETTLE_MOST; i++) {
		now = memory_read();
		if (is_released(before, &now))
			break;
		usleep(SETTLE_US);
	}
	ktap_note("released: %lld MiB are free, before it were %lld; pinned is %lld MiB", memory_mib(now.free),
		  memory_mib(before->free), memory_mib(now.pinned));
	ktap_result(is_released(before, &now), "all of it is released");
}

int main(void)
{
	struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	struct rlimit files = { RINGS_MOST + 16, RINGS_MOST + 16 };
	Memory before;
	Bytes expected;
	int ring = uring_new();

	ktap_begin();
	if (ring < 0) {
		ktap_skip("pin", "this kernel has no io_uring (CONFIG_IO_URING)");
		return ktap_end();
	}
	close(ring);
	if (setrlimit(RLIMIT_MEMLOCK, &all) < 0 || setrlimit(RLIMIT_NOFILE, &files) < 0)
		ktap_note("cannot raise RLIMIT_MEMLOCK and RLIMIT_NOFILE: %s", strerror(errno));
	before = memory_read();
	expected = expected_of(&before, before.free - before.cma_free - before.fixed);
	say_memory(&before);
	pin_all();
	say_end(&before, expected);
	release_all(&before);
	return ktap_end();
}
