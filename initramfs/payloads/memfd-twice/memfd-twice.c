// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Payload "memfd-twice": a memfd that is preserved may not be preserved once more, by whatever name. A kernel that
 * takes it has the next one restore the same pages twice, which warns in kho_restore_page() and loses the file (seen
 * in 7.0 upstream; luo_preserve_file() of kernel/liveupdate/luo_file.c refuses it from 7.1 on).
 */
#include "content.h"
#include "luo.h"

#define TOKEN 1

/* The ways to preserve it once more; each has a token of its own, and the last a session of its own. */
static const char *const ways[] = {
	"the same file descriptor",
	"a copy of the file descriptor, by dup()",
	"the memfd opened again, through /proc/self/fd",
	"the same file descriptor in a second session",
};

#define WAYS (int)(sizeof(ways) / sizeof(ways[0]))

static const Content the_file = { .seed = 0x7477696365, .size = 65536 };

static int descriptor_for(int way, int fd)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return way == 1 ? dup(fd) : way == 2 ? open(path, O_RDWR | O_CLOEXEC) : fd;
}

static void preserve_again(const int sessions[2], int way, int fd)
{
	int again = descriptor_for(way, fd), failed;

	failed = again < 0 ? -errno : luo_preserve(sessions[way == WAYS - 1], again, TOKEN + 1 + (uint64_t)way);
	ktap_note("PRESERVE_FD, expected to say EBUSY, says %s",
		  failed ? luo_error(failed) : "nothing: the next kernel will restore the same pages twice");
	ktap_result(failed == -EBUSY, "memfd preserved twice: refused (EBUSY) for %s", ways[way]);
}

/* The device, or the exit status in its place. */
static int open_device(int *ret_status)
{
	int device = luo_open();

	ktap_begin();
	if (device >= 0)
		return device;
	if (luo_why_not(device)) {
		ktap_skip("memfd preserved twice", luo_why_not(device));
	} else {
		ktap_note("open(" LUO_DEVICE ") says %s", luo_error(device));
		ktap_result(false, "memfd preserved twice: the device can be opened");
	}
	*ret_status = ktap_end();
	return -1;
}

static int hook_before(int hop)
{
	int status = 0, device = open_device(&status), sessions[2], fd, failed;
	void *memory;

	if (device < 0)
		return status;
	sessions[0] = luo_create(device, luo_name("twice", hop));
	sessions[1] = luo_create(device, luo_name("again", hop));
	fd = memfd_create("twice", MFD_CLOEXEC);
	memory = fd >= 0 && ftruncate(fd, (off_t)the_file.size) == 0 ? content_map(fd, the_file.size, true) : NULL;
	if (sessions[0] < 0 || sessions[1] < 0 || !memory) {
		ktap_note("sessions %d and %d, memfd %d, or its memory", sessions[0], sessions[1], fd);
		ktap_result(false, "memfd preserved twice: sessions and memfd made");
		return ktap_end();
	}
	content_make(&the_file, memory);
	failed = luo_preserve(sessions[0], fd, TOKEN);
	if (failed)
		ktap_note("PRESERVE_FD says %s", luo_error(failed));
	ktap_result(!failed, "memfd: preserved once");
	for (int way = 0; !failed && way < WAYS; way++)
		preserve_again(sessions, way, fd);
	close(device);
	if (luo_hold() < 0)
		ktap_result(false, "process that holds the sessions: %s", luo_error(errno));
	return ktap_end();
}

static bool verify(int fd, const char *when)
{
	void *memory = fd < 0 ? NULL : content_map(fd, the_file.size, false);
	Damage damage = { 0 };

	if (memory)
		content_verify(&the_file, memory, &damage);
	if (damage.bytes)
		content_tell(&the_file, &damage, "twice");
	return ktap_result(memory && !damage.bytes, "memfd: each byte is there%s", when);
}

static int hook_after(int hop)
{
	int status = 0, device = open_device(&status), sessions[2], fd, again, failed;

	if (device < 0)
		return status;
	sessions[0] = luo_retrieve_session(device, luo_name("twice", hop - 1));
	sessions[1] = luo_retrieve_session(device, luo_name("again", hop - 1));
	fd = luo_retrieve(sessions[0], TOKEN);
	if (fd < 0)
		ktap_note("RETRIEVE_FD says %s", luo_error(fd));
	verify(fd, "");
	for (int way = 0; way < WAYS; way++) {
		again = luo_retrieve(sessions[way == WAYS - 1], TOKEN + 1 + (uint64_t)way);
		ktap_note("RETRIEVE_FD, expected to say ENOENT, says %s", again < 0 ? luo_error(again) : "nothing");
		ktap_result(again == -ENOENT, "memfd preserved twice: not there for %s", ways[way]);
	}
	for (int i = 0; i < 2; i++) {
		failed = sessions[i] < 0 ? sessions[i] : luo_finish(sessions[i]);
		if (failed)
			ktap_note("FINISH says %s", luo_error(failed));
		ktap_result(!failed, "session %d: finished", i);
	}
	verify(fd, ", after its session is finished");
	return ktap_end();
}

int main(int argc, char **argv)
{
	int hop = env_number("KHOTEST_HOP");

	if (argc == 2 && strcmp(argv[1], "before") == 0)
		return hook_before(hop);
	if (argc == 2 && strcmp(argv[1], "after") == 0)
		return hook_after(hop);
	fprintf(stderr, "usage: memfd-twice before|after\n");
	return 2;
}
