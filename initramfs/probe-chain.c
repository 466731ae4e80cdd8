// SPDX-License-Identifier: GPL-2.0-or-later
#include "probe.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/*
 * Every kernel of a chain has the same initramfs, and CHAIN says which of its files
 * belong to which: one line a hop, from 0 on, "IMAGE LAYOUT WORDS", where '-' is none,
 * paths are below /boot, and WORDS, which may be empty, are on the command line of that
 * hop alone. harness/build/initramfskernels.c writes it.
 */
#define CHAIN "/etc/khotest.chain"

/* A field of the line at *at, which then is behind it; its length. */
static size_t take_field(const char **at, const char **ret_field)
{
	size_t length = strcspn(*at, " \n");

	*ret_field = *at;
	*at += length;
	if (**at == ' ')
		(*at)++;
	return length;
}

/* The line of that hop; NULL, with a complaint, if there is none. file holds it. */
static const char *find_line(const char *root, int hop, Buffer *file)
{
	Buffer path = { 0 };
	const char *line;
	int failed;

	buffer_printf(&path, "%s" CHAIN, root);
	failed = buffer_read(file, path.data, FRAME_PAYLOAD_MAX);
	line = failed ? NULL : file->data;
	for (int i = 0; line && i < hop; i++) {
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	if (!line || !*line) {
		line = NULL;
		probe_complain(failed, "%s does not tell of kernel %d", path.data, hop);
	}
	buffer_clear(&path);
	return line;
}

/* What a name below /boot leads to; nothing for '-'. */
static void link_to(const char *root, const char *target, size_t length, const char *name)
{
	Buffer path = { 0 }, text = { 0 };

	if (length == 0 || *target == '-')
		return;
	buffer_printf(&path, "%s/boot/%s", root, name);
	buffer_printf(&text, "%.*s", (int)length, target);
	unlink(path.data);
	if (symlink(text.data, path.data) < 0)
		probe_complain(errno, "cannot link %s to %s", path.data, text.data);
	buffer_clear(&path);
	buffer_clear(&text);
}

static void link_field(const char *root, int hop, int field, const char *name)
{
	Buffer file = { 0 };
	const char *line = find_line(root, hop, &file), *found = NULL;
	size_t length = 0;

	for (int i = 0; line && i <= field; i++)
		length = take_field(&line, &found);
	if (found)
		link_to(root, found, length, name);
	buffer_clear(&file);
}

void chain_link(const char *root, int hop, bool last)
{
	link_field(root, hop, 1, "layout");
	if (!last)
		link_field(root, hop + 1, 0, "next");
}

void chain_words(const char *root, int hop, Buffer *out)
{
	Buffer file = { 0 };
	const char *line = find_line(root, hop, &file), *field;

	if (line) {
		take_field(&line, &field);
		take_field(&line, &field);
		buffer_add(out, line, strcspn(line, "\n"));
	}
	buffer_clear(&file);
}
