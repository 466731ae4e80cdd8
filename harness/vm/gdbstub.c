// SPDX-License-Identifier: GPL-2.0-or-later
#include "gdbstub.h"

#include <arch/arch.h>
#include <base/error.h>
#include <base/socket.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWER_MS 10000
/* the kind of breakpoint that changes no memory */
#define HARDWARE_BREAKPOINT 1
#define WORD_DIGITS 16
/* why a breakpoint stops a machine; one that is switched off, or stopped by somebody else, says another number */
#define SIGNAL_TRAP "05"

struct GdbStub {
	int fd;
	GString *came;
	bool gone;
};

static guint checksum(const char *text)
{
	guint8 sum = 0;

	for (; *text; text++)
		sum = (guint8)(sum + (guint8)*text);
	return sum;
}

char *gdbstub_frame(const char *text)
{
	return g_strdup_printf("$%s#%02x", text, checksum(text));
}

char *gdbstub_unframe(GString *came, bool *ret_damaged)
{
	gsize skip = strspn(came->str, "+");
	const char *hash;
	char *text;
	guint sum;

	*ret_damaged = false;
	g_string_erase(came, 0, (gssize)skip);
	if (!came->len)
		return NULL;
	hash = strchr(came->str, '#');
	if (*came->str != '$') {
		*ret_damaged = true;
		return NULL;
	}
	if (!hash || !hash[1] || !hash[2])
		return NULL;
	text = g_strndup(came->str + 1, (gsize)(hash - came->str - 1));
	*ret_damaged = sscanf(hash + 1, "%2x", &sum) != 1 || sum != checksum(text);
	g_string_erase(came, 0, hash + 3 - came->str);
	if (*ret_damaged)
		g_clear_pointer(&text, g_free);
	return text;
}

static bool write_all(GdbStub *stub, const char *data, GError **error)
{
	gsize length = strlen(data);

	while (length) {
		gssize n = send(stub->fd, data, length, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_set(error, KHOTEST_ERROR_FAILED,
					 "cannot write to the emulator's debugging port: %s", g_strerror(errno));
		data += n;
		length -= (gsize)n;
	}
	return true;
}

/* What has come so far, without waiting for more. */
static void read_some(GdbStub *stub)
{
	char data[4096];
	gssize n;

	while ((n = recv(stub->fd, data, sizeof(data), MSG_DONTWAIT)) > 0)
		g_string_append_len(stub->came, data, n);
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		stub->gone = true;
}

/* The next packet's text, waiting for it; NULL with an error. Caller frees. */
static char *await_packet(GdbStub *stub, const char *request, GError **error)
{
	gint64 deadline = g_get_monotonic_time() + ANSWER_MS * 1000;

	for (;;) {
		struct pollfd wait = { .fd = stub->fd, .events = POLLIN };
		gint64 left = (deadline - g_get_monotonic_time()) / 1000;
		bool damaged;
		char *text = gdbstub_unframe(stub->came, &damaged);

		if (text) {
			if (write_all(stub, "+", error))
				return text;
			g_free(text);
			return NULL;
		}
		if (damaged || stub->gone || left <= 0) {
			error_set(error, KHOTEST_ERROR_FAILED, "the emulator's debugging port %s to \"%s\"",
				  damaged      ? "gave an answer that cannot be understood"
				  : stub->gone ? "was closed instead of an answer"
					       : "gave no answer within 10 s",
				  request);
			return NULL;
		}
		if (poll(&wait, 1, (int)left) > 0)
			read_some(stub);
	}
}

static char *ask(GdbStub *stub, const char *request, GError **error)
{
	g_autofree char *frame = gdbstub_frame(request);

	return write_all(stub, frame, error) ? await_packet(stub, request, error) : NULL;
}

static bool ask_ok(GdbStub *stub, const char *request, GError **error)
{
	g_autofree char *answer = ask(stub, request, error);

	if (!answer || strcmp(answer, "OK") == 0)
		return answer;
	return error_set(error, KHOTEST_ERROR_FAILED, "the emulator's debugging port answered \"%s\" to \"%s\"", answer,
			 request);
}

/*
 * The word at a place of an answer: bytes in hexadecimal, the lowest first. All
 * registers are asked for at once, since not every emulator gives a single one to
 * somebody who does not first ask for their description.
 */
static bool ask_word(GdbStub *stub, const char *request, guint place, guint64 *ret_word, GError **error)
{
	g_autofree char *answer = ask(stub, request, error);
	const char *digits;
	guint64 word = 0;

	if (!answer)
		return false;
	if (strlen(answer) < (place + 1) * WORD_DIGITS ||
	    strspn(answer + place * WORD_DIGITS, "0123456789abcdef") < WORD_DIGITS)
		return error_set(error, KHOTEST_ERROR_FAILED,
				 "the emulator's debugging port answered \"%s\" to \"%s\": %u words were due", answer,
				 request, place + 1);
	digits = answer + place * WORD_DIGITS;
	for (int i = WORD_DIGITS - 2; i >= 0; i -= 2)
		word = word << 8 |
		       (guint64)(g_ascii_xdigit_value(digits[i]) << 4 | g_ascii_xdigit_value(digits[i + 1]));
	*ret_word = word;
	return true;
}

GdbStub *gdbstub_connect(const char *path, GError **error)
{
	g_autoptr(GdbStub) stub = g_new0(GdbStub, 1);
	g_autofree char *status = NULL;

	stub->came = g_string_new(NULL);
	stub->fd = socket_connect(path, "the emulator's debugging port", error);
	if (stub->fd < 0)
		return NULL;
	status = ask(stub, "?", error);
	return status ? g_steal_pointer(&stub) : NULL;
}

void gdbstub_free(GdbStub *stub)
{
	if (!stub)
		return;
	if (stub->fd >= 0)
		close(stub->fd);
	g_string_free(stub->came, TRUE);
	g_free(stub);
}

int gdbstub_fd(const GdbStub *stub)
{
	return stub->fd;
}

static bool change_breakpoint(GdbStub *stub, char verb, guint64 address, GError **error)
{
	g_autofree char *request =
		g_strdup_printf("%c%d,%" G_GINT64_MODIFIER "x,1", verb, HARDWARE_BREAKPOINT, address);

	return ask_ok(stub, request, error);
}

bool gdbstub_insert(GdbStub *stub, guint64 address, GError **error)
{
	return change_breakpoint(stub, 'Z', address, error);
}

bool gdbstub_remove(GdbStub *stub, guint64 address, GError **error)
{
	return change_breakpoint(stub, 'z', address, error);
}

bool gdbstub_where(GdbStub *stub, guint64 *ret_pc, GError **error)
{
	return ask_word(stub, "g", arch_default()->gdb_program_counter, ret_pc, error);
}

bool gdbstub_stack_top(GdbStub *stub, guint64 *ret_word, GError **error)
{
	g_autofree char *request = NULL;
	guint64 sp;

	if (!ask_word(stub, "g", arch_default()->gdb_stack_pointer, &sp, error))
		return false;
	request = g_strdup_printf("m%" G_GINT64_MODIFIER "x,8", sp);
	return ask_word(stub, request, 0, ret_word, error);
}

bool gdbstub_holds(GdbStub *stub, guint64 address, const char *text, bool *ret_holds, GError **error)
{
	g_autofree char *request =
		g_strdup_printf("m%" G_GINT64_MODIFIER "x,%" G_GSIZE_MODIFIER "x", address, strlen(text));
	g_autofree char *answer = ask(stub, request, error);
	g_autoptr(GString) digits = g_string_new(NULL);

	for (; *text; text++)
		g_string_append_printf(digits, "%02x", (guint8)*text);
	*ret_holds = answer && strcmp(answer, digits->str) == 0;
	return answer;
}

bool gdbstub_continue(GdbStub *stub, GError **error)
{
	g_autofree char *frame = gdbstub_frame("c");

	return write_all(stub, frame, error);
}

bool gdbstub_step(GdbStub *stub, GError **error)
{
	g_autofree char *stop = ask(stub, "s", error);

	return stop != NULL;
}

bool gdbstub_read(GdbStub *stub, GdbStubNews *ret_news, GError **error)
{
	g_autofree char *text = NULL;
	bool damaged;

	*ret_news = GDBSTUB_NOTHING;
	read_some(stub);
	text = gdbstub_unframe(stub->came, &damaged);
	if (damaged)
		return error_set(error, KHOTEST_ERROR_FAILED,
				 "the emulator's debugging port says something that cannot be understood");
	/* T and S: a stop, with a signal's number; W and X: the emulator says that it is about to end */
	if (text && (*text == 'T' || *text == 'S'))
		*ret_news =
			strncmp(text + 1, SIGNAL_TRAP, strlen(SIGNAL_TRAP)) == 0 ? GDBSTUB_STOPPED : GDBSTUB_NOTHING;
	else if (stub->gone || (text && (*text == 'W' || *text == 'X')))
		*ret_news = GDBSTUB_GONE;
	/* of a stop that is the machine's last the port is closed before an acknowledgement comes */
	return *ret_news != GDBSTUB_STOPPED || write_all(stub, "+", error);
}
