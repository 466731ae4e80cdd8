// SPDX-License-Identifier: GPL-2.0-or-later
#include "kbuild.h"
#include "kernelstore.h"
#include "layout.h"
#include "sandbox.h"

#include <base/error.h>
#include <base/files.h>
#include <base/lock.h>
#include <base/log.h>

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void test_first_error(void)
{
	/* as make prints them with two jobs: make's own words come before the other job's error */
	static const char log[] = "  CC      mm/a.o\n"
				  "../mm/b.c: In function 'f':\n"
				  "../mm/b.c:3:9: warning: unused variable 'x' [-Wunused-variable]\n"
				  "make[3]: *** [scripts/Makefile.build:1: mm/c.o] Error 1\n"
				  "In file included from ../mm/a.c:1:\n"
				  "../mm/a.h: In function 'g':\n"
				  "../mm/a.h:7:2: error: 'y' undeclared (first use in this function)\n"
				  "    7 |  y = 1;\n"
				  "      |  ^\n"
				  "  CC      mm/d.o\n"
				  "../mm/a.c:9:1: error: second\n";
	g_autofree char *first = kbuild_first_error(log);
	g_autofree char *linker =
		kbuild_first_error("  LD vmlinux\nld: a.o: in function `f': undefined reference to `g'\n");
	g_autofree char *make = kbuild_first_error("  CC x\nmake: *** No rule to make target 'x'.  Stop.\n");
	g_autofree char *deep = kbuild_first_error("make[2]: *** No rule to make target 'x', needed by 'y'.  Stop.\n"
						   "make[1]: *** [tools] Error 2\nmake: *** [sub-make] Error 2\n");
	g_autofree char *none = kbuild_first_error("  CC x\nKernel: arch/x86/boot/bzImage is ready  (#1)\n");

	g_assert_cmpstr(
		first, ==,
		"In file included from ../mm/a.c:1:\n../mm/a.h: In function 'g':\n"
		"../mm/a.h:7:2: error: 'y' undeclared (first use in this function)\n    7 |  y = 1;\n      |  ^");
	g_assert_nonnull(strstr(linker, "undefined reference to `g'"));
	g_assert_nonnull(strstr(make, "No rule"));
	g_assert_nonnull(strstr(deep, "No rule"));
	g_assert_null(none);
}

/* A boot sector with nothing in it but the header's magic and a version. */
static void fake_image(guchar *data, gsize length)
{
	memset(data, 0, length);
	memcpy(data + 0x202, "HdrS", 4);
	data[0x20e] = 0x40;
	memcpy(data + 0x240, "7.1.13-unfixed (khotest@khotest) #1", 36);
}

static void test_image(Sandbox *sandbox, gconstpointer data)
{
	guchar image[0x400];
	g_autofree char *path = sandbox_path(sandbox, "bzImage"), *cache = sandbox_path(sandbox, "cache"), *copy = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(Kernel) kernel = NULL;

	fake_image(image, sizeof(image));
	g_assert_true(g_file_set_contents(path, (const char *)image, sizeof(image), NULL));
	kernel = kernel_from_image(arch_default(), path, cache, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(kernel->release, ==, "7.1.13-unfixed");
	g_assert_null(kernel->config);
	g_assert_cmpint(kernel->build_ns, ==, -1);
	/* a file that changes afterwards does not change the copy */
	sandbox_write(sandbox, "bzImage", "changed");
	copy = sandbox_run(sandbox, "sha256sum cache/images/*/bzImage | cut -d' ' -f1");
	g_assert_cmpstr(copy, ==, kernel->sha256);

	g_assert_null(kernel_from_image(arch_default(), path, cache, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "no x86 bzImage");
	g_assert_null(kernel_from_image(arch_default(), "/nonexistent", cache, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "no such file");
}

static void test_store(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *cache = sandbox_path(sandbox, "cache"), *output = sandbox_path(sandbox, "out");
	g_autoptr(GError) error = NULL;
	g_autoptr(Kernel) kernel = g_new0(Kernel, 1);
	g_autoptr(Kernel) found = NULL, again = NULL, anew = g_new0(Kernel, 1), old = NULL;

	sandbox_write(sandbox, "out/arch/x86/boot/bzImage", "image");
	sandbox_write(sandbox, "out/.config", "config");
	kernel->key = g_strdup("k1");
	kernel->release = g_strdup("1-x");
	kernel->build_ns = 5;
	/* a build without its System.map is no kernel: nothing may appear */
	g_assert_false(kernelstore_put(arch_default(), cache, output, kernel, NULL, &error));
	g_clear_error(&error);
	g_assert_null(kernelstore_find(arch_default(), cache, "k1"));
	g_clear_pointer(&kernel->sha256, g_free);

	sandbox_write(sandbox, "out/System.map", "map");
	sandbox_write(sandbox, "out/vmlinux", "elf");
	sandbox_write(sandbox, "out/khotest.layout", "release=1-x\n");
	kernelstore_put(arch_default(), cache, output, kernel, NULL, &error);
	g_assert_no_error(error);
	found = kernelstore_find(arch_default(), cache, "k1");
	g_assert_nonnull(found);
	g_assert_true(found->was_cached);
	g_assert_cmpstr(found->release, ==, "1-x");
	g_assert_cmpstr(found->sha256, ==, kernel->sha256);
	g_assert_cmpint(found->build_ns, ==, 5);
	g_assert_true(g_str_has_suffix(found->layout, "/k1/layout"));
	g_assert_null(kernelstore_find(arch_default(), cache, "k2"));

	/* damage is noticed, and a new one takes the place of what is damaged */
	sandbox_write(sandbox, "cache/kernels/k1/bzImage", "imagE");
	g_assert_null(kernelstore_find(arch_default(), cache, "k1"));
	anew->key = g_strdup("k1");
	anew->release = g_strdup("1-x");
	kernelstore_put(arch_default(), cache, output, anew, NULL, &error);
	g_assert_no_error(error);
	again = kernelstore_find(arch_default(), cache, "k1");
	g_assert_nonnull(again);

	/* so it is beside the image, but for kernels of which the sum of that alone was kept */
	sandbox_write(sandbox, "cache/kernels/k1/layout", "");
	g_assert_null(kernelstore_find(arch_default(), cache, "k1"));
	g_free(sandbox_run(sandbox,
			   "echo \"{ \\\"sha256\\\": \\\"$(sha256sum <cache/kernels/k1/bzImage | cut -c-64)\\\" }\""
			   " >cache/kernels/k1/meta.json"));
	old = kernelstore_find(arch_default(), cache, "k1");
	g_assert_nonnull(old);
	g_assert_nonnull(strstr(old->warnings[0], "why was not kept"));
}

/* As gcc writes DEFINE() of include/linux/kbuild.h, on x86 and on arm64. */
static void test_layout(void)
{
	static const char assembly[] = "main:\n#APP\n\n.ascii \"->page_shift $12 PAGE_SHIFT\"\n"
				       "\n.ascii \"->type_mask 7 MIGRATETYPE_MASK\"\n"
				       "\n.ascii \"->negative #-3 WHAT\"\n.ascii \"->\"\n.ascii \"-> \"\n"
				       "/* ->no 1 comment */\n\txorl\t%eax, %eax\n";
	static const char map[] = "ffffffff81000000 T cma_areas_of_another\nffffffff82a7d3c0 B cma_areas\n"
				  "ffffffff82a7d3a0 B cma_area_count\n";
	g_autofree char *values = layout_from_assembly(assembly);
	g_autofree char *symbols = layout_symbols(map);

	g_assert_cmpstr(values, ==, "page_shift=12\ntype_mask=7\nnegative=-3\n");
	g_assert_null(layout_from_assembly("main:\n"));
	g_assert_cmpstr(symbols, ==, "symbol_cma_areas=ffffffff82a7d3c0\nsymbol_cma_area_count=ffffffff82a7d3a0\n");
}

/* What was asked whatever the series: its fragments are left out, the user's last word is in. */
static void test_asked(Sandbox *sandbox, gconstpointer data)
{
	static const char *const config[] = { "HZ=1000", NULL }, *const wrong[] = { "HZ=often", NULL };
	g_autofree char *kconfigs = sandbox_path(sandbox, "kconfigs"), *mine = sandbox_path(sandbox, "mine.config");
	const char *const extra[] = { mine, NULL };
	g_autoptr(Series) series = series_none();
	KernelSpec spec = { .arch = arch_default(), .kconfigs = kconfigs, .profile = "check", .series = series };
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) plain = NULL, changed = NULL;
	g_autofree char *plain_text = NULL, *changed_text = NULL;

	sandbox_write(sandbox, "kconfigs/base.config", "CONFIG_HZ=250\nCONFIG_SMP=y\n");
	sandbox_write(sandbox, "kconfigs/x86_64.config", "# nothing\n");
	sandbox_write(sandbox, "kconfigs/kho.config", "CONFIG_KHO=y\n");
	sandbox_write(sandbox, "kconfigs/check.config", "CONFIG_DEBUG_VM=y\n");
	sandbox_write(sandbox, "kconfigs/deferred.config", "CONFIG_DEFERRED=y\nCONFIG_SMP=n\n");
	sandbox_write(sandbox, "mine.config", "# CONFIG_DEBUG_VM is not set\n");
	plain = kernel_asked(&spec, &error);
	g_assert_no_error(error);
	plain_text = g_strjoinv(" ", plain);
	g_assert_cmpstr(plain_text, ==, "CONFIG_DEBUG_VM=y CONFIG_HZ=250 CONFIG_KHO=y CONFIG_SMP=y");
	spec.extra_fragments = extra;
	spec.config = config;
	changed = kernel_asked(&spec, &error);
	g_assert_no_error(error);
	changed_text = g_strjoinv(" ", changed);
	g_assert_cmpstr(changed_text, ==, "CONFIG_DEBUG_VM=n CONFIG_HZ=1000 CONFIG_KHO=y CONFIG_SMP=y");
	spec.config = wrong;
	g_assert_null(kernel_asked(&spec, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT, "HZ=often");
}

static gpointer cancel_soon(gpointer cancel)
{
	g_usleep(G_USEC_PER_SEC);
	g_cancellable_cancel(cancel);
	return NULL;
}

/* Whoever stops a build is told so, and not that it failed. */
static void test_interrupted(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *tree = sandbox_path(sandbox, "tree"), *output = sandbox_path(sandbox, "out");
	g_autoptr(GCancellable) cancel = g_cancellable_new();
	Kbuild kbuild = {
		.arch = arch_default(), .tree = tree, .output = output, .localversion = "", .jobs = 1, .cancel = cancel
	};
	g_autoptr(GError) error = NULL;

	if (!g_test_subprocess()) {
		g_test_trap_subprocess(NULL, 0, 0);
		g_test_trap_assert_passed();
		g_test_trap_assert_stderr("*building the kernel: interrupted, 1 steps*");
		return;
	}
	log_set_level(LOG_NORMAL);
	sandbox_write(sandbox, "tree/Makefile", "bzImage:\n\t@echo '  CC      a.o'\n\t@sleep 60\n");
	g_assert_true(files_mkdirs(output, &error));
	g_thread_unref(g_thread_new("cancel", cancel_soon, cancel));
	g_assert_false(kbuild_image(&kbuild, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_CANCELLED);
}

/*
 * A repository that builds in no time: its Makefile answers what kbuild.c asks of a
 * kernel's, and its image is its configuration.
 */
static void make_tiny_kernel(Sandbox *sandbox)
{
	sandbox_write(sandbox, "tiny/Makefile",
		      "VERSION = 7\nPATCHLEVEL = 1\nSUBLEVEL = 0\nEXTRAVERSION =\n\nallnoconfig:\n"
		      "\t@grep '^CONFIG' $(KCONFIG_ALLCONFIG) >$(KCONFIG_CONFIG)\n\nbzImage:\n"
		      "\t@mkdir -p $(O)/arch/x86/boot $(O)/include/config\n"
		      "\t@echo once >>$(O)/built\n"
		      "\t@cat $(O)/.config f >$(O)/arch/x86/boot/bzImage\n"
		      "\t@echo 7.1.0$(LOCALVERSION) >$(O)/include/config/kernel.release\n"
		      "\t@touch $(O)/System.map $(O)/vmlinux\n\n%.s:\n\t@echo '.ascii \"->a $$1 x\"' >$(M)/$@\n");
	sandbox_write(sandbox, "tiny/f", "1\n");
	sandbox_write(sandbox, "kconfigs/base.config", "CONFIG_SMP=y\n");
	sandbox_write(sandbox, "kconfigs/x86_64.config", "");
	sandbox_write(sandbox, "kconfigs/kho.config", "");
	sandbox_write(sandbox, "kconfigs/check.config", "");
	sandbox_write(sandbox, "kconfigs/deferred.config", "");
	sandbox_write(sandbox, "kconfigs/hugetlb.config", "CONFIG_HUGETLBFS=y\n");
	g_free(sandbox_run(sandbox, "cd tiny; touch Kconfig Kbuild; git init -q; git add .;"
				    "git -c user.name=t -c user.email=t@localhost commit -q -m one;"
				    "git -c user.name=t -c user.email=t@localhost tag -a -m one v7.1"));
}

static Kernel *try_asked(Sandbox *sandbox, const char *const *fragments, const char *const *config,
			 GCancellable *cancel, GError **error)
{
	g_autofree char *tree = sandbox_path(sandbox, "tiny"), *cache = sandbox_path(sandbox, "cache");
	g_autofree char *kconfigs = sandbox_path(sandbox, "kconfigs");
	g_autoptr(Series) series = series_none();
	KernelSpec spec = { .arch = arch_default(),
			    .user_tree = tree,
			    .series = series,
			    .kconfigs = kconfigs,
			    .layout = PATCHES "/../initramfs/layout",
			    .profile = "check",
			    .extra_fragments = fragments,
			    .config = config,
			    .cache = cache,
			    .cancel = cancel };

	return kernel_build(&spec, error);
}

static Kernel *try_tiny(Sandbox *sandbox, const char *const *fragments, GCancellable *cancel, GError **error)
{
	return try_asked(sandbox, fragments, NULL, cancel, error);
}

static Kernel *build_tiny(Sandbox *sandbox, const char *const *fragments)
{
	g_autoptr(GError) error = NULL;
	Kernel *kernel = try_tiny(sandbox, fragments, NULL, &error);

	g_assert_no_error(error);
	return kernel;
}

typedef struct {
	char *file;
	GCancellable *cancel;
} Interrupt;

static gpointer interrupt_when_there(gpointer data)
{
	Interrupt *interrupt = data;

	for (guint i = 0; i < 3000 && !g_file_test(interrupt->file, G_FILE_TEST_EXISTS); i++)
		g_usleep(10000);
	g_cancellable_cancel(interrupt->cancel);
	return NULL;
}

/*
 * Interrupted while it is looked for what not every kernel has: no kernel, rather than one that is kept as if it did
 * not have it.
 */
static void test_interrupted_layout(Sandbox *sandbox, gconstpointer data)
{
	g_autoptr(GCancellable) cancel = g_cancellable_new();
	Interrupt interrupt = { sandbox_path(sandbox, "cache/build/begun"), cancel };
	g_autoptr(GError) error = NULL;
	g_autoptr(Kernel) kernel = NULL;
	g_autofree char *kept = NULL;
	GThread *thread;

	make_tiny_kernel(sandbox);
	sandbox_write(sandbox, "more", "layout-%.s:\n\t@touch $(M)/../../begun; sleep 60\n");
	g_free(sandbox_run(sandbox, "cat more >>tiny/Makefile"));
	thread = g_thread_new("interrupt", interrupt_when_there, &interrupt);
	kernel = try_tiny(sandbox, NULL, cancel, &error);
	g_thread_join(thread);
	g_assert_null(kernel);
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_CANCELLED);
	kept = sandbox_run(sandbox, "ls cache/kernels 2>/dev/null | wc -l");
	g_assert_cmpstr(g_strstrip(kept), ==, "0");
	g_free(interrupt.file);
}

/* What gcc says of a file, and what of itself or of the disk. */
static void test_refusal(void)
{
	static const struct {
		const char *said;
		bool is;
	} cases[] = {
		{ "../mm/a.h:7:2: error: 'y' undeclared (first use in this function)", true },
		{ "layout.c:11:10: fatal error: linux/mmzone.h: No such file or directory", true },
		{ "gcc: fatal error: Killed signal terminated program cc1", false },
		{ "layout.c:60:1: fatal error: error writing to layout.s: No space left on device", false },
		{ "layout.c:60:1: internal compiler error: Segmentation fault", false },
		{ "make[1]: *** [scripts/Makefile.build:1: layout.s] Error 1", false },
		{ "'make V=0' did not end within 300 s and was stopped", false },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error =
			g_error_new(KHOTEST_ERROR, KHOTEST_ERROR_FAILED, "kbuild cannot make: %s", cases[i].said);

		if (kbuild_is_refusal(error) != cases[i].is)
			g_error("%s", cases[i].said);
	}
}

static void compiler_says(Sandbox *sandbox, const char *file, const char *words)
{
	g_autofree char *rule = g_strdup_printf("cd tiny; git checkout -q Makefile; printf '%s.s:\n\t@echo \"%s\" >&2; "
						"exit 1\n' >>Makefile",
						file, words);

	g_free(sandbox_run(sandbox, rule));
}

/* A compiler that was killed says nothing of the kernel, which is not kept as if it did; one that refuses does. */
static void test_no_layout(Sandbox *sandbox, gconstpointer data)
{
	static const struct {
		const char *file, *warning;
	} files[] = { { "layout", "which pageblock has which type cannot be read" },
		      { "layout-cma", "CMA areas are is only known from its log" } };
	g_autoptr(GError) error = NULL;
	g_autofree char *kept = NULL;

	make_tiny_kernel(sandbox);
	for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
		compiler_says(sandbox, files[i].file, "gcc: fatal error: Killed signal terminated program cc1");
		g_assert_null(try_tiny(sandbox, NULL, NULL, &error));
		sandbox_assert_error(error, KHOTEST_ERROR_FAILED, "Killed signal", files[i].file);
	}
	kept = sandbox_run(sandbox, "ls cache/kernels 2>/dev/null | wc -l");
	g_assert_cmpstr(kept, ==, "0");
	for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
		compiler_says(sandbox, files[i].file, "x.c:1:2: error: y undeclared");
		for (guint again = 0; again < 2; again++) {
			g_autoptr(Kernel) kernel = build_tiny(sandbox, NULL);

			g_assert_cmpint(kernel->was_cached, ==, again);
			g_assert_nonnull(strstr(kernel->warnings[0], files[i].warning));
			g_assert_nonnull(strstr(kernel->warnings[0], "y undeclared"));
			g_assert_cmpint(kernel->layout != NULL, ==, i);
		}
	}
}

/* A kernel from the cache has the commit of now: a bisection meets the same content under several names. */
static void test_commit(Sandbox *sandbox, gconstpointer data)
{
	g_autoptr(Kernel) first = NULL, second = NULL, third = NULL;
	g_autofree char *head = NULL;

	make_tiny_kernel(sandbox);
	first = build_tiny(sandbox, NULL);
	g_assert_false(first->was_cached);
	g_assert_cmpstr(first->release, ==, "7.1.0-as-is");
	g_assert_cmpstr(first->version, ==, "v7.1");
	head = sandbox_run(sandbox,
			   "cd tiny; git -c user.name=t -c user.email=t@localhost commit -q --allow-empty -m two;"
			   "git rev-parse HEAD");
	second = build_tiny(sandbox, NULL);
	g_assert_true(second->was_cached);
	g_assert_cmpstr(second->sha256, ==, first->sha256);
	g_assert_cmpstr(second->commit, ==, head);
	g_assert_true(g_str_has_prefix(second->version, "v7.1-1-g"));
	g_assert_false(second->dirty);
	sandbox_write(sandbox, "tiny/f", "2\n");
	third = build_tiny(sandbox, NULL);
	g_assert_false(third->was_cached);
	g_assert_cmpstr(third->commit, ==, head);
	g_assert_true(third->dirty);
	g_assert_true(g_str_has_suffix(third->version, "-dirty"));
}

/* The same of a branch: each commit is a kernel, and one that was built of it is kept. */
static Kernel *build_branch(Sandbox *sandbox, const char *name)
{
	g_autofree char *patches = sandbox_path(sandbox, "patches"), *cache = sandbox_path(sandbox, "cache");
	g_autofree char *kconfigs = sandbox_path(sandbox, "kconfigs");
	g_autoptr(GError) error = NULL;
	g_autoptr(Source) source = source_load(patches, name, &error);
	g_autoptr(Series) series = source ? series_load(patches, name, "stock", NULL, NULL, &error) : NULL;
	KernelSpec spec = { .arch = arch_default(),
			    .source = source,
			    .series = series,
			    .kconfigs = kconfigs,
			    .layout = PATCHES "/../initramfs/layout",
			    .profile = "check",
			    .cache = cache };
	Kernel *kernel = series ? kernel_build(&spec, &error) : NULL;

	g_assert_no_error(error);
	return kernel;
}

static void test_branch(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *source = g_strdup_printf("[b]\nkind=git\nwhere=%s/tiny\nbranch=main\n", sandbox->path);
	g_autofree char *head = NULL, *cache = sandbox_path(sandbox, "cache"),
			*patches = sandbox_path(sandbox, "patches");
	g_autofree char *name = NULL, *kept = NULL;
	g_autoptr(Kernel) first = NULL, again = NULL, later = NULL, pinned = NULL;
	g_autoptr(Source) next = NULL;
	g_auto(SourceUpdate) moved = { 0 };
	g_autoptr(GError) error = NULL;

	make_tiny_kernel(sandbox);
	g_free(sandbox_run(sandbox, "git -C tiny branch -m main"));
	sandbox_write(sandbox, "patches/next/source", source);
	first = build_branch(sandbox, "next");
	g_assert_false(first->was_cached);
	g_assert_cmpstr(first->release, ==, "7.1.0-stock");
	g_assert_cmpstr(first->version, ==, "v7.1");
	g_assert_false(first->dirty);
	again = build_branch(sandbox, "next");
	g_assert_true(again->was_cached);
	g_assert_cmpstr(again->commit, ==, first->commit);
	/* the same content, and another commit of it: it is told from which it comes now, and that one is kept too */
	head = sandbox_run(sandbox,
			   "cd tiny; git -c user.name=t -c user.email=t@localhost commit -q --allow-empty -m two;"
			   "git rev-parse HEAD");
	next = source_load(patches, "next", &error);
	g_assert_true(source_update(next, cache, NULL, &moved, &error));
	g_assert_no_error(error);
	later = build_branch(sandbox, "next");
	g_assert_true(later->was_cached);
	g_assert_cmpstr(later->commit, ==, head);
	g_assert_true(g_str_has_prefix(later->version, "v7.1-1-g"));
	kept = sandbox_run(sandbox, "ls cache/git/*.git/refs/khotest | wc -l");
	g_assert_cmpstr(g_strstrip(kept), ==, "2");
	name = g_strdup_printf("next@%.12s", first->commit);
	pinned = build_branch(sandbox, name);
	g_assert_true(pinned->was_cached);
	g_assert_cmpstr(pinned->version, ==, "v7.1");
}

/* What is asked for is checked, and warned of, whether the kernel is built or was there. */
static void test_asked_again(Sandbox *sandbox, gconstpointer data)
{
	static const char *const lost[] = { "LOST=y", NULL }, *const misspelt[] = { "HUGETBLFS=n", NULL };
	g_autoptr(GError) error = NULL;

	make_tiny_kernel(sandbox);
	sandbox_write(sandbox, "kconfigs/kho.config", "# khotest: where known\nCONFIG_LOST=y\n");
	sandbox_write(sandbox, "tiny/Kconfig", "source \"mm/Kconfig\"\n");
	sandbox_write(sandbox, "tiny/mm/Kconfig", "config SMP\n\tbool \"s\"\n");
	g_free(sandbox_run(sandbox, "cd tiny; sed -i 's/@grep .*ALLCONFIG)/& | grep -v LOST/' Makefile; git add .;"
				    "git -c user.name=t -c user.email=t@localhost commit -q -m two"));
	kernel_free(build_tiny(sandbox, NULL));
	g_assert_null(try_asked(sandbox, NULL, lost, NULL, &error));
	sandbox_assert_error(error, KHOTEST_ERROR_INPUT,
			     "CONFIG_LOST=y (asked for by --config) became n: this kernel has no such symbol");
	for (guint i = 0; i < 2; i++) {
		g_autoptr(Kernel) kernel = try_asked(sandbox, NULL, misspelt, NULL, &error);

		g_assert_no_error(error);
		g_assert_cmpint(kernel->was_cached, ==, i > 0);
		g_assert_nonnull(strstr(kernel->warnings[0], "this kernel knows no CONFIG_HUGETBLFS"));
	}
}

/* With a fragment more, and then again without: the folder is another one, and the plain one stays as it was. */
static void test_folders(Sandbox *sandbox, gconstpointer data)
{
	static const char *const hugetlb[] = { "hugetlb", NULL };
	g_autofree char *built = NULL;

	make_tiny_kernel(sandbox);
	kernel_free(build_tiny(sandbox, NULL));
	kernel_free(build_tiny(sandbox, hugetlb));
	sandbox_write(sandbox, "tiny/f", "2\n");
	kernel_free(build_tiny(sandbox, NULL));
	kernel_free(build_tiny(sandbox, hugetlb));
	/* the second began as a copy of the first, when that had been built once */
	built = sandbox_run(sandbox,
			    "cd cache/build; for f in */; do echo $(wc -l <$f/built) $(grep -c HUGETLBFS $f/.config);"
			    " done | sort");
	g_assert_cmpstr(built, ==, "2 0\n3 1");
}

/* What the caller has set for other builds changes no kernel: no key has it. */
static void test_environment(Sandbox *sandbox, gconstpointer data)
{
	static const char *const others[] = { "KCPPFLAGS", "HOSTCFLAGS", "KBUILD_KCONFIG", "CPATH", "LLVM" };
	g_autofree char *tree = sandbox_path(sandbox, "tree"), *output = sandbox_path(sandbox, "out"), *seen = NULL;
	Kbuild kbuild = { .arch = arch_default(), .tree = tree, .output = output, .localversion = "", .jobs = 1 };
	g_autoptr(GError) error = NULL;

	sandbox_write(sandbox, "tree/Makefile", "bzImage:\n\t@env >$(O)/seen\n");
	g_assert_true(files_mkdirs(output, &error));
	for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
		g_setenv(others[i], "-DOTHER", TRUE);
	g_setenv("CCACHE_COMMENT", "kept", TRUE);
	kbuild_image(&kbuild, &error);
	for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
		g_unsetenv(others[i]);
	g_unsetenv("CCACHE_COMMENT");
	g_assert_no_error(error);
	seen = sandbox_read(sandbox, "out/seen");
	g_assert_null(strstr(seen, "-DOTHER"));
	g_assert_nonnull(strstr(seen, "CCACHE_COMMENT=kept\n"));
	g_assert_nonnull(strstr(seen, "LC_ALL=C\n"));
	g_assert_nonnull(strstr(seen, "KBUILD_BUILD_USER=khotest\n"));
	g_assert_nonnull(strstr(seen, "PATH="));
}

/* A harness that builds, and is killed as soon as a compiler is at work. */
static void build_and_be_killed(Sandbox *sandbox, const char *lock)
{
	g_autofree char *tree = sandbox_path(sandbox, "tree"), *output = sandbox_path(sandbox, "out");
	g_autofree char *begun = sandbox_path(sandbox, "out/begun");
	Kbuild kbuild = { .arch = arch_default(), .tree = tree, .output = output, .localversion = "", .jobs = 1 };
	pid_t pid = fork();

	g_assert_cmpint(pid, >=, 0);
	if (pid == 0) {
		kbuild.lock = files_lock(lock, false, NULL);
		kbuild_image(&kbuild, NULL);
		_exit(0);
	}
	for (guint i = 0; i < 3000 && !g_file_test(begun, G_FILE_TEST_EXISTS); i++)
		g_usleep(10000);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* What it leaves compiles on, and nobody else does so in the same folder until that is gone. */
static void test_killed(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *lock = sandbox_path(sandbox, "tree.build-lock"), *done = sandbox_path(sandbox, "out/done");
	g_autofree char *output = sandbox_path(sandbox, "out");
	g_autoptr(GCancellable) cancel = g_cancellable_new();
	g_autoptr(GError) error = NULL;
	int fd;

	sandbox_write(sandbox, "tree/Makefile", "bzImage:\n\t@touch $(O)/begun; sleep 4; touch $(O)/done\n");
	g_assert_true(files_mkdirs(output, &error));
	build_and_be_killed(sandbox, lock);
	g_thread_unref(g_thread_new("cancel", cancel_soon, cancel));
	g_assert_cmpint(lock_wait(lock, "busy", cancel, &error), <, 0);
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_CANCELLED);
	g_clear_error(&error);
	fd = lock_wait(lock, "busy", NULL, &error);
	g_assert_no_error(error);
	g_assert_true(g_file_test(done, G_FILE_TEST_EXISTS));
	close(fd);
}

/* Stored by two: what the first has there stays, since somebody may be reading it; and nobody waits for ever. */
static void test_store_twice(Sandbox *sandbox, gconstpointer data)
{
	g_autofree char *cache = sandbox_path(sandbox, "cache"), *output = sandbox_path(sandbox, "out");
	g_autofree char *lock = sandbox_path(sandbox, "cache/kernels.lock"), *before = NULL, *after = NULL;
	g_autoptr(Kernel) first = g_new0(Kernel, 1), second = g_new0(Kernel, 1), third = g_new0(Kernel, 1);
	g_autoptr(GCancellable) cancel = g_cancellable_new();
	g_autoptr(GError) error = NULL;
	int fd;

	g_free(sandbox_run(sandbox, "mkdir -p out/arch/x86/boot; cd out; echo image >arch/x86/boot/bzImage;"
				    "touch .config System.map vmlinux khotest.layout"));
	first->key = g_strdup("k1");
	second->key = g_strdup("k1");
	third->key = g_strdup("k2");
	g_assert_true(kernelstore_put(arch_default(), cache, output, first, NULL, &error));
	before = sandbox_run(sandbox, "stat -c %i cache/kernels/k1/bzImage");
	g_assert_true(kernelstore_put(arch_default(), cache, output, second, NULL, &error));
	after = sandbox_run(sandbox, "stat -c %i cache/kernels/k1/bzImage");
	g_assert_cmpstr(before, ==, after);
	g_assert_cmpstr(second->sha256, ==, first->sha256);
	g_assert_cmpstr(second->image, ==, first->image);
	fd = files_lock(lock, false, &error);
	g_assert_cmpint(fd, >=, 0);
	g_cancellable_cancel(cancel);
	g_assert_false(kernelstore_put(arch_default(), cache, output, third, cancel, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_CANCELLED);
	close(fd);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	log_set_level(LOG_QUIET);
	g_test_add_func("/kernel/first-error", test_first_error);
	g_test_add_func("/kernel/layout", test_layout);
	g_test_add_func("/kernel/refusal", test_refusal);
	sandbox_add("/kernel/image", test_image);
	sandbox_add("/kernel/store", test_store);
	sandbox_add("/kernel/store-twice", test_store_twice);
	sandbox_add("/kernel/asked", test_asked);
	sandbox_add("/kernel/environment", test_environment);
	sandbox_add("/kernel/killed", test_killed);
	sandbox_add("/kernel/interrupted", test_interrupted);
	sandbox_add("/kernel/commit", test_commit);
	sandbox_add("/kernel/branch", test_branch);
	sandbox_add("/kernel/asked-again", test_asked_again);
	sandbox_add("/kernel/folders", test_folders);
	sandbox_add("/kernel/interrupted-layout", test_interrupted_layout);
	sandbox_add("/kernel/no-layout", test_no_layout);
	return g_test_run();
}
