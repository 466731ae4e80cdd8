// SPDX-License-Identifier: GPL-2.0-or-later
/* What lives in scratch: whose a page is, what of it does harm, and that no damaged record is taken for harm. */
#include "fixture.h"

#include <proto/frame.h>
#include <string.h>

#define SCRATCH "sys/kernel/debug/kho/out/scratch_"
#define HEAD "# khotest scratch-pages 1 page_shift=12 flags=3059fdca8 struct_pages="
#define FREE " 400 - - -\n"

/* Pages at the beginning of scratch that a record has in place of free ones. */
#define SPECIAL 16

/* All of scratch is free, but for the first pages: what of a line stands behind the count. Caller frees. */
static char *record_of(Fixture *fixture, int hop, const char *special, bool struct_pages)
{
	g_autofree char *phys = fixture_text(fixture, hop, SCRATCH "phys");
	g_autofree char *bytes = fixture_text(fixture, hop, SCRATCH "len");
	g_autoptr(GArray) scratch = scratch_parse(phys, bytes, NULL);
	GString *text = g_string_new(NULL);

	g_string_append_printf(text, HEAD "%d\n", struct_pages);
	for (guint i = 0; i < scratch->len; i++) {
		const ScratchRegion *region = &g_array_index(scratch, ScratchRegion, i);
		guint64 pfn = region->phys >> 12, count = region->bytes >> 12;

		if (!count)
			continue;
		if (special)
			g_string_append_printf(text, "%" G_GINT64_MODIFIER "x %x %s\n", pfn, SPECIAL, special);
		pfn += special ? SPECIAL : 0;
		count -= special ? SPECIAL : 0;
		special = NULL;
		g_string_append_printf(text, "%" G_GINT64_MODIFIER "x %" G_GINT64_MODIFIER "x" FREE, pfn, count);
	}
	return g_string_free(text, FALSE);
}

static void set_pages(Fixture *fixture, int hop, const char *name, const char *special, bool struct_pages)
{
	g_autofree char *text = record_of(fixture, hop, special, struct_pages);

	fixture_set(fixture, hop, name, text);
}

/* A run whose guest has sent it: all free, but what the second kernel has. */
static Fixture *new_fixture(const char *collected, const char *end)
{
	static const char *const collects[] = { FRAME_SCRATCH_PAGES, NULL };
	Fixture *fixture = fixture_new("central-2n");

	for (int hop = 0; hop < 2; hop++) {
		set_pages(fixture, hop, FRAME_SCRATCH_PAGES, hop ? collected : NULL, true);
		set_pages(fixture, hop, FRAME_SCRATCH_PAGES_END, hop ? end : NULL, true);
	}
	fixture->evidence.wanted.collects = collects;
	return fixture;
}

/* Lines as kernels wrote them. */
static const struct {
	const char *line; /* FLAGS MAPPED REFS TYPE */
	PageKind kind;
} known[] = {
	{ "400 - - -", PAGES_FREE },
	{ "0 - 0 ffffffff", PAGES_FREE },
	{ "0 - 0 f0000000", PAGES_FREE },
	{ "100000 - - -", PAGES_NO_MEMORY },
	{ "100000000 - - -", PAGES_EARLY },
	{ "100000800 3 - -", PAGES_EARLY },
	{ "101000000 - - -", PAGES_EARLY },
	{ "100000080 - - -", PAGES_EARLY }, /* kfence's pool is early boot's, and its own slab */
	{ "104000000 - - -", PAGES_EARLY },
	{ "5828 1 - -", PAGES_MOVABLE },
	{ "4028 - - -", PAGES_MOVABLE },
	{ "5008 - - -", PAGES_MOVABLE },
	{ "8 - - -", PAGES_MOVABLE },
	{ "0 - 1 f6000000", PAGES_MOVABLE },
	{ "28000 - - -", PAGES_HUGETLB },
	{ "800000 - - -", PAGES_OFFLINE },
	{ "80 - - -", PAGES_SLAB },
	{ "8080 - - -", PAGES_SLAB },
	{ "4000000 - - -", PAGES_PAGE_TABLE },
	{ "800 1 - -", PAGES_KERNEL },
	{ "1000000 - - -", PAGES_KERNEL },
	{ "0 - 1 ffffffff", PAGES_KERNEL },
	{ "8000 - 0 f8000000", PAGES_KERNEL },
	{ "10000 - 0 ffffffff", PAGES_KERNEL },
};

static void test_kinds(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
		g_autoptr(Fixture) fixture = new_fixture(known[i].line, known[i].line);
		bool harm = pagekind_is_harm(known[i].kind);
		const Verdict *verdict = fixture_judge(fixture);
		const Hop *hop = fixture->hops->pdata[1];

		g_assert_nonnull(hop->pages);
		if (known[i].kind != PAGES_FREE)
			g_assert_cmpuint(hop->pages->pages[known[i].kind], ==, SPECIAL);
		g_assert_cmpint(verdict->kind, ==, harm ? VERDICT_FAIL : VERDICT_PASS);
		g_assert_true(!harm == !fixture_reason(verdict, "unmovable-in-scratch"));
		g_assert_cmpint(verdict_check(verdict, 1, check_find("harm"))->state, ==, CHECK_SAW);
	}
}

static void test_sentence(void)
{
	g_autoptr(Fixture) end = new_fixture(NULL, "80 - - -"), gone = new_fixture("0 - 1 ffffffff", NULL);
	const Verdict *verdict = fixture_judge(end);
	const GArray *rows = verdict_rows(verdict, 1, check_find("harm"));
	const char *text = fixture_reason(verdict, "unmovable-in-scratch");
	const Reason *reason = verdict->reasons->pdata[0];

	g_assert_cmpuint(verdict->reasons->len, ==, 1);
	g_assert_cmpstr(reason->check->id, ==, "harm");
	g_assert_cmpuint(reason->hop, ==, 1);
	g_assert_true(g_str_has_prefix(text,
				       "second kernel: 16 pages of slab lie in its scratch when it was left (0 pages "
				       "when its records were collected): page frames 0x"));
	g_assert_nonnull(strstr(text, " (slab). They were allocated there after early boot and cannot be moved"));
	g_assert_cmpuint(checkrows_find(rows, "slab")->excess, ==, SPECIAL);
	g_assert_cmpuint(checkrows_find(rows, "all regions")->expected - SPECIAL, ==,
			 checkrows_find(rows, "all regions")->found);

	text = fixture_reason(fixture_judge(gone), "unmovable-in-scratch");
	g_assert_true(g_str_has_prefix(text, "second kernel: 16 other pages of the kernel lie in its scratch when its "
					     "records were collected (gone when it was left): page frames "));
}

/* What was taken from a CMA area that lies in scratch is the area's. */
static void test_area(void)
{
	g_autoptr(Fixture) fixture = new_fixture("0 - 1 ffffffff", "80 - - -");
	g_autofree char *phys = fixture_text(fixture, 1, SCRATCH "phys");
	g_autofree char *area = g_strdup_printf("# khotest cma 1\nreserved %u %" G_GINT64_MODIFIER "x %x\n", SPECIAL,
						g_ascii_strtoull(phys, NULL, 16) >> 12, SPECIAL);
	const Verdict *verdict;

	fixture_set(fixture, 1, FRAME_CMA, area);
	verdict = fixture_judge(fixture);
	g_assert_null(fixture_reason(verdict, "unmovable-in-scratch"));
	g_assert_cmpuint(((const Hop *)fixture->hops->pdata[1])->pages->pages[PAGES_CMA_AREA], ==, SPECIAL);
}

/* Damaged, contradicting or missing records are no harm, and no PASS. */
static void test_damaged(void)
{
	static const char *const lines[] = {
		"80",		    /* not all that belongs to a line */
		"80 1 - -",	    /* mapped, and not flagged so */
		"800 - - -",	    /* the other way round */
		"80 - 1 -",	    /* references without a type */
		"0 - - -",	    /* tells nothing, and nobody looked */
		"80 - 1 1ffffffff", /* no page_type is so large */
		"40 - - -",	    /* a flag that is not sent */
		"80 - - - and more",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(lines); i++)
		for (int which = 0; which < 2; which++) {
			g_autoptr(Fixture) fixture = new_fixture(which ? NULL : lines[i], which ? lines[i] : NULL);
			const Verdict *verdict = fixture_judge(fixture);

			g_assert_cmpint(verdict->kind, ==, VERDICT_ERROR);
			g_assert_nonnull(strstr(fixture_reason(verdict, "records-damaged"), "scratch-pages"));
			g_assert_cmpint(verdict_check(verdict, 1, check_find("harm"))->state, ==, CHECK_BLIND);
		}
}

/* Each page of scratch once: a line less, one twice, or one that goes on too far. */
static void test_cover(void)
{
	g_autoptr(Fixture) pattern = new_fixture("80 - - -", "80 - - -");
	g_autofree char *whole = fixture_text(pattern, 1, FRAME_SCRATCH_PAGES_END);
	g_auto(GStrv) lines = g_strsplit(whole, "\n", -1);

	for (guint way = 0; way < 2; way++)
		for (guint i = 0; lines[i + 1]; i++) {
			g_autoptr(Fixture) fixture = new_fixture("80 - - -", NULL);
			g_autoptr(GString) text = g_string_new(NULL);
			const Verdict *verdict;

			for (guint j = 0; lines[j + 1]; j++)
				for (guint n = 0; n < (j == i ? way * 2 : 1); n++)
					g_string_append_printf(text, "%s\n", lines[j]);
			fixture_set(fixture, 1, FRAME_SCRATCH_PAGES_END, text->str);
			verdict = fixture_judge(fixture);
			g_assert_cmpint(verdict->kind, ==, VERDICT_ERROR);
			g_assert_null(fixture_reason(verdict, "unmovable-in-scratch"));
		}
}

static void test_missing(void)
{
	static const char *const alone[] = { "harm", NULL };
	g_autoptr(Fixture) one = new_fixture(NULL, NULL), old = fixture_new("central-2n");
	g_autoptr(Fixture) blind = new_fixture(NULL, NULL);
	const Verdict *verdict;
	guint check = check_find("harm");

	fixture_drop(one, 1, FRAME_SCRATCH_PAGES_END);
	verdict = fixture_judge(one);
	g_assert_cmpint(verdict->kind, ==, VERDICT_ERROR);
	g_assert_nonnull(strstr(fixture_reason(verdict, "not-seen"), "the record scratch-pages-end did not come"));

	/* a run that is older than the check is judged as it was, unless it is asked for by name */
	verdict = fixture_judge(old);
	g_assert_cmpint(verdict->kind, ==, VERDICT_PASS);
	g_assert_cmpint(verdict_check(verdict, 1, check)->state, ==, CHECK_LATER);
	old->evidence.wanted.checks = alone;
	verdict = fixture_judge(old);
	g_assert_cmpint(verdict->kind, ==, VERDICT_ERROR);
	g_assert_nonnull(strstr(fixture_reason(verdict, "not-seen"), "did not send the record scratch-pages yet"));

	/* without struct pages, pages without flags may be anything */
	set_pages(blind, 1, FRAME_SCRATCH_PAGES, "0 - - -", false);
	verdict = fixture_judge(blind);
	g_assert_cmpint(verdict->kind, ==, VERDICT_ERROR);
	g_assert_nonnull(strstr(fixture_reason(verdict, "not-seen"), "16 pages in scratch"));
	blind->kernels[0].image = blind->kernels[1].image = true;
	verdict = fixture_judge(blind);
	g_assert_cmpint(verdict->kind, ==, VERDICT_PASS);
	g_assert_nonnull(fixture_gap(verdict, "16 pages in scratch"));
}

static void test_owners(void)
{
	static const char report[] =
		"Page allocated via order 0, mask 0xcc0(GFP_KERNEL), pid 1, tgid 1 (init), ts 1 ns\n"
		"PFN 0x3ba40 type Unmovable Block 477 type Movable Flags 0x1()\n new_slab+0x1/0x2";
	g_autofree char *text = g_strdup_printf("# khotest scratch-owners 1\n%s\n\n%s\n\n", report, report);
	g_autoptr(GPtrArray) owners = pageowners_parse(text, NULL);
	g_autoptr(GArray) stacks = NULL;
	const PageOwner *owner;

	g_assert_nonnull(owners);
	g_assert_cmpuint(owners->len, ==, 2);
	owner = owners->pdata[1];
	g_assert_cmpuint(owner->pfn, ==, 0x3ba40);
	g_assert_cmpstr(owner->text, ==, report);
	stacks = pageowners_stacks(owners);
	g_assert_cmpuint(stacks->len, ==, 1);
	g_assert_cmpuint(g_array_index(stacks, PageOwnerStack, 0).pages, ==, 2);
	g_assert_null(pageowners_parse(report, NULL));
	g_assert_null(pageowners_parse("# khotest scratch-owners 1\nnothing\n\n", NULL));
}

/* What is held against all pages of scratch, or against each other, has a bound that no machine reaches. */
static void test_too_many(void)
{
	g_autoptr(GString) owners = g_string_new("# khotest scratch-owners 1\n"),
			   areas = g_string_new("# khotest cma 1\n");
	g_autoptr(GError) of_owners = NULL, of_areas = NULL;

	for (guint i = 0; i <= 1024; i++) {
		g_string_append_printf(owners, "Page allocated\nPFN 0x%x type\n f%u+0x1/0x2\n\n", i, i);
		g_string_append_printf(areas, "reserved 16 %x 10\n", i * 16);
	}
	g_assert_null(pageowners_parse(owners->str, &of_owners));
	g_assert_nonnull(strstr(of_owners->message, "more than 1024 reports"));
	g_assert_null(cmaareas_parse(areas->str, 12, &of_areas));
	g_assert_nonnull(strstr(of_areas->message, "more than 1024 ranges"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/harm/kinds", test_kinds);
	g_test_add_func("/harm/sentence", test_sentence);
	g_test_add_func("/harm/area", test_area);
	g_test_add_func("/harm/damaged", test_damaged);
	g_test_add_func("/harm/cover", test_cover);
	g_test_add_func("/harm/missing", test_missing);
	g_test_add_func("/harm/owners", test_owners);
	g_test_add_func("/harm/too-many", test_too_many);
	return g_test_run();
}
