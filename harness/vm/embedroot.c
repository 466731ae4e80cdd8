// SPDX-License-Identifier: GPL-2.0-or-later
#include "embedroot.h"
#include "embeduser.h"
#include "emulator.h"

#include <base/error.h>
#include <base/files.h>
#include <base/lock.h>
#include <base/log.h>

#include <errno.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#define PREFIX "libvirt-"
/* One process runs a machine or two at a time, and asks one emulator. */
#define LEFT_MOST 16
#define REMOVE_TRIES 5
#define REMOVE_PAUSE_US (G_USEC_PER_SEC / 10)
#define MEMORY_LINK "memory"
#define MEMORY_PREFIX "khotest-memory-"

/* The longest path that the driver makes below its root: it cuts a machine's name to 20 characters here. */
#define LONGEST_SOCKET "/lib/qemu/domain-1234-12345678901234567890/monitor.sock"
#define SOCKET_PATH_MAX (sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1)

/*
 * Everything that the driver would do for a machine of another user is off: the
 * emulator runs as we do, on files that stay as they are.
 */
static const char configuration[] = "dynamic_ownership = 0\n"
				    "remember_owner = 0\n"
				    "security_driver = \"none\"\n"
				    "namespaces = []\n"
				    "cgroup_controllers = []\n"
				    "stdio_handler = \"file\"\n"
				    "seccomp_sandbox = 1\n";
/* An ordinary user's driver would try to become this user, and fail. */
static const char configuration_root[] = "user = \"root\"\n"
					 "group = \"root\"\n";

static char *below(const EmbedRoot *root, const char *name)
{
	return g_build_filename(root->path, name, NULL);
}

char *embedroot_uri(const EmbedRoot *root)
{
	g_autofree char *escaped = g_uri_escape_string(root->path, NULL, FALSE);

	return g_strdup_printf("qemu:///embed?root=%s", escaped);
}

char *embedroot_cache(const EmbedRoot *root)
{
	g_autofree char *link = below(root, "cache");

	return g_file_read_link(link, NULL);
}

char *embedroot_log_path(const EmbedRoot *root, const char *name)
{
	return g_strdup_printf("%s/log/qemu/%s.log", root->path, name);
}

char *embedroot_pid_path(const EmbedRoot *root, const char *name)
{
	return g_strdup_printf("%s/run/qemu/%s.pid", root->path, name);
}

/*
 * Ends every emulator that a dead process left under this root: machines, and what the driver asks for an emulator's
 * capabilities (src/qemu/qemu_process.c of libvirt, qemuProcessQMPLaunch()), which is a daemon, and on no list. All
 * have the root on their command lines. One that does not even end when it is killed is not waited for twice.
 */
static void end_emulators(const char *root)
{
	g_autofree char *mark = g_strdup_printf("%s/", root);
	pid_t pid, last = -1;

	for (int i = 0; i < LEFT_MOST && (pid = emulator_find(mark)) > 0 && pid != last; i++) {
		if (emulator_end(pid, mark))
			log_detail("ended the emulator %d under %s, left by a process that is gone", (int)pid, root);
		last = pid;
	}
}

/* Removes the folder for guest memory that the link in a root leads to, if it is not in the root itself. */
static bool remove_memory(const char *root, GError **error)
{
	g_autofree char *link = g_build_filename(root, MEMORY_LINK, NULL);
	g_autofree char *target = g_file_read_link(link, NULL);
	g_autofree char *name = target ? g_path_get_basename(target) : NULL;

	if (!name || !g_str_has_prefix(name, MEMORY_PREFIX))
		return true;
	return files_remove_tree(target, error);
}

/* Removes what dead processes left. The caller holds the lock on runtime_dir. */
static void sweep(const char *runtime_dir)
{
	g_autoptr(GDir) dir = g_dir_open(runtime_dir, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *root = g_build_filename(runtime_dir, name, NULL);
		g_autofree char *lock_path = g_build_filename(root, "lock", NULL);
		g_autoptr(GError) error = NULL;
		int lock;

		if (!g_str_has_prefix(name, PREFIX) || !g_file_test(root, G_FILE_TEST_IS_DIR))
			continue;
		lock = files_lock(lock_path, false, NULL);
		if (lock < 0)
			continue; /* its process lives */
		end_emulators(root);
		if (!remove_memory(root, &error) || !files_remove_tree(root, &error))
			log_warn("%s; it was left by a process that is gone and can be removed by hand",
				 error->message);
		close(lock);
	}
}

/* Capabilities stay between processes: asking QEMU for them anew takes seconds. */
static bool share_cache(const EmbedRoot *root, const char *cache, GError **error)
{
	g_autofree char *shared = g_build_filename(cache, "libvirt", NULL);
	g_autofree char *absolute = g_canonicalize_filename(shared, NULL);
	g_autofree char *link = below(root, "cache");

	if (!files_mkdirs(absolute, error))
		return false;
	if (symlink(absolute, link) < 0)
		return error_set(error, KHOTEST_ERROR_FAILED, "cannot create %s: %s", link, g_strerror(errno));
	return true;
}

bool embedroot_set_memory_dir(const EmbedRoot *root, const char *dir, GError **error)
{
	g_autofree char *name = g_strdup_printf(MEMORY_PREFIX "%d", (int)getpid());
	g_autofree char *path = dir ? g_build_filename(dir, name, NULL) : below(root, "lib/memory");
	g_autofree char *absolute = g_canonicalize_filename(path, NULL);
	g_autofree char *link = below(root, MEMORY_LINK);

	if (!remove_memory(root->path, error) || !files_mkdirs(absolute, error))
		return false;
	if (g_unlink(link) < 0 && errno != ENOENT)
		return error_set(error, KHOTEST_ERROR_FAILED, "cannot replace %s: %s", link, g_strerror(errno));
	if (symlink(absolute, link) < 0)
		return error_set(error, KHOTEST_ERROR_FAILED, "cannot create %s: %s", link, g_strerror(errno));
	return true;
}

/* The driver reads its configuration once; a link in it lets each machine have a folder of its own choice. */
static bool write_configuration(const EmbedRoot *root, GError **error)
{
	g_autofree char *etc = below(root, "etc");
	g_autofree char *path = below(root, "etc/qemu.conf");
	g_autofree char *text = g_strdup_printf("%s%smemory_backing_dir = \"%s/" MEMORY_LINK "\"\n",
						geteuid() == 0 ? configuration_root : "", configuration, root->path);

	return embedroot_set_memory_dir(root, NULL, error) && files_mkdirs(etc, error) &&
	       files_write(path, text, strlen(text), error);
}

static bool check_length(const char *path, GError **error)
{
	gsize most = SOCKET_PATH_MAX - strlen(LONGEST_SOCKET);

	if (strlen(path) <= most)
		return true;
	return error_set(
		error, KHOTEST_ERROR_INPUT,
		"cannot use %s for libvirt's sockets: it has %zu characters, and the system allows %zu here; set "
		"XDG_RUNTIME_DIR to a shorter path",
		path, strlen(path), most);
}

static bool fill(EmbedRoot *root, const char *cache, GError **error)
{
	g_autofree char *lock_path = below(root, "lock");

	if (!files_mkdirs(root->path, error))
		return false;
	root->lock = files_lock(lock_path, true, error);
	if (root->lock < 0)
		return false;
	return share_cache(root, cache, error) && write_configuration(root, error) &&
	       embeduser_provide(root->path, error);
}

/* The driver may still be putting its last machine away, and write a last line or two. */
static void remove_root(const char *path)
{
	for (int tries = REMOVE_TRIES;; tries--) {
		g_autoptr(GError) error = NULL;

		if (files_remove_tree(path, &error))
			return;
		if (tries == 0) {
			log_warn("%s", error->message);
			return;
		}
		g_usleep(REMOVE_PAUSE_US);
	}
}

static void root_free(EmbedRoot *root)
{
	remove_root(root->path);
	if (root->lock >= 0)
		close(root->lock);
	g_free(root->path);
	g_free(root);
}

static EmbedRoot *ours; /* the one root of this process */
static pid_t owner;

/* A forked child that comes through exit() must leave its parent's root alone. */
static void remove_ours(void)
{
	if (getpid() == owner)
		root_free(ours);
}

static bool make_ours(const char *path, const char *cache, GError **error)
{
	EmbedRoot *root = g_new0(EmbedRoot, 1);

	root->path = g_strdup(path);
	root->lock = -1;
	if (!fill(root, cache, error)) {
		root_free(root);
		return false;
	}
	ours = root;
	owner = getpid();
	atexit(remove_ours);
	return true;
}

const EmbedRoot *embedroot_open(const char *runtime_dir, const char *cache, GCancellable *cancel, GError **error)
{
	g_autofree char *lock_path = g_build_filename(runtime_dir, "libvirt.lock", NULL);
	g_autofree char *absolute = g_canonicalize_filename(runtime_dir, NULL);
	g_autofree char *path = g_strdup_printf("%s/" PREFIX "%d", absolute, (int)getpid());
	bool ok = true;
	int lock;

	if (ours && strcmp(ours->path, path) != 0) {
		error_set(error, KHOTEST_ERROR_FAILED,
			  "cannot use %s for libvirt's driver: this process has it in %s already", path, ours->path);
		return NULL;
	}
	if (!check_length(path, error) || !files_mkdirs(runtime_dir, error) || !files_check_ours(runtime_dir, error))
		return NULL;
	/* nobody may take a root for abandoned that is only not locked yet */
	lock = lock_wait(lock_path, "another khotest is setting up libvirt", cancel, error);
	if (lock < 0)
		return NULL;
	sweep(absolute);
	if (!ours)
		ok = make_ours(path, cache, error);
	close(lock);
	return ok ? ours : NULL;
}
