// SPDX-License-Identifier: GPL-2.0-or-later
#include "targets.h"

#include <string.h>

char *fuzz_text(const guint8 *data, gsize length)
{
	return length ? g_strndup((const char *)data, length) : g_strdup("");
}

void fuzz_split(const char *text, char **ret_first, char **ret_second)
{
	const char *at = strstr(text, "\n--\n");

	*ret_first = at ? g_strndup(text, (gsize)(at - text) + 1) : g_strdup(text);
	*ret_second = g_strdup(at ? at + strlen("\n--\n") : "");
}

/* clang-format off */

const FuzzTarget fuzz_targets[] = {
	{ "frames", fuzz_frames, "harness/run/frames.c",
	  NULL },
	{ "pagetypeinfo", fuzz_pagetypeinfo, "harness/measure/pagetypeinfo.c",
	  "hops/0/proc/pagetypeinfo" },
	{ "zoneinfo", fuzz_zoneinfo, "harness/measure/zoneinfo.c",
	  "hops/0/proc/zoneinfo" },
	{ "scratch", fuzz_scratch, "harness/measure/scratch.c",
	  "hops/0/sys/kernel/debug/kho/out/scratch_phys" },
	{ "kmsg", fuzz_kmsg, "harness/measure/kernellog.c",
	  "hops/1/kmsg" },
	{ "pageblocks", fuzz_pageblocks, "harness/measure/pageblocks.c",
	  "hops/0/pageblocks" },
	{ "audit", fuzz_audit, "harness/measure/auditrecord.c",
	  "hops/1/audit/sites,hops/1/audit/touched,hops/1/audit/pageblocks" },
	{ "cma", fuzz_cma, "harness/measure/cmaareas.c",
	  "hops/0/cma" },
	{ "scratch-pages", fuzz_scratch_pages, "harness/measure/scratchpages.c",
	  "hops/1/scratch-pages" },
	{ "page-owners", fuzz_page_owners, "harness/measure/pageowners.c",
	  NULL },
	{ "preserved", fuzz_preserved, "harness/measure/preserved.c",
	  "hops/1/preserved" },
	{ "ktap", fuzz_ktap, "harness/measure/ktap.c",
	  NULL },
	{ "hook", fuzz_hook, "harness/measure/payload.c",
	  NULL },
	{ "hop", fuzz_hop, "harness/measure/hop.c",
	  "=hops/1" },
	{ "console", fuzz_console, "harness/store/console.c, measure/consoletext.c, title.c",
	  "console.log" },
	{ "console-times", fuzz_console_times, "harness/store/console.c",
	  "console.times" },
	{ "kexec-hint", fuzz_kexec_hint, "harness/measure/kexechint.c",
	  "hops/0/kexec-loaded" },
	{ "memory", fuzz_memory, "harness/measure/postmortem.c, logbuffer.c, arch/x86_64/orc.c",
	  NULL },
	{ "core", fuzz_core, "harness/measure/corefile.c",
	  "memory.core" },
	{ "registers", fuzz_registers, "harness/arch/x86_64/registers.c, measure/frametext.c",
	  "machine.txt" },
	{ "tree", fuzz_tree, "harness/measure/fdttext.c",
	  NULL },
	{ "journal", fuzz_journal, "harness/store/journal.c",
	  "journal.jsonl" },
	{ "plan", fuzz_plan, "harness/store/plan.c",
	  "plan.json" },
	{ "cell", fuzz_cell, "harness/store/cell.c",
	  NULL },
	{ "matrix-journal", fuzz_matrix_journal, "harness/store/matrixjournal.c",
	  NULL },
	{ "rounds", fuzz_rounds, "harness/store/comparedir.c",
	  NULL },
	{ "bisection", fuzz_bisection, "harness/store/bisectdir.c, study/bisection.c",
	  NULL },
	{ "night", fuzz_night, "harness/store/nightfacts.c, study/nightsummary.c",
	  NULL },
	{ "system-map", fuzz_system_map, "harness/base/systemmap.c",
	  NULL },
	{ "config", fuzz_config, "harness/measure/hopconfig.c",
	  NULL },
	{ "rundir", fuzz_rundir, "harness/evaluate/result.c, report/, page/",
	  "=." },
	{ "planfile", fuzz_planfile, "harness/campaign/planfile.c",
	  NULL },
	{ "kconfig", fuzz_kconfig, "harness/build/kconfig.c",
	  NULL },
	{ "chain", fuzz_chain, "harness/store/chain.c",
	  NULL },
	{ "words", fuzz_words, "harness/base/units.c, text.c, campaign/sweepplan.c",
	  NULL },
	{ "cmdline", fuzz_cmdline, "harness/measure/cmdlineoption.c",
	  NULL },
	{ "numa", fuzz_numa, "harness/run/topology.c",
	  NULL },
	{ "check-choice", fuzz_check_choice, "harness/measure/checkchoice.c",
	  NULL },
	{ "series", fuzz_series, "harness/build/series.c",
	  NULL },
	{ "patch", fuzz_patch, "harness/build/touched.c, mailbox.c",
	  NULL },
	{ "thread", fuzz_thread, "harness/build/thread.c, mail.c, threadchoice.c",
	  NULL },
	{ "source", fuzz_source, "harness/build/source.c",
	  NULL },
	{ "payload", fuzz_payload, "harness/build/payload.c",
	  NULL },
	{ "abi", fuzz_abi, "harness/build/kernelabi.c",
	  NULL },
	{ "image", fuzz_image, "harness/arch/x86_64/bzimage.c",
	  NULL },
	{ "apply-error", fuzz_apply_error, "harness/build/applyerror.c",
	  NULL },
	{ "build-log", fuzz_build_log, "harness/build/kbuild.c, layout.c",
	  NULL },
	{ "makefile", fuzz_makefile, "harness/build/userlook.c, selftestsource.c",
	  NULL },
	{ "kconfig-condition", fuzz_kconfig_condition, "harness/build/kconfigtree.c",
	  NULL },
	{ "apt", fuzz_apt, "harness/build/aptsource.c",
	  NULL },
	{ "emulator", fuzz_emulator, "harness/vm/emulator.c",
	  NULL },
	{ "gdb", fuzz_gdb, "harness/vm/gdbstub.c",
	  NULL },
	{ NULL, NULL, NULL, NULL },
};

/* clang-format on */

const FuzzTarget *fuzz_find(const char *name)
{
	for (const FuzzTarget *target = fuzz_targets; target->name; target++)
		if (strcmp(target->name, name) == 0)
			return target;
	return NULL;
}
