// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READ_MIN 65536u

/* Makes room for more bytes and the NUL. A guest without memory for a few files has no way on. */
static void reserve(Buffer *buffer, size_t more)
{
	size_t wanted = buffer->length + more + 1;

	if (wanted <= buffer->size)
		return;
	if (wanted < buffer->size * 2)
		wanted = buffer->size * 2;
	buffer->data = realloc(buffer->data, wanted);
	if (!buffer->data) {
		probe_complain(ENOMEM, "cannot hold %zu bytes", wanted);
		exit(1);
	}
	buffer->size = wanted;
}

void buffer_add(Buffer *buffer, const void *data, size_t length)
{
	reserve(buffer, length);
	memcpy(buffer->data + buffer->length, data, length);
	buffer->length += length;
	buffer->data[buffer->length] = '\0';
}

void buffer_printf(Buffer *buffer, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	reserve(buffer, (size_t)length);
	va_start(args, format);
	vsnprintf(buffer->data + buffer->length, (size_t)length + 1, format, args);
	va_end(args);
	buffer->length += (size_t)length;
}

void buffer_clear(Buffer *buffer)
{
	free(buffer->data);
	*buffer = (Buffer){ 0 };
}

int buffer_read(Buffer *buffer, const char *path, size_t limit)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t start = buffer->length;
	int failed = fd < 0 ? errno : 0;

	while (!failed) {
		ssize_t n;

		reserve(buffer, READ_MIN);
		n = read(fd, buffer->data + buffer->length, buffer->size - buffer->length - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			failed = errno;
		if (n <= 0)
			break;
		buffer->length += (size_t)n;
		if (buffer->length - start > limit) {
			buffer->length = start + limit;
			failed = EFBIG;
		}
	}
	if (buffer->data)
		buffer->data[buffer->length] = '\0';
	if (fd >= 0)
		close(fd);
	return failed;
}

int buffer_write_fd(int fd, const void *data, size_t length)
{
	const char *at = data;

	while (length > 0) {
		ssize_t n = write(fd, at, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		at += n;
		length -= (size_t)n;
	}
	return 0;
}
