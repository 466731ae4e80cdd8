// SPDX-License-Identifier: GPL-2.0-or-later
/* What memory tells: a ring of printk's built here, byte by byte, pages as an ELF core, and a tree that is handed over.
 */
#include <measure/corefile.h>
#include <measure/fdttext.h>
#include <measure/layoutvalue.h>
#include <measure/logbuffer.h>
#include <measure/postmortem.h>

#include <libfdt.h>
#include <string.h>

/* ---- the log ---- */

/* As the headers of 7.1 have it; the ring is small, so that it wraps: 8 records, 256 bytes of text. */
static const char layout[] = "release=7.1.13-central\nprb_size=88\nprb_count_bits=0\nprb_descs=8\nprb_infos=16\n"
			     "prb_head_id=24\nprb_tail_id=32\nprb_size_bits=48\nprb_data=56\ndesc_size=24\n"
			     "desc_state=0\ndesc_begin=8\ndesc_next=16\ninfo_size=88\ninfo_seq=0\ninfo_ts=8\n"
			     "info_text_len=16\ninfo_facility=18\n";

enum { PRB = 0x100, RING = 0x200, DESCS = 0x1000, INFOS = 0x2000, DATA = 0x3000, END = 0x4000 };
enum { COUNT_BITS = 3, SIZE_BITS = 8 };
/* printk_ringbuffer.h, DESC0_ID and BLK0_LPOS: both begin right before they come round to 0 */
#define ID_0 (((G_GUINT64_CONSTANT(1) << 62) - 1) & ~(guint64)7)
#define LPOS_0 (0 - (guint64)(1 << SIZE_BITS))

typedef struct {
	guint8 bytes[END];
	guint64 id, lpos, seq;
} Ring;

static void put(Ring *ring, guint64 at, guint64 value, gsize bytes)
{
	memcpy(ring->bytes + at, &value, bytes);
}

static bool get(guint64 address, gpointer buffer, gsize length, gpointer user)
{
	const Ring *ring = user;

	if (address > END || length > END - address)
		return false;
	memcpy(buffer, ring->bytes + address, length);
	return true;
}

static Ring *ring_new(void)
{
	Ring *ring = g_new0(Ring, 1);

	ring->id = ID_0;
	ring->lpos = LPOS_0;
	put(ring, PRB, RING, 8);
	put(ring, RING, COUNT_BITS, 4);
	put(ring, RING + 8, DESCS, 8);
	put(ring, RING + 16, INFOS, 8);
	put(ring, RING + 32, ID_0, 8);
	put(ring, RING + 48, SIZE_BITS, 4);
	put(ring, RING + 56, DATA, 8);
	return ring;
}

/* As prb_reserve() and data_alloc() of kernel/printk/printk_ringbuffer.c do. state: of the record in the end. */
static void add(Ring *ring, const char *text, guint state)
{
	guint64 size = (sizeof(guint64) + strlen(text) + 7) & ~(guint64)7, mask = (1 << SIZE_BITS) - 1;
	guint64 slot = ring->id & ((1 << COUNT_BITS) - 1), begin = ring->lpos, next = begin + size, at = begin & mask;

	if (begin >> SIZE_BITS != (next - 1) >> SIZE_BITS) {
		next = (next & ~mask) + size;
		at = 0;
	}
	put(ring, DATA + at, ring->id, 8);
	memcpy(ring->bytes + DATA + at + 8, text, strlen(text));
	put(ring, DESCS + slot * 24, ring->id | (guint64)state << 62, 8);
	put(ring, DESCS + slot * 24 + 8, begin, 8);
	put(ring, DESCS + slot * 24 + 16, next, 8);
	put(ring, INFOS + slot * 88, ring->seq, 8);
	put(ring, INFOS + slot * 88 + 8, ring->seq * 1000000, 8);
	put(ring, INFOS + slot * 88 + 16, strlen(text), 2);
	put(ring, INFOS + slot * 88 + 19, 6 << 5, 1);
	put(ring, RING + 24, ring->id, 8);
	if (ring->seq >= 8)
		put(ring, RING + 32, (ring->id - 7) & (((guint64)1 << 62) - 1), 8);
	ring->id = (ring->id + 1) & (((guint64)1 << 62) - 1);
	ring->lpos = next;
	ring->seq++;
}

static void assert_log(Ring *ring, const char *expected)
{
	const char *why;
	g_autofree char *text = logbuffer_read(layout, PRB, get, ring, &why);

	g_assert_null(why);
	g_assert_cmpstr(text, ==, expected);
}

static void test_log(void)
{
	g_autofree Ring *ring = ring_new();

	add(ring, "Linux version 7.1.13", 2);
	add(ring, "two\nlines\x01", 1);
	/* being written when the kernel died: not whole */
	add(ring, "half of", 0);
	add(ring, "last", 2);
	assert_log(ring, "6,0,0,-;Linux version 7.1.13\n6,1,1000,-;two\\x0alines\\x01\n6,3,3000,-;last\n");
}

/* More text and more records than fit: the oldest are gone, and blocks lie at the ring's beginning. */
static void test_log_wraps(void)
{
	g_autofree Ring *ring = ring_new();
	g_autoptr(GString) expected = g_string_new(NULL);

	for (guint i = 0; i < 40; i++) {
		g_autofree char *text = g_strdup_printf("%02u %.*s", i, (int)(i % 17), "abcdefghijklmnopq");

		add(ring, text, 2);
		if (i >= 32)
			g_string_append_printf(expected, "6,%u,%u,-;%s\n", i, i * 1000, text);
	}
	assert_log(ring, expected->str);
}

/* A block that another record's text lies over by now: the record has no text, and nobody else's. */
static void test_log_lost_text(void)
{
	g_autofree Ring *ring = ring_new();

	add(ring, "mine", 2);
	put(ring, DATA, 12345, 8);
	add(ring, "other", 2);
	assert_log(ring, "6,0,0,-;\n6,1,1000,-;other\n");
}

static void test_no_log(void)
{
	g_autofree Ring *ring = ring_new();
	const char *why;

	g_assert_null(logbuffer_read(NULL, PRB, get, ring, &why));
	g_assert_nonnull(why);
	g_assert_null(logbuffer_read("release=x\n", PRB, get, ring, &why));
	g_assert_nonnull(why);
	g_assert_null(logbuffer_read(layout, 0, get, ring, &why));
	/* what is there is no ring */
	put(ring, RING + 48, 64, 4);
	g_assert_null(logbuffer_read(layout, PRB, get, ring, &why));
	put(ring, RING + 48, SIZE_BITS, 4);
	put(ring, PRB, END + 4096, 8);
	g_assert_null(logbuffer_read(layout, PRB, get, ring, &why));
	g_assert_nonnull(why);
}

static void test_layout(void)
{
	guint64 value = 0;

	g_assert_true(layoutvalue_get(layout, "desc_size", &value));
	g_assert_cmpuint(value, ==, 24);
	g_assert_false(layoutvalue_get(layout, "desc", &value));
	g_assert_false(layoutvalue_get("desc=\n", "desc", &value));
	g_assert_false(layoutvalue_get("desc=x\n", "desc", &value));
	g_assert_false(layoutvalue_get(NULL, "desc", &value));
}

/* ---- pages ---- */

static GBytes *page_of(guint8 value)
{
	guint8 *page = g_malloc(COREFILE_PAGE);

	memset(page, value, COREFILE_PAGE);
	return g_bytes_new_take(page, COREFILE_PAGE);
}

static void test_core(void)
{
	g_autoptr(CoreFile) core = corefile_new(), again = NULL;
	g_autoptr(GBytes) file = NULL;
	g_autoptr(GError) error = NULL;
	guint8 bytes[8] = { 0 };

	corefile_add(core, 0xffffffff81000000, 0x1000000, page_of(1));
	corefile_add(core, 0xffffffff81001000, 0x7000, page_of(2));
	corefile_add(core, 0, 0x9000, page_of(3));
	file = corefile_write(core, 62);
	again = corefile_parse(file, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(corefile_pages(again), ==, 3);
	g_assert_true(corefile_read(0xffffffff81000ffc, bytes, sizeof(bytes), again));
	g_assert_cmpmem(bytes, sizeof(bytes), "\1\1\1\1\2\2\2\2", 8);
	g_assert_true(corefile_read_physical(0x9010, bytes, 1, again));
	g_assert_cmpuint(bytes[0], ==, 3);
	g_assert_false(corefile_read(0xffffffff81001ffc, bytes, sizeof(bytes), again));
	g_assert_false(corefile_read(0x9000, bytes, 1, again));
	g_assert_false(corefile_read_physical(0x1000000, bytes, 1, again));
}

/* Cut off anywhere, it is refused, or tells of whole pages only. */
static void test_damaged_core(void)
{
	g_autoptr(CoreFile) core = corefile_new();
	g_autoptr(GBytes) file = NULL;

	corefile_add(core, 0xffffffff81000000, 0x1000000, page_of(1));
	file = corefile_write(core, 62);
	for (gsize length = 0; length < g_bytes_get_size(file); length += 13) {
		g_autoptr(GBytes) part = g_bytes_new_from_bytes(file, 0, length);
		g_autoptr(CoreFile) parsed = NULL;
		g_autoptr(GError) error = NULL;

		parsed = corefile_parse(part, &error);
		g_assert_null(parsed);
		g_assert_nonnull(error);
	}
}

/* ---- the tree ---- */

static void test_tree(void)
{
	guint8 tree[1024];
	guint64 where = 0x123456000;
	g_autofree char *text = NULL, *none = NULL;

	g_assert_cmpint(fdt_create(tree, sizeof(tree)), ==, 0);
	fdt_finish_reservemap(tree);
	fdt_begin_node(tree, "");
	fdt_property_string(tree, "compatible", "kho-v3");
	fdt_property(tree, "preserved-memory-map", &where, sizeof(where));
	fdt_begin_node(tree, "memblock");
	fdt_property(tree, "fdt", "\1\2\3", 3);
	fdt_end_node(tree);
	fdt_end_node(tree);
	fdt_finish(tree);
	g_assert_cmpuint(fdttext_size(tree), ==, fdt_totalsize(tree));
	text = fdttext_make(tree, fdt_totalsize(tree));
	g_assert_cmpstr(text, ==,
			"/\n  compatible = \"kho-v3\"\n  preserved-memory-map = 0x123456000\n  memblock\n"
			"    fdt = 01 02 03\n");
	none = fdttext_make(tree, fdt_totalsize(tree) - 1);
	g_assert_null(none);
	memset(tree, 0, 8);
	g_assert_cmpuint(fdttext_size(tree), ==, 0);
}

/* ---- nothing to go by ---- */

static bool read_nothing(guint64 address, gpointer buffer, gsize length, gpointer user)
{
	return false;
}

static void test_nothing(void)
{
	const PostmortemKernel kernels[] = { { "7.1.13-central", "f00d", NULL, NULL },
					     { "7.1.13-central", "beef", "ffffffff81000000 T _text\n", layout } };
	PostmortemSource source = { .arch = arch_default(),
				    .registers = "CPU#0\nRIP=0000000000101234 CR0=80050033 CR3=1000\n",
				    .read = read_nothing,
				    .read_physical = read_nothing,
				    .kernels = kernels,
				    .n_kernels = 2,
				    .hop = 1 };
	g_autoptr(Postmortem) postmortem = postmortem_make(&source);

	g_assert_cmpint(postmortem->hop, ==, -1);
	g_assert_null(postmortem->log);
	g_assert_true(strstr(postmortem->why, "0x101234") != NULL);
	g_assert_cmpuint(postmortem->cpus->len, ==, 1);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/postmortem/log", test_log);
	g_test_add_func("/postmortem/log-wraps", test_log_wraps);
	g_test_add_func("/postmortem/log-lost-text", test_log_lost_text);
	g_test_add_func("/postmortem/no-log", test_no_log);
	g_test_add_func("/postmortem/layout", test_layout);
	g_test_add_func("/postmortem/core", test_core);
	g_test_add_func("/postmortem/damaged-core", test_damaged_core);
	g_test_add_func("/postmortem/tree", test_tree);
	g_test_add_func("/postmortem/nothing", test_nothing);
	return g_test_run();
}
