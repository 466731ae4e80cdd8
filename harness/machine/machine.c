// SPDX-License-Identifier: GPL-2.0-or-later
#include <machine/machine.h>

#include <string.h>

#define NS_PER_S G_GINT64_CONSTANT(1000000000)
#define DEFAULT_CPUS 2

static void node_clear(gpointer data)
{
	g_free(((MachineNode *)data)->cpus);
}

void machine_clear(Machine *machine)
{
	g_strfreev(machine->numa);
	g_clear_pointer(&machine->nodes, g_array_unref);
	g_free(machine->scratch);
	g_free(machine->memory_dir);
	g_strfreev(machine->devices);
	g_free(machine->accelerator);
	*machine = (Machine){ 0 };
}

Machine machine_copy(const Machine *machine)
{
	Machine copy = *machine;

	copy.numa = g_strdupv(machine->numa);
	copy.nodes = NULL;
	for (guint i = 0; machine->nodes && i < machine->nodes->len; i++)
		machine_add_node(&copy, machine_node(machine, i)->bytes, machine_node(machine, i)->cpus);
	copy.scratch = g_strdup(machine->scratch);
	copy.memory_dir = g_strdup(machine->memory_dir);
	copy.devices = g_strdupv(machine->devices);
	copy.accelerator = g_strdup(machine->accelerator);
	return copy;
}

void machine_add_node(Machine *machine, guint64 bytes, const char *cpus)
{
	MachineNode node = { .bytes = bytes, .cpus = g_strdup(cpus ? cpus : "") };

	if (!machine->nodes) {
		machine->nodes = g_array_new(FALSE, TRUE, sizeof(MachineNode));
		g_array_set_clear_func(machine->nodes, node_clear);
	}
	g_array_append_val(machine->nodes, node);
}

bool machine_numa_is_count(const Machine *machine)
{
	const char *word = machine->numa ? machine->numa[0] : NULL;

	return word && *word && !machine->numa[1] && strspn(word, "0123456789") == strlen(word) && strlen(word) <= 2;
}

bool machine_has_devices(const Machine *machine)
{
	return machine->devices && *machine->devices;
}

guint machine_nodes(const Machine *machine)
{
	if (machine->nodes)
		return machine->nodes->len;
	if (machine_numa_is_count(machine))
		return (guint)g_ascii_strtoull(machine->numa[0], NULL, 10);
	return machine->numa ? MAX(g_strv_length(machine->numa), 1) : 1;
}

const MachineNode *machine_node(const Machine *machine, guint n)
{
	return &g_array_index(machine->nodes, MachineNode, n);
}

guint machine_default_cpus(bool counted)
{
	return counted ? 1 : DEFAULT_CPUS;
}

void machine_put(const Machine *machine, JsonBuilder *b)
{
	json_put_int(b, "memory_bytes", (gint64)machine->memory_bytes);
	json_put_int(b, "cpus", machine->cpus);
	json_put_strings(b, "numa", (const char *const *)machine->numa);
	if (machine->scratch)
		json_put_string(b, "scratch", machine->scratch);
	json_put_bool(b, "prefault", machine->prefault);
	json_put_string(b, "memory_dir", machine->memory_dir);
	if (machine_has_devices(machine))
		json_put_strings(b, "devices", (const char *const *)machine->devices);
	json_put_string(b, "accelerator_asked", machine->accelerator);
	if (!machine->nodes)
		return;
	json_begin_array(b, "nodes");
	for (guint i = 0; i < machine->nodes->len; i++) {
		json_builder_begin_object(b);
		json_put_int(b, "memory_bytes", (gint64)machine_node(machine, i)->bytes);
		json_put_string(b, "cpus", machine_node(machine, i)->cpus);
		json_builder_end_object(b);
	}
	json_builder_end_array(b);
}

/* As many as schema 1 says that a cell has, in the words of today. */
static char **numa_of_count(gint64 count)
{
	g_autofree char *word = g_strdup_printf("%" G_GINT64_FORMAT, count);

	return count > 1 ? g_strsplit(word, " ", -1) : g_new0(char *, 1);
}

Machine machine_get(JsonObject *object)
{
	JsonArray *nodes = json_get_array(object, "nodes");
	gint64 count = json_get_int(object, "nodes");
	Machine machine = {
		.memory_bytes = (guint64)MAX(0, json_get_int(object, "memory_bytes")),
		.cpus = (guint)CLAMP(json_get_int(object, "cpus"), 0, G_MAXINT),
		.numa = count > 0 ? numa_of_count(count) : json_get_strings(object, "numa"),
		.scratch = g_strdup(json_get_string(object, "scratch")),
		.prefault = json_get_bool(object, "prefault"),
		.memory_dir = g_strdup(json_get_string(object, "memory_dir")),
		.devices = json_get_strings(object, "devices"),
		.accelerator = g_strdup(json_get_string(object, "accelerator_asked")),
	};

	for (guint i = 0; nodes && i < json_array_get_length(nodes); i++) {
		JsonNode *node = json_array_get_element(nodes, i);
		JsonObject *one = JSON_NODE_HOLDS_OBJECT(node) ? json_node_get_object(node) : NULL;

		machine_add_node(&machine, (guint64)MAX(0, json_get_int(one, "memory_bytes")),
				 json_get_string(one, "cpus"));
	}
	return machine;
}

static gint64 gib(const Machine *machine)
{
	return (gint64)(machine->memory_bytes >> 30);
}

gint64 machine_timeout_ns(const Machine *machine, guint kernels)
{
	return (180 + gib(machine)) * NS_PER_S / 2 * MAX(kernels, 2);
}

gint64 machine_silence_ns(const Machine *machine)
{
	return (45 + gib(machine) / 2) * NS_PER_S;
}
