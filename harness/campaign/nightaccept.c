// SPDX-License-Identifier: GPL-2.0-or-later
/* Somebody says that a night is as it should be. */
#include "nightparts.h"

#include <base/error.h>
#include <report/night.h>

#include <string.h>

/* A line for each thing that became worse. ret_accepted: how many of them can be as they should be. Caller frees. */
static char *told_apart(const NightVerdict *verdict, guint *ret_accepted)
{
	GString *out = g_string_new(NULL);

	*ret_accepted = 0;
	for (guint i = 0; i < verdict->worse->len; i++) {
		const NightChange *change = verdict->worse->pdata[i];
		g_autofree char *line = nightchange_line(change);
		bool wrong = change->kind == NIGHT_WRONG;

		*ret_accepted += !wrong;
		g_string_append_printf(out, "%s: %s\n",
				       wrong ? "not accepted, change what the plan expects" : "accepted", line);
	}
	return g_string_free(out, FALSE);
}

/* What the night came to by which it can be accepted, as the lines that tell; NULL with the error set. */
static char *what_is_accepted(const char *parent, const char *id, GCancellable *cancel, GError **error)
{
	g_autoptr(Nights) nights = nights_load(parent, cancel, error);
	const NightVerdict *verdict = nights ? nights_find(nights, id) : NULL;
	g_autofree char *lines = NULL;
	guint accepted;

	if (!nights)
		return NULL;
	if (!verdict) {
		error_set(error, KHOTEST_ERROR_FAILED, "what the night %s found cannot be read", id);
		return NULL;
	}
	lines = told_apart(verdict, &accepted);
	if (accepted)
		return g_steal_pointer(&lines);
	error_set(error, KHOTEST_ERROR_INPUT,
		  verdict->worse->len ? "a verdict cannot be accepted, and nothing else became worse in the night %s: "
					"change what the plan expects"
				      : "nothing became worse in the night %s: there is nothing to accept",
		  id);
	return NULL;
}

char *nightly_accept(const char *parent, const char *id, GCancellable *cancel, GError **error)
{
	g_autofree char *path = g_build_filename(parent, id, NULL), *lines = NULL;
	g_autoptr(NightFacts) facts = NULL;

	if (strchr(id, '/') || *id == '.') {
		error_set(error, KHOTEST_ERROR_INPUT, "--accept takes the name of a night, such as 2026-11-28");
		return NULL;
	}
	facts = night_read(path, error);
	if (!facts)
		return NULL;
	if (!facts->ended) {
		error_set(error, KHOTEST_ERROR_INPUT,
			  "the night %s was cut off, and says nothing that could be accepted", id);
		return NULL;
	}
	lines = what_is_accepted(parent, id, cancel, error);
	if (!lines)
		return NULL;
	facts->accepted = nighttell_now();
	return night_keep(path, facts, error) ? g_steal_pointer(&lines) : NULL;
}
