// SPDX-License-Identifier: GPL-2.0-or-later
#include "gdbstub.h"

#include <string.h>

static void test_frame(void)
{
	g_autofree char *frame = gdbstub_frame("Z1,ffffffff81000000,1");
	g_autofree char *empty = gdbstub_frame("");
	g_autoptr(GString) came = g_string_new(frame);
	g_autofree char *back = NULL;
	bool damaged;

	g_assert_cmpstr(empty, ==, "$#00");
	g_assert_true(g_str_has_prefix(frame, "$Z1,ffffffff81000000,1#"));
	back = gdbstub_unframe(came, &damaged);
	g_assert_false(damaged);
	g_assert_cmpstr(back, ==, "Z1,ffffffff81000000,1");
	g_assert_cmpuint(came->len, ==, 0);
}

/* Bytes come in pieces, with acknowledgements between them. */
static void test_pieces(void)
{
	static const char whole[] = "+$T05thread:01;#07+$OK#9a";
	g_autoptr(GString) came = g_string_new(NULL);
	g_autoptr(GPtrArray) packets = g_ptr_array_new_with_free_func(g_free);

	for (gsize i = 0; i < strlen(whole); i++) {
		bool damaged;
		char *text;

		g_string_append_c(came, whole[i]);
		text = gdbstub_unframe(came, &damaged);
		g_assert_false(damaged);
		if (text)
			g_ptr_array_add(packets, text);
	}
	g_assert_cmpuint(packets->len, ==, 2);
	g_assert_cmpstr(packets->pdata[0], ==, "T05thread:01;");
	g_assert_cmpstr(packets->pdata[1], ==, "OK");
}

static void test_damaged(void)
{
	static const char *const bad[] = { "$OK#9b", "OK", "-$OK#9a", "$OK#zz" };

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GString) came = g_string_new(bad[i]);
		bool damaged;

		g_assert_null(gdbstub_unframe(came, &damaged));
		g_assert_true(damaged);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/vm/gdbstub/frame", test_frame);
	g_test_add_func("/vm/gdbstub/pieces", test_pieces);
	g_test_add_func("/vm/gdbstub/damaged", test_damaged);
	return g_test_run();
}
