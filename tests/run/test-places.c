// SPDX-License-Identifier: GPL-2.0-or-later
/* What binutils' addr2line says of places in a kernel's code, and what lines.txt has of it. */
#include "places.h"

#define START "0xffffffff82a00000\nstart_kernel\n/src/linux/init/main.c:905\n"

static char *text_of(const char *said, const char *const *keys)
{
	g_autoptr(GPtrArray) all = g_ptr_array_new();
	GString *out = g_string_new(NULL);

	for (; *keys; keys++)
		g_ptr_array_add(all, (gpointer)*keys);
	places_text(said, all, 1, out);
	return g_string_free(out, FALSE);
}

/* One function was put into another; a file elsewhere keeps its path; of what has no line nothing is said. */
static void test_text(void)
{
	static const char said[] = START "0xffffffff81000010\ninner\n/src/linux/mm/mm_init.c:70 (discriminator 2)\n"
					 "outer\n/src/linux/mm/mm_init.c:90\n"
					 "0xffffffff81000020\nasm_entry\n??:?\n"
					 "0xffffffff81000030\nmade\n/build/made.c:7\n";
	static const char *const keys[] = { "outer+0x10", "asm_entry+0x20", "made+0x30", NULL };
	g_autofree char *text = text_of(said, keys);

	g_assert_cmpstr(text, ==,
			"1 outer+0x10 inner mm/mm_init.c:70\n1 outer+0x10 outer mm/mm_init.c:90\n"
			"1 made+0x30 made /build/made.c:7\n");
}

/* It was cut off, or says more than it was asked. */
static void test_odd(void)
{
	static const char *const keys[] = { "a+0x1", NULL };
	g_autofree char *cut = text_of(START "0x1\na", keys),
			*more = text_of(START "0x1\na\nb.c:1\n0x2\nc\nd.c:1\n", keys);
	g_autofree char *none = text_of("", keys);

	g_assert_cmpstr(cut, ==, "");
	g_assert_cmpstr(more, ==, "1 a+0x1 a b.c:1\n");
	g_assert_cmpstr(none, ==, "");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/places/text", test_text);
	g_test_add_func("/places/odd", test_odd);
	return g_test_run();
}
