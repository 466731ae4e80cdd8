// SPDX-License-Identifier: GPL-2.0-or-later
/* The FDT of reserve_mem=, as payload reserve-mem reads it. */
#include "region.h"

#include <glib.h>

typedef struct {
	GByteArray *nodes, *strings;
} Fdt;

static void put(GByteArray *to, guint32 word)
{
	guint32 big = GUINT32_TO_BE(word);

	g_byte_array_append(to, (const guint8 *)&big, sizeof(big));
}

static void put_padded(GByteArray *to, const void *data, guint bytes)
{
	static const guint8 zeros[4];

	g_byte_array_append(to, data, bytes);
	g_byte_array_append(to, zeros, (4 - bytes % 4) % 4);
}

static void begin(Fdt *fdt, const char *name)
{
	put(fdt->nodes, FDT_BEGIN_NODE);
	put_padded(fdt->nodes, name, (guint)strlen(name) + 1);
}

static void property(Fdt *fdt, const char *name, const void *value, guint bytes)
{
	put(fdt->nodes, FDT_PROP);
	put(fdt->nodes, bytes);
	put(fdt->nodes, fdt->strings->len);
	put_padded(fdt->nodes, value, bytes);
	g_byte_array_append(fdt->strings, (const guint8 *)name, (guint)strlen(name) + 1);
}

static void region(Fdt *fdt, const char *name, guint64 start, guint64 size)
{
	begin(fdt, name);
	property(fdt, "compatible", "reserve-mem-v1", sizeof("reserve-mem-v1"));
	property(fdt, "start", &start, sizeof(start));
	property(fdt, "size", &size, sizeof(size));
	put(fdt->nodes, FDT_END_NODE);
}

/* As prepare_kho_fdt() of mm/memblock.c makes it. Caller frees; a zero follows. */
static GByteArray *make(void)
{
	Fdt fdt = { g_byte_array_new(), g_byte_array_new() };
	GByteArray *all = g_byte_array_new();
	guint nodes_at = 40 + 16;

	begin(&fdt, "");
	property(&fdt, "compatible", "memblock-v1", sizeof("memblock-v1"));
	region(&fdt, "khotes", 0x1000, 0x2000);
	put(fdt.nodes, FDT_NOP);
	region(&fdt, "khotest", G_GUINT64_CONSTANT(0xc06b00000), 32 << 20);
	region(&fdt, "khotest2", 0x5000, 0x6000);
	put(fdt.nodes, FDT_END_NODE);
	put(fdt.nodes, 9);
	put(all, FDT_MAGIC);
	put(all, nodes_at + fdt.nodes->len + fdt.strings->len);
	put(all, nodes_at);
	put(all, nodes_at + fdt.nodes->len);
	for (int i = 0; i < 6 + 4; i++)
		put(all, 0);
	g_byte_array_append(all, fdt.nodes->data, fdt.nodes->len);
	g_byte_array_append(all, fdt.strings->data, fdt.strings->len);
	g_byte_array_append(all, (const guint8 *)"", 1);
	g_byte_array_unref(fdt.nodes);
	g_byte_array_unref(fdt.strings);
	return all;
}

static void test_found(void)
{
	g_autoptr(GByteArray) fdt = make();
	Region found = { 0 };

	g_assert_true(region_parse(fdt->data, fdt->len - 1, "khotest", &found));
	g_assert_cmphex(found.start, ==, G_GUINT64_CONSTANT(0xc06b00000));
	g_assert_cmpuint(found.size, ==, 32 << 20);
	g_assert_false(region_parse(fdt->data, fdt->len - 1, "other", &found));
}

/* However it is cut, nothing is read behind its end, and nothing but the region is found. */
static void test_cut(void)
{
	g_autoptr(GByteArray) fdt = make();

	for (guint bytes = 0; bytes < fdt->len - 1; bytes++) {
		unsigned char *copy = g_malloc0(bytes + 1);
		Region found = { 0 };

		if (bytes)
			memcpy(copy, fdt->data, bytes);
		if (region_parse(copy, bytes, "khotest", &found))
			g_assert_cmphex(found.start, ==, G_GUINT64_CONSTANT(0xc06b00000));
		g_free(copy);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/region/found", test_found);
	g_test_add_func("/region/cut", test_cut);
	return g_test_run();
}
