/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef ARCH_KVMGUEST_H
#define ARCH_KVMGUEST_H

/*
 * What kvmguest.S (the guest) and kvmprobe.c (its host) agree on. Plain macros:
 * the assembler reads this too.
 */

/* Guest-physical memory, all of it inside the first 2 MiB page. */
#define KVMGUEST_MEMORY 0x200000
#define KVMGUEST_CODE 0x1000
#define KVMGUEST_PML4 0x2000
#define KVMGUEST_PDPT 0x3000
#define KVMGUEST_PD 0x4000
#define KVMGUEST_PT 0x5000
#define KVMGUEST_PAGE_A 0x6000
#define KVMGUEST_PAGE_B 0x7000
#define KVMGUEST_IDT 0x8000
#define KVMGUEST_STACK 0xa000
#define KVMGUEST_WINDOW 0x200000 /* virtual address that the guest maps to page A, then to page B */

/* Ports. The guest reports each step it has reached, is told a number, and ends by giving its answer. */
#define KVMGUEST_PORT_STEP 0x80
#define KVMGUEST_PORT_NUMBER 0xf0
#define KVMGUEST_PORT_ANSWER 0xf4

#define KVMGUEST_STEP_REAL 1
#define KVMGUEST_STEP_PROTECTED 2
#define KVMGUEST_STEP_LONG 3
#define KVMGUEST_STEP_SSE 4
#define KVMGUEST_STEP_CPUID 5
#define KVMGUEST_STEP_PAGING 6
#define KVMGUEST_STEP_EXCEPTION 7
#define KVMGUEST_STEPS 8

/* What each step adds to the answer; all different, so that no step can stand in for another. */
#define KVMGUEST_ADD_SSE 0x00012345	/* four times, by a vector addition */
#define KVMGUEST_CPUID_1_EDX 0x06000000 /* SSE and SSE2, as CPUID must show them */
#define KVMGUEST_ADD_PAGE_A 0x00100000
#define KVMGUEST_ADD_PAGE_B 0x10000000
#define KVMGUEST_ADD_HANDLER 0x00000700
#define KVMGUEST_ADD_RETURN 0x0000000b

#define KVMGUEST_ANSWER                                                                                                \
	(4 * KVMGUEST_ADD_SSE + KVMGUEST_CPUID_1_EDX + KVMGUEST_ADD_PAGE_A + KVMGUEST_ADD_PAGE_B +                     \
	 KVMGUEST_ADD_HANDLER + KVMGUEST_ADD_RETURN)

#ifndef __ASSEMBLER__
extern const unsigned char kvmguest_start[], kvmguest_end[];
#endif

#endif
