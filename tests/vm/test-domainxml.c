// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/spawn.h>
#include <vm/domainxml.h>

#include <string.h>

/* main() puts the architecture in */
static VmSpec plain = {
	.name = "a",
	.emulator = "/usr/bin/qemu-system-x86_64",
	.machine = "q35",
	.accel = ACCEL_TCG,
	.guest.memory_bytes = G_GUINT64_CONSTANT(100) << 30,
	.guest.cpus = 2,
	.kernel = "/k/bzImage",
	.initrd = "/k/initrd",
	.cmdline = "console=ttyS0 kho=on",
	.console = "/r/console",
	.channel = "/r/channel",
};

static const char plain_xml[] = "<domain type='qemu'>\n"
				"  <name>a</name>\n"
				"  <memory unit='KiB'>104857600</memory>\n"
				"  <memoryBacking>\n"
				"    <source type='memfd'/>\n"
				"    <access mode='shared'/>\n"
				"  </memoryBacking>\n"
				"  <vcpu>2</vcpu>\n"
				"  <os>\n"
				"    <type arch='x86_64' machine='q35'>hvm</type>\n"
				"    <kernel>/k/bzImage</kernel>\n"
				"    <initrd>/k/initrd</initrd>\n"
				"    <cmdline>console=ttyS0 kho=on</cmdline>\n"
				"  </os>\n"
				"  <features>\n"
				"    <acpi/>\n"
				"    <apic/>\n"
				"  </features>\n"
				"  <cpu mode='maximum'/>\n"
				"  <on_poweroff>destroy</on_poweroff>\n"
				"  <on_reboot>destroy</on_reboot>\n"
				"  <on_crash>destroy</on_crash>\n"
				"  <devices>\n"
				"    <emulator>/usr/bin/qemu-system-x86_64</emulator>\n"
				"    <controller type='usb' model='none'/>\n"
				"    <memballoon model='none'/>\n"
				"    <audio id='1' type='none'/>\n"
				"    <serial type='file'>\n"
				"      <source path='/r/console' append='off'/>\n"
				"      <target type='isa-serial' port='0'/>\n"
				"    </serial>\n"
				"    <serial type='file'>\n"
				"      <source path='/r/channel' append='off'/>\n"
				"      <target type='isa-serial' port='1'/>\n"
				"    </serial>\n"
				"  </devices>\n"
				"</domain>\n";

/* libvirt's own grammar agrees, where its tool is installed. */
static void validate(const char *xml)
{
	const char *argv[] = { "virt-xml-validate", "-", "domain", NULL };
	g_autofree char *tool = g_find_program_in_path(argv[0]);
	g_autoptr(GBytes) input = g_bytes_new(xml, strlen(xml));
	SpawnSpec spec = {
		.argv = argv, .input = input, .keep_output = true, .timeout_ns = 60 * G_GINT64_CONSTANT(1000000000)
	};
	g_auto(SpawnResult) result = { 0 };
	g_autoptr(GError) error = NULL;

	if (!tool) {
		g_test_message("virt-xml-validate is not installed");
		return;
	}
	spawn_run(&spec, &result, &error);
	g_assert_no_error(error);
	if (result.status != 0)
		g_test_message("%s\n%s%s", xml, result.out, result.err);
	g_assert_cmpint(result.status, ==, 0);
}

static void assert_has(const char *xml, const char *part)
{
	if (!strstr(xml, part))
		g_test_message("'%s' is not in\n%s", part, xml);
	g_assert_nonnull(strstr(xml, part));
}

static void test_plain(void)
{
	g_autofree char *xml = domainxml_build(&plain);

	g_assert_cmpstr(xml, ==, plain_xml);
	validate(xml);
}

static void test_kvm(void)
{
	VmSpec spec = plain;
	g_autofree char *xml = NULL;

	spec.accel = ACCEL_KVM;
	spec.initrd = NULL;
	spec.uuid = "0f9ef30d-b3b7-4f9e-9a1e-965bebed4bd0";
	xml = domainxml_build(&spec);
	assert_has(xml, "<domain type='kvm'>");
	assert_has(xml, "<cpu mode='host-passthrough'/>");
	assert_has(xml, "<uuid>0f9ef30d-b3b7-4f9e-9a1e-965bebed4bd0</uuid>");
	g_assert_null(strstr(xml, "initrd"));
	validate(xml);
}

static void test_numa(void)
{
	g_autoptr(GArray) nodes = g_array_new(FALSE, TRUE, sizeof(MachineNode));
	MachineNode one = { .bytes = G_GUINT64_CONSTANT(60) << 30, .cpus = (char *)"0-1" };
	MachineNode two = { .bytes = G_GUINT64_CONSTANT(40) << 30, .cpus = (char *)"" };
	VmSpec spec = plain;
	g_autofree char *single = NULL;
	g_autofree char *xml = NULL;

	spec.guest.nodes = nodes;
	g_array_append_val(nodes, one);
	single = domainxml_build(&spec);
	g_assert_cmpstr(single, ==, plain_xml);
	g_array_append_val(nodes, two);
	xml = domainxml_build(&spec);
	assert_has(xml, "  <cpu mode='maximum'>\n"
			"    <numa>\n"
			"      <cell id='0' cpus='0-1' memory='62914560' unit='KiB' memAccess='shared'/>\n"
			"      <cell id='1' memory='41943040' unit='KiB' memAccess='shared'/>\n"
			"    </numa>\n"
			"  </cpu>\n");
	validate(xml);
}

static void test_memory_file(void)
{
	VmSpec spec = plain;
	g_autofree char *xml = NULL;

	spec.guest.memory_dir = (char *)"/big";
	xml = domainxml_build(&spec);
	assert_has(xml, "<source type='file'/>\n    <access mode='shared'/>");
	validate(xml);
}

/* All of it before the CPUs start, wherever it is kept. */
static void test_prefault(void)
{
	static const char allocation[] = "    <access mode='shared'/>\n"
					 "    <allocation mode='immediate' threads='2'/>\n"
					 "  </memoryBacking>\n";
	VmSpec spec = plain;
	g_autofree char *xml = NULL;
	g_autofree char *file = NULL;

	spec.guest.prefault = true;
	xml = domainxml_build(&spec);
	assert_has(xml, allocation);
	validate(xml);
	spec.guest.memory_dir = (char *)"/big";
	file = domainxml_build(&spec);
	assert_has(file, allocation);
	validate(file);
}

static void test_device(void)
{
	static char *devices[] = { (char *)"intel-iommu", NULL };
	VmSpec spec = plain;
	g_autofree char *xml = NULL;

	spec.guest.devices = devices;
	xml = domainxml_build(&spec);
	assert_has(xml, "    <iommu model='intel'/>\n  </devices>\n");
	validate(xml);
}

/* More than the emulated CPU addresses by itself; before the other parts of it, as the schema has it. */
static void test_phys_bits(void)
{
	VmSpec spec = plain;
	g_autofree char *xml = NULL;
	g_autofree char *counted = NULL;

	spec.phys_bits = 46;
	xml = domainxml_build(&spec);
	assert_has(xml, "  <cpu mode='maximum'>\n"
			"    <maxphysaddr mode='emulate' bits='46'/>\n"
			"  </cpu>\n");
	validate(xml);
	spec.counted = true;
	spec.guest.cpus = 1;
	counted = domainxml_build(&spec);
	assert_has(counted, "bits='46'/>\n    <feature policy='disable' name='rdrand'/>");
	validate(counted);
}

/* Ways in: a debugging port without counting, and a serial port at which a person sits. */
static void test_ways_in(void)
{
	VmSpec spec = plain;
	g_autofree char *xml = NULL, *without = domainxml_build(&plain);

	spec.debug_socket = "/d,1";
	spec.shell_socket = "/s";
	xml = domainxml_build(&spec);
	assert_has(xml, "    <qemu:arg value='unix:/d,,1,server=on,wait=off'/>\n");
	assert_has(xml, "    <serial type='unix'>\n      <source mode='bind' path='/s'/>\n");
	g_assert_null(strstr(xml, "-icount"));
	g_assert_null(strstr(without, "-gdb"));
	g_assert_null(strstr(without, "port='2'"));
	validate(xml);
}

/* What makes two runs the same: nothing may come from the host. */
static void test_counted(void)
{
	static const char *const args[] = { "-icount", "shift=0,sleep=off",	    "-seed", "1",
					    "-gdb",    "unix:/s,server=on,wait=off" };
	VmSpec spec = plain;
	g_autofree char *xml = NULL;

	spec.counted = true;
	spec.debug_socket = "/s";
	spec.guest.cpus = 1;
	xml = domainxml_build(&spec);
	assert_has(xml, "<cpu mode='maximum'>\n"
			"    <feature policy='disable' name='rdrand'/>\n"
			"    <feature policy='disable' name='rdseed'/>\n"
			"  </cpu>\n");
	assert_has(xml, "  <clock offset='absolute' start='1767225600'>\n"
			"    <timer name='rtc' track='guest'/>\n"
			"  </clock>\n");
	for (gsize i = 0; i < G_N_ELEMENTS(args); i++) {
		g_autofree char *element = g_strdup_printf("    <qemu:arg value='%s'/>\n", args[i]);

		assert_has(xml, element);
	}
	validate(xml);
}

/* Nothing that a user writes can break out of its element. */
static void test_escapes(void)
{
	static const char *const args[] = { "-device", "x,y='</domain>'", NULL };
	VmSpec spec = plain;
	g_autofree char *xml = NULL;

	spec.cmdline = "a=\"<&>\" b='c' 100%";
	spec.console = "/o/it's & <that>.log";
	spec.qemu_args = args;
	xml = domainxml_build(&spec);
	assert_has(xml, "<cmdline>a=&quot;&lt;&amp;&gt;&quot; b=&apos;c&apos; 100%</cmdline>");
	assert_has(xml, "<source path='/o/it&apos;s &amp; &lt;that&gt;.log' append='off'/>");
	assert_has(xml, "<domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>");
	assert_has(xml, "  <qemu:commandline>\n"
			"    <qemu:arg value='-device'/>\n"
			"    <qemu:arg value='x,y=&apos;&lt;/domain&gt;&apos;'/>\n"
			"  </qemu:commandline>\n");
	validate(xml);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	plain.arch = arch_default();
	g_test_add_func("/domainxml/plain", test_plain);
	g_test_add_func("/domainxml/kvm", test_kvm);
	g_test_add_func("/domainxml/numa", test_numa);
	g_test_add_func("/domainxml/memory-file", test_memory_file);
	g_test_add_func("/domainxml/prefault", test_prefault);
	g_test_add_func("/domainxml/device", test_device);
	g_test_add_func("/domainxml/phys-bits", test_phys_bits);
	g_test_add_func("/domainxml/counted", test_counted);
	g_test_add_func("/domainxml/ways-in", test_ways_in);
	g_test_add_func("/domainxml/escapes", test_escapes);
	return g_test_run();
}
