// SPDX-License-Identifier: GPL-2.0-or-later
/* How gdb is to be called: what a shell and gdb make of it. */
#include "wayin.h"

static void check(const char *vmlinux, const char *socket, gint64 offset, const char *const *wanted)
{
	g_autofree char *command = wayin_gdb(vmlinux, socket, offset);
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) words = NULL;

	g_shell_parse_argv(command, NULL, &words, &error);
	g_assert_no_error(error);
	g_assert_cmpstrv(words, (char **)wanted);
}

static void test_plain(void)
{
	check(NULL, "/run/x.sock", 0, (const char *const[]){ "gdb", "-ex", "target remote /run/x.sock", NULL });
	check("/k/vmlinux", "/run/x.sock", 0,
	      (const char *const[]){ "gdb", "/k/vmlinux", "-ex", "target remote /run/x.sock", NULL });
	check("/k/vmlinux", "/run/x.sock", 0x1000,
	      (const char *const[]){ "gdb", "-ex", "add-symbol-file /k/vmlinux -o 0x1000", "-ex",
				     "target remote /run/x.sock", NULL });
}

/* The shell takes one layer of quoting away, gdb the other where it parts a command into words. */
static void test_blanks(void)
{
	check("/my k/vmlinux", "/a b/$x.sock", 0,
	      (const char *const[]){ "gdb", "/my k/vmlinux", "-ex", "target remote /a b/$x.sock", NULL });
	check("/my k/it's\\", "/a b/x.sock", 0x10,
	      (const char *const[]){ "gdb", "-ex", "add-symbol-file /my\\ k/it\\'s\\\\ -o 0x10", "-ex",
				     "target remote /a b/x.sock", NULL });
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/wayin/plain", test_plain);
	g_test_add_func("/wayin/blanks", test_blanks);
	return g_test_run();
}
