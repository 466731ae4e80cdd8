// SPDX-License-Identifier: GPL-2.0-or-later
#include "kvmguest.h"
#include "x86_64.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* A vCPU that leaves this often without getting anywhere is broken, whatever the clock says. */
#define MAX_EXITS 64
#define REAP_US (2ll * G_USEC_PER_SEC)

/* How the child ended. It lies in memory shared with the parent, so that a child that hangs has still said how far it
 * got. */
typedef struct {
	enum {
		PROBE_RUNNING,
		PROBE_NO_DEVICE, /* value: errno of open() */
		PROBE_SETUP,	 /* call: which one; value: errno */
		PROBE_RUN,	 /* value: errno of KVM_RUN */
		PROBE_EXIT,	 /* value: exit reason; detail: suberror and the like */
		PROBE_WRONG,	 /* the guest came to its end with another answer; value: that answer */
		PROBE_GOOD,
	} outcome;
	const char *call;
	guint64 value;
	guint64 detail;
	int step; /* last KVMGUEST_STEP_* seen */
} Probe;

static const char *const step_names[KVMGUEST_STEPS] = {
	[0] = "before its first instruction",
	[KVMGUEST_STEP_REAL] = "in real mode",
	[KVMGUEST_STEP_PROTECTED] = "entering long mode",
	[KVMGUEST_STEP_LONG] = "in long mode, at SSE instructions",
	[KVMGUEST_STEP_SSE] = "in long mode, at CPUID",
	[KVMGUEST_STEP_CPUID] = "in long mode, changing page tables",
	[KVMGUEST_STEP_PAGING] = "in long mode, taking an exception",
	[KVMGUEST_STEP_EXCEPTION] = "in long mode, at port I/O",
};

/*
 * From here to run_child() everything runs in the child of a process that may
 * have threads: system calls only, no allocation, no GLib.
 */

static bool fail_setup(Probe *probe, const char *call)
{
	probe->call = call;
	probe->value = (guint64)errno;
	probe->outcome = PROBE_SETUP;
	return false;
}

/* Without the host's CPUID leaves KVM shows a CPU that has no long mode. */
static bool set_cpuid(Probe *probe, int kvm, int vcpu)
{
	static struct {
		struct kvm_cpuid2 head;
		struct kvm_cpuid_entry2 entries[256];
	} cpuid;

	cpuid.head.nent = G_N_ELEMENTS(cpuid.entries);
	if (ioctl(kvm, KVM_GET_SUPPORTED_CPUID, &cpuid) < 0)
		return fail_setup(probe, "KVM_GET_SUPPORTED_CPUID");
	if (ioctl(vcpu, KVM_SET_CPUID2, &cpuid) < 0)
		return fail_setup(probe, "KVM_SET_CPUID2");
	return true;
}

/* A vCPU in real mode at 0000:KVMGUEST_CODE. */
static bool set_registers(Probe *probe, int vcpu)
{
	struct kvm_regs regs = { .rip = KVMGUEST_CODE, .rflags = 2, .rsp = KVMGUEST_STACK };
	struct kvm_sregs sregs;

	if (ioctl(vcpu, KVM_GET_SREGS, &sregs) < 0)
		return fail_setup(probe, "KVM_GET_SREGS");
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	if (ioctl(vcpu, KVM_SET_SREGS, &sregs) < 0)
		return fail_setup(probe, "KVM_SET_SREGS");
	if (ioctl(vcpu, KVM_SET_REGS, &regs) < 0)
		return fail_setup(probe, "KVM_SET_REGS");
	return true;
}

/* Makes the machine; ret_run is the page that KVM shares with us. */
static bool set_up(Probe *probe, int *ret_vcpu, struct kvm_run **ret_run)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	struct kvm_userspace_memory_region region = { .memory_size = KVMGUEST_MEMORY };
	int machine, size;
	void *memory;

	if (kvm < 0) {
		probe->value = (guint64)errno;
		probe->outcome = PROBE_NO_DEVICE;
		return false;
	}
	machine = ioctl(kvm, KVM_CREATE_VM, 0);
	if (machine < 0)
		return fail_setup(probe, "KVM_CREATE_VM");
	/* three pages that VT-x without unrestricted guests needs for real mode, where PC emulators put them too */
	if (ioctl(machine, KVM_SET_TSS_ADDR, 0xfffbd000UL) < 0)
		return fail_setup(probe, "KVM_SET_TSS_ADDR");
	memory = mmap(NULL, KVMGUEST_MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return fail_setup(probe, "mmap of guest memory");
	memcpy((char *)memory + KVMGUEST_CODE, kvmguest_start, (size_t)(kvmguest_end - kvmguest_start));
	region.userspace_addr = (uintptr_t)memory;
	if (ioctl(machine, KVM_SET_USER_MEMORY_REGION, &region) < 0)
		return fail_setup(probe, "KVM_SET_USER_MEMORY_REGION");
	*ret_vcpu = ioctl(machine, KVM_CREATE_VCPU, 0);
	if (*ret_vcpu < 0)
		return fail_setup(probe, "KVM_CREATE_VCPU");
	size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	if (size < (int)sizeof(struct kvm_run))
		return fail_setup(probe, "KVM_GET_VCPU_MMAP_SIZE");
	*ret_run = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, *ret_vcpu, 0);
	if (*ret_run == MAP_FAILED)
		return fail_setup(probe, "mmap of the vCPU");
	return set_cpuid(probe, kvm, *ret_vcpu) && set_registers(probe, *ret_vcpu);
}

/* One port access; true once the guest has given its answer. */
static bool port_io(Probe *probe, struct kvm_run *run, guint32 number)
{
	unsigned char *data = (unsigned char *)run + run->io.data_offset;
	guint32 answer;

	switch (run->io.port) {
	case KVMGUEST_PORT_STEP:
		if (*data < KVMGUEST_STEPS)
			probe->step = *data;
		return false;
	case KVMGUEST_PORT_NUMBER:
		memcpy(data, &number, sizeof(number));
		return false;
	case KVMGUEST_PORT_ANSWER:
		memcpy(&answer, data, sizeof(answer));
		probe->value = answer;
		probe->outcome = answer == number + KVMGUEST_ANSWER ? PROBE_GOOD : PROBE_WRONG;
		return true;
	default:
		return false;
	}
}

static void run_guest(Probe *probe, guint32 number)
{
	struct kvm_run *run;
	int vcpu;

	if (!set_up(probe, &vcpu, &run))
		return;
	for (int exits = 0; exits < MAX_EXITS; exits++) {
		if (ioctl(vcpu, KVM_RUN, 0) < 0) {
			if (errno == EINTR || errno == EAGAIN)
				continue;
			probe->value = (guint64)errno;
			probe->outcome = PROBE_RUN;
			return;
		}
		if (run->exit_reason == KVM_EXIT_IO) {
			if (port_io(probe, run, number))
				return;
			continue;
		}
		probe->value = run->exit_reason;
		if (run->exit_reason == KVM_EXIT_INTERNAL_ERROR)
			probe->detail = run->internal.suberror;
		else if (run->exit_reason == KVM_EXIT_FAIL_ENTRY)
			probe->detail = run->fail_entry.hardware_entry_failure_reason;
		probe->outcome = PROBE_EXIT;
		return;
	}
	probe->value = KVM_EXIT_UNKNOWN;
	probe->outcome = PROBE_EXIT;
}

/* The child: holds the writing end of a pipe, whose closing tells the parent that it is over. */
static void run_child(Probe *probe, guint32 number)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	run_guest(probe, number);
	_exit(0);
}

/* The parent again. */

static char *describe_exit(const Probe *probe)
{
	const char *where = step_names[probe->step];

	switch (probe->value) {
	case KVM_EXIT_INTERNAL_ERROR:
		return g_strdup_printf("KVM internal error, suberror %" G_GUINT64_FORMAT ", %s", probe->detail, where);
	case KVM_EXIT_FAIL_ENTRY:
		return g_strdup_printf("the CPU refused to enter the guest (reason 0x%" G_GINT64_MODIFIER "x), %s",
				       probe->detail, where);
	case KVM_EXIT_SHUTDOWN:
		return g_strdup_printf("the probe guest crashed (triple fault), %s", where);
	default:
		return g_strdup_printf("KVM left the probe guest for no known cause (exit reason %" G_GUINT64_FORMAT
				       "), %s",
				       probe->value, where);
	}
}

static char *describe(const Probe *probe, bool in_time, gint64 deadline_ns)
{
	if (!in_time)
		return g_strdup_printf("KVM did not finish a few instructions within %.1f s, %s",
				       (double)deadline_ns / 1e9, step_names[probe->step]);
	switch (probe->outcome) {
	case PROBE_NO_DEVICE:
		if (probe->value == ENOENT)
			return g_strdup("no /dev/kvm");
		return g_strdup_printf("cannot open /dev/kvm: %s", g_strerror((int)probe->value));
	case PROBE_SETUP:
		return g_strdup_printf("/dev/kvm is there, but %s fails: %s", probe->call,
				       g_strerror((int)probe->value));
	case PROBE_RUN:
		return g_strdup_printf("KVM_RUN fails, %s: %s", step_names[probe->step], g_strerror((int)probe->value));
	case PROBE_EXIT:
		return describe_exit(probe);
	case PROBE_WRONG:
		return g_strdup_printf("the probe guest computed a wrong answer (0x%" G_GINT64_MODIFIER "x)",
				       probe->value);
	default:
		return g_strdup_printf("the probe ended unexpectedly, %s", step_names[probe->step]);
	}
}

/* Waits for the pipe to close; false at the deadline. */
static bool wait_closed(int fd, gint64 deadline_us)
{
	for (;;) {
		struct pollfd poller = { .fd = fd };
		gint64 left_us = deadline_us - g_get_monotonic_time();
		int n;

		if (left_us <= 0)
			return false;
		n = poll(&poller, 1, (int)MIN(left_us / 1000 + 1, G_MAXINT));
		if (n > 0)
			return true;
	}
}

/* A killed child goes at once, except when the kernel under it is stuck: then it is left, rather than hang with it. */
static void reap(pid_t pid)
{
	gint64 give_up = g_get_monotonic_time() + REAP_US;

	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, WNOHANG) == 0 && g_get_monotonic_time() < give_up)
		g_usleep(1000);
}

bool kvmprobe_run(gint64 deadline_ns, char **ret_why)
{
	gint64 deadline_us = g_get_monotonic_time() + deadline_ns / 1000;
	guint32 number = g_random_int();
	bool in_time = false, good = false;
	int ends[2];
	Probe *probe;
	pid_t pid;

	*ret_why = NULL;
	probe = mmap(NULL, sizeof(*probe), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (probe == MAP_FAILED) {
		*ret_why = g_strdup_printf("cannot probe KVM: mmap: %s", g_strerror(errno));
		return false;
	}
	if (pipe2(ends, O_CLOEXEC) < 0) {
		*ret_why = g_strdup_printf("cannot probe KVM: pipe: %s", g_strerror(errno));
		munmap(probe, sizeof(*probe));
		return false;
	}
	pid = fork();
	if (pid == 0)
		run_child(probe, number);
	close(ends[1]);
	if (pid > 0) {
		in_time = wait_closed(ends[0], deadline_us);
		reap(pid);
		good = in_time && probe->outcome == PROBE_GOOD;
		if (!good)
			*ret_why = describe(probe, in_time, deadline_ns);
	} else {
		*ret_why = g_strdup_printf("cannot probe KVM: fork: %s", g_strerror(errno));
	}
	close(ends[0]);
	munmap(probe, sizeof(*probe));
	return good;
}
