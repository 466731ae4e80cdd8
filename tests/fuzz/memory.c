// SPDX-License-Identifier: GPL-2.0-or-later
/* The memory of a machine that failed: a guest has written it, and a run directory of somebody else's has it. */
#include "targets.h"

#include <arch/arch.h>
#include <measure/corefile.h>
#include <measure/fdttext.h>
#include <measure/frametext.h>
#include <measure/postmortem.h>

#include <string.h>

#define BASE G_GUINT64_CONSTANT(0xffffffff81000000)
#define BANNER "Linux version 7.1.13-x (fuzz)"

/* Everything that is looked for lies in the input, but for the banner: without that nothing more is asked for. */
static const char map[] = "ffffffff80fff000 R linux_banner\nffffffff81000000 T _stext\nffffffff81000000 T _text\n"
			  "ffffffff81000000 D prb\nffffffff81000008 D kho_scratch\nffffffff81000010 D kho_scratch_cnt\n"
			  "ffffffff81000018 d kho_in\nffffffff81000030 D node_data\n"
			  "ffffffff81000040 D saved_command_line\nffffffff81000048 D boot_command_line\n"
			  "ffffffff81000080 R __start_orc_unwind_ip\nffffffff81000100 R __stop_orc_unwind_ip\n"
			  "ffffffff81000100 R __start_orc_unwind\nffffffff81010000 T _etext\n";
static const char layout[] =
	"prb_count_bits=0\nprb_descs=8\nprb_infos=16\nprb_head_id=24\nprb_tail_id=32\nprb_size_bits=48\n"
	"prb_data=56\ndesc_size=24\ndesc_state=0\ndesc_begin=8\ndesc_next=16\ninfo_size=88\n"
	"info_seq=0\ninfo_ts=8\ninfo_text_len=16\ninfo_facility=18\nthread_size=16384\n"
	"scratch_size=16\nscratch_addr=0\nscratch_bytes=8\nnodes_most=2\n"
	"node_first_deferred_pfn=0\norc_reg_bp=4\norc_reg_sp=3\norc_reg_prev_sp=8\n"
	"orc_reg_bp_indirect=10\norc_reg_sp_indirect=9\norc_type_end=1\norc_type_call=2\n"
	"orc_type_regs=3\norc_type_regs_partial=4\n";
static const char registers[] = "CPU#0\nRSP=ffffffff81000200 RBP=ffffffff81000240\nRIP=ffffffff81000300 CPL=0 HLT=0\n"
				"CR0=80050033 CR3=1000 CR4=20\nEFER=d01\n";

typedef struct {
	const guint8 *data;
	gsize length;
} Memory;

static bool read_virtual(guint64 address, gpointer buffer, gsize length, gpointer user)
{
	const Memory *memory = user;
	static const char banner[4096] = BANNER;

	if (address >= BASE - sizeof(banner) && address < BASE && length <= BASE - address) {
		memcpy(buffer, banner + (address - (BASE - sizeof(banner))), length);
		return true;
	}
	if (address < BASE || address - BASE > memory->length || length > memory->length - (address - BASE))
		return false;
	memcpy(buffer, memory->data + (address - BASE), length);
	return true;
}

static bool read_physical(guint64 address, gpointer buffer, gsize length, gpointer user)
{
	return read_virtual(address | BASE, buffer, length, user);
}

void fuzz_memory(const guint8 *data, gsize length)
{
	Memory memory = { data, length };
	const PostmortemKernel kernel = { "7.1.13-x", "f00d", map, layout };
	g_autoptr(Postmortem) postmortem = postmortem_make(&(PostmortemSource){ .arch = arch_default(),
										.registers = registers,
										.read = read_virtual,
										.read_physical = read_physical,
										.user = &memory,
										.kernels = &kernel,
										.n_kernels = 1 });

	g_assert_cmpint(postmortem->log || postmortem->no_log, ==, 1);
}

void fuzz_core(const guint8 *data, gsize length)
{
	g_autoptr(GBytes) file = g_bytes_new_static(data, length);
	g_autoptr(CoreFile) core = corefile_parse(file, NULL);
	guint64 word;

	for (guint64 at = 0; core && at < 64 * COREFILE_PAGE; at += COREFILE_PAGE / 2 + 1) {
		corefile_read(at, &word, sizeof(word), core);
		corefile_read_physical(at, &word, sizeof(word), core);
	}
}

void fuzz_registers(const guint8 *data, gsize length)
{
	g_autofree char *text = fuzz_text(data, length);
	g_autoptr(GArray) cpus = arch_default()->autopsy.cpus(text);
	g_auto(FrameText) frame = { 0 };

	if (frametext_find(text, &frame))
		g_assert_true(*frame.function);
}

void fuzz_tree(const guint8 *data, gsize length)
{
	/* aligned as a tree has to be, and no longer than it says */
	g_autofree guint8 *copy = g_memdup2(data, length);
	g_autofree char *text = length >= 8 ? fdttext_make(copy, length) : NULL;

	g_assert_true(!text || g_utf8_validate(text, -1, NULL));
}
