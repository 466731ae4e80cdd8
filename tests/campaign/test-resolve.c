// SPDX-License-Identifier: GPL-2.0-or-later
/* A plan is refused for what its cells would be refused for one by one, before the first of them has run. */
#include <base/error.h>
#include <base/files.h>
#include <campaign/resolve.h>

#include <string.h>

#define PLAN(rest) "[plan]\nsummary=x\n[b]\nkernels=7.1\nseries=stock\nmemory=1G\n" rest

static PlanFile *resolve(const char *text, GError **error)
{
	const Paths paths = { .patches = PATCHES, .kconfigs = KCONFIGS, .initramfs = INITRAMFS };

	return resolve_text("x", text, &paths, error);
}

static void test_good(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(PlanFile) plan = resolve(PLAN("append=dyndbg=\"a b\"\nscratch=64M,64M,64M\n"), &error);

	g_assert_no_error(error);
	g_assert_cmpuint(plan->cells->len, ==, 1);
}

/* The kernel that is built before the first cell runs has what the cell's payloads and devices need. */
static void test_fragments(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(PlanFile) plan =
		resolve(PLAN("fragments=hugetlb iommu\npayloads=pin memfd\ndevice=none;intel-iommu\n"), &error);
	const Cell *cell;

	g_assert_no_error(error);
	g_assert_cmpuint(plan->cells->len, ==, 2);
	for (guint i = 0; i < 2; i++) {
		g_autofree char *fragments = NULL;

		cell = plan->cells->pdata[i];
		fragments = g_strjoinv(" ", cell->fragments);
		g_assert_cmpstr(fragments, ==, "hugetlb iommu io-uring");
		g_assert_cmpint(g_str_has_suffix(cell->id, "/pin,memfd"), ==, true);
		g_assert_cmpint(strstr(cell->id, "/intel-iommu/") != NULL, ==, i == 1);
	}
}

/* What a series says of itself is checked as what a plan says of it is. */
static void test_expected(void)
{
	g_autofree char *folder = g_dir_make_tmp("khotest-resolve-XXXXXX", NULL);
	g_autofree char *series = g_build_filename(folder, "series", NULL);
	g_autofree char *text = g_strdup_printf("[plan]\nsummary=x\n[b]\nkernels=7.1\nseries=%s\nmemory=1G\n", folder);
	g_autoptr(GError) error = NULL;
	g_autoptr(PlanFile) plan = NULL;

	g_assert_true(g_file_set_contents(series, "# expect: FAIL foo\n", -1, NULL));
	g_assert_null(resolve(text, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT);
	g_assert_nonnull(strstr(error->message, "'# expect: FAIL foo': no verdict has that reason"));
	g_clear_error(&error);
	g_assert_true(g_file_set_contents(series, "# expect: FAIL scratch-not-cma\n", -1, NULL));
	plan = resolve(text, &error);
	g_assert_no_error(error);
	g_assert_true(files_remove_tree(folder, NULL));
}

static void test_cmdline(void)
{
	g_autofree char *many = g_strnfill(1950, 'x');
	g_autofree char *too_long = g_strdup_printf(PLAN("append=%s\n"), many);
	const struct {
		const char *text, *says;
	} bad[] = {
		{ PLAN("append=a=\"b\n"), "a double quote is not closed" },
		{ PLAN("append=quiet\\nroot=/dev/sda\n"), "a newline" },
		{ PLAN("scratch=default;64M,\"64M\n"),
		  "[b] scratch=default;64M,\"64M: '64M,\"64M' is nothing that kho_scratch= takes" },
		{ PLAN("memory-dir=/dev/null\n"),
		  "[b] memory-dir=/dev/null: cannot write into /dev/null: /dev/null is no folder" },
		{ PLAN("append=khotest.hop=1\n"), "the harness's own" },
		{ too_long, "1950 of them from append and scratch" },
		{ PLAN("accel=kvm;xen\n"),
		  "line 7: [b] accel=kvm;xen: 'xen' is not an accelerator: choose auto, kvm or tcg" },
		{ PLAN("numa=64\n"), "line 7: [b] numa=64: --numa 64: each node needs at least 128M" },
		{ PLAN("numa=2G+1G\n"), "line 7: [b] numa=2G+1G: the --numa nodes sum up to 3G, and -m says 1G" },
		{ PLAN("config=HZ=often\n"), "line 7: [b] config=HZ=often: " },
		{ PLAN("fragments=huge\n"), "did you mean hugetlb" },
		{ PLAN("device=toaster\n"),
		  "[b] device=toaster: there is no device 'toaster' to give to a guest; there is "
		  "intel-iommu" },
		{ PLAN("payloads=nothing\n"), "[b] payloads=nothing: " },
		{ "[plan]\nsummary=x\n[b]\nkernels=6.18\nseries=stock\nmemory=1G\npayloads=reserve-mem\n",
		  "[b] payloads=reserve-mem: payload reserve-mem is for kernels from 6.19 on, and this one is 6.18" },
		{ "[plan]\nsummary=x\n[b]\nchain=7.1/stock,6.18/stock\nmemory=1G\npayloads=reserve-mem\n",
		  "[b] payloads=reserve-mem: payload reserve-mem is for kernels from 6.19 on, and this one is 6.18" },
		{ PLAN("mode=counted\naccel=kvm\n"), "[b] accel=kvm: --mode counted is the emulator's" },
		{ PLAN("tree=/no/such/tree\n"), "line 7: [b] tree=/no/such/tree: --tree /no/such/tree: there is no" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(resolve(bad[i].text, &error));
		g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT);
		if (!strstr(error->message, bad[i].says))
			g_error("'%s' lacks '%s'", error->message, bad[i].says);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/resolve/expected", test_expected);
	g_test_add_func("/resolve/good", test_good);
	g_test_add_func("/resolve/fragments", test_fragments);
	g_test_add_func("/resolve/cmdline", test_cmdline);
	return g_test_run();
}
