// SPDX-License-Identifier: GPL-2.0-or-later
#include "requestpayload.h"

#include <base/error.h>
#include <base/units.h>
#include <run/fragments.h>

#include <string.h>

/* Of a tree or an image nobody knows before it runs. */
static bool check_kernels(const Prepared *prepared, GError **error)
{
	for (guint i = 0; i < prepared->kernels->len; i++) {
		const RunRequest *kernel = &((const PreparedKernel *)prepared->kernels->pdata[i])->request;

		if (!kernel->tree && !kernel->image &&
		    !payload_check_kernels(prepared->payloads, kernel->kernel, error))
			return false;
	}
	return true;
}

/* The user's words stand last, and win. */
static bool settle(const RunRequest *request, Prepared *prepared, GError **error)
{
	g_autoptr(GString) words = g_string_new(NULL);

	for (guint i = 0; i < prepared->payloads->len; i++) {
		const Payload *payload = prepared->payloads->pdata[i];

		if (payload->append)
			g_string_append_printf(words, "%s%s", words->len ? " " : "", payload->append);
	}
	if (request->append)
		g_string_append_printf(words, "%s%s", words->len ? " " : "", request->append);
	prepared->append = words->len || request->append ? g_strdup(words->str) : NULL;
	prepared->fragments = fragments_needed(request->fragments, prepared->payloads, &request->guest, error);
	return prepared->fragments;
}

/* One that no payload knows would do no damage, and the run would pass without. */
static bool check_break_known(const RunRequest *request, const GPtrArray *payloads, GError **error)
{
	g_autoptr(GString) known = g_string_new(NULL);

	for (guint i = 0; i < payloads->len; i++) {
		const Payload *payload = payloads->pdata[i];
		g_autofree char *words = g_strjoinv(" or ", payload->breaks);

		if (g_strv_contains((const char *const *)payload->breaks, request->break_what))
			return true;
		if (*words)
			g_string_append_printf(known, "%s%s: %s", known->len ? "; " : "", payload->name, words);
	}
	return error_set(error, KHOTEST_ERROR_INPUT, "--break %s: no payload of this run knows that word (%s)",
			 request->break_what, known->len ? known->str : "none of them does damage");
}

static bool check_break(const RunRequest *request, const Prepared *prepared, GError **error)
{
	if (!request->break_what)
		return true;
	if (!g_regex_match_simple("^[a-z][a-z0-9-]{0,30}$", request->break_what, G_REGEX_RAW, 0))
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "--break %s: it takes one word of small letters, such as data", request->break_what);
	if (!prepared->payloads->len)
		return error_set(
			error, KHOTEST_ERROR_INPUT,
			"--break is for payloads, which do the damage: give one with --payload, such as memfd");
	return check_break_known(request, prepared->payloads, error);
}

bool requestpayload_resolve(const RunRequest *request, const Paths *paths, Prepared *prepared, GError **error)
{
	g_autofree char *folder = g_build_filename(paths->initramfs, PAYLOAD_FOLDER, NULL);

	prepared->payloads = payload_load_all(folder, request->payloads, error);
	if (!prepared->payloads || !check_kernels(prepared, error))
		return false;
	prepared->plan->break_what = g_strdup(request->break_what);
	return settle(request, prepared, error) && check_break(request, prepared, error);
}

bool requestpayload_check_memory(const Prepared *prepared, GError **error)
{
	for (guint i = 0; i < prepared->payloads->len; i++) {
		const Payload *payload = prepared->payloads->pdata[i];
		g_autofree char *needed = units_format_size(payload->memory_bytes);

		if (prepared->plan->guest.memory_bytes < payload->memory_bytes)
			return error_set(error, KHOTEST_ERROR_INPUT,
					 "payload %s needs a guest with %s of memory: give -m %s or more",
					 payload->name, needed, needed);
	}
	return true;
}

bool requestpayload_build(const RunRequest *request, const Paths *paths, Prepared *prepared, GError **error)
{
	for (guint i = 0; i < prepared->payloads->len; i++) {
		Payload *payload = prepared->payloads->pdata[i];
		PayloadPlan *plan;

		if (!payload_build(payload, paths->cache, request->cancel, error))
			return false;
		plan = g_new0(PayloadPlan, 1);
		plan->name = g_strdup(payload->name);
		plan->path = g_strdup(payload->path);
		plan->sha256 = g_strdup(payload->sha256);
		plan->hooks = g_strdupv(payload->hooks);
		plan->timeout_ns = payload->timeout_ns;
		g_ptr_array_add(prepared->plan->payloads, plan);
	}
	return true;
}
