/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The guest of the KVM probe: from real mode into long mode, then one of each
 * thing that no kernel can do without. It is copied to KVMGUEST_CODE, so absolute
 * addresses are formed with AT(). Memory starts out zeroed. %ebp carries the sum
 * that becomes the answer; see kvmguest.h.
 */
#include "kvmguest.h"

#define AT(label) (KVMGUEST_CODE + label - kvmguest_start)
#define STEP(n) mov $n, %al; out %al, $KVMGUEST_PORT_STEP

	.section .rodata
	.globl kvmguest_start
	.globl kvmguest_end

	.code16
kvmguest_start:
	STEP(KVMGUEST_STEP_REAL)
	lgdtl	AT(gdt_pointer)
	mov	%cr0, %eax
	or	$1, %eax		/* PE */
	mov	%eax, %cr0
	ljmpl	$0x08, $AT(protected)

	.code32
protected:
	mov	$0x10, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %ss
	STEP(KVMGUEST_STEP_PROTECTED)

	/* the first 2 MiB, one to one, by one large page */
	movl	$(KVMGUEST_PDPT | 3), KVMGUEST_PML4
	movl	$(KVMGUEST_PD | 3), KVMGUEST_PDPT
	movl	$0x83, KVMGUEST_PD
	mov	%cr4, %eax
	or	$0x620, %eax		/* PAE, OSFXSR, OSXMMEXCPT */
	mov	%eax, %cr4
	mov	$KVMGUEST_PML4, %eax
	mov	%eax, %cr3
	mov	$0xc0000080, %ecx	/* EFER */
	rdmsr
	or	$0x100, %eax		/* LME */
	wrmsr
	mov	%cr0, %eax
	and	$~0xc, %eax		/* TS, EM */
	or	$0x80010022, %eax	/* PG, WP, NE, MP */
	mov	%eax, %cr0
	ljmp	$0x18, $AT(long_mode)

	.code64
long_mode:
	mov	$KVMGUEST_STACK, %esp
	STEP(KVMGUEST_STEP_LONG)
	xor	%ebp, %ebp

	/* SSE: four lanes of the same number, added up */
	mov	$KVMGUEST_ADD_SSE, %eax
	movd	%eax, %xmm0
	xorps	%xmm1, %xmm1
	pshufd	$0, %xmm0, %xmm0
	movdqa	%xmm0, %xmm1
	paddd	%xmm0, %xmm1
	paddd	%xmm1, %xmm1
	movd	%xmm1, %eax
	add	%eax, %ebp
	STEP(KVMGUEST_STEP_SSE)

	mov	$1, %eax
	xor	%ecx, %ecx
	cpuid
	and	$KVMGUEST_CPUID_1_EDX, %edx
	add	%edx, %ebp
	STEP(KVMGUEST_STEP_CPUID)

	/* a fresh page table; then the same address moved to another page, as after any change of a mapping */
	movq	$(KVMGUEST_PAGE_A | 3), KVMGUEST_PT
	movq	$(KVMGUEST_PT | 3), KVMGUEST_PD + 8
	mov	%cr3, %rax
	mov	%rax, %cr3
	movl	$KVMGUEST_ADD_PAGE_A, KVMGUEST_WINDOW
	movq	$(KVMGUEST_PAGE_B | 3), KVMGUEST_PT
	invlpg	KVMGUEST_WINDOW
	movl	$KVMGUEST_ADD_PAGE_B, KVMGUEST_WINDOW
	add	KVMGUEST_PAGE_A, %ebp
	add	KVMGUEST_PAGE_B, %ebp
	STEP(KVMGUEST_STEP_PAGING)

	/* an invalid opcode, taken through the IDT (vector 6) and come back from */
	movw	$AT(handler), KVMGUEST_IDT + 6 * 16
	movw	$0x18, KVMGUEST_IDT + 6 * 16 + 2
	movw	$0x8e00, KVMGUEST_IDT + 6 * 16 + 4
	lidt	AT(idt_pointer)
	ud2
	add	$KVMGUEST_ADD_RETURN, %ebp
	STEP(KVMGUEST_STEP_EXCEPTION)

	in	$KVMGUEST_PORT_NUMBER, %eax
	add	%ebp, %eax
	out	%eax, $KVMGUEST_PORT_ANSWER
	hlt

handler:
	add	$KVMGUEST_ADD_HANDLER, %ebp
	addq	$2, (%rsp)		/* past ud2 */
	iretq

	.balign	8
gdt:
	.quad	0
	.quad	0x00cf9b000000ffff	/* 0x08: 32-bit code */
	.quad	0x00cf93000000ffff	/* 0x10: data */
	.quad	0x00af9b000000ffff	/* 0x18: 64-bit code */
gdt_pointer:
	.word	gdt_pointer - gdt - 1
	.long	AT(gdt)
idt_pointer:
	.word	32 * 16 - 1
	.quad	KVMGUEST_IDT
kvmguest_end:

	.section .note.GNU-stack, "", %progbits
