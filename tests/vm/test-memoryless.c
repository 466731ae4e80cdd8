// SPDX-License-Identifier: GPL-2.0-or-later
/* The way round libvirt's memory devices of 0 bytes: with an emulator that says what it was called with. */
#include "memoryless.h"

#include <base/files.h>
#include <base/spawn.h>

#include <string.h>

static const char *run(const char *path, const char *const *words, SpawnResult *result)
{
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	g_autoptr(GError) error = NULL;
	SpawnSpec spec = { .keep_output = true };

	g_ptr_array_add(argv, (gpointer)path);
	for (; *words; words++)
		g_ptr_array_add(argv, (gpointer)*words);
	g_ptr_array_add(argv, NULL);
	spec.argv = (const char *const *)argv->pdata;
	g_assert_true(spawn_run(&spec, result, &error));
	g_assert_no_error(error);
	g_assert_cmpint(result->status, ==, 0);
	return result->out;
}

static void test_script(void)
{
	static const char *const words[] = {
		"-name",
		"guest=a b'c\"d,debug-threads=on",
		"-object",
		"{\"qom-type\":\"memory-backend-memfd\",\"id\":\"ram-node0\",\"share\":true,\"size\":1073741824}",
		"-numa",
		"node,nodeid=0,cpus=0,memdev=ram-node0",
		"-object",
		"{\"qom-type\":\"memory-backend-file\",\"id\":\"ram-node1\",\"mem-path\":\"/a b\",\"size\":0,\"x\":1}",
		"-numa",
		"node,nodeid=1,cpus=1,cpus=3,memdev=ram-node1",
		"-object",
		"{\"qom-type\":\"memory-backend-memfd\",\"id\":\"ram-node10\",\"share\":true,\"size\":0}",
		"-numa",
		"node,nodeid=10,cpus=2,memdev=ram-node10",
		"",
		"-append",
		"console=ttyS0 -object",
		NULL
	};
	static const char expected[] = "-name\nguest=a b'c\"d,debug-threads=on\n"
				       "-object\n{\"qom-type\":\"memory-backend-memfd\",\"id\":\"ram-node0\",\"share\":"
				       "true,\"size\":1073741824}\n"
				       "-numa\nnode,nodeid=0,cpus=0,memdev=ram-node0\n"
				       "-numa\nnode,nodeid=1,cpus=1,cpus=3\n"
				       "-numa\nnode,nodeid=10,cpus=2\n"
				       "\n-append\nconsole=ttyS0 -object\n";
	static const char says[] = "#!/bin/sh\nprintf '%s\\n' \"$@\"\n";
	g_autofree char *folder = g_dir_make_tmp("memoryless 'XXXXXX", NULL);
	g_autofree char *emulator = g_build_filename(folder, "qemu", NULL);
	g_autofree char *path = NULL, *again = NULL;
	g_auto(SpawnResult) result = { 0 };
	g_autoptr(GError) error = NULL;

	g_assert_true(files_write(emulator, says, strlen(says), &error));
	g_assert_true(spawn_check((const char *const[]){ "chmod", "+x", emulator, NULL }, NULL, NULL, NULL, &error));
	path = memoryless_emulator(folder, emulator, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(run(path, words, &result), ==, expected);
	again = memoryless_emulator(folder, emulator, &error);
	g_assert_cmpstr(again, ==, path);
	g_assert_true(files_remove_tree(folder, &error));
}

static void test_needed(void)
{
	g_autoptr(GArray) nodes = g_array_new(FALSE, TRUE, sizeof(MachineNode));
	MachineNode with = { .bytes = 1 << 20 }, without = { .bytes = 0 };
	VmSpec spec = { 0 };

	g_assert_false(memoryless_needed(&spec));
	spec.guest.nodes = nodes;
	g_array_append_val(nodes, with);
	g_assert_false(memoryless_needed(&spec));
	g_array_append_val(nodes, without);
	g_assert_true(memoryless_needed(&spec));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/memoryless/script", test_script);
	g_test_add_func("/memoryless/needed", test_needed);
	return g_test_run();
}
