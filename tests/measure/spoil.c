// SPDX-License-Identifier: GPL-2.0-or-later
#include "spoil.h"

void spoil_not_cma(Fixture *fixture)
{
	/* the counts of a second kernel with the bug: all of the scratch movable */
	fixture_replace(fixture, 1, "proc/pagetypeinfo",
			"         6         1148            2            0          124",
			"         6         1272            2            0            0");
}

void spoil_too_much_cma(Fixture *fixture)
{
	fixture_replace(fixture, 1, "proc/pagetypeinfo",
			"         6         1148            2            0          124",
			"         6         1147            2            0          125");
}

void spoil_overcounted(Fixture *fixture)
{
	fixture_replace(fixture, 1, "proc/zoneinfo", "managed  644621", "managed  655361");
}

void spoil_no_handover_data(Fixture *fixture)
{
	fixture_replace(fixture, 1, "kmsg", "KHO: found kexec handover data.", "KHO: nothing of the kind");
}

void spoil_one_node_not_deferred(Fixture *fixture)
{
	fixture_replace(fixture, 1, "kmsg", "node 1 deferred pages initialised", "node 1 pages were all there");
}

void spoil_warn(Fixture *fixture)
{
	fixture_log_add(fixture, 1, "WARNING: mm/memblock.c:1 at foo+0x1/0x2, CPU#0: swapper/0/1");
}

void spoil_test_silent(Fixture *fixture)
{
	fixture_replace(fixture, 1, "kmsg", "test_kho: KHO restore succeeded", "test_kho: hello");
}

void spoil_without_kho(Fixture *fixture)
{
	fixture->keep_manifest = true;
	fixture_without_kho(fixture, 0);
	fixture_mute_second_kernel(fixture);
	fixture_set(fixture, 0, "failed", "there is no kho in debugfs");
	fixture_drop_hop(fixture, 1);
	fixture->evidence.end = END_STOPPED;
	fixture->evidence.end_hop = 0;
}
