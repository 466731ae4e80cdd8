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

/* The value of "NAME=HEX" in a text, the name standing at the beginning of a word; 0 if it is not there. */
static guint64 value_of(const char *text, const char *name)
{
	for (const char *at = text; (at = strstr(at, name)); at++) {
		const char *digits = at + strlen(name);

		if ((at == text || at[-1] == ' ' || at[-1] == '\n') && *digits == '=')
			return g_ascii_strtoull(digits + 1, NULL, 16);
	}
	return 0;
}

/* Of a register that has another name where it has half the bits: no CPU shows both. */
static guint64 value_of_either(const char *text, const char *wide, const char *narrow)
{
	return value_of(text, wide) | value_of(text, narrow);
}

static ArchCpu cpu_of(const char *text)
{
	return (ArchCpu){
		.pc = value_of_either(text, "RIP", "EIP"),
		.sp = value_of_either(text, "RSP", "ESP"),
		.fp = value_of_either(text, "RBP", "EBP"),
		.root = value_of(text, "CR3") & TABLE_BITS,
		.paging = value_of(text, "CR0") & CR0_PG,
		.wide = value_of(text, "CR4") & CR4_LA57,
		.long_mode = value_of(text, "EFER") & EFER_LMA,
		.user = value_of(text, "CPL") == 3,
		.halted = value_of(text, "HLT") != 0,
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
