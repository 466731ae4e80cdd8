// SPDX-License-Identifier: GPL-2.0
/* What else is worth knowing of a kernel that can no longer be asked. */
#include <linux/kbuild.h>
#include <linux/kexec_handover.h>
#include <linux/mmzone.h>
#include <linux/sched.h>
#include <linux/thread_info.h>

int main(void);

int main(void)
{
	DEFINE(thread_size, THREAD_SIZE);
	DEFINE(scratch_size, sizeof(struct kho_scratch));
	OFFSET(scratch_addr, kho_scratch, addr);
	OFFSET(scratch_bytes, kho_scratch, size);
	DEFINE(nodes_most, MAX_NUMNODES);
#ifdef CONFIG_DEFERRED_STRUCT_PAGE_INIT
	OFFSET(node_first_deferred_pfn, pglist_data, first_deferred_pfn);
#endif
	return 0;
}
