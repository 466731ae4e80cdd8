// SPDX-License-Identifier: GPL-2.0-or-later
#include "scan.h"

#include <base/error.h>
#include <string.h>

bool scan_literal(const char **at, const char *literal)
{
	if (!g_str_has_prefix(*at, literal))
		return false;
	*at += strlen(literal);
	return true;
}

bool scan_blank(const char **at)
{
	gsize n = strspn(*at, " \t");

	*at += n;
	return n > 0;
}

bool scan_u64(const char **at, guint base, guint64 *ret)
{
	const char *p = *at;
	guint64 value = 0;
	bool any = false;

	if (base == 16 && p[0] == '0' && (p[1] == 'x' || p[1] == 'X') && g_ascii_isxdigit(p[2]))
		p += 2;
	for (;; p++) {
		int digit = g_ascii_xdigit_value(*p);

		if (digit < 0 || (guint)digit >= base)
			break;
		if (!g_uint64_checked_mul(&value, value, base) || !g_uint64_checked_add(&value, value, (guint64)digit))
			return false;
		any = true;
	}
	if (!any)
		return false;
	*ret = value;
	*at = p;
	return true;
}

bool scan_int(const char **at, int *ret)
{
	const char *p = *at;
	guint64 value;

	if (!scan_u64(&p, 10, &value) || value > G_MAXINT)
		return false;
	*ret = (int)value;
	*at = p;
	return true;
}

bool scan_word(const char **at, char **ret)
{
	gsize n = strcspn(*at, " \t,");

	if (!n)
		return false;
	*ret = g_strndup(*at, n);
	*at += n;
	return true;
}

bool scan_node(const char **at, int *ret)
{
	const char *p = *at;
	int node;

	if (!scan_int(&p, &node) || node >= NODES_MOST)
		return false;
	*ret = node;
	*at = p;
	return true;
}

bool scan_node_zone(const char **at, int *ret_node, char **ret_zone)
{
	const char *p = *at;

	/* the free lists pad the node's number, the other tables do not */
	if (!scan_literal(&p, "Node") || !scan_blank(&p) || !scan_node(&p, ret_node) || !scan_literal(&p, ", zone") ||
	    !scan_blank(&p) || !scan_word(&p, ret_zone))
		return false;
	*at = p;
	return true;
}

bool scan_end(const char *at)
{
	scan_blank(&at);
	return *at == '\0';
}

/* Pointers and text in one block: a line may be a single byte, and there are many of them. */
static char **split(const char *text, gsize length)
{
	gsize n = length ? 1 : 0, at = 0;
	char **lines, *body;

	for (gsize i = 0; i < length; i++)
		n += text[i] == '\n';
	lines = g_malloc((n + 1) * sizeof(*lines) + length + 1);
	body = (char *)(lines + n + 1);
	memcpy(body, text, length);
	body[length] = '\0';
	for (gsize i = 0; i < n; i++) {
		char *end = strchr(body + at, '\n');

		lines[i] = body + at;
		if (end)
			*end = '\0';
		at += strlen(lines[i]) + 1;
	}
	lines[n] = NULL;
	return lines;
}

bool scan_is_whole(const char *text, const char *what, GError **error)
{
	gsize length = strlen(text);
	const char *last = strrchr(text, '\n');

	if (!length || text[length - 1] == '\n')
		return true;
	return error_set(error, KHOTEST_ERROR_FAILED, "%s breaks off in its last line, '%.80s'", what,
			 last ? last + 1 : text);
}

char *scan_line(const char **at)
{
	gsize length = strcspn(*at, "\n");
	char *line = g_strndup(*at, length);

	*at += length;
	*at += **at == '\n';
	return line;
}

char **scan_lines(const char *text, const char *what, GError **error)
{
	gsize length = strlen(text);

	return scan_is_whole(text, what, error) ? split(text, length ? length - 1 : 0) : NULL;
}
