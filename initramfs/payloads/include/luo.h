/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LUO_H
#define LUO_H

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>

/*
 * /dev/liveupdate, in words of our own: the host's headers may be older than it.
 * From include/uapi/linux/liveupdate.h of 6.19, 7.1, 7.2 and 7.3, which have the same
 * for all that is used here. The device can be open once at a time; a session
 * lives as long as a file descriptor of it.
 */

#define LUO_DEVICE "/dev/liveupdate"
#define LUO_TYPE 0xba

typedef struct {
	uint32_t size;
	int32_t fd; /* out: the session */
	char name[64];
} LuoSession;

typedef struct {
	uint32_t size;
	int32_t fd;
	uint64_t token;
} LuoFile;

typedef struct {
	uint32_t size;
	uint32_t reserved;
} LuoFinish;

#define LUO_CREATE_SESSION _IO(LUO_TYPE, 0x00)
#define LUO_RETRIEVE_SESSION _IO(LUO_TYPE, 0x01)
#define LUO_PRESERVE_FD _IO(LUO_TYPE, 0x40)
#define LUO_RETRIEVE_FD _IO(LUO_TYPE, 0x41)
#define LUO_FINISH _IO(LUO_TYPE, 0x42)

/* File descriptor of the device; -errno. */
static inline int luo_open(void)
{
	int fd = open(LUO_DEVICE, O_RDWR | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* Why there is no device, where that is no failure of the kernel; NULL where it is one. */
static inline const char *luo_why_not(int error)
{
	return error == -ENOENT ? "no " LUO_DEVICE
				  ": it needs a kernel from 6.19 on with CONFIG_LIVEUPDATE=y, and liveupdate=on"
				: NULL;
}

static inline int luo_session(int device, unsigned long request, const char *name)
{
	LuoSession session = { .size = sizeof(session) };

	snprintf(session.name, sizeof(session.name), "%s", name);
	return ioctl(device, request, &session) < 0 ? -errno : session.fd;
}

/* File descriptor of a new session; -errno. */
static inline int luo_create(int device, const char *name)
{
	return luo_session(device, LUO_CREATE_SESSION, name);
}

/* File descriptor of a session of the kernel before; -errno. */
static inline int luo_retrieve_session(int device, const char *name)
{
	return luo_session(device, LUO_RETRIEVE_SESSION, name);
}

/* 0; -errno. */
static inline int luo_preserve(int session, int fd, uint64_t token)
{
	LuoFile file = { .size = sizeof(file), .fd = fd, .token = token };

	return ioctl(session, LUO_PRESERVE_FD, &file) < 0 ? -errno : 0;
}

/* File descriptor; -errno. */
static inline int luo_retrieve(int session, uint64_t token)
{
	LuoFile file = { .size = sizeof(file), .fd = -1, .token = token };

	return ioctl(session, LUO_RETRIEVE_FD, &file) < 0 ? -errno : file.fd;
}

/* 0; -errno. */
static inline int luo_finish(int session)
{
	LuoFinish finish = { .size = sizeof(finish) };

	return ioctl(session, LUO_FINISH, &finish) < 0 ? -errno : 0;
}

/* "ENOENT" */
static inline const char *luo_error(int error)
{
	const char *name = strerrorname_np(error < 0 ? -error : error);

	return name ? name : "an unknown error";
}

/* Whether the running kernel is at least that one, by its name. */
static inline int luo_kernel_is(int major, int minor)
{
	struct utsname name;
	int a = 0, b = 0;

	uname(&name);
	return sscanf(name.release, "%d.%d", &a, &b) == 2 && (a > major || (a == major && b >= minor));
}

/* The session of a kernel: names of two kernels in a row differ. */
static inline const char *luo_name(const char *session, int hop)
{
	static char name[64];

	snprintf(name, sizeof(name), "khotest-%s.%d", session, hop);
	return name;
}

/*
 * A process that keeps all file descriptors open until the jump. The hook it comes from ends; what this leaves behind
 * is what preserves. Its pid; -1.
 */
static inline pid_t luo_hold(void)
{
	pid_t pid;
	int null;

	fflush(stdout);
	pid = fork();
	if (pid != 0)
		return pid;
	setsid();
	null = open("/dev/null", O_RDWR);
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	for (;;)
		pause();
}

#endif
