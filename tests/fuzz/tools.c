// SPDX-License-Identifier: GPL-2.0-or-later
/* What a kernel's tree and its image have in them, and what tools say of them: a compiler, git, apt, the emulator. */
#include "applyerror.h"
#include "aptsource.h"
#include "emulator.h"
#include "gdbstub.h"
#include "kbuild.h"
#include "kconfigtree.h"
#include "layout.h"
#include "selftestsource.h"
#include "targets.h"
#include "userlook.h"

#include <arch/arch.h>
#include <build/kernelabi.h>

void fuzz_abi(const guint8 *data, gsize length)
{
	g_auto(GStrv) strings = kernelabi_find(data, length);
}

void fuzz_image(const guint8 *data, gsize length)
{
	const Arch *arch = arch_default();
	g_autofree char *release = arch->image_release(data, length);
	gsize offset, size;

	/* each byte of what it says is there */
	if (arch->image_packed(data, length, &offset, &size))
		g_free(g_memdup2(data + offset, size));
}

/* What "git apply" says, and the patch that it is about. */
void fuzz_apply_error(const guint8 *data, gsize length)
{
	g_autofree char *text = fuzz_text(data, length), *said = NULL, *patch = NULL, *why = NULL;

	fuzz_split(text, &said, &patch);
	why = applyerror_explain(said, patch);
}

void fuzz_build_log(const guint8 *data, gsize length)
{
	g_autofree char *text = fuzz_text(data, length);
	g_autofree char *first = kbuild_first_error(text);
	g_autofree char *layout = layout_from_assembly(text);
}

/* Its top Makefile, and that of a selftest. */
void fuzz_makefile(const guint8 *data, gsize length)
{
	g_autofree char *text = fuzz_text(data, length);
	g_autofree char *release = userlook_release(text);
	g_auto(GStrv) words = selftestsource_words(text, "TEST_GEN_PROGS");

	selftestsource_kind(text, true);
}

void fuzz_kconfig_condition(const guint8 *data, gsize length)
{
	g_autofree char *text = fuzz_text(data, length);
	g_autoptr(GHashTable) config = g_hash_table_new(g_str_hash, g_str_equal);

	g_hash_table_insert(config, (gpointer) "A", (gpointer) "y");
	kconfigtree_evaluate(text, config);
}

void fuzz_apt(const guint8 *data, gsize length)
{
	g_autofree char *text = fuzz_text(data, length), *package = NULL, *version = NULL, *suite = NULL;
	g_autoptr(GPtrArray) mirrors = aptsource_mirrors(text);
	g_auto(AptUri) source = { 0 }, binary = { 0 };

	aptsource_parse_uri(text, false, &source);
	aptsource_parse_uri(text, true, &binary);
	aptsource_parse_where(text, &package, &version, &suite);
}

/* Its log, and what its monitor prints. */
void fuzz_emulator(const guint8 *data, gsize length)
{
	g_autofree char *text = fuzz_text(data, length);
	g_autofree char *tail = emulator_log_tail(text, 20), *why = emulator_log_why(text);
	VmUsage usage;
	gint64 ran, waited;
	guint64 where;
	bool halted;

	emulator_parse_registers(text, &halted, &where);
	emulator_parse_peak_rss(text);
	emulator_parse_usage(text, 4096, &usage);
	emulator_parse_schedstat(text, &ran, &waited);
	emulator_parse_stopped(text);
}

/* Packets of its debugging port, until one is damaged or not whole. */
void fuzz_gdb(const guint8 *data, gsize length)
{
	g_autoptr(GString) came = g_string_new_len((const char *)data, (gssize)length);
	bool damaged = false;

	for (;;) {
		g_autofree char *text = gdbstub_unframe(came, &damaged);

		if (!text)
			break;
	}
}
