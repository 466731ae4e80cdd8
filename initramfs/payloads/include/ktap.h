/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef KTAP_H
#define KTAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* Results as Documentation/dev-tools/ktap.rst has them. Each line leaves at once: what follows may end the kernel. */

/* A number that the harness gives a hook, such as KHOTEST_HOP; 0 if it does not. */
static inline int env_number(const char *name)
{
	const char *text = getenv(name);

	return text ? atoi(text) : 0;
}

static unsigned int ktap_results, ktap_failures;

static inline void ktap_begin(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("KTAP version 1\n");
}

/* A line that belongs to the next result. */
__attribute__((format(printf, 1, 2))) static inline void ktap_note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("# ", stdout);
	vprintf(format, args);
	putchar('\n');
	va_end(args);
}

__attribute__((format(printf, 2, 3))) static inline bool ktap_result(bool ok, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("%s %u ", ok ? "ok" : "not ok", ++ktap_results);
	vprintf(format, args);
	putchar('\n');
	va_end(args);
	ktap_failures += !ok;
	return ok;
}

static inline void ktap_skip(const char *name, const char *why)
{
	printf("ok %u %s # SKIP %s\n", ++ktap_results, name, why);
}

/* The plan; exit status of the program. */
static inline int ktap_end(void)
{
	printf("1..%u\n", ktap_results);
	return ktap_failures ? 1 : 0;
}

#endif
