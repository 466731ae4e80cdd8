// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/layoutvalue.h>
#include <measure/logbuffer.h>

#include <string.h>

/* CONFIG_LOG_BUF_SHIFT is 25 at most, and log_buf_len= makes it 2 GiB; a record has 32 bytes of text on average. */
#define SIZE_BITS_MOST 31u
#define COUNT_BITS_MOST 26u
/* More than any kernel writes until it is judged. */
#define RECORDS_MOST 200000u
/* Bytes of all of it, as text: descriptors may lie over each other. */
#define LOG_MOST (32u << 20)
/* PRINTK_MESSAGE_MAX is 2048; what a descriptor says beyond it is not believed. */
#define TEXT_MOST 4096u
/* printk_ringbuffer.h: two bits of state above the id; a block that has no text has an odd position. */
#define STATE_SHIFT 62
#define ID_MASK ((G_GUINT64_CONSTANT(1) << STATE_SHIFT) - 1)
#define NO_TEXT 1u

enum { STATE_RESERVED, STATE_COMMITTED, STATE_FINALIZED, STATE_REUSABLE };

typedef struct {
	ArchRead read;
	gpointer user;
	/* offsets and sizes, in bytes */
	guint64 count_bits_at, descs_at, infos_at, head_at, tail_at, size_bits_at, data_at;
	guint64 desc_size, state_at, begin_at, next_at;
	guint64 info_size, seq_at, ts_at, text_len_at, facility_at;
	/* what the ring says */
	guint64 descs, infos, data, head, tail, count, size;
} Ring;

static bool get(const Ring *ring, guint64 address, gpointer buffer, gsize length)
{
	return ring->read(address, buffer, length, ring->user);
}

static bool read_layout(Ring *ring, const char *layout)
{
	const LayoutWish wishes[] = {
		{ "prb_count_bits", &ring->count_bits_at },
		{ "prb_descs", &ring->descs_at },
		{ "prb_infos", &ring->infos_at },
		{ "prb_head_id", &ring->head_at },
		{ "prb_tail_id", &ring->tail_at },
		{ "prb_size_bits", &ring->size_bits_at },
		{ "prb_data", &ring->data_at },
		{ "desc_size", &ring->desc_size },
		{ "desc_state", &ring->state_at },
		{ "desc_begin", &ring->begin_at },
		{ "desc_next", &ring->next_at },
		{ "info_size", &ring->info_size },
		{ "info_seq", &ring->seq_at },
		{ "info_ts", &ring->ts_at },
		{ "info_text_len", &ring->text_len_at },
		{ "info_facility", &ring->facility_at },
		{ NULL, NULL },
	};

	return layoutvalue_get_all(layout, wishes);
}

static bool read_ring(Ring *ring, guint64 prb)
{
	guint64 at;
	guint32 count_bits, size_bits;

	if (!get(ring, prb, &at, sizeof(at)) || !get(ring, at + ring->count_bits_at, &count_bits, sizeof(count_bits)) ||
	    !get(ring, at + ring->size_bits_at, &size_bits, sizeof(size_bits)) || !count_bits || !size_bits ||
	    count_bits > COUNT_BITS_MOST || size_bits > SIZE_BITS_MOST)
		return false;
	ring->count = G_GUINT64_CONSTANT(1) << count_bits;
	ring->size = G_GUINT64_CONSTANT(1) << size_bits;
	return get(ring, at + ring->descs_at, &ring->descs, sizeof(ring->descs)) &&
	       get(ring, at + ring->infos_at, &ring->infos, sizeof(ring->infos)) &&
	       get(ring, at + ring->data_at, &ring->data, sizeof(ring->data)) &&
	       get(ring, at + ring->head_at, &ring->head, sizeof(ring->head)) &&
	       get(ring, at + ring->tail_at, &ring->tail, sizeof(ring->tail));
}

/*
 * Where a block's text is, which follows the id of its record; false if it has none. Positions only grow, beyond the
 * ring's end too, and a block that would not fit before that end lies at the ring's beginning.
 */
static bool find_text(const Ring *ring, guint64 id, guint64 begin, guint64 next, guint64 *ret_at, guint64 *ret_bytes)
{
	guint64 from = begin & (ring->size - 1), span = next - begin, owner;

	if (begin & NO_TEXT || span > ring->size)
		return false;
	if (from + span > ring->size) {
		from = 0;
		span = next & (ring->size - 1);
	}
	if (span <= sizeof(owner) || !get(ring, ring->data + from, &owner, sizeof(owner)) || owner != id)
		return false;
	*ret_at = ring->data + from + sizeof(owner);
	*ret_bytes = span - sizeof(owner);
	return true;
}

/* As msg_add_ext_text() of kernel/printk/printk.c. */
static void add_text(GString *log, const char *text, gsize length)
{
	for (gsize i = 0; i < length; i++) {
		guchar c = (guchar)text[i];

		if (c < ' ' || c >= 127 || c == '\\')
			g_string_append_printf(log, "\\x%02x", c);
		else
			g_string_append_c(log, (char)c);
	}
	g_string_append_c(log, '\n');
}

/* One record; false if memory ends. One that is not whole, or is another by now, is left out. */
static bool add_record(const Ring *ring, guint64 id, GString *log)
{
	guint64 desc = ring->descs + (id & (ring->count - 1)) * ring->desc_size;
	guint64 info = ring->infos + (id & (ring->count - 1)) * ring->info_size;
	guint64 state, begin, next, seq, ts, at, bytes;
	guint16 text_len;
	guint8 facility[2]; /* and, in three bits at the top of the next byte, the level */
	char text[TEXT_MOST];

	if (!get(ring, desc + ring->state_at, &state, sizeof(state)) ||
	    !get(ring, desc + ring->begin_at, &begin, sizeof(begin)) ||
	    !get(ring, desc + ring->next_at, &next, sizeof(next)) ||
	    !get(ring, info + ring->seq_at, &seq, sizeof(seq)) || !get(ring, info + ring->ts_at, &ts, sizeof(ts)) ||
	    !get(ring, info + ring->text_len_at, &text_len, sizeof(text_len)) ||
	    !get(ring, info + ring->facility_at, facility, sizeof(facility)))
		return false;
	if ((state & ID_MASK) != id ||
	    (state >> STATE_SHIFT != STATE_COMMITTED && state >> STATE_SHIFT != STATE_FINALIZED))
		return true;
	if (!find_text(ring, id, begin, next, &at, &bytes))
		bytes = 0;
	bytes = MIN(MIN(bytes, text_len), TEXT_MOST);
	if (bytes && !get(ring, at, text, bytes))
		return false;
	g_string_append_printf(log, "%u,%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT ",-;",
			       (guint)facility[0] << 3 | (guint)facility[1] >> 5, seq, ts / 1000);
	add_text(log, text, bytes);
	return true;
}

char *logbuffer_read(const char *layout, guint64 prb, ArchRead read, gpointer user, const char **ret_why)
{
	Ring ring = { .read = read, .user = user };
	g_autoptr(GString) log = g_string_new(NULL);

	*ret_why = NULL;
	if (!prb || !layout || !read_layout(&ring, layout))
		*ret_why = "where this kernel keeps its log is not known";
	else if (!read_ring(&ring, prb))
		*ret_why = "there is no log where this kernel keeps it";
	if (*ret_why)
		return NULL;
	/* ids count up and wrap; the first ones lie before 0 (printk_ringbuffer.h, DESC0_ID) */
	for (guint64 id = ring.tail, n = 0; n < MIN(ring.count, RECORDS_MOST); id = (id + 1) & ID_MASK, n++) {
		if (!add_record(&ring, id, log) || id == ring.head || log->len > LOG_MOST)
			break;
	}
	return g_string_free(g_steal_pointer(&log), FALSE);
}
