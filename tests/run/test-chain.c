// SPDX-License-Identifier: GPL-2.0-or-later
/* --chain, taken apart; and what should become of the handovers of a chain. */
#include <base/error.h>
#include <store/chain.h>
#include <store/plan.h>

#include "expectation.h"

#include <string.h>

/* "7.1/central [a=1]; tree:/src@v7" */
static char *shown(GPtrArray *links)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < links->len; i++) {
		const ChainLink *link = links->pdata[i];
		g_autofree char *name = chainlink_text(link);

		g_string_append_printf(text, "%s%s", i ? "; " : "", name);
		if (link->append)
			g_string_append_printf(text, " [%s]", link->append);
	}
	return g_string_free(text, FALSE);
}

/* Whoever puts runs together by their kernels has to tell these two apart. */
static void test_typed(void)
{
	g_autoptr(GPtrArray) links = chain_parse("7.1/central[mem=16M],7.1/central", NULL);
	g_autofree char *with = chainlink_typed(links->pdata[0]), *without = chainlink_typed(links->pdata[1]);

	g_assert_cmpstr(with, ==, "7.1/central[mem=16M]");
	g_assert_cmpstr(without, ==, "7.1/central");
	g_assert_true(chainlink_same(links->pdata[0], links->pdata[1]));
}

static void test_parse(void)
{
	static const struct {
		const char *text, *means;
	} cases[] = {
		{ "7.1/central,7.2/upstream,7.3/upstream", "7.1/central; 7.2/upstream; 7.3/upstream" },
		{ "7.1", "7.1/stock" },
		{ "7.1, 7.2 ,7.3", "7.1/stock; 7.2/stock; 7.3/stock" },
		{ "7.1/central+audit,7.1//tmp/my.patch", "7.1/central+audit; 7.1//tmp/my.patch" },
		{ "tree:/src/linux@v7.1,image:/boot/vmlinuz", "tree:/src/linux@v7.1; image:/boot/vmlinuz" },
		{ "7.1/central[reserve_mem=4M:4K:x],7.1/central[reserve_mem=8M:4K:x]",
		  "7.1/central [reserve_mem=4M:4K:x]; 7.1/central [reserve_mem=8M:4K:x]" },
		{ "7.1[ kho_scratch=16M,512M,256M quiet ],7.2",
		  "7.1/stock [kho_scratch=16M,512M,256M quiet]; 7.2/stock" },
		{ "7.1[dyndbg=\"file mm/* ]\" a[1]=2] ,7.2", "7.1/stock [dyndbg=\"file mm/* ]\" a[1]=2]; 7.2/stock" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(GPtrArray) links = chain_parse(cases[i].text, &error);
		g_autofree char *text = links ? shown(links) : NULL;

		g_assert_no_error(error);
		g_assert_cmpstr(text, ==, cases[i].means);
	}
}

static void test_bad(void)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "", "'' names no kernel" },
		{ "7.1,", "'' names no kernel" },
		{ "7.1/,7.2", "'7.1/' names no kernel" },
		{ "/central", "'/central' names no kernel" },
		{ "tree:", "'tree:' names no kernel" },
		{ "image:,7.1", "'image:' names no kernel" },
		{ "7.1[quiet,7.2", "the bracket behind '7.1' is not closed" },
		{ "7.1[a=\"x]\",7.2", "the bracket behind '7.1' is not closed" },
		{ "7.1[quiet]7.2", "a comma is missing behind '7.1[quiet]'" },
	};
	g_autoptr(GString) many = g_string_new("7.1");
	g_autoptr(GError) error = NULL;

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) local = NULL;

		g_assert_null(chain_parse(cases[i].text, &local));
		g_assert_error(local, KHOTEST_ERROR, KHOTEST_ERROR_INPUT);
		if (!strstr(local->message, cases[i].says))
			g_error("'%s' lacks '%s'", local->message, cases[i].says);
	}
	for (guint i = 0; i < PLAN_HOPS_MOST; i++)
		g_string_append(many, ",7.1");
	g_assert_null(chain_parse(many->str, &error));
	g_assert_nonnull(strstr(error->message, "more than"));
}

static void test_same(void)
{
	g_autoptr(GPtrArray) links = chain_parse("7.1,7.1/stock[quiet],7.1/central,tree:7.1,image:7.1", NULL);

	g_assert_true(chainlink_same(links->pdata[0], links->pdata[1]));
	for (guint i = 2; i < links->len; i++)
		g_assert_false(chainlink_same(links->pdata[0], links->pdata[i]));
	g_assert_false(chainlink_same(links->pdata[3], links->pdata[4]));
}

/* The strings are those of the kernels named. */
static void test_handover(void)
{
	char *of_6_18[] = { "kho-test-v1", "kho-v1", "reserve-mem-v1", NULL };
	char *of_6_19[] = { "kho-test-v1", "kho-v1", "luo-session-v2", "luo-v1", NULL };
	char *of_7_1[] = { "kho-test-v1", "kho-v3", "luo-flb-v1", "luo-session-v2", "luo-v1", NULL };
	char *of_7_2[] = { "kho-test-v1", "kho-v4", "luo-v5", NULL };
	char *of_7_9[] = { "kho-test-v1", "kho-v4", "luo-v6", NULL };
	char *without[] = { "memfd-v2", NULL };

	g_assert_cmpstr(expectation_handover(of_6_18, of_6_18), ==, HANDOVER_DONE);
	g_assert_cmpstr(expectation_handover(of_6_18, of_6_19), ==, HANDOVER_DONE);
	g_assert_cmpstr(expectation_handover(of_6_19, of_7_1), ==, HANDOVER_REFUSED);
	g_assert_cmpstr(expectation_handover(of_7_1, of_7_1), ==, HANDOVER_DONE);
	g_assert_cmpstr(expectation_handover(of_7_1, of_7_2), ==, HANDOVER_REFUSED);
	g_assert_cmpstr(expectation_handover(of_7_2, of_7_1), ==, HANDOVER_REFUSED);
	/* a kernel that knows nothing of sessions leaves them alone */
	g_assert_cmpstr(expectation_handover(of_6_19, of_6_18), ==, HANDOVER_DONE);
	/* their format differs */
	g_assert_null(expectation_handover(of_7_2, of_7_9));
	g_assert_null(expectation_handover(of_7_1, without));
	g_assert_null(expectation_handover(NULL, of_7_1));
	g_assert_null(expectation_handover(of_7_1, NULL));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/chain/typed", test_typed);
	g_test_add_func("/chain/parse", test_parse);
	g_test_add_func("/chain/bad", test_bad);
	g_test_add_func("/chain/same-kernel", test_same);
	g_test_add_func("/chain/handover", test_handover);
	return g_test_run();
}
