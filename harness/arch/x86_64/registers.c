// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The registers of each CPU, as QEMU's monitor prints them (target/i386/cpu-dump.c): "CPU#0", then words of NAME=HEX,
 * of which some are parted by a blank ("R8 =..."), and lines of segments that begin "CS =". Names are those of the mode
 * that the CPU is in: RIP, or EIP.
 */
#include "x86_64.h"

#include <string.h>

#define CR0_PG (G_GUINT64_CONSTANT(1) << 31)
#define CR4_LA57 (G_GUINT64_CONSTANT(1) << 12)
#define EFER_LMA (G_GUINT64_CONSTANT(1) << 10)
#define TABLE_BITS G_GUINT64_CONSTANT(0x000ffffffffff000)

/* The value of "NAME=HEX" in a text, the name standing at the beginning of a word; false if it is not there. */
static bool value_of(const char *text, const char *name, guint64 *ret)
{
	for (const char *at = text; (at = strstr(at, name)); at++) {
		const char *digits = at + strlen(name);
		char *end;

		if ((at > text && at[-1] != ' ' && at[-1] != '\n') || *digits != '=')
			continue;
		*ret = g_ascii_strtoull(digits + 1, &end, 16);
		return end > digits + 1;
	}
	return false;
}

/* The one of two names that is there; 0 if none is. */
static guint64 either(const char *text, const char *wide, const char *narrow)
{
	guint64 value = 0;

	if (!value_of(text, wide, &value))
		value_of(text, narrow, &value);
	return value;
}

static ArchCpu cpu_of(const char *text)
{
	guint64 cr0 = either(text, "CR0", "CR0"), cr4 = either(text, "CR4", "CR4"), efer = either(text, "EFER", "EFER");

	return (ArchCpu){
		.pc = either(text, "RIP", "EIP"),
		.sp = either(text, "RSP", "ESP"),
		.fp = either(text, "RBP", "EBP"),
		.root = either(text, "CR3", "CR3") & TABLE_BITS,
		.paging = cr0 & CR0_PG,
		.wide = cr4 & CR4_LA57,
		.long_mode = efer & EFER_LMA,
		.user = either(text, "CPL", "CPL") == 3,
		.halted = either(text, "HLT", "HLT") != 0,
	};
}

GArray *registers_parse(const char *text)
{
	GArray *cpus = g_array_new(FALSE, FALSE, sizeof(ArchCpu));
	g_auto(GStrv) parts = g_strsplit(text, "CPU#", -1);

	/* what stands before the first is not of a CPU */
	for (char **part = parts; *part && part[1]; part++) {
		ArchCpu cpu = cpu_of(part[1]);

		g_array_append_val(cpus, cpu);
	}
	return cpus;
}
