// SPDX-License-Identifier: GPL-2.0-or-later
#include <arch/arch.h>
#include <base/error.h>
#include <vm/accel.h>

#include <string.h>

#define PROBE_DEADLINE_NS (5 * G_GINT64_CONSTANT(1000000000))

static const char *const names[] = {
	[ACCEL_AUTO] = "auto",
	[ACCEL_KVM] = "kvm",
	[ACCEL_TCG] = "tcg",
};

const char *accel_name(Accel accel)
{
	return names[accel];
}

bool accel_parse(const char *name, Accel *ret_accel, GError **error)
{
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		if (strcmp(name, names[i]) != 0)
			continue;
		*ret_accel = (Accel)i;
		return true;
	}
	return error_set(error, KHOTEST_ERROR_INPUT, "'%s' is not an accelerator: choose auto, kvm or tcg", name);
}

bool accel_probe_kvm(gint64 deadline_ns, char **ret_why)
{
	const Arch *arch = arch_default();

	if (arch->probe_kvm)
		return arch->probe_kvm(deadline_ns, ret_why);
	*ret_why = g_strdup_printf("guests are %s and this host is not", arch->title);
	return false;
}

bool accel_resolve(Accel wanted, Accel *ret_accel, char **ret_why, GError **error)
{
	g_autofree char *why = NULL;

	if (ret_why)
		*ret_why = NULL;
	if (wanted == ACCEL_TCG || accel_probe_kvm(PROBE_DEADLINE_NS, &why)) {
		*ret_accel = wanted == ACCEL_TCG ? ACCEL_TCG : ACCEL_KVM;
		return true;
	}
	if (wanted == ACCEL_KVM)
		return error_set(error, KHOTEST_ERROR_HOST,
				 "KVM does not work here: %s; use --accel tcg, which is slower but "
				 "needs nothing from the host",
				 why);
	*ret_accel = ACCEL_TCG;
	if (ret_why)
		*ret_why = g_steal_pointer(&why);
	return true;
}
