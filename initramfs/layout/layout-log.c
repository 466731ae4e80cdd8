// SPDX-License-Identifier: GPL-2.0
/*
 * Where a kernel keeps its log, for who reads its memory from outside: kernel/printk/printk_ringbuffer.h. The members of
 * struct printk_info that share a byte have no offset; text_len, facility and that byte follow each other.
 */
#include <linux/kbuild.h>
#include <linux/printk.h>

#include <printk_ringbuffer.h>

int main(void);

int main(void)
{
	DEFINE(prb_size, sizeof(struct printk_ringbuffer));
	OFFSET(prb_count_bits, printk_ringbuffer, desc_ring.count_bits);
	OFFSET(prb_descs, printk_ringbuffer, desc_ring.descs);
	OFFSET(prb_infos, printk_ringbuffer, desc_ring.infos);
	OFFSET(prb_head_id, printk_ringbuffer, desc_ring.head_id);
	OFFSET(prb_tail_id, printk_ringbuffer, desc_ring.tail_id);
	OFFSET(prb_size_bits, printk_ringbuffer, text_data_ring.size_bits);
	OFFSET(prb_data, printk_ringbuffer, text_data_ring.data);
	DEFINE(desc_size, sizeof(struct prb_desc));
	OFFSET(desc_state, prb_desc, state_var);
	OFFSET(desc_begin, prb_desc, text_blk_lpos.begin);
	OFFSET(desc_next, prb_desc, text_blk_lpos.next);
	DEFINE(info_size, sizeof(struct printk_info));
	OFFSET(info_seq, printk_info, seq);
	OFFSET(info_ts, printk_info, ts_nsec);
	OFFSET(info_text_len, printk_info, text_len);
	OFFSET(info_facility, printk_info, facility);
	return 0;
}
