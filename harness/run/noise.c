// SPDX-License-Identifier: GPL-2.0-or-later
#include <run/noise.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S 1000000000ll
#define COPY_BYTES ((gsize)32 << 20)
#define COPY_TIMES 8
#define COPY_TIMEOUT_MS 10000

/* "some avg10=0.12 avg60=0.05 avg300=0.01 total=123456" */
static gint64 parse_pressure(const char *text)
{
	const char *some = text ? strstr(text, "some ") : NULL;
	const char *total = some ? strstr(some, "total=") : NULL;

	return total ? g_ascii_strtoll(total + strlen("total="), NULL, 10) : -1;
}

/* "cpu  user nice system idle iowait irq softirq steal guest guest_nice", in ticks; guest time is part of user. */
static void parse_stat(const char *text, HostNoise *noise)
{
	gint64 tick_ns = NS_PER_S / sysconf(_SC_CLK_TCK);
	gint64 field[8];
	const char *at = text;

	if (!at || !g_str_has_prefix(at, "cpu "))
		return;
	at += strlen("cpu ");
	for (gsize i = 0; i < G_N_ELEMENTS(field); i++) {
		char *end;

		field[i] = g_ascii_strtoll(at, &end, 10);
		if (end == at)
			return;
		at = end;
	}
	noise->busy_ns = (field[0] + field[1] + field[2] + field[5] + field[6]) * tick_ns;
	noise->steal_ns = field[7] * tick_ns;
}

/* "cpu MHz		: 2596.126", one for each CPU */
static gint64 parse_cpuinfo(const char *text)
{
	double sum = 0;
	guint n = 0;

	for (const char *at = text; at && (at = strstr(at, "cpu MHz")); at++) {
		const char *colon = strchr(at, ':');

		if (!colon)
			break;
		sum += g_ascii_strtod(colon + 1, NULL);
		n++;
	}
	return n ? (gint64)(sum * 1000 / n) : -1;
}

void noise_parse(const NoiseTexts *texts, HostNoise *ret_noise)
{
	*ret_noise = (HostNoise){ .cpu_us = parse_pressure(texts->cpu_pressure),
				  .memory_us = parse_pressure(texts->memory_pressure),
				  .io_us = parse_pressure(texts->io_pressure),
				  .steal_ns = -1,
				  .busy_ns = -1,
				  .copy_ns = -1,
				  .cpus = -1,
				  .load = texts->loadavg ? g_ascii_strtod(texts->loadavg, NULL) : -1,
				  .khz = parse_cpuinfo(texts->cpuinfo) };
	parse_stat(texts->stat, ret_noise);
}

/* -1 where no CPU has a governor, as in most virtual machines. */
static gint64 scaled_khz(void)
{
	gint64 sum = 0, n = 0;

	for (guint cpu = 0; cpu < g_get_num_processors(); cpu++) {
		g_autofree char *path = g_strdup_printf("/sys/devices/system/cpu/cpu%u/cpufreq/scaling_cur_freq", cpu);
		g_autofree char *text = NULL;

		if (!g_file_get_contents(path, &text, NULL, NULL))
			continue;
		sum += g_ascii_strtoll(text, NULL, 10);
		n++;
	}
	return n ? sum / n : -1;
}

/* NULL if it is not there. Caller frees. */
static char *text_of(const char *path)
{
	char *text = NULL;

	g_file_get_contents(path, &text, NULL, NULL);
	return text;
}

void noise_read(HostNoise *ret_noise)
{
	g_autofree char *cpu = text_of("/proc/pressure/cpu"), *memory = text_of("/proc/pressure/memory"),
			*io = text_of("/proc/pressure/io"), *stat = text_of("/proc/stat"),
			*loadavg = text_of("/proc/loadavg"), *cpuinfo = text_of("/proc/cpuinfo");
	gint64 khz = scaled_khz();

	noise_parse(&(NoiseTexts){ cpu, memory, io, stat, loadavg, cpuinfo }, ret_noise);
	if (khz >= 0)
		ret_noise->khz = khz;
	ret_noise->cpus = sysconf(_SC_NPROCESSORS_ONLN);
}

/* The fastest copy of several; -1 where there is no room. Allocates nothing from the heap: it runs in a forked child.
 */
static gint64 copy_in_child(void)
{
	guint8 *from = mmap(NULL, 2 * COPY_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	guint8 *to = from + COPY_BYTES;
	gint64 best = -1;

	if (from == MAP_FAILED)
		return -1;
	/* the host gives the pages out now, and not while time counts */
	memset(from, 1, COPY_BYTES);
	memset(to, 2, COPY_BYTES);
	for (guint i = 0; i < COPY_TIMES; i++) {
		struct timespec begin, end;
		gint64 ns;

		clock_gettime(CLOCK_MONOTONIC, &begin);
		memcpy(to, from, COPY_BYTES);
		/* what is copied counts as used */
		__asm__ volatile("" : : "r"(to) : "memory");
		clock_gettime(CLOCK_MONOTONIC, &end);
		ns = (end.tv_sec - begin.tv_sec) * NS_PER_S + end.tv_nsec - begin.tv_nsec;
		best = best < 0 ? ns : MIN(best, ns);
	}
	return best;
}

/* What came through the pipe in time; -1. */
static gint64 answer_of(int fd)
{
	struct pollfd answer = { .fd = fd, .events = POLLIN };
	gint64 ns;

	if (poll(&answer, 1, COPY_TIMEOUT_MS) <= 0 || read(fd, &ns, sizeof(ns)) != sizeof(ns))
		return -1;
	return ns;
}

/* In a process of its own, since it takes more memory than all the rest of the harness. */
gint64 noise_copy_ns(void)
{
	int ends[2];
	gint64 ns;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		ns = copy_in_child();
		_exit(write(ends[1], &ns, sizeof(ns)) == sizeof(ns) ? 0 : 1);
	}
	close(ends[1]);
	ns = pid < 0 ? -1 : answer_of(ends[0]);
	close(ends[0]);
	if (pid > 0) {
		kill(pid, SIGKILL);
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	return ns;
}
