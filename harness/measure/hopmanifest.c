// SPDX-License-Identifier: GPL-2.0-or-later
/* Whether all that a hop sent is here, as it was sent. */
#include "hopreader.h"

#include "scan.h"

#include <proto/frame.h>
#include <string.h>

/* "!NAME ERRNO TEXT": the guest could not read it to its end. */
static void note_unread(HopReader *reader, const char *line)
{
	g_auto(GStrv) fields = g_strsplit(line + 1, " ", 3);
	guint n = g_strv_length(fields);
	g_autofree char *why =
		g_strdup_printf("the guest could not read it%s%s", n == 3 ? ": " : "", n == 3 ? fields[2] : "");

	hopreader_damaged(reader, n ? fields[0] : FRAME_MANIFEST, why);
}

/* false if one line of the manifest is not borne out by the record it names */
static bool check_listed(HopReader *reader, const char *line)
{
	g_auto(GStrv) fields = g_strsplit(line, " ", -1);
	const char *length_text, *crc_text;
	guint64 length, crc;
	RecordSum sum;

	if (g_strv_length(fields) != 3)
		goto nonsense;
	length_text = fields[1];
	crc_text = fields[2];
	if (!scan_u64(&length_text, 10, &length) || *length_text || strlen(crc_text) != 8 ||
	    !scan_u64(&crc_text, 16, &crc) || *crc_text)
		goto nonsense;
	if (!hopreader_sum(reader, fields[0], &sum)) {
		hopreader_damaged(reader, fields[0], "is in the manifest, but never came");
		return false;
	}
	if (sum.bytes != length || sum.crc != crc) {
		hopreader_damaged(reader, fields[0], "is not what the manifest says was sent");
		g_hash_table_add(reader->spoiled, g_strdup(fields[0]));
		return false;
	}
	return true;
nonsense:
	if (!reader->nonsense)
		hopreader_damaged(reader, FRAME_MANIFEST, "has a line that is not 'name length crc32'");
	reader->nonsense = true;
	return false;
}

void hopreader_manifest(HopReader *reader)
{
	Hop *hop = reader->hop;
	g_autofree char *text = hopreader_text(reader, FRAME_MANIFEST);
	g_auto(GStrv) lines = NULL;
	bool whole = true;

	if (!text)
		return;
	lines = g_strsplit_set(text, "\n", -1);
	for (guint i = 0; lines[i]; i++) {
		if (!*lines[i])
			continue;
		if (*lines[i] == '!') {
			note_unread(reader, lines[i]);
			whole = false;
		} else if (g_str_has_prefix(lines[i], "kho=")) {
			hop->kho_present = strcmp(lines[i], "kho=present") == 0;
			reader->kho_known = true;
		} else if (!check_listed(reader, lines[i])) {
			whole = false;
		}
	}
	if (!reader->kho_known)
		hopreader_damaged(reader, FRAME_MANIFEST, "does not say whether there is KHO: it is cut off");
	hop->complete = whole && reader->kho_known;
}

void hopreader_came(HopReader *reader)
{
	for (char **name = reader->source->came; name && *name; name++) {
		RecordSum sum;

		if (!hopreader_sum(reader, *name, &sum))
			hopreader_damaged(reader, *name, "came, but is not whole in the run directory");
	}
}
