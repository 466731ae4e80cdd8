// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define CHANNEL_PATH "/dev/ttyS1"

static int channel = -1;
static int channel_hop;

bool channel_open(int hop)
{
	struct termios raw;

	channel_hop = hop;
	channel = open(CHANNEL_PATH, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	if (channel < 0 || tcgetattr(channel, &raw) < 0) {
		probe_complain(errno, "cannot open the channel to the host, " CHANNEL_PATH
				      " (a second 8250 serial port and CONFIG_SERIAL_8250=y are needed)");
		return false;
	}
	/* An emulated UART has no speed; this one only makes the driver's waits in channel_drain() short. */
	cfmakeraw(&raw);
	cfsetspeed(&raw, B115200);
	raw.c_cflag |= CLOCAL;
	if (tcsetattr(channel, TCSANOW, &raw) < 0)
		probe_complain(errno, "cannot set " CHANNEL_PATH " raw");
	/* Whoever wrote before may have been cut off within a frame; a header must begin a line. */
	buffer_write_fd(channel, "\n", 1);
	return true;
}

void channel_send(const char *name, const void *data, size_t length, uint32_t *ret_crc)
{
	uint32_t crc = frame_crc32(0, data, (uint32_t)length);
	Buffer frame = { 0 };
	int failed;

	buffer_printf(&frame, FRAME_MAGIC " %d %s %zu %08x\n", channel_hop, name, length, crc);
	buffer_add(&frame, data, length);
	buffer_add(&frame, "\n", 1);
	failed = buffer_write_fd(channel, frame.data, frame.length);
	if (failed)
		probe_complain(failed, "cannot send %s on " CHANNEL_PATH, name);
	buffer_clear(&frame);
	if (ret_crc)
		*ret_crc = crc;
}

void channel_drain(void)
{
	while (tcdrain(channel) < 0 && errno == EINTR)
		;
}

void channel_alive(void)
{
	buffer_write_fd(channel, "\n", 1);
}

void channel_printf(const char *name, const char *format, ...)
{
	char text[4096];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	channel_send(name, text, (size_t)length < sizeof(text) ? (size_t)length : sizeof(text) - 1, NULL);
	channel_drain();
}
