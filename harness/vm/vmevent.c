// SPDX-License-Identifier: GPL-2.0-or-later
#include "vmevent.h"

#include <libvirt/libvirt.h>

static bool stopped(int detail, bool guest_asked, VmEvent *ret_event, const char **ret_detail)
{
	*ret_event = VM_EVENT_CRASHED;
	switch (detail) {
	case VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN:
		if (guest_asked)
			*ret_event = VM_EVENT_STOPPED;
		*ret_detail = guest_asked ? "the guest switched itself off"
					  : "the emulator shut down, and the guest had not asked for that";
		return true;
	case VIR_DOMAIN_EVENT_STOPPED_DESTROYED:
		*ret_detail = "the machine was ended from outside";
		return true;
	case VIR_DOMAIN_EVENT_STOPPED_CRASHED:
		*ret_detail = "the guest crashed and was stopped";
		return true;
	case VIR_DOMAIN_EVENT_STOPPED_FAILED:
		*ret_detail =
			"the emulator ended by itself: it failed or was killed, as for want of memory (see dmesg)";
		return true;
	default:
		*ret_detail = "the machine stopped";
		return true;
	}
}

bool vmevent_classify(int event, int detail, bool guest_asked, VmEvent *ret_event, const char **ret_detail)
{
	switch (event) {
	case VIR_DOMAIN_EVENT_STOPPED:
		return stopped(detail, guest_asked, ret_event, ret_detail);
	case VIR_DOMAIN_EVENT_CRASHED:
		*ret_event = VM_EVENT_CRASHED;
		*ret_detail = "the guest reported a crash";
		return true;
	default:
		return false;
	}
}

const char *vmevent_paused(int reason)
{
	switch (reason) {
	case VIR_DOMAIN_PAUSED_IOERROR:
		return "the emulator paused the guest after an I/O error on the host";
	case VIR_DOMAIN_PAUSED_WATCHDOG:
		return "the emulator paused the guest: its watchdog fired";
	case VIR_DOMAIN_PAUSED_CRASHED:
		return "the emulator paused the guest: it reported a crash";
	case VIR_DOMAIN_PAUSED_USER:
		return "the guest was paused from outside";
	default:
		return "the emulator paused the guest by itself: an internal error";
	}
}

bool vmevent_is_own_pause(const char *state)
{
	static const char *const own[] = { "internal-error", "io-error", "guest-panicked", "watchdog", NULL };

	return state && g_strv_contains(own, state);
}
