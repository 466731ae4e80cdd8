// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pressure make: memory of all kinds until what is free nears a limit, then every second piece of
 * it given back, then slab again: what is free in one piece by now is where nobody has come
 * before. A process that holds it all stays, and says what it did.
 * pressure check: that it is still there, and that nothing was killed for lack of memory.
 *
 * The kernel's command line may have pressure.free=N%|SIZE, the limit (10%, at most 1G), and
 * pressure.most=SIZE, what is made at most in all (3G). A larger machine is made small first, by ballast.
 */
#include "kinds.h"

#include <fcntl.h>
#include <ktap.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#define ROUNDS 16
#define STEP_LEAST ((Bytes)64 << 10)
#define FREE_PERCENT 10
#define FREE_MOST ((Bytes)1 << 30) /* of that share, if nobody asked for one */
#define MOST_BYTES ((Bytes)3 << 30)
#define AGAIN_SHARE 8 /* of what is free */
#define SETTLE_US 300000
#define SETTLE_MOST 30
#define HOLDER_FILE "holder"

static struct {
	Bytes limit; /* of what is free */
	Bytes most;  /* made in all */
} goal;

static void say_memory(const char *when, const Memory *memory)
{
	ktap_note("%s: of %lld MiB %lld are free, %lld of these in CMA; %lld are free for what does not move, and "
		  "%lld more the kernel keeps",
		  when, memory_mib(memory->total), memory_mib(memory->free), memory_mib(memory->cma_free),
		  memory_mib(memory->fixed - memory->reserve), memory_mib(memory->reserve));
}

/* ---- the goal ---- */

/* "512M", "2G"; 0 if it is no size. */
static Bytes parse_size(const char *text)
{
	char *end;
	Bytes number = strtoll(text, &end, 10);

	return *end == 'G' ? number << 30 : *end == 'M' ? number << 20 : *end == 'K' ? number << 10 : 0;
}

static void read_goal(Bytes total)
{
	char *cmdline = memory_read_file("/proc/cmdline");
	const char *free_word = strstr(cmdline, "pressure.free="), *most = strstr(cmdline, "pressure.most=");
	Bytes size = free_word ? parse_size(free_word + strlen("pressure.free=")) : 0;
	long percent = free_word ? strtol(free_word + strlen("pressure.free="), NULL, 10) : 0;

	if (size)
		goal.limit = size;
	else if (percent >= 2 && percent <= 90)
		goal.limit = total * percent / 100;
	else
		goal.limit = total * FREE_PERCENT / 100 < FREE_MOST ? total * FREE_PERCENT / 100 : FREE_MOST;
	goal.most = most ? parse_size(most + strlen("pressure.most=")) : 0;
	if (!goal.most)
		goal.most = MOST_BYTES;
	free(cmdline);
}

/* ---- making ---- */

static Bytes made_in_all(void)
{
	Bytes made = 0;

	for (int i = 0; i < KINDS; i++)
		made += kinds[i].made;
	return made;
}

/*
 * What this kind's next step may be, so that the kinds come to the same and the last step
 * to the limit. Pages that do not move leave half of the limit outside of CMA; others
 * a quarter, for they need inodes and page tables.
 */
static Bytes step_of(const Kind *kind, const Memory *memory, int steps_left, int fixed_steps_left)
{
	Bytes room = memory->available - goal.limit, most = goal.most - made_in_all();
	Bytes fixed = memory->fixed - memory->reserve - goal.limit / (kind->fixed ? 2 : 4);
	Bytes step = (room < most ? room : most) / steps_left;

	if (kind->fixed && fixed / fixed_steps_left < step)
		step = fixed / fixed_steps_left;
	return fixed < STEP_LEAST || step < STEP_LEAST ? 0 : step;
}

static long long now_us(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static void make_some(Kind *kind, Bytes step, const Memory *before)
{
	long long begin = now_us();
	Memory after;

	kind->failed = kind->make(step);
	after = memory_read();
	kind->wanted += step;
	kind->made += kind_counted(kind, &after) - kind_counted(kind, before);
	kind->us += now_us() - begin;
}

/* What would be free after all the others, where the machine is that large. */
static void take_ballast(const Memory *memory)
{
	Bytes surplus = memory->available - goal.limit - goal.most;

	if (surplus > 0)
		make_some(&ballast, surplus, memory);
}

/* A kind that failed is left alone: the others take its share. */
static void make_step(Kind *kind, int steps_left, int fixed_steps_left)
{
	Memory before = memory_read();
	Bytes step = step_of(kind, &before, steps_left, fixed_steps_left);

	if (step && !kind->failed)
		make_some(kind, step, &before);
}

/* In rounds, so that pages of all kinds lie between each other, and each kind comes to all of memory. */
static void make_all(void)
{
	int left = 0, fixed_left = 0;

	for (int i = 0; i < KINDS; i++) {
		left += ROUNDS;
		fixed_left += kinds[i].fixed ? ROUNDS : 0;
	}
	for (int round = 0; round < ROUNDS; round++)
		for (int i = 0; i < KINDS; i++) {
			make_step(&kinds[i], left, fixed_left);
			left--;
			fixed_left -= kinds[i].fixed;
		}
}

/* Three quarters of what was wanted: the kernel counts some of it late, and slab is an estimate. */
static void say_kind(const Kind *kind)
{
	ktap_note("%s: %lld MiB of %lld MiB, in %lld ms", kind->name, memory_mib(kind->made), memory_mib(kind->wanted),
		  kind->us / 1000);
	if (kind->failed == ENOSYS) {
		ktap_skip(kind->name, "this kernel has no io_uring (CONFIG_IO_URING)");
		return;
	}
	if (kind->failed)
		ktap_note("making more of it failed: %s", strerror(kind->failed));
	ktap_result(!kind->failed && kind->made >= kind->wanted / 4 * 3, kind->name);
}

static void say_limit(const Memory *memory)
{
	say_memory("made", memory);
	ktap_note("limit: %lld MiB free", memory_mib(goal.limit));
	ktap_result(memory->available < goal.limit + goal.limit / 2 + 8 * MIB, "free memory nears the limit");
}

/* ---- half of it back ---- */

/* With what the lists of the processors have: single pages that are given back may stay there for long. */
static Bytes all_free(const Memory *memory)
{
	return memory->free + memory->cpu_lists;
}

/* Until no more comes back: what io_uring unpins, and what RCU frees, takes its time. */
static Memory settle(void)
{
	Memory memory = memory_read();
	Bytes before;

	for (int i = 0; i < SETTLE_MOST; i++) {
		before = all_free(&memory);
		usleep(SETTLE_US);
		memory = memory_read();
		if (all_free(&memory) - before < MIB)
			break;
	}
	return memory;
}

static void halve_all(const Memory *full)
{
	Bytes made = made_in_all();
	Memory memory;

	for (int i = 0; i < KINDS; i++)
		kinds[i].halve();
	memory = settle();
	say_memory("every second piece given back", &memory);
	ktap_note("of %lld MiB made %lld are free again", memory_mib(made),
		  memory_mib(all_free(&memory) - all_free(full)));
	/* not half: a slab of which one object is left is not given back */
	ktap_result(all_free(&memory) - all_free(full) >= made / 4, "half of it is free again");
}

/*
 * Slab comes in pieces of up to 32 KiB, of another size than before, since the gaps in those
 * would be filled first. After all that, such pieces are to be had where the allocator
 * came last: in pageblocks that it takes for movable, scratch among them unless it is CMA.
 */
static void make_slab_again(void)
{
	Memory memory = memory_read();
	Bytes step = (memory.fixed - memory.reserve) / AGAIN_SHARE;

	/* the half that was given back the host has already given out */
	if (step > goal.most / 2)
		step = goal.most / 2;
	if (step >= STEP_LEAST)
		make_some(&slab_again, step, &memory);
	memory = memory_read();
	say_kind(&slab_again);
	say_memory("in the end", &memory);
}

static void say_nothing_killed(long long before)
{
	long long killed = memory_read().oom_kill - before;

	if (killed)
		ktap_note("%lld processes were killed for lack of memory: the kernel's log has which", killed);
	ktap_result(!killed, "nothing was killed for lack of memory");
}

/* ---- the process that holds it ---- */

static void raise_limits(void)
{
	const char *breaks = getenv("KHOTEST_BREAK");
	rlim_t files = breaks && strcmp(breaks, "pressure") == 0 ? 256 : 1 << 20;
	struct rlimit limit = { files, files }, all = { RLIM_INFINITY, RLIM_INFINITY };
	FILE *score = fopen("/proc/self/oom_score_adj", "w");

	setrlimit(RLIMIT_NOFILE, &limit);
	setrlimit(RLIMIT_MEMLOCK, &all);
	/* a huge zero page would take the place of page tables, huge pages that of single ones */
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	/* should it come to that all the same, whoever tells of it stays */
	if (score) {
		fputs("1000", score);
		fclose(score);
	}
}

/* Who watches over it, and how many had been killed before it came. */
static void leave_note(long long oom_kill)
{
	FILE *file = fopen(HOLDER_FILE, "w");

	if (!file)
		return;
	fprintf(file, "%d %lld\n", (int)getpid(), oom_kill);
	fclose(file);
}

static _Noreturn void hold(int done)
{
	Memory memory = memory_read();
	long long oom_kill = memory.oom_kill;
	char status;

	setsid();
	raise_limits();
	leave_note(oom_kill);
	read_goal(memory.total);
	ktap_begin();
	say_memory("before", &memory);
	take_ballast(&memory);
	make_all();
	memory = memory_read();
	if (ballast.wanted)
		say_kind(&ballast);
	for (int i = 0; i < KINDS; i++)
		say_kind(&kinds[i]);
	say_limit(&memory);
	halve_all(&memory);
	make_slab_again();
	say_nothing_killed(oom_kill);
	status = (char)ktap_end();
	fflush(stdout);
	if (write(done, &status, 1) != 1)
		_exit(1);
	close(done);
	for (;;)
		pause();
}

/* A place of its own for files: tmpfs without a limit. */
static bool prepare(void)
{
	const char *run = getenv("KHOTEST_RUN");

	mkdir(run ? run : ".", 0755);
	if (chdir(run ? run : ".") < 0 || (mkdir(KINDS_FOLDER, 0755) < 0 && errno != EEXIST) ||
	    mount("pressure", KINDS_FOLDER, "tmpfs", 0, "size=0,nr_inodes=0") < 0) {
		ktap_note("cannot mount a tmpfs in %s: %s", run ? run : ".", strerror(errno));
		return false;
	}
	return true;
}

static int make(void)
{
	int done[2], status = 0;
	char failed;
	pid_t pid;

	if (!prepare() || pipe2(done, O_CLOEXEC) < 0)
		return 1;
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		close(done[0]);
		hold(done[1]);
	}
	close(done[1]);
	if (pid > 0 && read(done[0], &failed, 1) == 1)
		return failed;
	if (pid > 0)
		waitpid(pid, &status, 0);
	ktap_note("the process that makes memory ended before it was done: %s", pid < 0 ? "it did not begin"
										: WIFSIGNALED(status)
											? strsignal(WTERMSIG(status))
											: "it gave up");
	return 1;
}

/* ---- later ---- */

/* One that was killed, and that nobody has waited for, has no memory any more. */
static bool is_alive(int pid)
{
	char path[64];
	char *status;
	bool alive;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	if (access(path, R_OK) < 0)
		return false;
	status = memory_read_file(path);
	alive = memory_number(status, "VmSize") > 0;
	free(status);
	return alive;
}

static int check(void)
{
	const char *run = getenv("KHOTEST_RUN");
	int pid = 0;
	long long oom_kill = 0;
	Memory memory = memory_read();
	FILE *file;

	if (chdir(run ? run : ".") < 0 || !(file = fopen(HOLDER_FILE, "r"))) {
		ktap_note("nobody has made memory here: no %s/%s", run ? run : ".", HOLDER_FILE);
		return 1;
	}
	if (fscanf(file, "%d %lld", &pid, &oom_kill) != 2)
		pid = 0;
	fclose(file);
	ktap_begin();
	say_memory("now", &memory);
	ktap_result(pid > 0 && is_alive(pid), "what holds the memory is still there");
	say_nothing_killed(oom_kill);
	return ktap_end();
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "make") == 0)
		return make();
	if (argc == 2 && strcmp(argv[1], "check") == 0)
		return check();
	fprintf(stderr, "usage: pressure make|check\n");
	return 2;
}
