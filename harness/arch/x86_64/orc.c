// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Frames of a kernel's stack by its ORC tables (Documentation/arch/x86/orc-unwinder.rst,
 * arch/x86/include/asm/orc_types.h): for each stretch of code, where the frame before begins. They lie in the kernel's
 * memory, sorted by the build. Where they do not lead to the stack's end, or the kernel has none, every address of code
 * that lies on it is told as well, as the kernel does with a question mark.
 */
#include "x86_64.h"

#include <string.h>

#define ENTRY_BYTES 6
#define STACK_BYTES 16384u /* THREAD_SIZE without KASAN, where the kernel's own is not known */
#define GUESSES_MOST 24u

/*
 * What an entry says, as places in ArchUnwind.numbers: registers, then kinds of frames (orc_types.h). The kernel's own
 * numbers changed in 7.1.
 */
enum {
	BY_BP,
	BY_SP,
	BY_PREV_SP,
	BY_BP_INDIRECT,
	BY_SP_INDIRECT,
	IS_END,
	IS_CALL,
	IS_REGS,
	IS_REGS_PARTIAL,
	STACK_SIZE,
	UNKNOWN,
};

const char *const orc_numbers[] = { [BY_BP] = "orc_reg_bp",
				    [BY_SP] = "orc_reg_sp",
				    [BY_PREV_SP] = "orc_reg_prev_sp",
				    [BY_BP_INDIRECT] = "orc_reg_bp_indirect",
				    [BY_SP_INDIRECT] = "orc_reg_sp_indirect",
				    [IS_END] = "orc_type_end",
				    [IS_CALL] = "orc_type_call",
				    [IS_REGS] = "orc_type_regs",
				    [IS_REGS_PARTIAL] = "orc_type_regs_partial",
				    [STACK_SIZE] = "thread_size",
				    [UNKNOWN] = NULL };

/* struct pt_regs (arch/x86/include/asm/ptrace.h), in bytes; what an interrupt pushes begins at ip */
enum { REGS_BP = 32, REGS_IP = 128, REGS_CS = 136, REGS_SP = 152 };

typedef struct {
	const ArchUnwind *tables;
	ArchRead read;
	gpointer user;
	guint64 pc, sp, fp;
	bool exact;
} Walk;

typedef struct {
	gint16 sp_offset, bp_offset;
	guint sp_reg, bp_reg, type;
} Orc;

static bool word(const Walk *walk, guint64 address, guint64 *ret)
{
	return walk->read(address, ret, sizeof(*ret), walk->user);
}

static bool is_text(const Walk *walk, guint64 pc)
{
	for (gsize i = 0; i < G_N_ELEMENTS(walk->tables->text); i++)
		if (pc >= walk->tables->text[i].begin && pc < walk->tables->text[i].end)
			return true;
	return false;
}

/* The address that a place of the first table stands for: it is relative to that place. */
static bool ip_at(const Walk *walk, guint64 index, guint64 *ret)
{
	guint64 place = walk->tables->orc_ip + index * sizeof(gint32);
	gint32 offset;

	if (!walk->read(place, &offset, sizeof(offset), walk->user))
		return false;
	*ret = place + (guint64)(gint64)offset;
	return true;
}

static guint meaning(const Walk *walk, guint first, guint last, guint number)
{
	for (guint i = first; i <= last; i++)
		if (walk->tables->numbers[i] == number)
			return i;
	return UNKNOWN;
}

/* The last entry at or before an address. */
static bool find(const Walk *walk, guint64 pc, Orc *ret)
{
	guint64 low = 0, high = (walk->tables->orc_ip_end - walk->tables->orc_ip) / sizeof(gint32), ip;
	guint8 bytes[ENTRY_BYTES];

	if (!walk->tables->understood || !walk->tables->orc_ip || !walk->tables->orc ||
	    walk->tables->orc_ip_end <= walk->tables->orc_ip)
		return false;
	while (high - low > 1) {
		guint64 middle = low + (high - low) / 2;

		if (!ip_at(walk, middle, &ip))
			return false;
		if (ip <= pc)
			low = middle;
		else
			high = middle;
	}
	if (!ip_at(walk, low, &ip) || ip > pc ||
	    !walk->read(walk->tables->orc + low * ENTRY_BYTES, bytes, sizeof(bytes), walk->user))
		return false;
	*ret = (Orc){ .sp_offset = (gint16)(bytes[0] | bytes[1] << 8),
		      .bp_offset = (gint16)(bytes[2] | bytes[3] << 8),
		      .sp_reg = meaning(walk, BY_BP, BY_SP_INDIRECT, bytes[4] & 15),
		      .bp_reg = meaning(walk, BY_BP, BY_SP_INDIRECT, bytes[4] >> 4),
		      .type = meaning(walk, IS_END, IS_REGS_PARTIAL, bytes[5] & 7) };
	return true;
}

/* The stack pointer of the frame before. Registers other than these are known of no frame. */
static bool previous_sp(const Walk *walk, const Orc *orc, guint64 *ret)
{
	guint64 offset = (guint64)(gint64)orc->sp_offset;

	switch (orc->sp_reg) {
	case BY_SP:
		*ret = walk->sp + offset;
		return true;
	case BY_BP:
		*ret = walk->fp + offset;
		return true;
	case BY_SP_INDIRECT:
		if (!word(walk, walk->sp, ret))
			return false;
		*ret += offset;
		return true;
	case BY_BP_INDIRECT:
		return word(walk, walk->fp + offset, ret);
	default:
		return false;
	}
}

static bool previous_fp(Walk *walk, const Orc *orc, guint64 sp)
{
	guint64 offset = (guint64)(gint64)orc->bp_offset;

	switch (orc->bp_reg) {
	case BY_PREV_SP:
		return word(walk, sp + offset, &walk->fp);
	case BY_BP:
		return word(walk, walk->fp + offset, &walk->fp);
	default:
		return orc->type != IS_REGS || word(walk, sp + REGS_BP, &walk->fp);
	}
}

/* One frame out. ret_end: the stack ends here, or what was interrupted was a program. */
static bool step(Walk *walk, bool *ret_end)
{
	guint64 sp, before = walk->sp, cs = 0, iret;
	Orc orc;

	*ret_end = false;
	if (!find(walk, walk->exact ? walk->pc : walk->pc - 1, &orc))
		return false;
	*ret_end = orc.type == IS_END;
	if (*ret_end || !previous_sp(walk, &orc, &sp) || !previous_fp(walk, &orc, sp))
		return *ret_end;
	if (orc.type == IS_CALL) {
		walk->exact = false;
		walk->sp = sp;
		return word(walk, sp - sizeof(guint64), &walk->pc) && walk->sp != before;
	}
	if (orc.type != IS_REGS && orc.type != IS_REGS_PARTIAL)
		return false;
	iret = orc.type == IS_REGS ? sp + REGS_IP : sp;
	walk->exact = true;
	if (!word(walk, iret, &walk->pc) || !word(walk, iret + REGS_CS - REGS_IP, &cs) ||
	    !word(walk, iret + REGS_SP - REGS_IP, &walk->sp))
		return false;
	*ret_end = (cs & 3) == 3;
	return true;
}

static void add(GArray *frames, guint64 pc, bool exact, bool sure)
{
	ArchFrame frame = { pc, exact, sure };

	g_array_append_val(frames, frame);
}

/* Whatever looks like code, up to the stack's end. */
static void guess(const Walk *walk, guint max, GArray *frames)
{
	guint64 size = walk->tables->understood ? walk->tables->numbers[STACK_SIZE] : STACK_BYTES;
	guint64 end = (walk->sp | (size - 1)) + 1, value;
	guint most = MIN(max, frames->len + GUESSES_MOST);

	for (guint64 at = walk->sp & ~(guint64)7; at < end && frames->len < most && word(walk, at, &value); at += 8)
		if (is_text(walk, value))
			add(frames, value, false, false);
}

void orc_unwind(const ArchCpu *cpu, const ArchUnwind *tables, ArchRead read, gpointer user, guint max, GArray *frames)
{
	Walk walk = { tables, read, user, cpu->pc, cpu->sp, cpu->fp, true };
	bool end = false;

	while (is_text(&walk, walk.pc) && frames->len < max) {
		add(frames, walk.pc, walk.exact, true);
		if (!step(&walk, &end) || end)
			break;
	}
	if (!end)
		guess(&walk, max, frames);
}
