// SPDX-License-Identifier: GPL-2.0-or-later
/* Registers as a monitor prints them, tables of addresses, and stacks: each of a machine that is some bytes here. */
#include <arch/arch.h>

#include <string.h>

/* ---- memory: words at addresses ---- */

typedef struct {
	GHashTable *bytes; /* address -> value of the byte */
} Memory;

static void put(Memory *memory, guint64 address, guint64 value, guint bytes)
{
	for (guint i = 0; i < bytes; i++) {
		guint64 at = address + i;

		g_hash_table_insert(memory->bytes, g_memdup2(&at, sizeof(at)),
				    GUINT_TO_POINTER((guint)(value >> (8 * i) & 0xff)));
	}
}

static bool get(guint64 address, gpointer buffer, gsize length, gpointer user)
{
	Memory *memory = user;

	for (gsize i = 0; i < length; i++) {
		guint64 at = address + i;
		gpointer value;

		if (!g_hash_table_lookup_extended(memory->bytes, &at, NULL, &value))
			return false;
		((guint8 *)buffer)[i] = (guint8)GPOINTER_TO_UINT(value);
	}
	return true;
}

static Memory memory_new(void)
{
	return (Memory){ g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL) };
}

/* ---- registers ---- */

static void test_registers(void)
{
	/* QEMU 7.2, "info registers -a": one CPU in the kernel, one in a program that waits, one in real mode */
	static const char text[] =
		"(qemu) info registers -a\n\nCPU#0\n"
		"RAX=0000000000000000 RBX=ffffffff81a0c000 RCX=0000000000000001 RDX=0000000000000002\n"
		"RSI=0000000000000000 RDI=0000000000000001 RBP=ffffffff81803f10 RSP=ffffffff81803ed0\n"
		"R8 =0000000000000000 R9 =0000000000000000 R10=0000000000000000 R11=0000000000000000\n"
		"RIP=ffffffff814ba7c3 RFL=00000246 [---Z-P-] CPL=0 II=0 A20=1 SMM=0 HLT=1\n"
		"CR0=80050033 CR2=00007f0000000000 CR3=0000000001a10003 CR4=000016f0\n"
		"EFER=0000000000000d01\n\nCPU#1\n"
		"RBP=0000000000000000 RSP=00007ffe00000010\n"
		"RIP=0000000000401000 RFL=00000246 [---Z-P-] CPL=3 II=0 A20=1 SMM=0 HLT=0\n"
		"CR0=80050033 CR2=0 CR3=0000000002000000 CR4=000006f0\nEFER=0000000000000d01\n\nCPU#2\n"
		"EAX=00000000 EBX=00000000 ECX=00000000 EDX=00000663\nESI=0 EDI=0 EBP=00000001 ESP=00000ffe\n"
		"EIP=0000fff0 EFL=00000002 [-------] CPL=0 II=0 A20=1 SMM=0 HLT=0\nCR0=60000010 CR3=0 CR4=0\nEFER=0\n";
	g_autoptr(GArray) cpus = arch_default()->autopsy.cpus(text);
	const ArchCpu *cpu = (const ArchCpu *)(gpointer)cpus->data;

	g_assert_cmpuint(cpus->len, ==, 3);
	g_assert_cmphex(cpu[0].pc, ==, 0xffffffff814ba7c3);
	g_assert_cmphex(cpu[0].sp, ==, 0xffffffff81803ed0);
	g_assert_cmphex(cpu[0].fp, ==, 0xffffffff81803f10);
	g_assert_cmphex(cpu[0].root, ==, 0x1a10000);
	g_assert_true(cpu[0].paging && cpu[0].long_mode && cpu[0].halted && cpu[0].wide && !cpu[0].user);
	g_assert_true(cpu[1].user && !cpu[1].halted && !cpu[1].wide);
	g_assert_cmphex(cpu[2].pc, ==, 0xfff0);
	g_assert_true(!cpu[2].paging && !cpu[2].long_mode);
}

static void test_no_registers(void)
{
	static const char *const texts[] = { "", "no answer", "CPU#", "CPU#0\nRIP=", "CPU#0\nRIP=zz CR3" };

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GArray) cpus = arch_default()->autopsy.cpus(texts[i]);

		for (guint c = 0; c < cpus->len; c++)
			g_assert_cmpuint(g_array_index(cpus, ArchCpu, c).pc, ==, 0);
	}
}

/* ---- addresses ---- */

#define TEXT 0xffffffff81000000

static void test_translate(void)
{
	Memory memory = memory_new();
	ArchCpu cpu = { .root = 0x1000, .paging = true, .long_mode = true };
	guint64 physical, left;

	/* four levels: entries 511, 510, 8 (a page of 2M at 0x3000000), and one of 4K */
	put(&memory, 0x1000 + 511 * 8, 0x2000 | 0x67, 8);
	put(&memory, 0x2000 + 510 * 8, 0x3000 | 0x67, 8);
	put(&memory, 0x3000 + 8 * 8, 0x3000000 | 0x1e7, 8);
	put(&memory, 0x3000 + 9 * 8, 0x4000 | 0x67, 8);
	put(&memory, 0x3000 + 10 * 8, 0, 8);
	put(&memory, 0x4000 + 5 * 8, 0x8000000000077000 | 0x63, 8);
	g_assert_true(arch_default()->autopsy.translate(&cpu, TEXT + 0x1234, get, &memory, &physical, &left));
	g_assert_cmphex(physical, ==, 0x3001234);
	g_assert_cmphex(left, ==, 0x200000 - 0x1234);
	g_assert_true(
		arch_default()->autopsy.translate(&cpu, TEXT + 0x200000 + 0x5678, get, &memory, &physical, &left));
	g_assert_cmphex(physical, ==, 0x77678);
	g_assert_cmphex(left, ==, 0x1000 - 0x678);
	/* not mapped; and tables that are not there */
	g_assert_false(arch_default()->autopsy.translate(&cpu, TEXT + 0x400000, get, &memory, &physical, &left));
	g_assert_false(arch_default()->autopsy.translate(&cpu, 0x400000, get, &memory, &physical, &left));
	/* five levels: the same tables below one more */
	put(&memory, 0x9000 + 511 * 8, 0x1000 | 0x67, 8);
	cpu.root = 0x9000;
	cpu.wide = true;
	g_assert_true(arch_default()->autopsy.translate(&cpu, TEXT + 0x1234, get, &memory, &physical, NULL));
	g_assert_cmphex(physical, ==, 0x3001234);
	cpu.paging = false;
	g_assert_false(arch_default()->autopsy.translate(&cpu, TEXT, get, &memory, &physical, &left));
	g_hash_table_unref(memory.bytes);
}

/* ---- stacks ---- */

#define IPS 0xffffffff82000000
#define ORC 0xffffffff82001000
#define STACK 0xffffc90000000000

static void put_orc(Memory *memory, guint i, guint64 ip, gint16 sp, gint16 bp, guint sp_reg, guint bp_reg, guint type)
{
	guint64 at = IPS + i * 4;

	put(memory, at, ip - at, 4);
	put(memory, ORC + i * 6, (guint16)sp, 2);
	put(memory, ORC + i * 6 + 2, (guint16)bp, 2);
	put(memory, ORC + i * 6 + 4, sp_reg | bp_reg << 4 | type << 8, 2);
}

/* Numbers as 7.1 has them, by their names in a layout. */
static ArchUnwind make_tables(guint entries)
{
	static const struct {
		const char *name;
		guint64 number;
	} known[] = { { "orc_reg_bp", 4 },	     { "orc_reg_sp", 3 },	   { "orc_reg_prev_sp", 8 },
		      { "orc_reg_bp_indirect", 10 }, { "orc_reg_sp_indirect", 9 }, { "orc_type_end", 1 },
		      { "orc_type_call", 2 },	     { "orc_type_regs", 3 },	   { "orc_type_regs_partial", 4 },
		      { "thread_size", 16384 } };
	ArchUnwind tables = { .text = { { TEXT, TEXT + 0x10000 } },
			      .orc_ip = IPS,
			      .orc_ip_end = IPS + entries * 4,
			      .orc = ORC,
			      .understood = true };
	const char *const *names = arch_default()->autopsy.numbers;

	for (guint i = 0; names[i]; i++)
		for (gsize k = 0; k < G_N_ELEMENTS(known); k++)
			if (strcmp(names[i], known[k].name) == 0)
				tables.numbers[i] = known[k].number;
	return tables;
}

static void assert_frame(const GArray *frames, guint i, guint64 pc, bool exact, bool sure)
{
	const ArchFrame *frame = &g_array_index(frames, ArchFrame, i);

	g_assert_cmpuint(i, <, frames->len);
	g_assert_cmphex(frame->pc, ==, pc);
	g_assert_cmpint(frame->exact, ==, exact);
	g_assert_cmpint(frame->sure, ==, sure);
}

/* A leaf, called by a function with a frame pointer, that an interrupt broke off in a third, which the boot called. */
static void test_unwind(void)
{
	Memory memory = memory_new();
	ArchUnwind tables = make_tables(4);
	ArchCpu cpu = { .pc = TEXT + 0x10, .sp = STACK + 0x100, .fp = STACK + 0x130 };
	g_autoptr(GArray) frames = g_array_new(FALSE, FALSE, sizeof(ArchFrame));

	put_orc(&memory, 0, TEXT, 8, 0, 3, 0, 2);	     /* the leaf: sp + 8 */
	put_orc(&memory, 1, TEXT + 0x100, 16, -16, 4, 8, 2); /* bp + 16, old bp below */
	put_orc(&memory, 2, TEXT + 0x200, 0, 0, 3, 0, 3);    /* an interrupt's entry: struct pt_regs at sp */
	put_orc(&memory, 3, TEXT + 0x300, 0, 0, 0, 0, 1);    /* the stack's end */
	put(&memory, STACK + 0x100, TEXT + 0x120, 8);	     /* the leaf's return address */
	put(&memory, STACK + 0x130, 0x1111, 8);		     /* the frame pointer of before */
	put(&memory, STACK + 0x138, TEXT + 0x210, 8);	     /* into the interrupt's entry */
	put(&memory, STACK + 0x140 + 32, 0x2222, 8);	     /* bp, */
	put(&memory, STACK + 0x140 + 128, TEXT + 0x310, 8);  /* ip, */
	put(&memory, STACK + 0x140 + 136, 0x10, 8);	     /* cs, */
	put(&memory, STACK + 0x140 + 152, STACK + 0x400, 8); /* and sp of what was interrupted */
	arch_default()->autopsy.unwind(&cpu, &tables, get, &memory, 20, frames);
	g_assert_cmpuint(frames->len, ==, 4);
	assert_frame(frames, 0, TEXT + 0x10, true, true);
	assert_frame(frames, 1, TEXT + 0x120, false, true);
	assert_frame(frames, 2, TEXT + 0x210, false, true);
	assert_frame(frames, 3, TEXT + 0x310, true, true);
	/* no more than there is room for */
	g_array_set_size(frames, 0);
	arch_default()->autopsy.unwind(&cpu, &tables, get, &memory, 2, frames);
	g_assert_cmpuint(frames->len, ==, 2);
	g_hash_table_unref(memory.bytes);
}

/* Without the numbers that the tables are written in, what looks like code is told, and said to be no more than that.
 */
static void test_guess(void)
{
	Memory memory = memory_new();
	ArchUnwind tables = make_tables(1);
	ArchCpu cpu = { .pc = TEXT + 0x10, .sp = STACK + 0x3ff0 };
	g_autoptr(GArray) frames = g_array_new(FALSE, FALSE, sizeof(ArchFrame));

	put_orc(&memory, 0, TEXT, 8, 0, 3, 0, 2);
	tables.understood = false;
	put(&memory, STACK + 0x3ff0, 0x1234, 8);
	put(&memory, STACK + 0x3ff8, TEXT + 0x77, 8);
	/* of the next stack */
	put(&memory, STACK + 0x4000, TEXT + 0x99, 8);
	arch_default()->autopsy.unwind(&cpu, &tables, get, &memory, 20, frames);
	g_assert_cmpuint(frames->len, ==, 2);
	assert_frame(frames, 0, TEXT + 0x10, true, true);
	assert_frame(frames, 1, TEXT + 0x77, false, false);
	g_hash_table_unref(memory.bytes);
}

/* A stack that leads back to itself ends. */
static void test_circle(void)
{
	Memory memory = memory_new();
	ArchUnwind tables = make_tables(1);
	ArchCpu cpu = { .pc = TEXT + 0x10, .sp = STACK + 0x100, .fp = STACK + 0x200 };
	g_autoptr(GArray) frames = g_array_new(FALSE, FALSE, sizeof(ArchFrame));

	put_orc(&memory, 0, TEXT, 16, -16, 4, 8, 2);
	put(&memory, STACK + 0x200, STACK + 0x200, 8);
	put(&memory, STACK + 0x208, TEXT + 0x20, 8);
	arch_default()->autopsy.unwind(&cpu, &tables, get, &memory, 48, frames);
	g_assert_cmpuint(frames->len, >, 1);
	g_assert_cmpuint(frames->len, <=, 48);
	g_hash_table_unref(memory.bytes);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/autopsy/registers", test_registers);
	g_test_add_func("/autopsy/no-registers", test_no_registers);
	g_test_add_func("/autopsy/translate", test_translate);
	g_test_add_func("/autopsy/unwind", test_unwind);
	g_test_add_func("/autopsy/guess", test_guess);
	g_test_add_func("/autopsy/circle", test_circle);
	return g_test_run();
}
