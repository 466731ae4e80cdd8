// SPDX-License-Identifier: GPL-2.0-or-later
#include <run/deadline.h>

#include <build/payload.h>
#include <run/pace.h>
#include <store/chain.h>
#include <vm/accel.h>

static gint64 hooks_ns(const Payload *payload, guint hops)
{
	gint64 ns = 0;

	for (guint hop = 0; hop < hops; hop++)
		for (char **hook = payload->hooks; *hook; hook++)
			ns += payload_is_due(*hook, hop, hops) ? payload->timeout_ns : 0;
	return ns;
}

gint64 deadline_ns(const Machine *guest, guint hops, double pace, const GPtrArray *payloads)
{
	gint64 ns = pace_scale(machine_timeout_ns(guest, hops), pace);

	for (guint i = 0; i < payloads->len; i++)
		ns += hooks_ns(payloads->pdata[i], hops);
	return ns;
}

/* With whichever accelerator this host is slower: which one it will be is not known yet. */
static double slowest_pace(const char *cache)
{
	return MAX(pace_read(cache, accel_name(ACCEL_KVM)).factor, pace_read(cache, accel_name(ACCEL_TCG)).factor);
}

/* Those that can be read: the run itself says what is wrong with others. Caller unrefs. */
static GPtrArray *payloads_of(const RunRequest *request, const Paths *paths)
{
	GPtrArray *payloads = g_ptr_array_new_with_free_func((GDestroyNotify)payload_free);
	g_autofree char *folder = request->payloads ? g_build_filename(paths->initramfs, PAYLOAD_FOLDER, NULL) : NULL;

	for (const char *const *name = request->payloads; name && *name; name++) {
		Payload *payload = payload_load(folder, *name, NULL);

		if (payload)
			g_ptr_array_add(payloads, payload);
	}
	return payloads;
}

gint64 deadline_of_request(const RunRequest *request, const Paths *paths)
{
	g_autoptr(GPtrArray) links = request->chain ? chain_parse(request->chain, NULL) : NULL;
	g_autoptr(GPtrArray) payloads = NULL;
	Machine guest = request->guest; /* borrowed */

	if (request->timeout_ns)
		return request->timeout_ns;
	payloads = payloads_of(request, paths);
	guest.memory_bytes = guest.memory_bytes ? guest.memory_bytes : REQUEST_MEMORY_DEFAULT;
	return deadline_ns(&guest, links ? links->len : request->hops, slowest_pace(paths->cache), payloads);
}
