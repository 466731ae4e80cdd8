// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/error.h>

G_DEFINE_QUARK(khotest - error - quark, khotest_error)

gboolean error_set(GError **error, KhotestError code, const char *format, ...)
{
	va_list args;

	if (!error)
		return FALSE;
	va_start(args, format);
	*error = g_error_new_valist(KHOTEST_ERROR, code, format, args);
	va_end(args);
	return FALSE;
}
