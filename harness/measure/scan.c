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

char **scan_lines(const char *text, const char *what, GError **error)
{
	gsize length = strlen(text);
	g_autofree char *body = NULL;

	if (length && text[length - 1] != '\n') {
		const char *last = strrchr(text, '\n');

		error_set(error, KHOTEST_ERROR_FAILED, "%s breaks off in its last line, '%.80s'", what,
			  last ? last + 1 : text);
		return NULL;
	}
	body = g_strndup(text, length ? length - 1 : 0);
	return g_strsplit_set(body, "\n", -1);
}
