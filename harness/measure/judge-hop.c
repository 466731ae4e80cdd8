// SPDX-License-Identifier: GPL-2.0-or-later
/* What each kernel of the chain said about itself. */
#include "judge.h"

#include <string.h>

/* Whether this hop is a kernel that got handover data from the one before it; says so if not. */
static bool judge_handover(Judge *judge, const Hop *hop, const Hop *previous)
{
	const char *kernel = hop_name(hop->index);
	const KernelLog *log = hop->log;
	gint64 count_before;

	if (previous && previous->boot_id && hop->boot_id && strcmp(previous->boot_id, hop->boot_id) == 0) {
		judge_add(judge, "not-kho-boot", "%s: has the boot id of the %s: no other kernel was started", kernel,
			  hop_name(previous->index));
		return false;
	}
	if (!log)
		return false;
	if (log->kho_disabled) {
		judge_add(judge, "not-kho-boot",
			  "%s: its log says that it could not use the handover data (KHO disabled)", kernel);
		return false;
	}
	if (!log->kho_found) {
		/* that lines were lost is a reason of its own (judge_records()) */
		if (!log->lost_records)
			judge_add(judge, "not-kho-boot",
				  "%s: it was started by kexec, but its log has no \"KHO: found kexec handover data\"",
				  kernel);
		return false;
	}
	if (!previous)
		return true;
	if (log->kho_from && previous->release && strcmp(log->kho_from, previous->release) != 0) {
		judge_add(judge, "not-kho-boot", "%s: its handover data are from %s, but the %s was %s", kernel,
			  log->kho_from, hop_name(previous->index), previous->release);
		return false;
	}
	/* before 7.1 kernels do not count; the first one of a chain that does counts from 0 */
	count_before = previous->log && previous->log->kho_count > 0 ? previous->log->kho_count : 0;
	if ((log->kho_count >= 0 && previous->log && log->kho_count != count_before + 1) ||
	    (log->kho_count < 0 && count_before > 0 && !log->lost_records)) {
		g_autofree char *count = log->kho_count < 0
						 ? g_strdup("no count")
						 : g_strdup_printf("count %" G_GINT64_FORMAT, log->kho_count);

		judge_add(judge, "not-kho-boot",
			  "%s: its handover data have %s, and count %" G_GINT64_FORMAT " was due", kernel, count,
			  count_before + 1);
		return false;
	}
	return true;
}

/* Whether the first kernel has KHO. Without it there is nothing further to judge. */
static bool judge_kho_present(Judge *judge, const Hop *hop)
{
	const char *config = hop_config(hop, "KEXEC_HANDOVER");
	const char *kernel = hop_name(hop->index), *release = hop->release ? hop->release : "release unknown";

	/* a kernel that hands nothing over may do without */
	if (!hop->complete || hop->kho_present || judge->evidence->hops_wanted == 1)
		return true;
	if (hop->log && hop->log->kho_disabled)
		judge_add(judge, "no-scratch",
			  "%s: KHO gave up because it could not reserve its scratch memory; give the machine more "
			  "memory, or "
			  "less to kho_scratch=",
			  kernel);
	else if (config && strcmp(config, "y") != 0)
		judge_add(judge, "kernel-without-kho",
			  "%s (%s): built without CONFIG_KEXEC_HANDOVER=y: nothing to judge", kernel, release);
	else
		judge_add(judge, "kernel-without-kho",
			  "%s (%s): has no kho/ in debugfs; it takes kho=on on the command line, "
			  "CONFIG_KEXEC_HANDOVER=y, and "
			  "from 6.19 on CONFIG_KEXEC_HANDOVER_DEBUGFS=y",
			  kernel, release);
	return false;
}

static void judge_records(Judge *judge, const Hop *hop)
{
	const char *kernel = hop_name(hop->index);

	if (hop->damaged->len)
		judge_add(judge, "records-damaged", "%s: %u of its records cannot be used, the first: %s", kernel,
			  hop->damaged->len, (char *)g_ptr_array_index(hop->damaged, 0));
	else if (judge->evidence->end == END_DONE && !hop->complete)
		judge_add(judge, "records-damaged", "%s: its records are not complete: the manifest never came",
			  kernel);
	else if (hop->complete && !hop->log)
		judge_add(judge, "records-damaged", "%s: no kernel log came from it", kernel);
	else if (hop->complete)
		judge_saw(judge, hop->index, CHECK_RECORDS);
	if (hop->log && hop->log->lost_records)
		judge_add(judge, "records-damaged",
			  "%s: its log has lost lines, and what they said is not known; log_buf_len=16M on the command "
			  "line "
			  "makes it larger",
			  kernel);
}

static void judge_identity(Judge *judge, const Hop *hop, const Hop *previous)
{
	if (!hop->hello)
		return;
	if ((guint)hop->index < judge->evidence->hops_wanted &&
	    strcmp(hop->nonce, judge->evidence->nonces[hop->index]) != 0)
		judge_add(judge, "wrong-nonce", "%s: user space said nonce %s, and %s was given to it",
			  hop_name(hop->index), hop->nonce, judge->evidence->nonces[hop->index]);
	if (hop->index == 0 || (hop->boot_id && previous && previous->boot_id))
		judge_saw(judge, hop->index, CHECK_IDENTITY);
	else
		judge_blind(judge, hop->index, CHECK_IDENTITY, "not both boot ids are known");
}

/* How the hop was left: for the next kernel, or because it was the last. */
static void judge_next(Judge *judge, const Hop *hop)
{
	bool last = (guint)hop->index + 1 >= judge->evidence->hops_wanted;

	if (!last && hop->kexec_status < 0)
		judge_blind(judge, hop->index, CHECK_NEXT, "what kexec -s -l came to is not recorded");
	else if (!hop->last_word)
		judge_blind(judge, hop->index, CHECK_NEXT, "its last word did not come");
	else
		judge_saw(judge, hop->index, CHECK_NEXT);
}

static void judge_one(Judge *judge, const Hop *hop, const Hop *previous)
{
	bool handed_over = false;

	judge_records(judge, hop);
	judge_log(judge, hop);
	judge_identity(judge, hop, previous);
	judge_next(judge, hop);
	if (hop->index > 0 && judge_has(judge, "kernel-without-kho"))
		return;
	if (hop->index > 0)
		handed_over = judge_handover(judge, hop, previous);
	if (hop->index == 0 || (handed_over && previous))
		judge_saw(judge, hop->index, CHECK_HANDOVER);
	judge_scratch(judge, hop, previous, handed_over);
	if (hop->index == 0 && !judge_kho_present(judge, hop))
		return;
	if (!hop->kho_present && handed_over && hop->complete)
		judge_add(judge, "not-kho-boot",
			  "%s: it found handover data, but has no kho/ in debugfs: KHO failed in it",
			  hop_name(hop->index));
	judge_deferred(judge, hop);
	judge_kho_test(judge, hop, previous, handed_over && previous);
}

void judge_hops(Judge *judge)
{
	/* hops may have come in any order; one further than wanted cannot be ours, but is looked at */
	guint n = judge->evidence->hops_wanted;

	for (guint i = 0; i < judge->evidence->hops->len; i++)
		n = MAX(n, (guint)((const Hop *)g_ptr_array_index(judge->evidence->hops, i))->index + 1);
	for (guint i = 0; i < n; i++) {
		const Hop *hop = judge_hop(judge, (int)i);

		if (hop)
			judge_one(judge, hop, i ? judge_hop(judge, (int)i - 1) : NULL);
	}
}
