// SPDX-License-Identifier: GPL-2.0-or-later
#include "libvirtglue.h"

#include <arch/arch.h>
#include <base/error.h>

#include <string.h>

/* Messages that mean that the host lacks something, and what to do. libvirt has no error codes for these. */
static const struct {
	const char *said;
	const char *advice; /* NULL: the emulator is to be installed */
} lacks[] = {
	{ "no connection driver available", "libvirt's QEMU driver is missing: install libvirt-daemon-driver-qemu" },
	{ "unable to find any emulator", NULL },
	{ "Cannot find suitable emulator", NULL },
	{ "Cannot check QEMU binary", NULL },
	{ "Failed to parse user",
	  "libvirt's QEMU driver wants that user when it runs as root; make it with 'adduser --system "
	  "--group --no-create-home libvirt-qemu', or run as an ordinary user" },
	{ "Failed to parse group", "libvirt's QEMU driver wants that group when it runs as root; make it with 'adduser "
				   "--system --group --no-create-home libvirt-qemu', or run as an ordinary user" },
	{ "Cannot allocate memory", "the host has too little memory for this guest: give it less with --memory" },
	{ "No space left on device", "make room there" },
	{ "Failed to connect socket to", "is that libvirt daemon running? Without --connect none is needed" },
	{ "KVM is not available", "use --accel tcg" },
	{ "Emulator does not support virt type 'kvm'", "use --accel tcg" },
	{ "does not support virt type 'kvm'", "use --accel tcg" },
	/* QEMU's own, where the probe found more than it takes: target/i386/kvm/kvm.c, accel/accel-softmmu.c */
	{ "failed to set MSR", "this host's KVM does not take what QEMU sets: use --accel tcg" },
	{ "failed to initialize kvm", "use --accel tcg" },
	{ "Could not access KVM", "use --accel tcg" },
	/* of a file, whatever was to be done with it */
	{ "': Permission denied",
	  "a libvirt daemon runs the emulator as a user of its own: keep kernels and results where that "
	  "one may read and write (XDG_CACHE_HOME, -o), or set 'user' in its qemu.conf" },
};

static char *advise(const char *advice)
{
	return advice ? g_strdup(advice)
		      : g_strdup_printf("QEMU is missing: install %s", arch_default()->emulator_package);
}

bool libvirtglue_fail(GError **error, const char *what)
{
	const char *said = virGetLastErrorMessage();

	for (gsize i = 0; i < G_N_ELEMENTS(lacks); i++)
		if (strstr(said, lacks[i].said)) {
			g_autofree char *advice = advise(lacks[i].advice);

			return error_set(error, KHOTEST_ERROR_HOST, "cannot %s: %s: %s", what, said, advice);
		}
	return error_set(error, KHOTEST_ERROR_FAILED, "cannot %s: %s", what, said);
}

/* Every error reaches the caller as a GError; libvirt would also print it. */
static void ignore_error(void *data, virErrorPtr error)
{
	(void)data;
	(void)error;
}

bool libvirtglue_init(GError **error)
{
	static bool done;

	if (done)
		return true;
	/* drivers log warnings to standard error unless told otherwise, and only the environment can tell them this
	 * early */
	g_setenv("LIBVIRT_LOG_OUTPUTS", "4:file:/dev/null", FALSE);
	virSetErrorFunc(NULL, ignore_error);
	if (virInitialize() < 0)
		return libvirtglue_fail(error, "set up libvirt");
	if (virEventRegisterDefaultImpl() < 0)
		return libvirtglue_fail(error, "set up libvirt's event loop");
	done = true;
	return true;
}
