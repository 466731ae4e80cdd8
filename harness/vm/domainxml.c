// SPDX-License-Identifier: GPL-2.0-or-later
#include <vm/domainxml.h>

/*
 * The format is libvirt's, https://libvirt.org/formatdomain.html; each choice
 * below that a reader might wonder about says why it was made.
 */

#define KIB 1024
#define COUNTED_EPOCH 1767225600 /* 2026-01-01 00:00 UTC */

static void add(GString *xml, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* printf with every argument escaped for XML. */
static void add(GString *xml, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_markup_vprintf_escaped(format, args);
	va_end(args);
	g_string_append(xml, text);
}

static bool has_numa(const VmSpec *spec)
{
	return spec->guest.nodes && spec->guest.nodes->len > 1;
}

static void add_memory(GString *xml, const VmSpec *spec)
{
	add(xml, "  <memory unit='KiB'>%" G_GUINT64_FORMAT "</memory>\n", spec->guest.memory_bytes / KIB);
	/* shared: the host need not promise the whole of it in advance, so a guest may have more than the host */
	add(xml,
	    "  <memoryBacking>\n"
	    "    <source type='%s'/>\n"
	    "    <access mode='shared'/>\n",
	    spec->guest.memory_dir ? "file" : "memfd");
	/* by as many threads as the guest has CPUs, since that many are to run here */
	if (spec->guest.prefault)
		add(xml, "    <allocation mode='immediate' threads='%u'/>\n", spec->guest.cpus);
	add(xml, "  </memoryBacking>\n");
}

static void add_boot(GString *xml, const VmSpec *spec)
{
	add(xml,
	    "  <os>\n"
	    "    <type arch='%s' machine='%s'>hvm</type>\n"
	    "    <kernel>%s</kernel>\n",
	    spec->arch->name, spec->machine, spec->kernel);
	if (spec->initrd)
		add(xml, "    <initrd>%s</initrd>\n", spec->initrd);
	if (spec->cmdline)
		add(xml, "    <cmdline>%s</cmdline>\n", spec->cmdline);
	add(xml, "  </os>\n"
		 "  <features>\n");
	for (const char *const *feature = spec->arch->features; *feature; feature++)
		add(xml, "    <%s/>\n", *feature);
	add(xml, "  </features>\n");
}

static void add_numa(GString *xml, const Machine *guest)
{
	add(xml, "    <numa>\n");
	for (guint i = 0; i < machine_nodes(guest); i++) {
		const MachineNode *node = machine_node(guest, i);

		add(xml, "      <cell id='%u'", i);
		if (node->cpus && *node->cpus)
			add(xml, " cpus='%s'", node->cpus);
		add(xml, " memory='%" G_GUINT64_FORMAT "' unit='KiB' memAccess='shared'/>\n", node->bytes / KIB);
	}
	add(xml, "    </numa>\n");
}

static void add_cpu(GString *xml, const VmSpec *spec)
{
	/* the most that the accelerator can do: what the host's CPU is for KVM, what is emulated for TCG */
	const char *mode = spec->accel == ACCEL_KVM ? "host-passthrough" : "maximum";

	if (!has_numa(spec) && !spec->counted && !spec->phys_bits) {
		add(xml, "  <cpu mode='%s'/>\n", mode);
		return;
	}
	add(xml, "  <cpu mode='%s'>\n", mode);
	if (spec->phys_bits)
		add(xml, "    <maxphysaddr mode='emulate' bits='%u'/>\n", spec->phys_bits);
	/* the host's random numbers */
	for (const char *const *feature = spec->arch->random; spec->counted && *feature; feature++)
		add(xml, "    <feature policy='disable' name='%s'/>\n", *feature);
	if (has_numa(spec))
		add_numa(xml, &spec->guest);
	add(xml, "  </cpu>\n");
}

/* The same date at power-on in every run, from where the guest's own time counts. */
static void add_clock(GString *xml)
{
	add(xml,
	    "  <clock offset='absolute' start='%d'>\n"
	    "    <timer name='rtc' track='guest'/>\n"
	    "  </clock>\n",
	    COUNTED_EPOCH);
}

/* The kind that every kernel can use from its first line to its last, written to a file (serial.h says why). */
static void add_serial(GString *xml, const Arch *arch, guint port, const char *file)
{
	add(xml,
	    "    <serial type='file'>\n"
	    "      <source path='%s' append='off'/>\n"
	    "      <target type='%s' port='%u'/>\n"
	    "    </serial>\n",
	    file, arch->serial_target, port);
}

static void add_devices(GString *xml, const VmSpec *spec)
{
	add(xml,
	    "  <devices>\n"
	    "    <emulator>%s</emulator>\n",
	    spec->emulator);
	/* what libvirt would otherwise put in by itself */
	add(xml, "    <controller type='usb' model='none'/>\n"
		 "    <memballoon model='none'/>\n"
		 "    <audio id='1' type='none'/>\n");
	add_serial(xml, spec->arch, 0, spec->console);
	add_serial(xml, spec->arch, 1, spec->channel);
	if (spec->shell_socket)
		add(xml,
		    "    <serial type='unix'>\n"
		    "      <source mode='bind' path='%s'/>\n"
		    "      <target type='%s' port='2'/>\n"
		    "    </serial>\n",
		    spec->shell_socket, spec->arch->serial_target);
	for (char **name = spec->guest.devices; name && *name; name++) {
		const ArchDevice *device = arch_device(spec->arch, *name);

		if (device)
			add(xml, "    <iommu model='%s'/>\n", device->iommu);
	}
	add(xml, "  </devices>\n");
}

/* get_opt_value() of QEMU's util/qemu-option.c */
char *qemu_value(const char *text)
{
	g_auto(GStrv) parts = g_strsplit(text, ",", -1);

	return g_strjoinv(",,", parts);
}

static void add_args(GString *xml, const char *const *args)
{
	for (; args && *args; args++)
		add(xml, "    <qemu:arg value='%s'/>\n", *args);
}

/* What libvirt has no words for. Instruction counting is described in docs/devel/tcg-icount.rst of QEMU. */
static void add_qemu_args(GString *xml, const VmSpec *spec)
{
	static const char *const counted[] = { "-icount", "shift=0,sleep=off", "-seed", "1", NULL };

	add(xml, "  <qemu:commandline>\n");
	if (spec->counted)
		add_args(xml, counted);
	if (spec->debug_socket) {
		g_autofree char *socket = qemu_value(spec->debug_socket);

		add(xml, "    <qemu:arg value='-gdb'/>\n");
		add(xml, "    <qemu:arg value='unix:%s,server=on,wait=off'/>\n", socket);
	}
	add_args(xml, spec->qemu_args);
	add(xml, "  </qemu:commandline>\n");
}

char *domainxml_build(const VmSpec *spec)
{
	bool extra = spec->counted || spec->debug_socket || (spec->qemu_args && *spec->qemu_args);
	GString *xml = g_string_new(NULL);

	add(xml, "<domain type='%s'", spec->accel == ACCEL_KVM ? "kvm" : "qemu");
	if (extra)
		add(xml, " xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'");
	add(xml, ">\n  <name>%s</name>\n", spec->name);
	if (spec->uuid)
		add(xml, "  <uuid>%s</uuid>\n", spec->uuid);
	add_memory(xml, spec);
	add(xml, "  <vcpu>%u</vcpu>\n", spec->guest.cpus);
	add_boot(xml, spec);
	add_cpu(xml, spec);
	if (spec->counted)
		add_clock(xml);
	/* a reset is an answer, not something to go on from: a cold boot would only hide it */
	add(xml, "  <on_poweroff>destroy</on_poweroff>\n"
		 "  <on_reboot>destroy</on_reboot>\n"
		 "  <on_crash>destroy</on_crash>\n");
	add_devices(xml, spec);
	if (extra)
		add_qemu_args(xml, spec);
	add(xml, "</domain>\n");
	return g_string_free(xml, FALSE);
}
