// SPDX-License-Identifier: GPL-2.0-or-later
#include "fixture.h"

#include <measure/zoneinfo.h>
#include <string.h>

#define SCRATCH "sys/kernel/debug/kho/out/scratch_"
#define BOOTMEM "sys/kernel/debug/kho/out/bootmem_"

static void test_real(void)
{
	g_autoptr(Fixture) fixture = fixture_new("stock-1n");
	const Hop *first = fixture_hop(fixture, 0), *second = fixture_hop(fixture, 1);

	g_assert_true(first->hello);
	g_assert_true(first->complete);
	g_assert_true(first->kho_present);
	g_assert_cmpuint(first->damaged->len, ==, 0);
	g_assert_cmpstr(first->nonce, ==, "f00dfeed01");
	g_assert_cmpstr(first->release, ==, "7.1.13+");
	g_assert_cmpint(first->kexec_status, ==, 0);
	g_assert_cmpstr(first->kexec_output, ==, "\n");
	g_assert_cmpint(first->boot_to_init_ns, >, 0);
	g_assert_cmpint(first->cma_total_bytes, ==, 0);
	g_assert_cmpuint(first->scratch->len, ==, 3);
	g_assert_cmpuint(first->zones->len, ==, 1);
	g_assert_cmpstr(hop_config(first, "CONFIG_CMA"), ==, "y");
	g_assert_cmpstr(hop_config(first, "CMA"), ==, "y");
	g_assert_cmpstr(hop_config(first, "DEFERRED_STRUCT_PAGE_INIT"), ==, "n");
	g_assert_cmpstr(hop_config(first, "NO_SUCH_SYMBOL"), ==, "n");
	g_assert_true(second->complete);
	g_assert_cmpint(second->kexec_status, ==, -1);
	g_assert_null(second->kexec_output);
	g_assert_cmpstr(second->boot_id, !=, first->boot_id);
	/* its clock started late (see test-kernellog.c) */
	g_assert_cmpint(second->boot_to_init_ns, ==, -1);
}

static void test_nothing(void)
{
	g_autoptr(Fixture) fixture = fixture_new("stock-1n");
	const Hop *hop;

	fixture_drop_hop(fixture, 1);
	hop = fixture_hop(fixture, 1);
	g_assert_false(hop->hello);
	g_assert_false(hop->complete);
	g_assert_false(hop->kho_present);
	g_assert_null(hop->pagetypes);
	g_assert_null(hop->zones);
	g_assert_null(hop->scratch);
	g_assert_null(hop->log);
	g_assert_null(hop->config);
	g_assert_null(hop_config(hop, "CMA"));
	g_assert_cmpint(hop->boot_to_init_ns, ==, -1);
	g_assert_cmpint(hop->kexec_status, ==, -1);
	g_assert_cmpint(hop->cma_total_bytes, ==, -1);
	g_assert_cmpuint(hop->damaged->len, ==, 0);
}

static void assert_damaged(const Hop *hop, const char *what)
{
	g_assert_cmpuint(hop->damaged->len, >=, 1);
	for (guint i = 0; i < hop->damaged->len; i++)
		if (strstr(g_ptr_array_index(hop->damaged, i), what))
			return;
	g_error("'%s' is not named as damaged, but '%s'", what, (char *)g_ptr_array_index(hop->damaged, 0));
}

static void test_damaged(void)
{
	static const struct {
		const char *name, *text;
	} cases[] = {
		{ "hello", "hop=3\nnonce=a\nrelease=b\n" }, { "hello", "hop=1\nrelease=b\n" },
		{ "proc/pagetypeinfo", "nonsense\n" },	    { "proc/zoneinfo", "nonsense\n" },
		{ "proc/config.gz", "not gzip" },	    { "kmsg", "nonsense\n" },
		{ SCRATCH "phys", "nonsense\n" },	    { "kexec-loaded", "nonsense\n" },
		{ "manifest", "a b c d\nkho=present\n" },   { "proc/meminfo", "MemTotal: 1 kB\nCmaTotal:   many kB\n" }
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(Fixture) fixture = fixture_new("stock-1n");

		fixture_set(fixture, 1, cases[i].name, cases[i].text);
		fixture->keep_manifest = strcmp(cases[i].name, "manifest") == 0;
		assert_damaged(fixture_hop(fixture, 1), cases[i].name);
	}
}

/* A record that is fine in itself and not what was sent. */
static void test_manifest(void)
{
	g_autoptr(Fixture) other = fixture_new("stock-1n"), missing = fixture_new("stock-1n");
	g_autoptr(Fixture) cut = fixture_new("stock-1n"), none = fixture_new("stock-1n"),
			   absent = fixture_new("stock-1n"), unread = fixture_new("stock-1n");
	const Hop *hop;

	other->keep_manifest = missing->keep_manifest = cut->keep_manifest = absent->keep_manifest =
		unread->keep_manifest = true;
	fixture_replace(other, 1, "proc/meminfo", "CmaTotal:              0 kB", "CmaTotal:              4 kB");
	hop = fixture_hop(other, 1);
	g_assert_false(hop->complete);
	assert_damaged(hop, "proc/meminfo: is not what the manifest says was sent");
	fixture_drop(missing, 1, "proc/zoneinfo");
	hop = fixture_hop(missing, 1);
	g_assert_false(hop->complete);
	assert_damaged(hop, "proc/zoneinfo: is in the manifest, but never came");
	fixture_replace(cut, 1, "manifest", "kho=present\n", "");
	hop = fixture_hop(cut, 1);
	g_assert_false(hop->complete);
	assert_damaged(hop, "manifest");
	fixture_drop(none, 1, "manifest");
	hop = fixture_hop(none, 1);
	g_assert_false(hop->complete);
	g_assert_cmpuint(hop->damaged->len, ==, 0);
	g_assert_true(hop->kho_present);
	fixture_replace(unread, 1, "manifest", "kho=present\n", "!proc/iomem 13 Permission denied\n!\nkho=present\n");
	hop = fixture_hop(unread, 1);
	g_assert_false(hop->complete);
	assert_damaged(hop, "proc/iomem: the guest could not read it: Permission denied");
	fixture_set(absent, 1, "manifest", "kho=absent\n");
	hop = fixture_hop(absent, 1);
	g_assert_true(hop->complete);
	g_assert_false(hop->kho_present);
}

/* 7.4 renames the files */
static void test_bootmem(void)
{
	g_autoptr(Fixture) fixture = fixture_new("stock-1n");
	g_autofree char *phys = fixture_text(fixture, 1, SCRATCH "phys"),
			*bytes = fixture_text(fixture, 1, SCRATCH "len");
	const Hop *hop;

	fixture_set(fixture, 1, BOOTMEM "phys", phys);
	fixture_set(fixture, 1, BOOTMEM "len", bytes);
	fixture_drop(fixture, 1, SCRATCH "phys");
	fixture_drop(fixture, 1, SCRATCH "len");
	hop = fixture_hop(fixture, 1);
	g_assert_cmpuint(hop->damaged->len, ==, 0);
	g_assert_nonnull(hop->scratch);
	g_assert_true(scratch_equal(hop->scratch, fixture_hop(fixture, 0)->scratch));
	fixture_drop(fixture, 1, BOOTMEM "len");
	assert_damaged(fixture_hop(fixture, 1), BOOTMEM "len: is missing");
}

static void test_kexec_output(void)
{
	g_autoptr(Fixture) fixture = fixture_new("stock-1n");
	const Hop *hop;

	fixture_set(fixture, 0, "kexec-loaded", "status=255\nboottime_ns=7\n\nkexec_file_load failed:\n\nstatus=0\n");
	fixture_set(fixture, 0, "failed", "kexec said no\n");
	hop = fixture_hop(fixture, 0);
	g_assert_cmpint(hop->kexec_status, ==, 255);
	g_assert_cmpstr(hop->kexec_output, ==, "kexec_file_load failed:\n\nstatus=0\n");
	g_assert_cmpstr(hop->failed, ==, "kexec said no\n");
}

/* A text that goes on and on. */
static void set_longer(Fixture *fixture, const char *name, gsize bytes)
{
	g_autofree char *text = fixture_text(fixture, 1, name), *rest = g_strnfill(bytes, '\n'),
			*longer = g_strconcat(text, rest, NULL);

	fixture_set(fixture, 1, name, longer);
}

/* What is longer than any machine has to say is not read, and said to be so: never a PASS, nor the kernel's fault. */
static void test_too_long(void)
{
	static const struct {
		const char *name;
		gsize most;
	} records[] = {
		{ "hello", 64 << 10 },
		{ "done", 64 << 10 },
		{ "manifest", 128 << 10 },
		{ "kmsg", 2 << 20 },
		{ "proc/pagetypeinfo", 1 << 20 },
		{ "proc/zoneinfo", 2 << 20 },
		{ "proc/meminfo", 64 << 10 },
		{ SCRATCH "phys", 64 << 10 },
		{ SCRATCH "len", 64 << 10 },
		{ "proc/config.gz", 512 << 10 },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(records); i++) {
		g_autoptr(Fixture) fixture = fixture_new("stock-1n");
		g_autofree char *why = g_strdup_printf("%s: cannot be read: more than %" G_GSIZE_FORMAT " bytes",
						       records[i].name, records[i].most);
		bool manifest = strcmp(records[i].name, "manifest") == 0;
		const Verdict *verdict;
		const Hop *hop;

		if (strcmp(records[i].name, "proc/config.gz") == 0)
			fixture_set(fixture, 1, records[i].name, "");
		set_longer(fixture, records[i].name, records[i].most + 1);
		fixture->keep_manifest = manifest;
		verdict = fixture_judge(fixture);
		hop = fixture->hops->pdata[1];
		g_assert_cmpuint(hop->damaged->len, >, 0);
		g_assert_cmpstr(hop->damaged->pdata[0], ==, why);
		g_assert_cmpint(verdict->kind, ==, VERDICT_ERROR);
		g_assert_nonnull(fixture_reason(verdict, "records-damaged"));
	}
}

/* What no value is made of may be as long as a frame. */
static void test_long_unread(void)
{
	g_autoptr(Fixture) fixture = fixture_new("stock-1n");
	g_autofree char *manifest = fixture_text(fixture, 1, "manifest"),
			*longer = g_strconcat("proc/iomem 0 00000000\n", manifest, NULL);
	const Hop *hop;

	fixture_set(fixture, 1, "proc/iomem", "");
	fixture_set(fixture, 1, "manifest", longer);
	set_longer(fixture, "proc/iomem", 8 << 20);
	hop = fixture_hop(fixture, 1);
	g_assert_true(hop->complete);
	g_assert_cmpuint(hop->damaged->len, ==, 0);
}

static GBytes *log_alone(int hop, const char *name, gpointer text)
{
	return strcmp(name, "kmsg") == 0 ? g_bytes_new(text, strlen(text)) : NULL;
}

/* Logs of a chain have a bound together, however many kernels there are. */
static void test_room(void)
{
	g_autofree char *filling = g_strnfill(1000, 'x'), *log = g_strdup_printf("6,0,1,-;%s\n", filling);
	gsize room = 2500;
	const HopSource source = { .record = log_alone, .data = log, .room = &room };

	for (int i = 0; i < 3; i++) {
		g_autoptr(Hop) hop = hop_new(i, &source);

		if (i < 2) {
			g_assert_nonnull(hop->log);
			continue;
		}
		g_assert_null(hop->log);
		g_assert_cmpstr(hop->damaged->pdata[0], ==,
				"kmsg: cannot be read: more than may be kept of all kernels' records");
	}
	g_assert_cmpuint(room, <, 500);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/hop/real", test_real);
	g_test_add_func("/hop/nothing", test_nothing);
	g_test_add_func("/hop/damaged", test_damaged);
	g_test_add_func("/hop/manifest", test_manifest);
	g_test_add_func("/hop/bootmem", test_bootmem);
	g_test_add_func("/hop/kexec-output", test_kexec_output);
	g_test_add_func("/hop/too-long", test_too_long);
	g_test_add_func("/hop/long-unread", test_long_unread);
	g_test_add_func("/hop/room", test_room);
	return g_test_run();
}
