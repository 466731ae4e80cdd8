// SPDX-License-Identifier: GPL-2.0-or-later
#include "emulator.h"

#include <arch/arch.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#define END_TIMEOUT_MS 5000
/* libvirt puts what marks a machine at its beginning, before the guest's own command line, which is 2 KiB at most */
#define COMMAND_LINE_MOST 65536

/* The command line with its arguments separated by NUL; NULL if there is none (gone, a zombie, a kernel thread). */
static char *read_command_line(pid_t pid, gsize *ret_length)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/cmdline", (int)pid);
	char *text = NULL;

	if (!g_file_get_contents(path, &text, ret_length, NULL))
		return NULL;
	if (*ret_length == 0)
		g_clear_pointer(&text, g_free);
	return text;
}

/* Whether mark is on a command line, and not the beginning of a longer name: "libvirt-12" is not "libvirt-1". */
static bool is_within(const char *line, gsize length, const char *mark)
{
	const char *end = line + length, *at = line;

	while ((at = memmem(at, (gsize)(end - at), mark, strlen(mark)))) {
		at += strlen(mark);
		if (at == end || !g_ascii_isalnum(at[-1]) || !g_ascii_isalnum(*at))
			return true;
	}
	return false;
}

static bool has_mark(pid_t pid, const char *mark)
{
	gsize length;
	g_autofree char *text = read_command_line(pid, &length);

	return text && is_within(text, length, mark);
}

static bool is_emulator(pid_t pid)
{
	gsize length;
	g_autofree char *text = read_command_line(pid, &length);

	return text && strstr(text, "qemu"); /* text ends at argv[0]'s NUL */
}

pid_t emulator_find(const char *mark)
{
	g_autoptr(GDir) proc = g_dir_open("/proc", 0, NULL);
	const char *name;

	while (proc && (name = g_dir_read_name(proc))) {
		pid_t pid = (pid_t)g_ascii_strtoll(name, NULL, 10);

		if (pid > 0 && is_emulator(pid) && has_mark(pid, mark))
			return pid;
	}
	return -1;
}

/* As much of the command line as there is room for; 0 bytes if there is none. Allocates nothing. */
static gsize peek_command_line(pid_t pid, char *room, gsize size)
{
	char path[32];
	gsize length = 0;
	ssize_t n = 0;
	int fd;

	g_snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && length < size && (n = read(fd, room + length, size - length)) > 0)
		length += (gsize)n;
	if (fd >= 0)
		close(fd);
	return length;
}

bool emulator_end(pid_t pid, const char *mark)
{
	/* the descriptor holds on to the process: what was checked is what is killed */
	int fd = pid > 0 ? pidfd_open(pid, 0) : -1;
	struct pollfd poller = { .fd = fd, .events = POLLIN };
	char line[COMMAND_LINE_MOST];
	gsize length;
	bool ours;

	if (fd < 0)
		return false;
	length = peek_command_line(pid, line, sizeof(line));
	/* argv[0] ends at the first NUL */
	ours = memmem(line, strnlen(line, length), "qemu", strlen("qemu")) && is_within(line, length, mark);
	if (ours && pidfd_send_signal(fd, SIGKILL, NULL, 0) == 0)
		poll(&poller, 1, END_TIMEOUT_MS);
	else if (errno != ESRCH)
		ours = false;
	close(fd);
	return ours;
}

gint64 emulator_parse_peak_rss(const char *status)
{
	const char *line = g_str_has_prefix(status, "VmHWM:") ? status : strstr(status, "\nVmHWM:");
	const char *digits;
	char *end;
	guint64 kib;

	if (!line)
		return -1;
	digits = strchr(line, ':') + 1;
	digits += strspn(digits, " \t");
	kib = g_ascii_strtoull(digits, &end, 10);
	if (end == digits || !g_str_has_prefix(end, " kB"))
		return -1;
	return (gint64)kib * 1024;
}

gint64 emulator_peak_rss(pid_t pid)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/status", (int)pid);
	g_autofree char *text = NULL;

	if (pid <= 0 || !g_file_get_contents(path, &text, NULL, NULL))
		return -1;
	return emulator_parse_peak_rss(text);
}

void emulator_parse_usage(const char *stat, gint64 page_bytes, VmUsage *ret_usage)
{
	/* the name of the program, in parentheses, may have anything in it; what follows begins with the third field */
	const char *name_end = strrchr(stat, ')');
	g_auto(GStrv) fields = g_strsplit(name_end ? name_end + 1 : "", " ", -1);
	enum { BEFORE = 2, MINFLT = 10, RSS = 24 };

	/* the text before the first blank is field BEFORE */
	if (g_strv_length(fields) <= RSS - BEFORE)
		return;
	ret_usage->faults = g_ascii_strtoll(fields[MINFLT - BEFORE], NULL, 10);
	ret_usage->rss_bytes = g_ascii_strtoll(fields[RSS - BEFORE], NULL, 10) * page_bytes;
}

bool emulator_parse_schedstat(const char *text, gint64 *ret_ran_ns, gint64 *ret_waited_ns)
{
	char *end, *after;
	guint64 ran = g_ascii_strtoull(text, &end, 10), waited = g_ascii_strtoull(end, &after, 10);

	if (end == text || after == end || ran > G_MAXINT64 || waited > G_MAXINT64)
		return false;
	*ret_ran_ns = (gint64)ran;
	*ret_waited_ns = (gint64)waited;
	return true;
}

/* The text of a file of one thread of it; NULL if there is none by now. Caller frees. */
static char *read_of_thread(pid_t pid, const char *thread, const char *file)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/task/%s/%s", (int)pid, thread, file);
	char *text = NULL;

	g_file_get_contents(path, &text, NULL, NULL);
	return text;
}

static GDir *open_threads(pid_t pid)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/task", (int)pid);

	return pid > 0 ? g_dir_open(path, 0, NULL) : NULL;
}

static void add_cpu_time(pid_t pid, const char *thread, VmUsage *usage)
{
	g_autofree char *name = read_of_thread(pid, thread, "comm");
	g_autofree char *text = NULL;
	gint64 ran, waited;

	if (!name || !(g_str_has_prefix(name, "CPU ") || g_str_has_prefix(name, "ALL CPUs")))
		return;
	text = read_of_thread(pid, thread, "schedstat");
	if (!text || !emulator_parse_schedstat(text, &ran, &waited))
		return;
	usage->cpu_ns = MAX(usage->cpu_ns, 0) + ran;
	usage->waited_ns = MAX(usage->waited_ns, 0) + waited;
}

VmUsage emulator_usage(pid_t pid)
{
	VmUsage usage = { -1, -1, -1, -1 };
	g_autofree char *path = g_strdup_printf("/proc/%d/stat", (int)pid);
	g_autofree char *text = NULL;
	g_autoptr(GDir) threads = open_threads(pid);
	const char *thread;

	if (pid > 0 && g_file_get_contents(path, &text, NULL, NULL))
		emulator_parse_usage(text, sysconf(_SC_PAGESIZE), &usage);
	while (threads && (thread = g_dir_read_name(threads)))
		add_cpu_time(pid, thread, &usage);
	return usage;
}

bool emulator_parse_stopped(const char *stat)
{
	/* the name before it is in parentheses, and may have some itself */
	const char *at = strrchr(stat, ')');

	return at && at[1] == ' ' && (at[2] == 'T' || at[2] == 't');
}

bool emulator_is_stopped(pid_t pid)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/stat", (int)pid);
	g_autofree char *text = NULL;
	g_autoptr(GDir) threads = NULL;
	const char *thread;
	/* asked many times a second, and mostly its first thread alone says no */
	bool stopped = pid > 0 && g_file_get_contents(path, &text, NULL, NULL) && emulator_parse_stopped(text);

	threads = stopped ? open_threads(pid) : NULL;
	while (stopped && threads && (thread = g_dir_read_name(threads))) {
		g_autofree char *stat = read_of_thread(pid, thread, "stat");

		/* a thread that is gone by now runs no more */
		stopped = !stat || emulator_parse_stopped(stat);
	}
	return stopped;
}

/*
 * libvirt starts such a log with one line of its own and the emulator's command
 * line, one argument a line, each but the last ended by a backslash.
 */
static char **skip_command_line(char **lines)
{
	char **said = lines;

	for (char **line = lines; *line; line++)
		if (g_str_has_suffix(*line, "\\"))
			said = line[1] ? line + 2 : line + 1;
	return said;
}

/* "2026-11-23 21:04:58.916+0000: shutting down, reason=destroyed": libvirt's. QEMU's own stamp has a T in the middle.
 */
static bool is_libvirts(const char *line)
{
	return strlen(line) > 30 && g_ascii_isdigit(line[0]) && line[10] == ' ' && strstr(line, "+0000: ");
}

char *emulator_log_tail(const char *log, guint lines)
{
	g_auto(GStrv) all = g_strsplit_set(log, "\n", -1);
	g_autoptr(GPtrArray) said = g_ptr_array_new();

	for (char **line = skip_command_line(all); *line; line++)
		if (**line && !is_libvirts(*line))
			g_ptr_array_add(said, *line);
	if (said->len == 0)
		return NULL;
	if (said->len > lines)
		g_ptr_array_remove_range(said, 0, said->len - lines);
	g_ptr_array_add(said, NULL);
	return g_strjoinv("\n", (char **)said->pdata);
}

bool emulator_parse_registers(const char *text, bool *ret_halted, guint64 *ret_where)
{
	const char *counter = arch_default()->monitor_program_counter, *waits = arch_default()->monitor_halted;
	bool any = false;

	*ret_halted = true;
	*ret_where = 0;
	for (const char *at = text; (at = strstr(at, counter)); at++) {
		guint64 where = g_ascii_strtoull(at + strlen(counter), NULL, 16);
		const char *halted = g_strstr_len(at, (gssize)strcspn(at, "\n"), waits);

		if (!halted)
			continue;
		any = true;
		if (halted[strlen(waits)] != '0')
			continue;
		if (*ret_halted)
			*ret_where = where;
		*ret_halted = false;
	}
	return any;
}

/* "2026-11-23T21:04:57.313657Z ", as -msg timestamp=on has it */
static const char *skip_stamp(const char *line)
{
	const char *blank = strchr(line, ' ');

	return blank && blank - line > 20 && line[10] == 'T' && blank[-1] == 'Z' ? blank + 1 : line;
}

/* How accel/kvm/kvm-all.c, a failed assertion and a fatal error of QEMU begin: a dump of registers follows. */
static bool begins_a_dump(const char *line)
{
	return g_str_has_prefix(line, "KVM internal error") || g_str_has_prefix(line, "KVM: ") ||
	       g_str_has_prefix(line, "error: kvm run failed") || g_str_has_prefix(line, "qemu: fatal: ") ||
	       strstr(line, "Assertion `") || strstr(line, ":ERROR:");
}

char *emulator_log_why(const char *said)
{
	g_auto(GStrv) lines = g_strsplit(said ? said : "", "\n", -1);
	const char *last = NULL;

	for (char **line = lines; *line; line++) {
		const char *text = skip_stamp(*line);

		if (begins_a_dump(text))
			return g_strdup(text);
		if (*text && !strstr(text, ": warning: "))
			last = text;
	}
	return g_strdup(last);
}
