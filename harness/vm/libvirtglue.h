/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef VM_LIBVIRTGLUE_H
#define VM_LIBVIRTGLUE_H

#include <glib.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stdbool.h>
#include <stdlib.h>

/*
 * libvirt's objects under GLib's rules.
 */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(virDomain, virDomainFree)

/* malloc()ed strings that libvirt hands out */
typedef char VirString;
static inline void vir_string_free(VirString *string)
{
	free(string);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VirString, vir_string_free)

/*
 * Turns this thread's last libvirt error into a GError and returns false. What
 * was tried comes first ("start the machine"); what a package or a setting would
 * mend is KHOTEST_ERROR_HOST and says so, the rest KHOTEST_ERROR_FAILED.
 */
bool libvirtglue_fail(GError **error, const char *what);

/* Once a process: libvirt's own event loop on GLib's default context, its messages kept off standard error. */
bool libvirtglue_init(GError **error);

#endif
