// SPDX-License-Identifier: GPL-2.0-or-later
#include "recordsource.h"

#include <base/error.h>
#include <proto/frame.h>
#include <string.h>

#define KIB 1024u
#define MIB (1024u * KIB)

/*
 * The most bytes that a record is read with, more than any machine has to say. Values made of it take several times as
 * much, and what a guest sends must not decide how much memory judging takes. What ends with '/' is of all records in
 * that folder; of the others no values are made.
 */
static const struct {
	const char *name;
	gsize most;
} sizes[] = {
	/* some lines; of more than a hundred files */
	{ FRAME_HELLO, 64 * KIB },
	{ FRAME_LEAVING, 64 * KIB },
	{ FRAME_DONE, 64 * KIB },
	{ FRAME_FAILED, 64 * KIB },
	{ FRAME_KEXEC_LOADED, 64 * KIB },
	{ FRAME_MANIFEST, 128 * KIB },
	/* a kernel says some 300 lines until /init, 30 KiB; its buffer has 1 MiB at most by default */
	{ FRAME_KMSG, 2 * MIB },
	{ FRAME_KMSG_REST, 2 * MIB },
	{ "proc/config.gz", 512 * KIB },
	/* COMMAND_LINE_SIZE is 2 KiB (arch/x86/include/asm/setup.h) */
	{ "proc/cmdline", 64 * KIB },
	{ "proc/meminfo", 64 * KIB },
	/* 1024 nodes: seven lines of each, and a hundred */
	{ "proc/pagetypeinfo", 1 * MIB },
	{ "proc/zoneinfo", 2 * MIB },
	/* a line for each node */
	{ "sys/kernel/debug/kho/out/", 64 * KIB },
	/* a line for each change of type: 100 GB have 51200 pageblocks */
	{ FRAME_PAGEBLOCKS, 1 * MIB },
	/* a region's pages are alike over long stretches, but where a payload has given every second one back */
	{ FRAME_SCRATCH_PAGES, 3 * MIB },
	{ FRAME_SCRATCH_PAGES_END, 3 * MIB },
	{ "audit/", 1 * MIB },
	/* a line for each range of an area */
	{ FRAME_CMA, 512 * KIB },
	/* 1024 lines, 64 reports: initramfs/ sends no more */
	{ FRAME_PRESERVED, 256 * KIB },
	{ FRAME_SCRATCH_OWNERS, 512 * KIB },
	{ FRAME_PAYLOAD, FRAME_PAYLOAD_OUTPUT_MAX + 64 * KIB },
};

static gsize most_of(const char *name)
{
	for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++)
		if (g_str_has_suffix(sizes[i].name, "/") ? g_str_has_prefix(name, sizes[i].name)
							 : strcmp(name, sizes[i].name) == 0)
			return sizes[i].most;
	return FRAME_PAYLOAD_MAX;
}

bool recordsource_sum(const HopSource *source, int hop, const char *name, RecordSum *ret)
{
	g_autoptr(GBytes) bytes = NULL;
	gconstpointer data;

	if (source->sum)
		return source->sum(hop, name, source->data, ret);
	bytes = source->record(hop, name, source->data);
	if (!bytes)
		return false;
	data = g_bytes_get_data(bytes, &ret->bytes);
	ret->crc = frame_crc32(0, data ? data : "", (uint32_t)ret->bytes);
	return true;
}

bool recordsource_take(const HopSource *source, int hop, const char *name, GBytes **ret, GError **error)
{
	RecordSum sum;

	*ret = NULL;
	if (!recordsource_sum(source, hop, name, &sum))
		return true;
	if (sum.bytes > most_of(name))
		return error_set(error, KHOTEST_ERROR_FAILED, "cannot be read: more than %" G_GSIZE_FORMAT " bytes",
				 most_of(name));
	*ret = source->record(hop, name, source->data);
	return true;
}

bool recordsource_text(const HopSource *source, int hop, const char *name, char **ret, GError **error)
{
	GBytes *bytes;
	char *data;
	gsize size;

	*ret = NULL;
	if (!recordsource_take(source, hop, name, &bytes, error))
		return false;
	if (!bytes)
		return true;
	/* without a copy, if nobody else has it */
	data = g_bytes_unref_to_data(bytes, &size);
	if (size && memchr(data, '\0', size)) {
		g_free(data);
		return error_set(error, KHOTEST_ERROR_FAILED, "has NUL bytes in it, and should be text");
	}
	data = g_realloc(data, size + 1);
	data[size] = '\0';
	if (g_utf8_validate(data, (gssize)size, NULL)) {
		*ret = data;
	} else {
		*ret = g_utf8_make_valid(data, (gssize)size);
		g_free(data);
	}
	return true;
}
