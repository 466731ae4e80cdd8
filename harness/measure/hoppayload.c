// SPDX-License-Identifier: GPL-2.0-or-later
/* What came of the payloads of a hop. */
#include "hopreader.h"

#include <proto/frame.h>
#include <string.h>

static void read_hook(HopReader *reader, const char *payload, const char *hook)
{
	g_autofree char *name = g_strdup_printf(FRAME_PAYLOAD "%s/%s", payload, hook);
	g_autofree char *begin_name = g_strconcat(name, FRAME_PAYLOAD_BEGIN, NULL);
	g_autofree char *begin = hopreader_text(reader, begin_name), *end = hopreader_text(reader, name);
	g_autoptr(GError) error = NULL;
	HookRun *run = begin || end ? hookrun_parse(payload, hook, begin, end, &error) : NULL;

	if (error)
		hopreader_damaged(reader, name, error->message);
	else if (run && run->ktap && !hopreader_keep(reader, name, ktap_bytes(run->ktap), 1))
		hookrun_free(run);
	else if (run)
		g_ptr_array_add(reader->hop->hooks, run);
}

void hopreader_hooks(HopReader *reader)
{
	const GPtrArray *payloads = reader->source->payloads;

	for (const char *const *hook = payload_hooks; *hook; hook++)
		for (guint i = 0; payloads && i < payloads->len; i++)
			read_hook(reader, ((const PayloadPlan *)payloads->pdata[i])->name, *hook);
}

const HookRun *hop_hook(const Hop *hop, const char *payload, const char *hook)
{
	for (guint i = 0; i < hop->hooks->len; i++) {
		const HookRun *run = hop->hooks->pdata[i];

		if (strcmp(run->payload, payload) == 0 && strcmp(run->hook, hook) == 0)
			return run;
	}
	return NULL;
}
