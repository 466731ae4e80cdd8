/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest for tests that need a machine but no Linux: a Multiboot kernel
 * (version 0.6.96, with load addresses in the header) that says something on both
 * serial ports and then does what the last letter of its command line asks for:
 *
 *   h  hang with interrupts off        o  switch off (ACPI, as SeaBIOS sets q35 up)
 *   r  reset through port 0xcf9        t  triple fault
 *   f  write a lot, then switch off    m  touch 64 MiB of memory, then say so and hang
 *   x  an SSE instruction, then say so and hang
 *   c  twice: pass guest_begin, call guest_step twice, guest_work and guest_sleep; then switch off
 *   l  call guest_step for ever        s  spin: hang with the processor at work
 */
#define LOAD 0x100000
#define AT(label) (LOAD + label - guest_start)
#define FLOOD_LINES 2000
#define PM1_CONTROL 0x604
#define LINE_STATUS 5

	.section .rodata
	.globl guest_start
	.globl guest_end
	.globl guest_begin
	.globl guest_work
	.globl guest_step
	.globl guest_sleep
	.globl guest_text
	.code32
	.balign 4
guest_start:
	.long	0x1badb002, 0x10000, -(0x1badb002 + 0x10000)
	.long	LOAD, LOAD, AT(guest_end), AT(guest_end) + 0x1000, AT(entry)

entry:
	mov	$AT(guest_end) + 0x1000, %esp
	mov	16(%ebx), %edi		/* the command line */
1:	inc	%edi
	cmpb	$0, (%edi)
	jne	1b
	movzbl	-1(%edi), %edi		/* its last letter */

	mov	$0x2f8, %edx
	mov	$AT(on_channel), %esi
	call	print
	mov	$0x3f8, %edx
	mov	$AT(on_console), %esi
	call	print

	cmp	$'o', %edi
	je	off
	cmp	$'r', %edi
	je	reset
	cmp	$'t', %edi
	je	fault
	cmp	$'f', %edi
	je	flood
	cmp	$'m', %edi
	je	memory
	cmp	$'x', %edi
	je	vector
	cmp	$'c', %edi
	je	counted
	cmp	$'l', %edi
	je	loop
	cmp	$'s', %edi
	je	spin
	jmp	hang
spin:	jmp	spin
hang:	cli
	hlt
	jmp	hang

off:	mov	$PM1_CONTROL, %edx
	mov	$0x2000, %eax		/* SLP_EN; type 0 is S5 in QEMU's tables */
	out	%ax, %dx
	jmp	hang

reset:	mov	$0xcf9, %edx
	mov	$2, %al
	out	%al, %dx
	mov	$6, %al
	out	%al, %dx
	jmp	hang

fault:	lidt	AT(no_idt)
	ud2

flood:	mov	$FLOOD_LINES, %ebp
1:	mov	$AT(line), %esi
	call	print
	dec	%ebp
	jnz	1b
	jmp	off

memory:	mov	$0x1000000, %eax
1:	mov	%eax, (%eax)
	add	$0x1000, %eax
	cmp	$0x5000000, %eax
	jb	1b
	mov	$AT(touched), %esi
	call	print
	jmp	hang

vector:	mov	%cr4, %eax
	or	$0x600, %eax
	mov	%eax, %cr4
	xorps	%xmm0, %xmm0
	mov	$AT(vectored), %esi
	call	print
	jmp	hang

loop:	call	guest_step
	jmp	loop

/* Callees find a word of 64 bits on their stack, as a 64-bit caller would leave it. Numbers: see test-counter.c. */
counted:
	lgdt	AT(gdt_at)
	ljmp	$8, $AT(1f)
1:	lidt	AT(idt_at)
	mov	$2, %ebp
1:	jmp	guest_begin
guest_begin:
	push	$0
	call	guest_step
	call	guest_step
	call	guest_work
	call	guest_sleep
	pop	%eax
	dec	%ebp
	jnz	1b
	jmp	off

guest_work:
	mov	$1000, %ecx
1:	dec	%ecx
	jnz	1b
	ret

guest_step:
	nop
	ret

/* Until the timer's next interrupt but one, as the firmware has left it: 18 a second, at vector 8. */
guest_sleep:
	sti
	hlt
	hlt
	cli
	ret
on_timer:
	push	%eax
	mov	$0x20, %al
	out	%al, $0x20
	pop	%eax
	iret

/* Writes the string at %esi to the port at %edx, waiting for room as a driver does. */
print:
1:	lodsb
	test	%al, %al
	jz	3f
	mov	%al, %ah
	add	$LINE_STATUS, %edx
2:	in	%dx, %al
	test	$0x20, %al
	jz	2b
	sub	$LINE_STATUS, %edx
	mov	%ah, %al
	out	%al, %dx
	jmp	1b
3:	ret

guest_text:
on_console:
	.asciz	"console: up\n"
on_channel:
	.asciz	"channel: up\n"
touched:
	.asciz	"console: touched\n"
vectored:
	.asciz	"console: vectored\n"
line:	.asciz	"0123456789012345678901234567890123456789012345678901234567890123456789012345678\n"
no_idt:	.word	0
	.long	0
	.balign	8
gdt:	.quad	0, 0x00cf9a000000ffff
gdt_at:	.word	gdt_at - gdt - 1
	.long	AT(gdt)
	.balign	8
/* handlers lie in the first 64 KiB after LOAD, whose upper half is in the last word */
idt:	.fill	8, 8, 0
	.word	on_timer - guest_start, 8, 0x8e00, LOAD >> 16
idt_at:	.word	idt_at - idt - 1
	.long	AT(idt)
	.balign	4
guest_end:

	.section .note.GNU-stack, "", %progbits
