// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of architectures: no row lacks what some room will ask it for, and a file that is no image is told from
 * one. */
#include <arch/arch.h>

#include <string.h>

static const char *kconfigs, *harness;

static void assert_words(const char *const *words)
{
	g_assert_nonnull(words);
	for (; *words; words++)
		g_assert_cmpstr(*words, !=, "");
}

static void assert_texts(const Arch *arch)
{
	const char *const texts[] = { arch->name,	   arch->title,		arch->kbuild,
				      arch->fragment,	   arch->image_file,	arch->image_path,
				      arch->load_hint,	   arch->entry,		arch->console,
				      arch->machine,	   arch->early_console, arch->emulator_package,
				      arch->serial_target, arch->image_refusal, arch->monitor_program_counter,
				      arch->monitor_halted };

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
		g_assert_true(texts[i] && *texts[i]);
	g_assert_true(!arch->clock_word || g_str_has_suffix(arch->clock_word, "="));
	g_assert_true(arch->counted_words && (!*arch->counted_words || *arch->counted_words == ' '));
	assert_words(arch->features);
	assert_words(arch->random);
	assert_words(arch->firmware);
	assert_words(arch->monitor_questions);
}

/* What parts of a row say of each other, and of the fragments. */
static void assert_sound(const Arch *arch)
{
	g_autofree char *fragment = g_strdup_printf("%s/%s.config", kconfigs, arch->fragment);
	g_autofree char *folder = g_strdup_printf("arch/%s/", arch->kbuild);
	g_autofree char *file = g_strdup_printf("/%s", arch->image_file);

	g_assert_true(g_file_test(fragment, G_FILE_TEST_IS_REGULAR));
	g_assert_true(g_str_has_prefix(arch->image_path, folder));
	g_assert_true(g_str_has_suffix(arch->image_path, file));
	g_assert_true(g_str_has_prefix(arch->image_refusal, "is no "));
	g_assert_cmpuint(arch->cmdline_most_loaded, >, 0);
	g_assert_cmpuint(arch->cmdline_most_loaded, <=, arch->cmdline_most);
	g_assert_cmpuint(arch->emulated_memory_most, >, 0);
	g_assert_cmpuint(arch->emulated_memory_most, <, arch->memory_most);
	g_assert_cmpuint(arch->memory_most, <=, G_GUINT64_CONSTANT(1) << arch->phys_bits);
	g_assert_cmpuint(arch->gdb_stack_pointer, !=, arch->gdb_program_counter);
	/* either all of the code for the host is there, or none */
	g_assert_cmpint(!arch->probe_kvm, ==, !arch->host_ticks);
}

static void assert_pages(const Arch *arch)
{
	guint last = 0;

	g_assert_cmpuint(arch->pages[0].page_shift, >=, 12);
	for (const ArchPage *page = arch->pages; page->page_shift; page++) {
		g_assert_cmpuint(page->page_shift, >, last);
		g_assert_cmpuint(page->section_bits, >, page->page_shift);
		g_assert_cmpuint(arch_section_bytes(arch, page->page_shift), ==,
				 G_GUINT64_CONSTANT(1) << page->section_bits);
		last = page->page_shift;
	}
	/* a size that it does not have is no reason to read beyond the list */
	g_assert_cmpuint(arch_section_bytes(arch, 0), ==, arch_section_bytes(arch, arch->pages[0].page_shift));
	g_assert_cmpuint(arch_section_bytes(arch, last + 1), ==, arch_section_bytes(arch, last));
}

static void test_rows(void)
{
	g_autofree char *names = arch_names();
	g_auto(GStrv) all = g_strsplit(names, ", ", -1);

	g_assert_cmpuint(g_strv_length(all), >, 0);
	for (char **name = all; *name; name++) {
		const Arch *arch = arch_find(*name);

		g_test_message("%s", *name);
		g_assert_nonnull(arch);
		g_assert_cmpstr(arch->name, ==, *name);
		assert_texts(arch);
		assert_sound(arch);
		assert_pages(arch);
	}
	g_assert_true(arch_find(arch_default()->name) == arch_default());
}

static void test_unknown(void)
{
	g_autofree char *names = arch_names();

	for (const char *const *name = (const char *const[]){ "", "x86", "x86_64 ", "vax", NULL }; *name; name++)
		g_assert_null(arch_find(*name));
	/* what a message that refuses one can name */
	g_assert_nonnull(strstr(names, "x86_64"));
}

/* A boot sector with nothing in it but the header's magic, and where its version is. */
static void test_image(void)
{
	static const char version[] = "7.1.13-unfixed (khotest@khotest) #1";
	const Arch *arch = arch_find("x86_64");
	guint8 image[0x400] = { 0 };
	g_autofree char *release = NULL;

	g_assert_null(arch->image_release(image, sizeof(image)));
	memcpy(image + 0x202, "HdrS", 4);
	image[0x20e] = 0x40;
	g_assert_null(arch->image_release(image, sizeof(image)));
	memcpy(image + 0x240, version, sizeof(version));
	release = arch->image_release(image, sizeof(image));
	g_assert_cmpstr(release, ==, "7.1.13-unfixed");
	/* cut off within the header, before the version, and within it */
	g_assert_null(arch->image_release(image, 0));
	g_assert_null(arch->image_release(image, 0x20f));
	g_assert_null(arch->image_release(image, 0x240));
	g_assert_null(arch->image_release(image, 0x244));
	/* a version that lies beyond the file */
	image[0x20f] = 0xff;
	g_assert_null(arch->image_release(image, sizeof(image)));
}

/* The text without comments, roughly: strings that look like one are not found in what this reads. */
static char *code_of(const char *text)
{
	g_autoptr(GRegex) comments = g_regex_new("/\\*.*?\\*/|//[^\n]*", G_REGEX_DOTALL, 0, NULL);

	return g_regex_replace_literal(comments, text, -1, 0, "", 0, NULL);
}

static void check_file(const char *path, guint *count)
{
	g_autofree char *text = NULL, *code = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	code = code_of(text);
	for (const char *const *word = (const char *const[]){ "x86", "aarch64", "q35", "qemu-system-", NULL }; *word;
	     word++)
		if (strstr(code, *word))
			g_error("%s names an architecture, '%s': that is for harness/arch", path, *word);
	(*count)++;
}

static void check_folder(const char *path, guint *count)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(dir))) {
		g_autofree char *below = g_build_filename(path, name, NULL);

		if (g_file_test(below, G_FILE_TEST_IS_DIR) && strcmp(name, "arch") != 0)
			check_folder(below, count);
		else if (g_str_has_suffix(name, ".c") || g_str_has_suffix(name, ".h"))
			check_file(below, count);
	}
}

static void test_nobody_else(void)
{
	guint count = 0;

	check_folder(harness, &count);
	g_test_message("%u files", count);
	g_assert_cmpuint(count, >, 100);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	kconfigs = argv[1];
	harness = argv[2];
	g_test_add_func("/arch/rows", test_rows);
	g_test_add_func("/arch/unknown", test_unknown);
	g_test_add_func("/arch/image", test_image);
	g_test_add_func("/arch/nobody-else", test_nobody_else);
	return g_test_run();
}
