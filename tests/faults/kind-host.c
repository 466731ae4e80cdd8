// SPDX-License-Identifier: GPL-2.0-or-later
/* The host has no memory left, its clock is set, or its libvirt daemon goes away. */
#include "tool.h"

#include <base/files.h>

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define RUN_MS 8000
#define END_S 200

static void report_all(Fault *fault, const char *same)
{
	g_autoptr(GDir) dir = g_dir_open(fault->output, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(fault->output, name, NULL);

		aftermath_report(fault, path, same);
	}
}

/* A group of its own, whose limit comes down to what it has by then, and a little more: nobody else is in it. */
static void inject_memory(Fault *fault)
{
	static const char *const versions[][3] = {
		{ "/sys/fs/cgroup/memory", "memory.usage_in_bytes", "memory.limit_in_bytes" },
		{ "/sys/fs/cgroup", "memory.current", "memory.max" },
	};
	g_autofree char *group = NULL, *enter = NULL, *squeeze = NULL, *leave = NULL, *word = NULL;
	const char *const *version = versions[g_file_test("/sys/fs/cgroup/memory", G_FILE_TEST_IS_DIR) ? 0 : 1];
	g_autoptr(Tool) tool = NULL;
	const char *before[] = { "sh", "-c", NULL, "sh", NULL };
	guint more = fault_number(fault, 0, 80);

	group = g_strdup_printf("%s/khotest-fault-%d-%u", version[0], (int)getpid(), fault->seed);
	enter = g_strdup_printf("mkdir '%s' && test -w '%s/%s'", group, group, version[2]);
	if (!host_run(fault, enter)) {
		g_rmdir(group);
		return;
	}
	g_free(enter);
	enter = g_strdup_printf("echo $$ > '%s/cgroup.procs' && exec \"$@\"", group);
	before[2] = enter;
	tool = tool_start_run(fault, before, NULL, NULL);
	tool_await_emulator(tool);
	fault_sleep(fault, 0, RUN_MS);
	fault_tell(fault, "%u MiB more than it has", more);
	squeeze = g_strdup_printf("echo $(($(cat '%s/%s') + %u)) > '%s/%s'", group, version[1], more << 20, group,
				  version[2]);
	/* in vain where it has less than that by now, and cannot give any back */
	host_run(fault, squeeze);
	g_clear_pointer(&fault->skipped, g_free);
	tool_wait(tool, END_S);
	word = tool_word(tool);
	fault_take_word(fault, "run", word);
	report_all(fault, g_str_has_prefix(word, "exit") ? NULL : word);
	leave = g_strdup_printf("for i in 1 2 3 4 5 6 7 8 9 10; do rmdir '%s' && exit 0; sleep 0.3; done", group);
	if (!host_run(fault, leave))
		fault_blame(fault, "somebody is still in the group: %s", fault->skipped);
	g_clear_pointer(&fault->skipped, g_free);
}

/* The harness and the emulator are told another date from some moment on; back and forth. */
static void inject_clock(Fault *fault)
{
	g_autofree char *file = g_build_filename(fault->folder, "clock", NULL);
	g_autofree char *preload = g_strdup_printf("LD_PRELOAD=%s", fault->bench->wallclock);
	g_autofree char *clock = g_strdup_printf("KHOTEST_TEST_CLOCK=%s", file), *word = NULL;
	const char *const env[] = { preload, clock, NULL };
	g_autoptr(Tool) tool = NULL;
	guint times = fault_number(fault, 1, 3);

	if (!g_file_test(fault->bench->wallclock, G_FILE_TEST_IS_REGULAR)) {
		fault_skip(fault, "there is no library that shifts the clock");
		return;
	}
	tool = tool_start_run(fault, NULL, NULL, env);
	for (guint i = 0; i < times; i++) {
		gint64 seconds = (gint64)fault_number(fault, 0, 40000000) - (i % 2 ? 0 : 40000000);
		g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT "\n", seconds);

		fault_sleep(fault, 0, RUN_MS / times);
		fault_tell(fault, "the clock is off by %" G_GINT64_FORMAT " s", seconds);
		g_assert_true(files_write_fast(file, text, strlen(text), NULL));
	}
	tool_wait(tool, END_S);
	word = tool_word(tool);
	fault_take_word(fault, "run", word);
	report_all(fault, word);
}

/*
 * A daemon of its own, in a mount name space where what it would share with the host's is empty, and a run that is
 * connected to it.
 */
static const char daemon_script[] =
	"pid=$1; shift; for d in /run /var/lib/libvirt /var/cache/libvirt /var/log/libvirt /etc/libvirt; do "
	"mkdir -p $d; mount -t tmpfs tmpfs $d; done\n"
	"printf 'user = \"root\"\\ngroup = \"root\"\\ndynamic_ownership = 0\\nremember_owner = 0\\n"
	"security_driver = \"none\"\\nnamespaces = []\\ncgroup_controllers = []\\nstdio_handler = \"file\"\\n' "
	"> /etc/libvirt/qemu.conf\n"
	/* the user that Debian's libvirt runs machines as, where its package did not make him: it asks for him first */
	"(cat /etc/passwd; echo libvirt-qemu:x:64055:64055::/nonexistent:/bin/false) > /run/passwd\n"
	"(cat /etc/group; echo libvirt-qemu:x:64055:) > /run/group\n"
	"mount --bind /run/passwd /etc/passwd; mount --bind /run/group /etc/group\n"
	"printf 'auth_unix_rw = \"none\"\\n' > /etc/libvirt/libvirtd.conf\n"
	"libvirtd -d -f /etc/libvirt/libvirtd.conf -p $pid || exit 77\nexec \"$@\"\n";

static pid_t daemon_pid(const char *file)
{
	g_autofree char *text = NULL;

	return g_file_get_contents(file, &text, NULL, NULL) ? (pid_t)g_ascii_strtoll(text, NULL, 10) : 0;
}

/* 0 would be this whole group. */
static void signal_daemon(const char *file, int number)
{
	pid_t pid = daemon_pid(file);

	if (pid > 1)
		kill(pid, number);
}

static void inject_libvirt(Fault *fault)
{
	static const int numbers[] = { SIGKILL, SIGKILL, SIGTERM, SIGSEGV };
	g_autofree char *pid_file = g_build_filename(fault->folder, "libvirtd.pid", NULL), *word = NULL;
	g_autofree char *program = g_find_program_in_path("libvirtd");
	const char *const before[] = { "unshare", "--mount", "sh", "-ec", daemon_script, "sh", pid_file, NULL };
	const char *const more[] = { "--connect", "qemu:///system", "--timeout", "60s", NULL };
	int number = numbers[fault_number(fault, 0, G_N_ELEMENTS(numbers) - 1)];
	g_autoptr(Tool) tool = NULL;
	bool early = fault_number(fault, 0, 4) == 0;

	if (!program || geteuid() != 0) {
		fault_skip(fault, "there is no libvirtd here, or nobody who may start one of his own");
		return;
	}
	tool = tool_start_run(fault, before, more, NULL);
	while (!daemon_pid(pid_file) && !tool_has_ended(tool))
		g_usleep(10000);
	if (!early)
		tool_await_emulator(tool);
	fault_sleep(fault, 0, early ? 2000 : RUN_MS);
	fault_tell(fault, "%s to libvirtd", g_strsignal(number));
	signal_daemon(pid_file, number);
	tool_wait(tool, END_S);
	word = tool_word(tool);
	fault_take_word(fault, "run", word);
	report_all(fault, g_str_has_prefix(word, "exit") ? NULL : word);
	signal_daemon(pid_file, SIGKILL);
}

const Kind kinds_host[] = {
	{ "memory-pressure",
	  true,
	  40,
	  "the memory cgroup of the run comes down to what it has, and up to 80 MiB more",
	  { "PASS", "ERROR emulator-crashed", "ERROR harness-failed", "ERROR incomplete", "exit 99", "exit 137", NULL },
	  inject_memory },
	{ "clock-stepped",
	  true,
	  30,
	  "the wall clock of harness and emulator is set, back and forth",
	  { "PASS", NULL },
	  inject_clock },
	{ "libvirt-gone",
	  true,
	  30,
	  "--connect, and the daemon is killed",
	  { "PASS", "ERROR *", "exit 77", "exit 99", NULL },
	  inject_libvirt },
	{ NULL },
};
