// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/files.h>
#include <store/console.h>

#include <string.h>

#define LONG 40000

static const char *line(const Console *console, guint i)
{
	g_assert_cmpuint(i, <, console->lines.len);
	return console_line(&console->lines, i);
}

/* Of two stamps for one place the later; what is no stamp, and a place between lines, is nobody's. */
static void test_lines(void)
{
	static const char log[] = "one\n\ntw\0o\r\nthree";
	g_autoptr(Console) console = console_parse(log, sizeof(log) - 1, "10 0\n30 5\n40 5\nnonsense\n20 4\n7 1\n");

	g_assert_cmpuint(console->lines.len, ==, 4);
	g_assert_cmpstr(line(console, 0), ==, "one");
	g_assert_cmpstr(line(console, 1), ==, "");
	g_assert_cmpstr(line(console, 2), ==, "two");
	g_assert_cmpstr(line(console, 3), ==, "three");
	g_assert_cmpint(console_time(console, 0), ==, 10);
	g_assert_cmpint(console_time(console, 1), ==, 20);
	g_assert_cmpint(console_time(console, 2), ==, 40);
	g_assert_cmpint(console_time(console, 3), ==, -1);
	g_assert_cmpint(console_time(console, 4), ==, -1);
	g_assert_cmpuint(console->missing, ==, 0);
}

/* Lines that were stamped, and are not in the file any more. */
static void test_missing(void)
{
	g_autoptr(Console) console = console_parse("one\n", 4, "1 0\n2 4\n3 9\n3 9\n"),
			   none = console_parse("", 0, NULL);

	g_assert_cmpuint(console->missing, ==, 2);
	g_assert_cmpuint(none->lines.len, ==, 0);
	g_assert_cmpuint(none->missing, ==, 0);
}

/* A log that is not the one that was stamped. What QEMU wrote last may have no time; parts of a long line have none. */
static void test_strange(void)
{
	g_autofree char *cut = g_strnfill(20000, 'x');
	g_autoptr(Console) other = console_parse("onetwo\nsix\n", 11, "1 0\n2 4\n3 7\n"),
			   unstamped = console_parse("one\ntwo\nsix\n", 12, "1 0\n3 8\n"),
			   tail = console_parse("one\ntwo\nsix\n", 12, "1 0\n"),
			   cut_line = console_parse(cut, 20000, "1 0\n");

	g_assert_cmpuint(other->strange, ==, 1);
	g_assert_cmpuint(unstamped->strange, ==, 1);
	g_assert_cmpuint(tail->strange, ==, 0);
	g_assert_cmpuint(cut_line->lines.len, ==, 2);
	g_assert_cmpuint(cut_line->strange, ==, 0);
}

static void test_kernels(void)
{
	static const char log[] = "Linux version 1\na\nLinux version 2\nb\n";
	g_autoptr(Console) console = console_parse(log, strlen(log), "1 0\n- 18\n");

	g_assert_cmpuint(console->kernels->len, ==, 2);
	g_assert_cmpint(console->handover_line, ==, 2);
	g_assert_cmpuint(console_kernel(console, 0).to, ==, 2);
	g_assert_cmpuint(console_kernel(console, 1).banner, ==, 2);
	g_assert_cmpuint(console_kernel(console, 1).to, ==, 4);
}

/* A guest that sends no newline: nothing is lost, and no line is endless. The next one is whole. */
static void test_endless(void)
{
	g_autofree char *log = g_strnfill(LONG, 'x');
	g_autofree char *whole = g_strconcat(log, "\nnext\n", NULL);
	g_autoptr(Console) console = console_parse(whole, strlen(whole), "1 0\n2 40001\n");
	gsize sum = 0;

	g_assert_cmpuint(console->lines.len, ==, 4);
	for (guint i = 0; i < 3; i++)
		sum += strlen(line(console, i));
	g_assert_cmpuint(sum, ==, LONG);
	g_assert_cmpstr(line(console, 3), ==, "next");
	g_assert_cmpint(console_time(console, 3), ==, 2);
}

/* The file is read in pieces: lines that lie across their ends are no other ones. */
static void test_file(void)
{
	g_autofree char *folder = g_dir_make_tmp("khotest-console-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "console.log", NULL);
	g_autofree char *times = g_build_filename(folder, "console.times", NULL);
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(RunDir) run = g_new0(RunDir, 1);
	g_autoptr(Console) read = NULL, parsed = NULL;

	for (guint i = 0; i < 20000; i++)
		g_string_append_printf(text, "line %u\n", i);
	run->path = g_strdup(folder);
	run->journal_fd = -1;
	g_assert_true(files_write_fast(path, text->str, text->len, NULL));
	g_assert_true(files_write_fast(times, "5 0\n- 65536\n", 12, NULL));
	read = console_read(run);
	parsed = console_parse(text->str, text->len, "5 0\n- 65536\n");
	g_assert_cmpuint(read->lines.len, ==, 20000);
	g_assert_cmpuint(parsed->lines.len, ==, 20000);
	for (guint i = 0; i < 20000; i++)
		g_assert_cmpstr(line(read, i), ==, line(parsed, i));
	g_assert_cmpint(console_time(read, 0), ==, 5);
	g_assert_cmpint(read->handover_line, ==, parsed->handover_line);
	g_assert_true(files_remove_tree(folder, NULL));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/console/lines", test_lines);
	g_test_add_func("/console/missing", test_missing);
	g_test_add_func("/console/strange", test_strange);
	g_test_add_func("/console/kernels", test_kernels);
	g_test_add_func("/console/endless", test_endless);
	g_test_add_func("/console/file", test_file);
	return g_test_run();
}
