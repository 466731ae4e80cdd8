// SPDX-License-Identifier: GPL-2.0-or-later
/* The content of payloads: what is made is verified, and each kind of damage is found and named. */
#include "content.h"

#include <glib.h>
#include <stdlib.h>

/* Page-aligned, with room for the whole last page, which the kernel also gives a file. Caller frees with free(). */
static unsigned char *memory_for(const Content *content)
{
	size_t bytes = (content_pages(content) + 1) * PATTERN_PAGE;
	unsigned char *memory = aligned_alloc(PATTERN_PAGE, bytes);

	memset(memory, 0, bytes);
	return memory;
}

static void test_mix(void)
{
	/* splitmix64 of 0 and 1, as its author publishes it: its state grows by the step before the mixing */
	g_assert_cmphex(pattern_mix(PATTERN_STEP), ==, G_GUINT64_CONSTANT(0xe220a8397b1dcdaf));
	g_assert_cmphex(pattern_mix(2 * PATTERN_STEP), ==, G_GUINT64_CONSTANT(0x6e789e6aa1b965f4));
	for (guint64 x = 1; x; x <<= 1)
		g_assert_cmphex(pattern_unmix(pattern_mix(x)), ==, x);
	g_assert_cmpuint(pattern_page_of(99, pattern_key(99, 123456789)), ==, 123456789);
}

/* Sizes around a page and around what one thread takes at once; the last has several threads. */
static void test_round_trip(void)
{
	static const guint64 sizes[] = {
		1,
		7,
		4095,
		4096,
		4097,
		3 * 4096 + 123,
		CONTENT_CHUNK,
		CONTENT_CHUNK + 1,
		5 * CONTENT_CHUNK + 4096 * 3 + 9,
	};

	for (gsize i = 0; i < G_N_ELEMENTS(sizes) * 2; i++) {
		const Content content = { .seed = i, .size = sizes[i / 2], .sparse = i % 2 };
		unsigned char *memory = memory_for(&content);
		guint64 made = content_make(&content, memory);
		Damage damage;

		g_assert_cmphex(content_verify(&content, memory, &damage), ==, made);
		g_assert_cmpuint(damage.bytes, ==, 0);
		for (guint64 at = 0; at < content.size; at += 1 + content.size / 997)
			g_assert_cmpuint(memory[at], ==, content_byte(&content, at));
		/* nothing is written behind the end */
		g_assert_cmpuint(memory[content.size], ==, 0);
		free(memory);
	}
}

/* Each byte counts: whichever is changed, it is found, and the checksum is another. */
static void test_each_byte(void)
{
	const Content content = { .seed = 5, .size = 2 * 4096 + 100 };
	unsigned char *memory = memory_for(&content);
	guint64 made = content_make(&content, memory);

	for (guint64 at = 0; at < content.size; at++) {
		unsigned char bit = (unsigned char)(1 << at % 8);
		Damage damage;

		memory[at] ^= bit;
		g_assert_cmphex(content_verify(&content, memory, &damage), !=, made);
		g_assert_cmpuint(damage.bytes, ==, 1);
		g_assert_cmpuint(damage.pages, ==, 1);
		g_assert_cmpuint(damage.first, ==, at);
		g_assert_cmpuint(damage.found, ==, memory[at]);
		g_assert_cmpuint(damage.expected, ==, memory[at] ^ bit);
		memory[at] ^= bit;
	}
	free(memory);
}

/* What is behind the end of a file is not its content. */
static void test_behind_the_end(void)
{
	const Content content = { .seed = 5, .size = 4096 + 100 };
	unsigned char *memory = memory_for(&content);
	guint64 made = content_make(&content, memory);
	Damage damage;

	memory[content.size] = 1;
	g_assert_cmphex(content_verify(&content, memory, &damage), ==, made);
	g_assert_cmpuint(damage.bytes, ==, 0);
	free(memory);
}

static void test_zeroed_page(void)
{
	const Content content = { .seed = 6, .size = 3 * CONTENT_CHUNK };
	unsigned char *memory = memory_for(&content);
	Damage damage;

	content_make(&content, memory);
	memset(memory + 700 * 4096, 0, 4096);
	memset(memory + 1500 * 4096, 0, 4096);
	content_verify(&content, memory, &damage);
	g_assert_cmpuint(damage.pages, ==, 2);
	g_assert_cmpuint(damage.first / 4096, ==, 700);
	g_assert_cmpint(damage.kind, ==, PAGE_ZERO);
	free(memory);
}

/* Pages that change places have the right bytes at the wrong offsets. */
static void test_exchanged_pages(void)
{
	const Content content = { .seed = 7, .size = 2 * CONTENT_CHUNK };
	unsigned char *memory = memory_for(&content), page[4096];
	guint64 made = content_make(&content, memory);
	Damage damage;

	memcpy(page, memory + 10 * 4096, 4096);
	memcpy(memory + 10 * 4096, memory + 900 * 4096, 4096);
	memcpy(memory + 900 * 4096, page, 4096);
	g_assert_cmphex(content_verify(&content, memory, &damage), !=, made);
	g_assert_cmpuint(damage.pages, ==, 2);
	g_assert_cmpuint(damage.first / 4096, ==, 10);
	g_assert_cmpint(damage.kind, ==, PAGE_OF_PATTERN);
	g_assert_cmpuint(damage.number, ==, 900);
	free(memory);
}

/* In a hole, what is not zero is damage. */
static void test_hole(void)
{
	const Content content = { .seed = 8, .size = 100 * 4096, .sparse = true };
	unsigned char *memory = memory_for(&content);
	Damage damage;

	content_make(&content, memory);
	g_assert_cmpuint(memory[0], !=, memory[4096 * 3]);
	memory[4096 * 3 + 17] = 0xaa;
	content_verify(&content, memory, &damage);
	g_assert_cmpuint(damage.first, ==, 4096 * 3 + 17);
	g_assert_cmpuint(damage.expected, ==, 0);
	g_assert_cmpuint(damage.found, ==, 0xaa);
	g_assert_cmpint(damage.kind, ==, PAGE_OTHER);
	free(memory);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/content/mix", test_mix);
	g_test_add_func("/content/round-trip", test_round_trip);
	g_test_add_func("/content/each-byte", test_each_byte);
	g_test_add_func("/content/behind-the-end", test_behind_the_end);
	g_test_add_func("/content/zeroed-page", test_zeroed_page);
	g_test_add_func("/content/exchanged-pages", test_exchanged_pages);
	g_test_add_func("/content/hole", test_hole);
	return g_test_run();
}
