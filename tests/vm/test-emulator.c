// SPDX-License-Identifier: GPL-2.0-or-later
#include "emulator.h"
#include "pretend.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The user that owns nothing. */
#define NOBODY 65534

static void test_peak_rss(void)
{
	/* as proc(5) has it */
	static const char status[] =
		"Name:\tqemu-system-x86\nVmPeak:\t 9 kB\nVmHWM:\t   43120 kB\nVmRSS:\t   43112 kB\n";

	g_assert_cmpint(emulator_parse_peak_rss(status), ==, 43120 * 1024);
	g_assert_cmpint(emulator_parse_peak_rss("VmHWM:\t1 kB\n"), ==, 1024);
	g_assert_cmpint(emulator_parse_peak_rss(""), ==, -1);
	g_assert_cmpint(emulator_parse_peak_rss("Name:\tVmHWM: 7 kB\n"), ==, -1);
	g_assert_cmpint(emulator_parse_peak_rss("VmHWM:\t kB\n"), ==, -1);
	g_assert_cmpint(emulator_parse_peak_rss("VmHWM:\t12 MB\n"), ==, -1);
	g_assert_cmpint(emulator_peak_rss(getpid()), >, 1 << 20);
	g_assert_cmpint(emulator_peak_rss(-1), ==, -1);
}

#define HEAD                                                                                                           \
	"2026-11-23 21:04:41.019+0000: starting up libvirt version: 9.0.0, package: 9.0.0-4, qemu version: 7.2.22\n"   \
	"LC_ALL=C \\\nPATH=/usr/bin \\\n/usr/bin/qemu-system-x86_64 \\\n-msg timestamp=on\n"

static void test_log(void)
{
	g_autofree char *nothing =
		emulator_log_tail(HEAD "2026-11-23 21:04:58.916+0000: shutting down, reason=destroyed\n", 9);
	g_autofree char *something =
		emulator_log_tail(HEAD "2026-11-23 21:04:41.019+0000: Domain id=1 is tainted: high-privileges\n"
				       "KVM internal error. Suberror: 1\nRAX=0\n"
				       "2026-11-23T21:04:57.313657Z qemu-system-x86_64: terminating\n",
				  9);
	g_autofree char *last = emulator_log_tail("one\ntwo\nthree\n", 2);
	g_autofree char *empty = emulator_log_tail("", 2);
	g_autofree char *cut = emulator_log_tail("/usr/bin/qemu-system-x86_64 \\", 2);

	g_assert_null(nothing);
	g_assert_cmpstr(
		something, ==,
		"KVM internal error. Suberror: 1\nRAX=0\n2026-11-23T21:04:57.313657Z qemu-system-x86_64: terminating");
	g_assert_cmpstr(last, ==, "two\nthree");
	g_assert_null(empty);
	g_assert_null(cut);
}

/* What KVM's failures look like on QEMU's standard error, and the end by a signal. */
static void test_why(void)
{
	static const struct {
		const char *said;
		const char *why;
	} cases[] = {
		{ "KVM internal error. Suberror: 1\nextra data[0]: 0x0\nemulation failure\nRAX=0 RBX=0\nCode=90",
		  "KVM internal error. Suberror: 1" },
		{ "2026-11-23T21:04:57.313657Z qemu-system-x86_64: warning: host doesn't support requested feature\n"
		  "KVM: entry failed, hardware error 0xffffffffffffffff\nEAX=0",
		  "KVM: entry failed, hardware error 0xffffffffffffffff" },
		{ "error: kvm run failed Bad address\nEAX=0", "error: kvm run failed Bad address" },
		{ "qemu-system-x86_64: ../x.c:1: f: Assertion `a == b' failed.\nand more",
		  "qemu-system-x86_64: ../x.c:1: f: Assertion `a == b' failed." },
		{ "RAX=0\n2026-11-23T21:04:57.313657Z qemu-system-x86_64: terminating on signal 15 from pid 7 (x)\n",
		  "qemu-system-x86_64: terminating on signal 15 from pid 7 (x)" },
		{ "qemu-system-x86_64: warning: only this", NULL },
		{ "", NULL },
		{ NULL, NULL },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *why = emulator_log_why(cases[i].said);

		g_assert_cmpstr(why, ==, cases[i].why);
	}
}

/* As proc(5) has it; the second field is a name, and a name may have anything in it. */
static void test_usage(void)
{
	static const char stat[] =
		"4711 (qemu (a) b) S 1 4711 4711 0 -1 4194560 406213 12 3 0 100 200 0 0 20 0 8 0 999 "
		"107374182400 915330 18446744073709551615 1 1 0 0\n";
	VmUsage usage = { -1, -1, -1, -1 };
	gint64 ran = -1, waited = -1;

	emulator_parse_usage("4711 (qemu) S 1 2 3 4", 4096, &usage);
	emulator_parse_usage("", 4096, &usage);
	g_assert_cmpint(usage.faults, ==, -1);
	g_assert_cmpint(usage.rss_bytes, ==, -1);
	emulator_parse_usage(stat, 4096, &usage);
	g_assert_cmpint(usage.faults, ==, 406213);
	g_assert_cmpint(usage.rss_bytes, ==, 915330 * 4096ll);
	g_assert_false(emulator_parse_schedstat("", &ran, &waited));
	g_assert_false(emulator_parse_schedstat("12\n", &ran, &waited));
	g_assert_true(emulator_parse_schedstat("474415890 1200 77\n", &ran, &waited));
	g_assert_cmpint(ran, ==, 474415890);
	g_assert_cmpint(waited, ==, 1200);
	usage = emulator_usage(-1);
	g_assert_cmpint(usage.faults, ==, -1);
	usage = emulator_usage(getpid());
	g_assert_cmpint(usage.faults, >, 0);
	g_assert_cmpint(usage.rss_bytes, >, 65536);
	/* this is no emulator, and has no virtual CPU */
	g_assert_cmpint(usage.cpu_ns, ==, -1);
	g_assert_cmpint(usage.waited_ns, ==, -1);
}

/* Only a process that is an emulator and has the mark is ended; a number alone says nothing. */
static void test_end(void)
{
	pid_t other = pretend("sh", "/run/khotest/libvirt-1"),
	      ours = pretend("qemu-pretended", "/run/khotest/libvirt-1");
	/* as libvirt writes it: the name, a comma, and another option at once */
	pid_t named = pretend("qemu-pretended", "guest=khotest-a,debug-threads=on");
	int status;

	g_assert_false(emulator_end(-1, "/run"));
	g_assert_false(emulator_end(0, "/run"));
	g_assert_false(emulator_end(other, "/run/khotest/libvirt-1"));
	g_assert_false(emulator_end(ours, "/run/khotest/libvirt-2"));
	g_assert_false(emulator_end(ours, "/run/khotest/libv")); /* what only begins so is another's */
	g_assert_cmpint(waitpid(other, &status, WNOHANG), ==, 0);
	g_assert_cmpint(waitpid(ours, &status, WNOHANG), ==, 0);
	g_assert_true(emulator_end(ours, "/run/khotest/libvirt-1"));
	g_assert_cmpint(waitpid(ours, &status, WNOHANG), ==, ours);
	g_assert_cmpint(WTERMSIG(status), ==, SIGKILL);
	kill(other, SIGKILL);
	waitpid(other, &status, 0);
	g_assert_cmpint(emulator_find("guest=khotest-,"), ==, -1);
	g_assert_cmpint(emulator_find("guest=khotest-a,"), ==, named);
	g_assert_true(emulator_end(named, "guest=khotest-a,"));
	waitpid(named, &status, 0);
}

/* As of a machine that is libvirtd's: an ordinary user sees it, and may not end it. */
static void test_end_of_another(void)
{
	pid_t theirs, user;
	int status;

	if (getuid() != 0) {
		g_test_skip("only root can become another user");
		return;
	}
	theirs = pretend("qemu-pretended", "guest=khotest-b,");
	user = fork();
	if (user == 0)
		_exit(setuid(NOBODY) != 0 || emulator_end(theirs, "guest=khotest-b,"));
	g_assert_cmpint(waitpid(user, &status, 0), ==, user);
	g_assert_true(WIFEXITED(status));
	g_assert_cmpint(WEXITSTATUS(status), ==, 0);
	g_assert_cmpint(waitpid(theirs, &status, WNOHANG), ==, 0);
	g_assert_true(emulator_end(theirs, "guest=khotest-b,"));
	waitpid(theirs, &status, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/emulator/peak-rss", test_peak_rss);
	g_test_add_func("/emulator/usage", test_usage);
	g_test_add_func("/emulator/log", test_log);
	g_test_add_func("/emulator/why", test_why);
	g_test_add_func("/emulator/end", test_end);
	g_test_add_func("/emulator/end-of-another", test_end_of_another);
	return g_test_run();
}
