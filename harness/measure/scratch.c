// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * scratch_phys_show() and scratch_len_show() of
 * kernel/liveupdate/kexec_handover_debugfs.c: "0x%llx" a line, in the order of
 * the kho_scratch array: low memory, global, then one for each node.
 */
#include <measure/scratch.h>

#include "scan.h"

#include <base/error.h>

static GArray *parse_numbers(const char *text, const char *what, GError **error)
{
	g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(guint64));
	g_autofree char **lines = scan_lines(text, what, error);

	if (!lines)
		return NULL;
	for (guint i = 0; lines[i]; i++) {
		const char *at = lines[i];
		guint64 number;

		/* an empty file is one empty line here */
		if (i == 0 && !*at && !lines[1])
			break;
		if (!scan_u64(&at, 16, &number) || *at) {
			error_set(error, KHOTEST_ERROR_FAILED, "line %u of %s is not a hexadecimal number: '%.60s'",
				  i + 1, what, lines[i]);
			return NULL;
		}
		g_array_append_val(numbers, number);
	}
	return g_steal_pointer(&numbers);
}

GArray *scratch_parse(const char *phys_text, const char *len_text, GError **error)
{
	g_autoptr(GArray) regions = g_array_new(FALSE, FALSE, sizeof(ScratchRegion));
	g_autoptr(GArray) phys = parse_numbers(phys_text, "the scratch addresses in debugfs", error);
	g_autoptr(GArray) bytes = phys ? parse_numbers(len_text, "the scratch lengths in debugfs", error) : NULL;

	if (!bytes)
		return NULL;
	if (phys->len != bytes->len) {
		error_set(error, KHOTEST_ERROR_FAILED, "debugfs lists %u scratch addresses but %u lengths", phys->len,
			  bytes->len);
		return NULL;
	}
	for (guint i = 0; i < phys->len; i++) {
		ScratchRegion region = { g_array_index(phys, guint64, i), g_array_index(bytes, guint64, i) };

		if (region.phys > PHYS_MOST || region.bytes > PHYS_MOST - region.phys) {
			error_set(error, KHOTEST_ERROR_FAILED,
				  "scratch region %u in debugfs (0x%" G_GINT64_MODIFIER "x, 0x%" G_GINT64_MODIFIER
				  "x bytes) lies where no memory can be",
				  i, region.phys, region.bytes);
			return NULL;
		}
		g_array_append_val(regions, region);
	}
	return g_steal_pointer(&regions);
}

bool scratch_equal(const GArray *a, const GArray *b)
{
	if (a->len != b->len)
		return false;
	for (guint i = 0; i < a->len; i++) {
		const ScratchRegion *x = &g_array_index(a, ScratchRegion, i), *y = &g_array_index(b, ScratchRegion, i);

		if (x->phys != y->phys || x->bytes != y->bytes)
			return false;
	}
	return true;
}

guint64 scratch_bytes(const GArray *regions)
{
	guint64 bytes = 0;

	for (guint i = 0; regions && i < regions->len; i++)
		bytes += g_array_index(regions, ScratchRegion, i).bytes;
	return bytes;
}
