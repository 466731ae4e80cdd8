// SPDX-License-Identifier: GPL-2.0-or-later
/* What a night has found is handed out: its message, the mail, the site. */
#include "nightparts.h"

#include <base/error.h>
#include <base/log.h>
#include <campaign/nightsite.h>
#include <report/night.h>

char *nighttell_now(void)
{
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();

	return g_date_time_format_iso8601(now);
}

static bool write_messages(const char *path, const NightVerdict *verdict, GError **error)
{
	g_autofree char *text = night_to_text(verdict), *markdown = night_to_markdown(verdict);
	g_autofree char *json = night_to_json(verdict);

	return night_write(path, NIGHT_TEXT, text, error) && night_write(path, NIGHT_MARKDOWN, markdown, error) &&
	       night_write(path, NIGHT_JSON, json, error);
}

/* What the night found is known: what cannot be done with it takes nothing of that away. Gives done back. */
static bool did(bool done, const char *path, const char *could_not, GError **local)
{
	if (!done)
		log_warn("the night is done, and %s has what it found, but %s: %s", path, could_not, (*local)->message);
	g_clear_error(local);
	return done;
}

/* Told, and accepted if somebody has accepted it while the message and the site were made. */
static bool note_told(NightFacts *facts, const char *path, GError **error)
{
	g_autoptr(NightFacts) now = night_read(path, NULL);

	if (now && now->accepted) {
		g_free(facts->accepted);
		facts->accepted = g_strdup(now->accepted);
	}
	facts->told = nighttell_now();
	return night_keep(path, facts, error);
}

bool nighttell(const NightlySpec *spec, NightFacts *facts, const char *path, const Nights *nights)
{
	const NightVerdict *verdict = nights->tonight;
	g_autoptr(GError) local = NULL;
	bool told, sent, shown;

	/* the message first, as it is what somebody waits for */
	told = did(write_messages(path, verdict, &local), path, "its message could not be written", &local);
	sent = did(!spec->mail || nightmail_send(spec, path, verdict, &local), path, "its message could not be sent",
		   &local);
	shown = did(!spec->site || nightsite_write(nights, spec->parent, spec->site, spec->cancel, &local), path,
		    "the site could not be made", &local);
	return told && sent && shown &&
	       did(note_told(facts, path, &local), path, "it could not be noted that it was told", &local);
}
