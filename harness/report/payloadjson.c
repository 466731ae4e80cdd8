// SPDX-License-Identifier: GPL-2.0-or-later
#include "payloadjson.h"

#include <measure/payload.h>

static void put_test(JsonBuilder *b, const KtapTest *test)
{
	json_builder_begin_object(b);
	json_put_string(b, "name", test->name);
	json_put_string(b, "state", ktap_state_name(test->state));
	json_put_string(b, "why", test->why);
	json_put_texts(b, "lines", test->lines);
	json_builder_end_object(b);
}

static void put_hook(JsonBuilder *b, const HookRun *run)
{
	json_builder_begin_object(b);
	json_put_string(b, "payload", run->payload);
	json_put_string(b, "hook", run->hook);
	json_put_bool(b, "ended", run->ended);
	json_put_int_or_null(b, "status", run->status);
	json_put_int(b, "signal", run->signal);
	json_put_bool(b, "timed_out", run->timed_out);
	json_put_int_or_null(b, "ns", run->ended ? run->end_ns - run->begin_ns : -1);
	json_begin_array(b, "tests");
	for (guint i = 0; run->ktap && i < run->ktap->tests->len; i++)
		put_test(b, run->ktap->tests->pdata[i]);
	json_builder_end_array(b);
	json_builder_end_object(b);
}

void payloadjson_put(JsonBuilder *b, const GPtrArray *hooks)
{
	if (!hooks->len)
		return;
	json_begin_array(b, "payloads");
	for (guint i = 0; i < hooks->len; i++)
		put_hook(b, hooks->pdata[i]);
	json_builder_end_array(b);
}
