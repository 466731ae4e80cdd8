// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/terminal.h>

#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define COLUMNS_UNKNOWN 80
#define CUT "..."

static struct termios before; /* of the terminal that is raw */
static int raw_fd = -1;

guint terminal_columns(int fd)
{
	struct winsize size;

	if (!isatty(fd))
		return 0;
	return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : COLUMNS_UNKNOWN;
}

static guint width_of(gunichar c)
{
	return g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
}

guint terminal_width(const char *text)
{
	guint width = 0;

	for (; *text; text = g_utf8_next_char(text))
		width += width_of(g_utf8_get_char(text));
	return width;
}

/* As many characters as take so many columns at most. */
static void append(GString *out, const char *text, guint columns)
{
	for (; *text; text = g_utf8_next_char(text)) {
		gunichar c = g_utf8_get_char(text);
		guint width = width_of(c);

		if (width > columns)
			return;
		columns -= width;
		g_string_append_unichar(out, c);
	}
}

/* One line of valid UTF-8: a guest's or a compiler's words may be anything. */
static char *clean(const char *text)
{
	char *valid = g_utf8_make_valid(text, -1);

	for (char *c = valid; *c; c++)
		if (g_ascii_iscntrl(*c))
			*c = ' ';
	return valid;
}

char *terminal_fit(const char *text, const char *end, guint columns)
{
	g_autofree char *head = clean(text), *tail = clean(end);
	GString *out = g_string_new(NULL);
	guint cut = terminal_width(CUT), taken = terminal_width(tail);

	if (terminal_width(head) + taken <= columns) {
		g_string_append(out, head);
	} else if (taken + cut < columns) {
		append(out, head, columns - taken - cut);
		g_string_append(out, CUT);
	}
	append(out, tail, columns - MIN(columns, terminal_width(out->str)));
	return g_string_free(out, FALSE);
}

bool terminal_make_raw(int fd)
{
	struct termios raw;

	if (!isatty(fd) || tcgetattr(fd, &before) != 0)
		return false;
	raw = before;
	cfmakeraw(&raw);
	g_atomic_int_set(&raw_fd, fd);
	tcsetattr(fd, TCSADRAIN, &raw);
	return true;
}

void terminal_restore(void)
{
	int fd = g_atomic_int_get(&raw_fd);

	/* what the terminal has still to show is not waited for: it may show nothing any more */
	if (fd >= 0 && g_atomic_int_compare_and_exchange(&raw_fd, fd, -1))
		tcsetattr(fd, TCSANOW, &before);
}
