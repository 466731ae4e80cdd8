// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One look at a machine before it is ended: first at whether it runs, then, with its CPUs stopped, at what they have.
 * libvirt's calls have no time limit once the emulator has taken a command, and an emulator that is stuck is what is
 * looked for: so a thread of its own asks, and is left behind if no answer comes. It goes when the emulator is killed.
 */
#include "emulator.h"
#include "libvirtglue.h"
#include "vmprivate.h"

#include <arch/arch.h>
#include <base/aside.h>
#include <base/json.h>

#include <libvirt/libvirt-qemu.h>

#define LOOK_TIMEOUT_US (5 * G_USEC_PER_SEC)

typedef struct {
	virDomainPtr domain;
	VmLook look;
} Question;

static void question_free(gpointer data)
{
	Question *question = data;

	virDomainFree(question->domain);
	vmlook_clear(&question->look);
	g_free(question);
}

/* query-status (qapi/run-state.json): {"return": {"status": "running", "running": true}} */
static void ask_status(virDomainPtr domain, VmLook *look)
{
	g_autoptr(VirString) text = NULL;
	g_autoptr(JsonObject) object = NULL;
	JsonObject *status;

	if (virDomainQemuMonitorCommand(domain, "{\"execute\":\"query-status\"}", &text, 0) < 0) {
		look->state = g_strdup(virGetLastErrorMessage());
		return;
	}
	object = json_parse_object(text, -1, "query-status", NULL);
	status = object ? json_get_object(object, "return") : NULL;
	look->answers = status != NULL;
	look->running = status && json_get_bool(status, "running");
	look->state = g_strdup(status ? json_get_string(status, "status") : "its answer makes no sense");
}

char *vmlook_state(virDomainPtr domain)
{
	g_auto(VmLook) look = { 0 };

	ask_status(domain, &look);
	return g_steal_pointer(&look.state);
}

/* Adds what the monitor prints for people; nothing if it gives no answer. */
static void ask_monitor(virDomainPtr domain, const char *question, GString *said)
{
	g_autoptr(VirString) text = NULL;

	if (virDomainQemuMonitorCommand(domain, question, &text, VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP) == 0)
		g_string_append_printf(said, "(qemu) %s\n%s\n", question, text);
}

static void ask_hardware(virDomainPtr domain, VmLook *look)
{
	g_autoptr(GString) said = g_string_new(NULL);

	ask_monitor(domain, "info registers -a", said);
	look->halted = emulator_parse_registers(said->str, &look->halted, &look->where) && look->halted;
	for (const char *const *question = arch_default()->monitor_questions; *question; question++)
		ask_monitor(domain, *question, said);
	g_string_replace(said, "\r", "", 0);
	look->said = said->len ? g_string_free(g_steal_pointer(&said), FALSE) : NULL;
}

static void ask(gpointer data)
{
	Question *question = data;
	VmLook *look = &question->look;

	ask_status(question->domain, look);
	if (!look->answers)
		return;
	look->frozen = virDomainSuspend(question->domain) == 0;
	ask_hardware(question->domain, look);
}

void vmlook_ask(virDomainPtr domain, VmLook *ret_look)
{
	Question *question = g_new0(Question, 1);

	question->domain = domain;
	virDomainRef(domain);
	if (!aside_call("look", ask, question, question_free, LOOK_TIMEOUT_US, NULL)) {
		*ret_look = (VmLook){ .state = g_strdup("no answer within 5 s") };
		return;
	}
	*ret_look = question->look;
	question->look = (VmLook){ 0 };
	question_free(question);
}

void vmlook_clear(VmLook *look)
{
	g_clear_pointer(&look->state, g_free);
	g_clear_pointer(&look->said, g_free);
}
