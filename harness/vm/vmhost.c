// SPDX-License-Identifier: GPL-2.0-or-later
#include "vmconnect.h"
#include "vmprivate.h"

#include <arch/arch.h>
#include <base/error.h>
#include <base/json.h>

#include <libvirt/libvirt-qemu.h>
#include <string.h>

/* libvirt's numbers are major * 1000000 + minor * 1000 + release. */
#define OLDEST_QEMU 6000000
/* Of a daemon far away too, where somebody may have to type a password for ssh. */
#define CONNECT_TIMEOUT_US (60 * G_USEC_PER_SEC)

static char *format_version(const char *what, gulong version)
{
	return g_strdup_printf("%s %lu.%lu.%lu", what, version / 1000000, version / 1000 % 1000, version % 1000);
}

static bool is_qemu(VmHost *host)
{
	const char *type = virConnectGetType(host->connection);

	return type && strcmp(type, "QEMU") == 0;
}

/*
 * The emulator is the one that the driver itself would choose for such a guest:
 * <path> of its domain capabilities. Other drivers than QEMU's are not asked: what
 * they answer, if they answer at all, differs between versions of libvirt.
 */
static bool find_emulator(VmHost *host, GError **error)
{
	const Arch *arch = arch_default();
	g_autofree char *what = g_strdup_printf("find an emulator for %s", arch->title);
	g_autoptr(VirString) xml = NULL;
	const char *path, *end;

	if (!is_qemu(host))
		return true;
	xml = virConnectGetDomainCapabilities(host->connection, NULL, arch->name, NULL, NULL, 0);
	if (!xml)
		return libvirtglue_fail(error, what);
	path = strstr(xml, "<path>");
	end = path ? strstr(path, "</path>") : NULL;
	if (!end)
		return error_set(error, KHOTEST_ERROR_FAILED, "cannot %s: libvirt's domain capabilities name none",
				 what);
	path += strlen("<path>");
	host->emulator = g_strndup(path, (gsize)(end - path));
	return true;
}

static bool find_versions(VmHost *host, GError **error)
{
	gulong libvirt = 0, qemu = 0;
	const char *type = virConnectGetType(host->connection);

	if (!type || virConnectGetLibVersion(host->connection, &libvirt) < 0)
		return libvirtglue_fail(error, "ask for libvirt's version");
	if (virConnectGetVersion(host->connection, &qemu) < 0)
		return libvirtglue_fail(error, "ask for QEMU's version");
	host->libvirt_version = format_version("libvirt", libvirt);
	/* the version is the hypervisor's, and libvirt has others than QEMU, one for tests among them */
	host->qemu_version = format_version(type, qemu);
	if (is_qemu(host) && qemu < OLDEST_QEMU)
		return error_set(error, KHOTEST_ERROR_HOST, "%s is too old, 6.0 or later is needed: install a newer %s",
				 host->qemu_version, arch_default()->emulator_package);
	return true;
}

static Vm *find_machine(VmHost *host, virDomainPtr domain)
{
	char uuid[VIR_UUID_STRING_BUFLEN];

	if (virDomainGetUUIDString(domain, uuid) < 0)
		return NULL;
	for (guint i = 0; i < host->machines->len; i++) {
		Vm *vm = g_ptr_array_index(host->machines, i);

		if (strcmp(vm_uuid(vm), uuid) == 0)
			return vm;
	}
	return NULL;
}

static int on_lifecycle(virConnectPtr connection, virDomainPtr domain, int event, int detail, void *data)
{
	Vm *vm = find_machine(data, domain);

	(void)connection;
	if (vm)
		vm_take_lifecycle(vm, domain, event, detail);
	return 0;
}

static void on_reboot(virConnectPtr connection, virDomainPtr domain, void *data)
{
	Vm *vm = find_machine(data, domain);

	(void)connection;
	if (vm)
		vm_take_reboot(vm);
}

/*
 * A guest that resets is stopped (see domainxml.c), by QEMU itself, and libvirt's
 * own event then says no more than that it shut down; nor does it tell whether the guest
 * wanted that or somebody on the host has sent QEMU a signal. QEMU's event, which comes
 * before, has the cause: {"guest":true,"reason":"guest-reset"}, ShutdownCause in
 * QEMU's qapi/run-state.json; a triple fault is a reset too.
 */
static void on_shutdown(virConnectPtr connection, virDomainPtr domain, const char *event, long long seconds,
			unsigned int microseconds, const char *details, void *data)
{
	Vm *vm = find_machine(data, domain);
	g_autoptr(JsonObject) cause = vm && details ? json_parse_object(details, -1, "SHUTDOWN", NULL) : NULL;

	(void)connection;
	(void)event;
	(void)seconds;
	(void)microseconds;
	if (cause)
		vm_take_shutdown(vm, json_get_bool(cause, "guest"), json_get_string(cause, "reason"));
}

static bool watch_qemu(VmHost *host, GError **error)
{
	if (!is_qemu(host))
		return true;
	host->shutdown_id = virConnectDomainQemuMonitorEventRegister(host->connection, NULL, "SHUTDOWN", on_shutdown,
								     host, NULL, 0);
	host->watches_shutdown = host->shutdown_id >= 0;
	return host->watches_shutdown ? true : libvirtglue_fail(error, "watch QEMU's events");
}

static bool watch(VmHost *host, GError **error)
{
	host->lifecycle_id = virConnectDomainEventRegisterAny(host->connection, NULL, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
							      VIR_DOMAIN_EVENT_CALLBACK(on_lifecycle), host, NULL);
	if (host->lifecycle_id < 0)
		return libvirtglue_fail(error, "watch the machine's life cycle");
	host->reboot_id = virConnectDomainEventRegisterAny(host->connection, NULL, VIR_DOMAIN_EVENT_ID_REBOOT,
							   VIR_DOMAIN_EVENT_CALLBACK(on_reboot), host, NULL);
	if (host->reboot_id < 0)
		return libvirtglue_fail(error, "watch the machine's resets");
	return watch_qemu(host, error);
}

/*
 * The embedded driver is opened once a process and kept: each opening after a
 * last close would register it anew, and libvirt has room for a few of those only
 * ("Too many drivers").
 */
static bool connect_embedded(VmHost *host, const char *runtime_dir, const char *cache, GCancellable *cancel,
			     GError **error)
{
	static virConnectPtr kept;
	g_autofree char *uri = NULL;

	host->root = embedroot_open(runtime_dir, cache, cancel, error);
	if (!host->root)
		return false;
	uri = embedroot_uri(host->root);
	if (!kept)
		kept = vmconnect_here(uri, error);
	if (!kept)
		return false;
	virConnectRef(kept);
	host->connection = kept;
	return true;
}

static bool connect_to(VmHost *host, const char *uri, GCancellable *cancel, GError **error)
{
	host->connection = vmconnect_open(uri, CONNECT_TIMEOUT_US, cancel, error);
	return host->connection != NULL;
}

static bool fill(VmHost *host, const char *uri, const char *runtime_dir, const char *cache, GCancellable *cancel,
		 GError **error)
{
	bool embedded = strcmp(uri, VMHOST_EMBEDDED) == 0;

	return libvirtglue_init(error) &&
	       (embedded ? connect_embedded(host, runtime_dir, cache, cancel, error)
			 : connect_to(host, uri, cancel, error)) &&
	       find_emulator(host, error) && find_versions(host, error) && watch(host, error);
}

VmHost *vmhost_open(const char *uri, const char *runtime_dir, const char *cache, GCancellable *cancel, GError **error)
{
	g_autoptr(VmHost) host = g_new0(VmHost, 1);

	host->machines = g_ptr_array_new();
	host->lifecycle_id = host->reboot_id = host->shutdown_id = -1;
	return fill(host, uri, runtime_dir, cache, cancel, error) ? g_steal_pointer(&host) : NULL;
}

void vmhost_close(VmHost *host)
{
	if (!host)
		return;
	g_assert(host->machines->len == 0);
	if (host->lifecycle_id >= 0)
		virConnectDomainEventDeregisterAny(host->connection, host->lifecycle_id);
	if (host->reboot_id >= 0)
		virConnectDomainEventDeregisterAny(host->connection, host->reboot_id);
	if (host->shutdown_id >= 0)
		virConnectDomainQemuMonitorEventDeregister(host->connection, host->shutdown_id);
	if (host->connection)
		virConnectClose(host->connection);
	g_ptr_array_unref(host->machines);
	g_free(host->qemu_version);
	g_free(host->libvirt_version);
	g_free(host->emulator);
	g_free(host);
}

bool vmhost_is_alive(VmHost *host)
{
	return virConnectIsAlive(host->connection) == 1;
}

const char *vmhost_qemu_version(VmHost *host)
{
	return host->qemu_version;
}

const char *vmhost_libvirt_version(VmHost *host)
{
	return host->libvirt_version;
}

const char *vmhost_emulator(VmHost *host)
{
	return host->emulator;
}

char *vmhost_socket_path(VmHost *host, const char *name)
{
	const char *folder = host->root ? host->root->path : g_get_tmp_dir();

	return g_strdup_printf("%s/%s.sock", folder, name);
}
