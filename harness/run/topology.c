// SPDX-License-Identifier: GPL-2.0-or-later
#include <arch/arch.h>
#include <base/error.h>
#include <base/units.h>
#include <run/topology.h>

#include <string.h>

#define MIB (1ull << 20)
#define MIN_MEMORY (512 * MIB)
#define MAX_NODES 64
#define MAX_CPUS 255

/* Node boundaries on whole sections of sparsemem, so that no section belongs to two nodes. */
static guint64 section(void)
{
	return arch_section_bytes(arch_default(), 0);
}

/* --numa has a word for each node, and not only their number. */
static bool is_explicit(const Machine *machine)
{
	return machine->numa && machine->numa[0] && !machine_numa_is_count(machine);
}

static bool parse_node(const char *word, guint64 *ret_bytes, char **ret_cpus, GError **error)
{
	const char *comma = strchr(word, ',');
	g_autofree char *size = comma ? g_strndup(word, (gsize)(comma - word)) : g_strdup(word);

	if (!units_parse_size(size, ret_bytes, error)) {
		g_prefix_error(error, "--numa %s: ", word);
		return false;
	}
	if (*ret_bytes % MIB)
		return error_set(error, KHOTEST_ERROR_INPUT, "--numa %s: a node's memory must be a whole number of MiB",
				 word);
	if (comma && !g_str_has_prefix(comma + 1, "cpus="))
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "--numa %s: write SIZE or SIZE,cpus=LIST, as in 50G,cpus=0-1", word);
	*ret_cpus = comma ? g_strdup(comma + 1 + strlen("cpus=")) : NULL;
	return true;
}

bool topology_numa_bytes(const Machine *machine, guint64 *ret_bytes, GError **error)
{
	*ret_bytes = 0;
	if (!is_explicit(machine))
		return true;
	for (char **word = machine->numa; *word; word++) {
		g_autofree char *node_cpus = NULL;
		guint64 bytes;

		if (!parse_node(*word, &bytes, &node_cpus, error))
			return false;
		if (bytes > arch_default()->memory_most) {
			g_autofree char *most = units_format_size(arch_default()->memory_most);

			return error_set(error, KHOTEST_ERROR_INPUT, "--numa %s: %s are the most that a guest can have",
					 *word, most);
		}
		*ret_bytes += bytes;
	}
	return *ret_bytes || error_set(error, KHOTEST_ERROR_INPUT, "--numa: one of the nodes must have memory");
}

/* What node i of n gets of so many CPUs when they are spread evenly, as "0-1,4"; "" if it gets none. */
static char *share_of(const guint *cpus, guint count, guint i, guint n)
{
	guint end = count * (i + 1) / n;
	GString *list = g_string_new(NULL);

	for (guint at = count * i / n, last; at < end; at = last + 1) {
		for (last = at; last + 1 < end && cpus[last + 1] == cpus[last] + 1; last++)
			;
		g_string_append_printf(list, "%s%u", list->len ? "," : "", cpus[at]);
		if (last > at)
			g_string_append_printf(list, "-%u", cpus[last]);
	}
	return g_string_free(list, FALSE);
}

/* Marks the CPUs of "0-3,8" in a table, refusing what is no such list, out of range or taken; "" has none. */
static bool take_cpus(const char *list, guint cpus, bool *taken, GError **error)
{
	g_auto(GStrv) parts = g_strsplit(list, ",", -1); /* of "" none at all */

	for (char **part = parts; *part; part++) {
		g_auto(GStrv) ends = g_strsplit(*part, "-", 2);
		guint64 first, last;

		if (!ends[0] || !g_ascii_string_to_unsigned(ends[0], 10, 0, MAX_CPUS, &first, NULL) ||
		    !g_ascii_string_to_unsigned(ends[1] ? ends[1] : ends[0], 10, first, MAX_CPUS, &last, NULL))
			return error_set(error, KHOTEST_ERROR_INPUT,
					 "--numa: 'cpus=%s' is not a list of CPUs, such as 0-1 or 0,2-3", list);
		for (guint64 cpu = first; cpu <= last; cpu++) {
			if (cpu >= cpus)
				return error_set(error, KHOTEST_ERROR_INPUT,
						 "node CPUs '%s': there is no CPU %" G_GUINT64_FORMAT " with -p %u",
						 list, cpu, cpus);
			if (taken[cpu])
				return error_set(error, KHOTEST_ERROR_INPUT,
						 "CPU %" G_GUINT64_FORMAT " is on two NUMA nodes", cpu);
			taken[cpu] = true;
		}
	}
	return true;
}

static bool check_memory(guint64 bytes, GError **error)
{
	const Arch *arch = arch_default();
	g_autofree char *text = units_format_size(bytes), *most = units_format_size(arch->memory_most);

	if (bytes < MIN_MEMORY)
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "-m %s is too small: two kernels, their initramfs and the scratch regions need 512M",
				 text);
	if (bytes > arch->memory_most)
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "-m %s is too large: of the %u bits that a kernel addresses up to %s can be used",
				 text, arch->phys_bits, most);
	if (bytes % MIB)
		return error_set(error, KHOTEST_ERROR_INPUT, "-m %s: memory must be a whole number of MiB", text);
	return true;
}

guint topology_phys_bits(const Plan *plan)
{
	bool emulated = strcmp(plan->accelerator, "tcg") == 0;

	return emulated && plan->guest.memory_bytes > arch_default()->emulated_memory_most ? arch_default()->phys_bits
											   : 0;
}

static bool split_evenly(const guint *cpus, guint n, Machine *machine, GError **error)
{
	guint64 left = machine->memory_bytes;

	if (n < 1 || n > MAX_NODES)
		return error_set(error, KHOTEST_ERROR_INPUT, "--numa %u: from 1 to %d nodes are possible", n,
				 MAX_NODES);
	if (machine->memory_bytes / n < section()) {
		g_autofree char *least = units_format_size(section());

		return error_set(error, KHOTEST_ERROR_INPUT, "--numa %u: each node needs at least %s", n, least);
	}
	for (guint i = 0; i < n; i++) {
		g_autofree char *node_cpus = share_of(cpus, machine->cpus, i, n);
		guint64 bytes = i == n - 1 ? left : machine->memory_bytes / n / section() * section();

		machine_add_node(machine, bytes, node_cpus);
		left -= bytes;
	}
	return true;
}

/* A node as it was asked for; cpus is NULL where it takes what the others leave. */
typedef struct {
	guint64 bytes;
	char *cpus;
} Wanted;

static void wanted_clear(gpointer data)
{
	g_free(((Wanted *)data)->cpus);
}

/* All words, and the CPUs that they name. */
static GArray *parse_nodes(char **numa, guint cpus, bool *taken, GError **error)
{
	g_autoptr(GArray) nodes = g_array_new(FALSE, TRUE, sizeof(Wanted));

	g_array_set_clear_func(nodes, wanted_clear);
	for (; *numa; numa++) {
		Wanted wanted = { 0 };

		if (!parse_node(*numa, &wanted.bytes, &wanted.cpus, error))
			return NULL;
		g_array_append_val(nodes, wanted);
		if (wanted.cpus && !take_cpus(wanted.cpus, cpus, taken, error))
			return NULL;
	}
	return g_steal_pointer(&nodes);
}

static bool add_nodes(Machine *machine, GError **error)
{
	bool taken[MAX_CPUS + 1] = { false };
	guint left[MAX_CPUS], n_left = 0, sharing = 0, shared = 0;
	g_autoptr(GArray) nodes = parse_nodes(machine->numa, machine->cpus, taken, error);

	if (!nodes)
		return false;
	if (nodes->len > MAX_NODES)
		return error_set(error, KHOTEST_ERROR_INPUT, "--numa: %u nodes, and %d are possible", nodes->len,
				 MAX_NODES);
	for (guint cpu = 0; cpu < machine->cpus; cpu++)
		if (!taken[cpu])
			left[n_left++] = cpu;
	for (guint i = 0; i < nodes->len; i++)
		sharing += !g_array_index(nodes, Wanted, i).cpus;
	if (n_left && !sharing)
		return error_set(error, KHOTEST_ERROR_INPUT, "CPU %u is on none of the NUMA nodes", left[0]);
	for (guint i = 0; i < nodes->len; i++) {
		const Wanted *wanted = &g_array_index(nodes, Wanted, i);
		g_autofree char *cpus =
			wanted->cpus ? g_strdup(wanted->cpus) : share_of(left, n_left, shared++, sharing);

		if (!wanted->bytes && !*cpus)
			return error_set(error, KHOTEST_ERROR_INPUT,
					 "--numa %s: node %u would have neither memory nor CPUs, and no kernel would "
					 "see it: give it one of them, as in 0,cpus=%u, or more CPUs with -p",
					 machine->numa[i], i, machine->cpus - 1);
		machine_add_node(machine, wanted->bytes, cpus);
	}
	return true;
}

bool topology_resolve(Machine *machine, GError **error)
{
	guint64 sum = 0;
	guint all[MAX_CPUS];

	if (machine->cpus < 1 || machine->cpus > MAX_CPUS)
		return error_set(error, KHOTEST_ERROR_INPUT, "-p %u: from 1 to %d CPUs are possible", machine->cpus,
				 MAX_CPUS);
	if (!topology_numa_bytes(machine, &sum, error))
		return false;
	if (sum && machine->memory_bytes && sum != machine->memory_bytes) {
		g_autofree char *nodes = units_format_size(sum);
		g_autofree char *whole = units_format_size(machine->memory_bytes);

		return error_set(error, KHOTEST_ERROR_INPUT, "the --numa nodes sum up to %s, and -m says %s", nodes,
				 whole);
	}
	if (sum)
		machine->memory_bytes = sum;
	g_clear_pointer(&machine->nodes, g_array_unref);
	if (!check_memory(machine->memory_bytes, error))
		return false;
	if (is_explicit(machine))
		return add_nodes(machine, error);
	for (guint cpu = 0; cpu < machine->cpus; cpu++)
		all[cpu] = cpu;
	return split_evenly(all, machine_nodes(machine), machine, error);
}
