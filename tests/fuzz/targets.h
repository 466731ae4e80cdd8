/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef FUZZ_TARGETS_H
#define FUZZ_TARGETS_H

#include <glib.h>

/*
 * What a guest, a patch, a plan, a configuration or a run directory of somebody else's says, given to whoever reads it.
 * A target takes any bytes, and must come back: without reading what is not its own, and in a time that grows with the
 * bytes.
 */
typedef struct {
	const char *name;
	void (*run)(const guint8 *data, gsize length);
	const char *parser; /* where that is, for people */
	/* Files of a recording with what it reads when all is well, with commas; "=FOLDER": all below it, as parts.h
	 * has them; NULL: none. */
	const char *seeds;
} FuzzTarget;

/* Ends with one without a name. */
extern const FuzzTarget fuzz_targets[];

/* NULL if there is none of that name. */
const FuzzTarget *fuzz_find(const char *name);

/* Many parsers take text that ends with a zero: what is behind the first one nobody sees. Caller frees. */
char *fuzz_text(const guint8 *data, gsize length);

/* The text in two parts, at the first line that is "--". Caller frees. */
void fuzz_split(const char *text, char **ret_first, char **ret_second);

/* memory.c */
void fuzz_memory(const guint8 *data, gsize length);
void fuzz_core(const guint8 *data, gsize length);
void fuzz_registers(const guint8 *data, gsize length);
void fuzz_tree(const guint8 *data, gsize length);

/* guest.c */
void fuzz_frames(const guint8 *data, gsize length);
void fuzz_pagetypeinfo(const guint8 *data, gsize length);
void fuzz_zoneinfo(const guint8 *data, gsize length);
void fuzz_scratch(const guint8 *data, gsize length);
void fuzz_kmsg(const guint8 *data, gsize length);
void fuzz_pageblocks(const guint8 *data, gsize length);
void fuzz_audit(const guint8 *data, gsize length);
void fuzz_cma(const guint8 *data, gsize length);
void fuzz_scratch_pages(const guint8 *data, gsize length);
void fuzz_page_owners(const guint8 *data, gsize length);
void fuzz_preserved(const guint8 *data, gsize length);
void fuzz_ktap(const guint8 *data, gsize length);
void fuzz_hook(const guint8 *data, gsize length);
void fuzz_hop(const guint8 *data, gsize length);
void fuzz_console(const guint8 *data, gsize length);
void fuzz_console_times(const guint8 *data, gsize length);
void fuzz_kexec_hint(const guint8 *data, gsize length);

/* stored.c */
void fuzz_journal(const guint8 *data, gsize length);
void fuzz_plan(const guint8 *data, gsize length);
void fuzz_cell(const guint8 *data, gsize length);
void fuzz_matrix_journal(const guint8 *data, gsize length);
void fuzz_rounds(const guint8 *data, gsize length);
void fuzz_bisection(const guint8 *data, gsize length);
void fuzz_night(const guint8 *data, gsize length);
void fuzz_system_map(const guint8 *data, gsize length);
void fuzz_config(const guint8 *data, gsize length);
void fuzz_rundir(const guint8 *data, gsize length);

/* typed.c */
void fuzz_planfile(const guint8 *data, gsize length);
void fuzz_kconfig(const guint8 *data, gsize length);
void fuzz_chain(const guint8 *data, gsize length);
void fuzz_words(const guint8 *data, gsize length);
void fuzz_cmdline(const guint8 *data, gsize length);
void fuzz_numa(const guint8 *data, gsize length);
void fuzz_check_choice(const guint8 *data, gsize length);
void fuzz_series(const guint8 *data, gsize length);
void fuzz_patch(const guint8 *data, gsize length);
void fuzz_thread(const guint8 *data, gsize length);
void fuzz_source(const guint8 *data, gsize length);
void fuzz_payload(const guint8 *data, gsize length);

/* tools.c */
void fuzz_abi(const guint8 *data, gsize length);
void fuzz_image(const guint8 *data, gsize length);
void fuzz_apply_error(const guint8 *data, gsize length);
void fuzz_build_log(const guint8 *data, gsize length);
void fuzz_makefile(const guint8 *data, gsize length);
void fuzz_kconfig_condition(const guint8 *data, gsize length);
void fuzz_apt(const guint8 *data, gsize length);
void fuzz_emulator(const guint8 *data, gsize length);
void fuzz_gdb(const guint8 *data, gsize length);

#endif
