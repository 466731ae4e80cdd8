// SPDX-License-Identifier: GPL-2.0-or-later
#include <machine/machineword.h>

#include <base/error.h>
#include <base/units.h>

#include <string.h>

#define NODE_SEPARATOR "+"
#define SCRATCH_DEFAULT "default"
#define DEVICE_SEPARATOR "+"
#define DEVICE_NONE "none"

static void put_text(char **place, char *text)
{
	g_free(*place);
	*place = text;
}

static bool set_memory(Machine *machine, const char *word, GError **error)
{
	if (!units_parse_size(word, &machine->memory_bytes, error))
		return false;
	return machine->memory_bytes || error_set(error, KHOTEST_ERROR_INPUT, "'%s': a guest needs memory", word);
}

static char *get_memory(const Machine *machine)
{
	return g_strdup_printf("%" G_GUINT64_FORMAT, machine->memory_bytes);
}

static bool set_cpus(Machine *machine, const char *word, GError **error)
{
	guint64 cpus;

	if (!g_ascii_string_to_unsigned(word, 10, 1, G_MAXUINT16, &cpus, NULL))
		return error_set(error, KHOTEST_ERROR_INPUT, "'%s' is no number of CPUs, such as 2", word);
	machine->cpus = (guint)cpus;
	return true;
}

static char *get_cpus(const Machine *machine)
{
	return g_strdup_printf("%u", machine->cpus);
}

static bool set_numa(Machine *machine, const char *word, GError **error)
{
	bool one = strcmp(word, "1") == 0;

	g_strfreev(machine->numa);
	/* nothing said is one node */
	machine->numa = g_strsplit(one ? "" : word, NODE_SEPARATOR, -1);
	return true;
}

static char *get_numa(const Machine *machine)
{
	return machine->numa && *machine->numa ? g_strjoinv(NODE_SEPARATOR, machine->numa) : g_strdup("1");
}

static const char *skip_digits(const char *at)
{
	return at + strspn(at, "0123456789");
}

/* kho_parse_scratch_size() of kernel/liveupdate/kexec_handover.c: "N%", or three sizes each a number that memparse()
 * takes. */
static bool is_scratch(const char *word)
{
	const char *at = skip_digits(word);
	guint sizes = 0;

	if (at > word && strcmp(at, "%") == 0)
		return true;
	for (at = word;; at++) {
		if (skip_digits(at) == at)
			return false;
		at = skip_digits(at);
		at += *at && strchr("KMGTPEkmgtpe", *at);
		sizes++;
		if (*at != ',')
			break;
	}
	return sizes == 3 && !*at;
}

static bool set_scratch(Machine *machine, const char *word, GError **error)
{
	if (strcmp(word, SCRATCH_DEFAULT) != 0 && !is_scratch(word))
		return error_set(error, KHOTEST_ERROR_INPUT,
				 "'%s' is nothing that kho_scratch= takes: '" SCRATCH_DEFAULT
				 "', a share such as 20%%, or three sizes such as 64M,256M,128M (below 4 GiB, "
				 "anywhere, on each node)",
				 word);
	put_text(&machine->scratch, strcmp(word, SCRATCH_DEFAULT) == 0 ? NULL : g_strdup(word));
	return true;
}

static char *get_scratch(const Machine *machine)
{
	return g_strdup(machine->scratch ? machine->scratch : SCRATCH_DEFAULT);
}

static bool set_prefault(Machine *machine, const char *word, GError **error)
{
	machine->prefault = strcmp(word, "yes") == 0;
	return machine->prefault || strcmp(word, "no") == 0 ||
	       error_set(error, KHOTEST_ERROR_INPUT, "'%s': no and yes are possible", word);
}

static char *get_prefault(const Machine *machine)
{
	return g_strdup(machine->prefault ? "yes" : "no");
}

static bool set_memory_dir(Machine *machine, const char *word, GError **error)
{
	put_text(&machine->memory_dir, g_canonicalize_filename(word, NULL));
	return true;
}

static char *get_memory_dir(const Machine *machine)
{
	return g_strdup(machine->memory_dir);
}

/* Which there are is known to whoever prepares a run (arch/arch.h). */
static bool set_device(Machine *machine, const char *word, GError **error)
{
	g_strfreev(machine->devices);
	machine->devices = strcmp(word, DEVICE_NONE) == 0 ? NULL : g_strsplit(word, DEVICE_SEPARATOR, -1);
	return true;
}

static char *get_device(const Machine *machine)
{
	return machine_has_devices(machine) ? g_strjoinv(DEVICE_SEPARATOR, machine->devices) : g_strdup(DEVICE_NONE);
}

/* Which there are is known where they are used (vm/accel.h). */
static bool set_accel(Machine *machine, const char *word, GError **error)
{
	put_text(&machine->accelerator, strcmp(word, "auto") == 0 ? NULL : g_strdup(word));
	return true;
}

static char *get_accel(const Machine *machine)
{
	return g_strdup(machine->accelerator ? machine->accelerator : "auto");
}

static const struct {
	const char *key;
	bool (*set)(Machine *machine, const char *word, GError **error);
	char *(*get)(const Machine *machine);
} words[] = {
	{ "memory", set_memory, get_memory },
	{ "cpus", set_cpus, get_cpus },
	{ "numa", set_numa, get_numa },
	{ "scratch", set_scratch, get_scratch },
	{ "prefault", set_prefault, get_prefault },
	{ "memory-dir", set_memory_dir, get_memory_dir },
	{ "device", set_device, get_device },
	{ "accel", set_accel, get_accel },
};

bool machineword_set(Machine *machine, const char *key, const char *word, GError **error)
{
	for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
		if (strcmp(words[i].key, key) == 0)
			return words[i].set(machine, word, error);
	g_assert_not_reached();
}

char *machineword_get(const Machine *machine, const char *key)
{
	for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
		if (strcmp(words[i].key, key) == 0)
			return words[i].get(machine);
	g_assert_not_reached();
}

void machineword_options(const Machine *machine, GPtrArray *argv)
{
	if (machine->memory_bytes) {
		/* exact, and as people write it: commands of reports are made of these words */
		g_autofree char *memory = units_format_size(machine->memory_bytes);

		g_ptr_array_add(argv, g_strconcat("--memory=", memory, NULL));
	}
	if (machine->cpus)
		g_ptr_array_add(argv, g_strdup_printf("--cpus=%u", machine->cpus));
	for (char **word = machine->numa; word && *word; word++)
		g_ptr_array_add(argv, g_strdup_printf("--numa=%s", *word));
	if (machine->prefault)
		g_ptr_array_add(argv, g_strdup("--prefault"));
	if (machine->memory_dir)
		g_ptr_array_add(argv, g_strdup_printf("--memory-dir=%s", machine->memory_dir));
	for (char **device = machine->devices; device && *device; device++)
		g_ptr_array_add(argv, g_strdup_printf("--device=%s", *device));
	if (machine->accelerator)
		g_ptr_array_add(argv, g_strdup_printf("--accel=%s", machine->accelerator));
}

char *machineword_shape(const Machine *machine, const char *separator)
{
	bool uneven = machine->numa && machine->numa[0] && !machine_numa_is_count(machine);
	g_autofree char *numa = uneven ? get_numa(machine) : g_strdup_printf("%un", machine_nodes(machine));
	GString *text = g_string_new(NULL);

	g_string_append_printf(text, "%s%s%up", numa, separator, machine->cpus);
	if (machine->scratch)
		g_string_append_printf(text, "%s%s", separator, machine->scratch);
	if (machine->accelerator)
		g_string_append_printf(text, "%s%s", separator, machine->accelerator);
	for (char **device = machine->devices; device && *device; device++)
		g_string_append_printf(text, "%s%s", separator, *device);
	if (machine->prefault)
		g_string_append_printf(text, "%sprefault", separator);
	return g_string_free(text, FALSE);
}
