// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/reason.h>

#include <string.h>

static const char *const kind_names[] = {
	[VERDICT_PASS] = "PASS",
	[VERDICT_FAIL] = "FAIL",
	[VERDICT_SKIP] = "SKIP",
	[VERDICT_ERROR] = "ERROR",
};

/* clang-format off */
static const KnownReason reasons[] = {
	{ "guest-panic", VERDICT_FAIL, OF_GUEST, "kernel panic" },
	{ "guest-oops", VERDICT_FAIL, OF_GUEST, "oops or BUG: the kernel has ended what it was doing" },
	{ "guest-silent-death", VERDICT_FAIL, OF_GUEST,
	  "after kexec -e, or the start of the machine, the kernel never said a word" },
	{ "guest-hang", VERDICT_FAIL, OF_GUEST, "the kernel spoke, and then stopped" },
	{ "guest-flood", VERDICT_FAIL, OF_GUEST, "the guest wrote more to its serial ports than any run has to say" },
	{ "guest-loop", VERDICT_FAIL, OF_GUEST, "the kernel began again and again, and never came up" },
	{ "cold-boot", VERDICT_FAIL, OF_GUEST, "instead of the next kernel the machine came up through its firmware again" },
	{ "guest-reset", VERDICT_FAIL, OF_GUEST, "the kernel reset the machine or powered it off" },
	{ "kexec-load-failed", VERDICT_FAIL, OF_GUEST, "kexec -s -l did not take the next kernel" },
	{ "handover-refused", VERDICT_FAIL, OF_GUEST,
	  "the next kernel says that it cannot use the handover data, and came up without them" },
	{ "not-kho-boot", VERDICT_FAIL, OF_GUEST,
	  "the next kernel came up, but without the handover data of the one before it" },
	{ "wrong-nonce", VERDICT_FAIL, OF_GUEST, "user space came up with a nonce that is not this kernel's" },
	{ "scratch-not-cma", VERDICT_FAIL, OF_GUEST, "pageblocks of scratch, or of a CMA area, are not CMA" },
	{ "unmovable-in-scratch", VERDICT_FAIL, OF_GUEST,
	  "pages lie in scratch that cannot be moved, and early boot did not put them there" },
	{ "no-scratch", VERDICT_FAIL, OF_GUEST, "KHO is there, but no scratch region has any memory" },
	{ "scratch-changed", VERDICT_FAIL, OF_GUEST, "the scratch regions are not those of the kernel before" },
	{ "unexpected-cma", VERDICT_FAIL, OF_GUEST, "pageblocks are CMA that are neither scratch nor in a CMA area" },
	{ "zone-overcounted", VERDICT_FAIL, OF_GUEST, "the allocator was given more pages of a zone than the zone has" },
	{ "kho-test-failed", VERDICT_FAIL, OF_GUEST, "lib/test_kho.c could not restore its data" },
	{ "payload-failed", VERDICT_FAIL, OF_GUEST, "a test of a payload failed, or one of its hooks ended with an error" },
	{ "payload-killed", VERDICT_FAIL, OF_GUEST, "a hook of a payload was killed by a signal" },
	{ "payload-hung", VERDICT_FAIL, OF_GUEST, "a hook of a payload did not end before its deadline" },
	{ "kernel-complaint", VERDICT_FAIL, OF_GUEST, "a warning, lockdep report, stall or the like" },
	{ "deferred-not-run", VERDICT_FAIL, OF_GUEST,
	  "CONFIG_DEFERRED_STRUCT_PAGE_INIT=y, but a node with enough memory for it never said so" },
	{ "kho-test-missing", VERDICT_FAIL, OF_GUEST,
	  "lib/test_kho.c is configured, and said nothing in a kernel that was handed over to" },
	{ "leak-over-hops", VERDICT_FAIL, OF_GUEST,
	  "with each handover of a chain more memory is preserved, or less is left for the allocator" },
	{ "guest-stopped", VERDICT_FAIL, OF_GUEST, "the probe in the guest gave up for another reason" },
	{ "host-cannot", VERDICT_SKIP, OF_HOST, "the host could not run it, or not to its end" },
	{ "kernel-without-kho", VERDICT_ERROR, OF_GUEST, "the kernel has no KHO, or no debugfs for it: nothing to judge" },
	/* no FAIL, for the kernel is as it was built; no PASS, for it would be of something else */
	{ "word-ignored", VERDICT_ERROR, OF_GUEST,
	  "the kernel did nothing with a word of -a: what was asked for was not tested" },
	{ "harness-failed", VERDICT_ERROR, OF_HOST, "the harness could not do its job" },
	{ "emulator-crashed", VERDICT_ERROR, OF_HOST, "the emulator ended or stopped by itself" },
	{ "emulator-stuck", VERDICT_ERROR, OF_HOST,
	  "the guest was silent or stalled, and it was the host that did not run it, or nothing says that it did" },
	{ "interrupted", VERDICT_ERROR, OF_HOST, "the user interrupted the run" },
	{ "incomplete", VERDICT_ERROR, OF_HOST, "the run was cut off, or what is recorded of it is not all" },
	{ "records-contradict", VERDICT_ERROR, OF_GUEST, "two records of one kernel cannot both be true" },
	{ "records-damaged", VERDICT_ERROR, OF_GUEST,
	  "a record was lost or damaged on its way, or the buffer of the kernel's log overran" },
	{ "not-seen", VERDICT_ERROR, OF_GUEST, "a check could not see what it looks at" },
};
/* clang-format on */

bool verdict_kind_judged(VerdictKind kind)
{
	return kind == VERDICT_PASS || kind == VERDICT_FAIL;
}

const char *verdict_kind_name(VerdictKind kind)
{
	return kind_names[kind];
}

const KnownReason *reasons_all(guint *ret_n)
{
	*ret_n = G_N_ELEMENTS(reasons);
	return reasons;
}

const KnownReason *reason_find(const char *id)
{
	for (guint i = 0; i < G_N_ELEMENTS(reasons); i++)
		if (strcmp(reasons[i].id, id) == 0)
			return &reasons[i];
	return NULL;
}

char *reason_refusal(const char *id)
{
	const KnownReason *known = reason_find(id);

	if (!known)
		return g_strdup("no verdict has that reason ('khotest help reasons' lists them)");
	if (known->kind != VERDICT_FAIL)
		return g_strdup_printf("%s makes a verdict %s, and no FAIL", id, verdict_kind_name(known->kind));
	return NULL;
}

/* It is expected of a kernel that does right: whatever comes with it is another finding. */
#define REASON_ALONE "handover-refused"

bool reason_meets(const char *expected, const char *expected_reason, const char *verdict, const char *const *ids)
{
	if (g_strcmp0(expected, verdict) != 0)
		return false;
	if (!expected_reason)
		return true;
	for (guint i = 0; strcmp(expected_reason, REASON_ALONE) == 0 && ids[i]; i++)
		if (strcmp(ids[i], REASON_ALONE) != 0)
			return false;
	return g_strv_contains(ids, expected_reason);
}
