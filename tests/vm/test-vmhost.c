// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What needs no emulator: libvirt's own test driver, errors, and the meaning of
 * its events.
 */
#include "libvirtglue.h"
#include "vmconnect.h"
#include "vmevent.h"

#include <base/error.h>
#include <base/files.h>
#include <vm/vm.h>

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void test_open(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(VmHost) host = vmhost_open("test:///default", "/nonexistent", "/nonexistent", NULL, &error);

	g_assert_no_error(error);
	g_assert_true(vmhost_is_alive(host));
	g_assert_true(g_str_has_prefix(vmhost_libvirt_version(host), "libvirt "));
	g_assert_true(g_str_has_prefix(vmhost_qemu_version(host), "TEST "));
	/* the versions of libvirt answer differently here: with an error, or with capabilities without a path */
	g_assert_null(vmhost_emulator(host));
}

static void test_bad_uri(void)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(vmhost_open("nonsense:///x", "/nonexistent", "/nonexistent", NULL, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_HOST);
	g_assert_nonnull(strstr(error->message, "nonsense:///x"));
}

/* Takes connections, as the system does for it, and never answers. */
static int mute_daemon(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	g_strlcpy(address.sun_path, path, sizeof(address.sun_path));
	g_assert_cmpint(bind(fd, (struct sockaddr *)&address, sizeof(address)), ==, 0);
	g_assert_cmpint(listen(fd, 8), ==, 0);
	return fd;
}

static gpointer cancel_soon(gpointer cancel)
{
	g_usleep(G_USEC_PER_SEC / 2);
	g_cancellable_cancel(cancel);
	return NULL;
}

/* A daemon that is stuck is named after a while, and can be interrupted at once. */
static void test_mute(void)
{
	g_autofree char *folder = g_dir_make_tmp("vh-XXXXXX", NULL), *path = g_build_filename(folder, "sock", NULL);
	g_autofree char *uri = g_strdup_printf("qemu+unix:///system?socket=%s", path);
	g_autoptr(GCancellable) cancel = g_cancellable_new();
	g_autoptr(GError) error = NULL;
	gint64 began = g_get_monotonic_time();
	int fd = mute_daemon(path);

	g_assert_true(libvirtglue_init(&error));
	g_assert_null(vmconnect_open(uri, G_USEC_PER_SEC, NULL, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_HOST);
	g_test_message("%s", error->message);
	g_assert_nonnull(strstr(error->message, uri));
	g_assert_nonnull(strstr(error->message, "no answer within 1 s"));
	g_clear_error(&error);
	g_thread_unref(g_thread_new("cancel", cancel_soon, cancel));
	g_assert_null(vmhost_open(uri, "/nonexistent", "/nonexistent", cancel, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_CANCELLED);
	g_assert_cmpint(g_get_monotonic_time() - began, <, 15 * G_USEC_PER_SEC);
	close(fd);
	files_remove_tree(folder, NULL);
}

static void test_long_runtime(void)
{
	g_autofree char *name = g_strnfill(60, 'x');
	g_autofree char *path = g_strdup_printf("/tmp/%s", name);
	g_autoptr(GError) error = NULL;

	g_assert_null(vmhost_open("embed", path, "/nonexistent", NULL, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT);
	g_assert_nonnull(strstr(error->message, "XDG_RUNTIME_DIR"));
	g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

/* The folder's name is known to all, and /tmp is everybody's: what somebody else has put there is not used. */
static void test_foreign_runtime(void)
{
	static const struct {
		const char *make, *says;
	} cases[] = {
		{ "mkdir -p r/t && ln -s t r/x", "is no folder, but a link" },
		{ "mkdir -p r/x && chmod 0777 r/x", "can be written to by others" },
		{ "mkdir -p r/x && chown 12345 r/x 2>/dev/null || test $(id -u) != 0", "belongs to another user" },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *folder = g_dir_make_tmp("vh-XXXXXX", NULL);
		g_autofree char *path = g_build_filename(folder, "r", "x", NULL);
		g_autofree char *command = g_strdup_printf("cd %s && %s", folder, cases[i].make);
		const char *const argv[] = { "sh", "-c", command, NULL };
		g_autoptr(GError) error = NULL;

		g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL,
					   NULL));
		/* only root can give a folder away */
		if (geteuid() == 0 || i < 2) {
			g_assert_null(vmhost_open("embed", path, "/nonexistent", NULL, &error));
			g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_HOST);
			g_test_message("%s", error->message);
			g_assert_nonnull(strstr(error->message, cases[i].says));
		}
		files_remove_tree(folder, NULL);
	}
}

/* A machine that libvirt won't make: the error is libvirt's own words, and nothing is left. */
static void test_refused(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(VmHost) host = vmhost_open("test:///default", "/nonexistent", "/nonexistent", NULL, &error);
	g_autofree char *folder = g_dir_make_tmp("vmhost-XXXXXX", NULL);
	g_autofree char *console = g_build_filename(folder, "console", NULL);
	g_autofree char *channel = g_build_filename(folder, "channel", NULL);
	VmSpec spec = { .arch = arch_default(),
			.name = "refused",
			.emulator = "/usr/bin/test",
			.machine = "q35",
			.accel = ACCEL_TCG,
			.guest.memory_bytes = 1 << 30,
			.guest.cpus = 1,
			.kernel = "/k",
			.console = console,
			.channel = channel };
	VmCallbacks callbacks = { 0 };
	gint64 started;

	g_assert_null(vm_start(host, &spec, &callbacks, NULL, &started, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_FAILED);
	g_assert_true(g_str_has_prefix(error->message, "cannot start the machine refused: "));
	g_clear_error(&error);
	spec.guest.memory_dir = (char *)"/tmp";
	g_assert_null(vm_start(host, &spec, &callbacks, NULL, &started, &error));
	g_assert_error(error, KHOTEST_ERROR, KHOTEST_ERROR_INPUT);
	g_clear_error(&error);
	g_assert_true(files_remove_tree(folder, &error));
}

/* The domain is one that libvirt's parser takes; the test driver knows only machines of its own type. */
static void test_defines(void)
{
	VmSpec spec = { .arch = arch_default(),
			.name = "defined",
			.emulator = "/usr/bin/test",
			.machine = "q35",
			.accel = ACCEL_TCG,
			.guest.memory_bytes = 1 << 30,
			.guest.cpus = 1,
			.kernel = "/k",
			.console = "/c",
			.channel = "/d" };
	g_autofree char *xml = domainxml_build(&spec);
	g_auto(GStrv) parts = g_strsplit(xml, "<domain type='qemu'>", 2);
	g_autofree char *changed = g_strjoinv("<domain type='test'>", parts);
	g_auto(GStrv) machine = g_strsplit(changed, " arch='x86_64' machine='q35'", 2);
	g_autofree char *ready = g_strjoinv("", machine);
	g_autoptr(virDomain) domain = NULL;
	virConnectPtr connection = virConnectOpen("test:///default");

	g_assert_nonnull(connection);
	domain = virDomainDefineXMLFlags(connection, ready, 0);
	if (!domain)
		g_test_message("%s", virGetLastErrorMessage());
	g_assert_nonnull(domain);
	g_assert_cmpstr(virDomainGetName(domain), ==, "defined");
	virConnectClose(connection);
}

static void test_events(void)
{
	static const struct {
		int event, detail;
		bool asked;
		int ours;
		const char *word;
	} table[] = {
		{ VIR_DOMAIN_EVENT_STARTED, VIR_DOMAIN_EVENT_STARTED_BOOTED, true, -1, NULL },
		{ VIR_DOMAIN_EVENT_RESUMED, VIR_DOMAIN_EVENT_RESUMED_UNPAUSED, true, -1, NULL },
		{ VIR_DOMAIN_EVENT_SHUTDOWN, VIR_DOMAIN_EVENT_SHUTDOWN_GUEST, true, -1, NULL },
		{ VIR_DOMAIN_EVENT_STOPPED, VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN, true, VM_EVENT_STOPPED, "guest" },
		{ VIR_DOMAIN_EVENT_STOPPED, VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN, false, VM_EVENT_CRASHED, "not asked" },
		{ VIR_DOMAIN_EVENT_STOPPED, VIR_DOMAIN_EVENT_STOPPED_DESTROYED, true, VM_EVENT_CRASHED, "outside" },
		{ VIR_DOMAIN_EVENT_STOPPED, VIR_DOMAIN_EVENT_STOPPED_FAILED, true, VM_EVENT_CRASHED, "emulator" },
		{ VIR_DOMAIN_EVENT_STOPPED, VIR_DOMAIN_EVENT_STOPPED_CRASHED, true, VM_EVENT_CRASHED, "guest" },
		{ VIR_DOMAIN_EVENT_CRASHED, VIR_DOMAIN_EVENT_CRASHED_PANICKED, true, VM_EVENT_CRASHED, "guest" },
	};
	static const struct {
		const char *state;
		bool own;
	} states[] = {
		{ "debug", false },	    { "paused", false },  { "running", false },	      { "prelaunch", false },
		{ "internal-error", true }, { "io-error", true }, { "guest-panicked", true }, { NULL, false },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
		const char *detail = NULL;
		VmEvent ours;
		bool ends = vmevent_classify(table[i].event, table[i].detail, table[i].asked, &ours, &detail);

		g_assert_true(ends == (table[i].ours >= 0));
		if (ends) {
			g_assert_cmpint(ours, ==, table[i].ours);
			g_assert_nonnull(strstr(detail, table[i].word));
		}
	}
	for (gsize i = 0; i < G_N_ELEMENTS(states); i++)
		g_assert_cmpint(vmevent_is_own_pause(states[i].state), ==, states[i].own);
	g_assert_nonnull(strstr(vmevent_paused(VIR_DOMAIN_PAUSED_UNKNOWN), "internal error"));
	g_assert_nonnull(strstr(vmevent_paused(VIR_DOMAIN_PAUSED_IOERROR), "I/O error"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/vmhost/open", test_open);
	g_test_add_func("/vmhost/bad-uri", test_bad_uri);
	g_test_add_func("/vmhost/mute", test_mute);
	g_test_add_func("/vmhost/long-runtime", test_long_runtime);
	g_test_add_func("/vmhost/foreign-runtime", test_foreign_runtime);
	g_test_add_func("/vmhost/refused", test_refused);
	g_test_add_func("/vmhost/defines", test_defines);
	g_test_add_func("/vmhost/events", test_events);
	return g_test_run();
}
