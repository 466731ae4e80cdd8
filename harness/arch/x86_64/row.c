// SPDX-License-Identifier: GPL-2.0-or-later
#include "x86_64.h"

#include <elf.h>

#define GIB (G_GUINT64_CONSTANT(1) << 30)

static const char *const features[] = { "acpi", "apic", NULL };
/* libvirt's <iommu>, of which QEMU emulates one for Intel's processors, whatever processor it emulates beside it */
static const ArchDevice devices[] = {
	{ .name = "intel-iommu", .iommu = "intel", .fragment = "iommu" },
	{ .name = NULL },
};
static const char *const random_features[] = { "rdrand", "rdseed", NULL };
static const char *const firmware[] = { "SeaBIOS (version", "Booting from ROM", "BdsDxe: ", "UEFI firmware", NULL };
static const ArchPage pages[] = { { 12, 27 }, { 0, 0 } };

const Arch arch_x86_64 = {
	.name = "x86_64",
	.title = "x86-64",
	.kbuild = "x86",
	.fragment = "x86_64",

	.image_file = "bzImage",
	.image_path = "arch/x86/boot/bzImage",
	.image_refusal = "is no x86 bzImage: it lacks the boot header that begins with HdrS",
	.load_hint = "the image is none that a kernel of this architecture can load: a bzImage is needed",
	.image_release = bzimage_release,
	.image_packed = bzimage_packed,
	/* arch/x86/kernel/head64.c */
	.entry = "x86_64_start_kernel",

	.console = "ttyS0,115200",
	.early_console = "uart8250,io,0x3f8,115200",
	/*
	 * An emulated CPU counts time stamps at the host's rate, and calibrating it
	 * against an emulated timer fails at random; the guest's clock then starts
	 * only after the memory map is set up (arch/x86/kernel/tsc.c). So the rate
	 * is given.
	 */
	.clock_word = "tsc_early_khz=",
	/*
	 * A kernel counts whether ten ticks of the timer come in the time of ten, and panics if
	 * they do not (arch/x86/kernel/apic/io_apic.c, timer_irq_works()): on a busy host an
	 * emulator cannot promise that, and the kernel would be blamed for it. Kernels that
	 * know that they run under KVM leave it out too (arch/x86/kernel/kvm.c).
	 */
	.emulated_words = " no_timer_check",
	/*
	 * Without it, the kernel measures the local APIC's timer in loops that do
	 * nothing but wait (arch/x86/kernel/apic/apic.c, calibrate_APIC_clock()), which
	 * takes most of a run, only to find that it cannot trust that timer here.
	 */
	.counted_words = " nolapic_timer",
	/*
	 * COMMAND_LINE_SIZE is 2048 with the zero at the end (arch/x86/include/asm/setup.h),
	 * and the rest is cut off in silence. The loader of kexec -s keeps room for
	 * "elfcorehdr=", 31 characters, whether it is needed or not, and refuses a longer
	 * line (arch/x86/kernel/kexec-bzimage64.c).
	 */
	.cmdline_most = 2047,
	.cmdline_most_loaded = 2016,

	.emulator_package = "qemu-system-x86",
	.machine = "q35",
	.serial_target = "isa-serial",
	.features = features,
	.devices = devices,
	.random = random_features,
	.firmware = firmware,
	/*
	 * QEMU's TCG CPUs have 40 physical address bits unless told otherwise. Below that go
	 * the hole under 4G and a PCI window of 32G; and as the CPU is AMD's, all must end
	 * below the 12G that HyperTransport has at the top (hw/i386/pc.c), or memory is moved
	 * above 1T. Seen: 978G starts, 980G does not.
	 */
	.emulated_memory_most = 976 * GIB,
	/* what kernels address with page tables of four levels; the half of it leaves room for the move above 1T */
	.phys_bits = 46,
	.memory_most = 32ull * 1024 * GIB,
	/* gdb/features/i386/64bit-core.xml: rsp, rip */
	.gdb_stack_pointer = 7,
	.gdb_program_counter = 16,
	.monitor_program_counter = "IP=",
	.monitor_halted = "HLT=",
	.monitor_questions = (const char *const[]){ "info pic", "info lapic 0", "info lapic 1", NULL },

	.autopsy = {
		.cpus = registers_parse,
		.translate = paging_translate,
		.numbers = orc_numbers,
		.unwind = orc_unwind,
		/* Documentation/arch/x86/x86_64/mm.rst: the kernel's text; CONFIG_RANDOMIZE_BASE moves it by steps of 2M */
		.elf_machine = EM_X86_64,
		.image_least = G_GUINT64_CONSTANT(0xffffffff80000000),
		.image_span = GIB,
		.image_step = GIB / 512,
	},

	/* arch/x86/include/asm/sparsemem.h */
	.pages = pages,

#ifdef __x86_64__
	.probe_kvm = kvmprobe_run,
	.host_ticks = tsc_ticks,
#endif
};
