// SPDX-License-Identifier: GPL-2.0-or-later
/* In which formats a kernel hands over, by what is in its image. */
#include <base/files.h>
#include <build/kernelabi.h>

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

/* Strings that are told, and what only looks like them. */
static const char kernel[] = "\0kho-v4\0luo-v5\0memfd-v2\0kho-test-v1\0reserve-mem-v1\0"
			     "a kho-v9\0kho-v\0kho-v1a\0xkho-v2\0kho-v7 \0kho-v4\0liveupdate-v3";

static void assert_strings(char **found, const char *expected)
{
	g_autofree char *text = found ? g_strjoinv(" ", found) : NULL;

	g_assert_cmpstr(text, ==, expected);
	g_strfreev(found);
}

static void test_find(void)
{
	assert_strings(kernelabi_find(kernel, sizeof(kernel)), "kho-test-v1 kho-v4 luo-v5 memfd-v2 reserve-mem-v1");
	assert_strings(kernelabi_find("kho-v3", 7), "kho-v3");
	/* a kernel that takes kho_bootmem=, and one that only has a word like it */
	assert_strings(kernelabi_find("\0kho_bootmem\0kho-v5", 20), "kho-v5 kho_bootmem");
	assert_strings(kernelabi_find("\0kho_bootmem_phys\0kho-v5", 25), "kho-v5");
	/* cut off before its zero, it might go on */
	assert_strings(kernelabi_find("kho-v3", 6), "");
	assert_strings(kernelabi_find("", 0), "");
}

/* A file as packed by libarchive, with its size behind it as kernel builds add it where the format has none. */
static GByteArray *pack(const char *filter, bool with_size)
{
	GByteArray *packed = g_byte_array_new();
	struct archive *archive = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	static guint8 buffer[1 << 16];
	guint32 size = GUINT32_TO_LE(sizeof(kernel));
	gsize used = 0;

	g_assert_cmpint(archive_write_add_filter_by_name(archive, filter), ==, ARCHIVE_OK);
	archive_write_set_format_raw(archive);
	archive_write_set_bytes_in_last_block(archive, 1);
	g_assert_cmpint(archive_write_open_memory(archive, buffer, sizeof(buffer), &used), ==, ARCHIVE_OK);
	archive_entry_set_filetype(entry, AE_IFREG);
	g_assert_cmpint(archive_write_header(archive, entry), ==, ARCHIVE_OK);
	g_assert_cmpint(archive_write_data(archive, kernel, sizeof(kernel)), ==, sizeof(kernel));
	archive_entry_free(entry);
	g_assert_cmpint(archive_write_close(archive), ==, ARCHIVE_OK);
	archive_write_free(archive);
	g_byte_array_append(packed, buffer, (guint)used);
	if (with_size)
		g_byte_array_append(packed, (const guint8 *)&size, 4);
	return packed;
}

/* A bzImage as far as it is read: Documentation/arch/x86/boot.rst. */
static char *write_image(const char *folder, const GByteArray *packed)
{
	enum { SECTORS = 0x1f1, MAGIC = 0x202, PROTOCOL = 0x206, OFFSET = 0x248, LENGTH = 0x24c, CODE = 1024, AT = 64 };
	gsize size = CODE + AT + packed->len + 16;
	g_autofree guint8 *image = g_malloc0(size);
	char *path = g_build_filename(folder, "bzImage", NULL);
	guint32 offset = GUINT32_TO_LE(AT), length = GUINT32_TO_LE(packed->len);
	guint16 protocol = GUINT16_TO_LE(0x20f);

	image[SECTORS] = CODE / 512 - 1;
	memcpy(image + MAGIC, "HdrS", 4);
	memcpy(image + PROTOCOL, &protocol, 2);
	memcpy(image + OFFSET, &offset, 4);
	memcpy(image + LENGTH, &length, 4);
	memcpy(image + CODE + AT, packed->data, packed->len);
	g_assert_true(files_write(path, image, size, NULL));
	return path;
}

static void test_image(void)
{
	static const struct {
		const char *filter;
		bool with_size;
	} cases[] = { { "gzip", false }, { "xz", true }, { "zstd", true }, { "lz4", true }, { "bzip2", true } };
	g_autofree char *folder = g_dir_make_tmp("khotest-abi-XXXXXX", NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GByteArray) packed = pack(cases[i].filter, cases[i].with_size);
		g_autofree char *path = write_image(folder, packed);

		g_test_message("%s", cases[i].filter);
		assert_strings(kernelabi_read(arch_default(), path),
			       "kho-test-v1 kho-v4 luo-v5 memfd-v2 reserve-mem-v1");
	}
	g_assert_true(files_remove_tree(folder, NULL));
}

/* What does not unpack to its end may have had more strings: nothing is known of it. */
static void test_damaged(void)
{
	g_autofree char *folder = g_dir_make_tmp("khotest-abi-XXXXXX", NULL);
	g_autoptr(GByteArray) cut = pack("gzip", false), other = g_byte_array_new(), wrong = pack("xz", true);
	g_autofree char *path = NULL, *none = g_build_filename(folder, "none", NULL);

	g_byte_array_set_size(cut, cut->len - 12);
	path = write_image(folder, cut);
	g_assert_null(kernelabi_read(arch_default(), path));
	g_free(path);
	wrong->data[wrong->len - 4] ^= 1;
	path = write_image(folder, wrong);
	g_assert_null(kernelabi_read(arch_default(), path));
	g_free(path);
	g_byte_array_append(other, (const guint8 *)kernel, sizeof(kernel));
	path = write_image(folder, other);
	g_assert_null(kernelabi_read(arch_default(), path));
	g_assert_true(files_write(path, "no image", 8, NULL));
	g_assert_null(kernelabi_read(arch_default(), path));
	g_assert_null(kernelabi_read(arch_default(), none));
	g_assert_true(files_remove_tree(folder, NULL));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/kernelabi/find", test_find);
	g_test_add_func("/kernelabi/image", test_image);
	g_test_add_func("/kernelabi/damaged", test_damaged);
	return g_test_run();
}
