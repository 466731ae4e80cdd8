// SPDX-License-Identifier: GPL-2.0-or-later
#include "memoryless.h"

#include <base/error.h>
#include <base/files.h>

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

/*
 * libvirt writes a node as two arguments and two more, in this order:
 *   -object {"qom-type":"memory-backend-memfd","id":"ram-node1",...,"size":0}
 *   -numa node,nodeid=1,cpus=1,memdev=ram-node1
 */
static const char script[] =
	"#!/bin/sh\n"
	"# Starts the emulator with NUMA nodes that have no memory: without the memory devices of\n"
	"# 0 bytes that libvirt gives them.\n"
	"set -eu\n"
	"gone=' '\n"
	"left=$#\n"
	"while [ \"$left\" -gt 0 ]; do\n"
	"	word=$1\n"
	"	shift\n"
	"	left=$((left - 1))\n"
	"	case $word${1-} in\n"
	"	-object'{\"qom-type\":\"memory-backend-'*'\"id\":\"ram-node'*'\"size\":0'[,}]*)\n"
	"		id=${1#*'\"id\":\"'}\n"
	"		gone=\"$gone${id%%'\"'*} \"\n"
	"		shift\n"
	"		left=$((left - 1))\n"
	"		continue ;;\n"
	"	esac\n"
	"	case $word in\n"
	"	node,nodeid=*,memdev=ram-node*)\n"
	"		case $gone in\n"
	"		*\" ${word##*memdev=} \"*) word=${word%,memdev=*} ;;\n"
	"		esac ;;\n"
	"	esac\n"
	"	set -- \"$@\" \"$word\"\n"
	"done\n"
	"exec ";

bool memoryless_needed(const VmSpec *spec)
{
	for (guint i = 0; spec->guest.nodes && i < spec->guest.nodes->len; i++)
		if (!machine_node(&spec->guest, i)->bytes)
			return true;
	return false;
}

char *memoryless_emulator(const char *folder, const char *emulator, GError **error)
{
	g_autofree char *quoted = g_shell_quote(emulator);
	g_autofree char *text = g_strconcat(script, quoted, " \"$@\"\n", NULL), *there = NULL;
	g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, text, -1);
	g_autofree char *name = g_strdup_printf("%.16s", digest), *base = g_path_get_basename(emulator);
	g_autofree char *own = g_build_filename(folder, "memoryless", name, NULL);
	g_autofree char *path = g_build_filename(own, base, NULL);

	if (g_file_get_contents(path, &there, NULL, NULL) && strcmp(there, text) == 0 && g_access(path, X_OK) == 0)
		return g_steal_pointer(&path);
	if (!files_mkdirs(own, error) || !files_write(path, text, strlen(text), error))
		return NULL;
	if (g_chmod(path, 0755) < 0) {
		error_set(error, KHOTEST_ERROR_FAILED, "cannot make %s executable: %s", path, g_strerror(errno));
		return NULL;
	}
	return g_steal_pointer(&path);
}
