// SPDX-License-Identifier: GPL-2.0-or-later
#include <measure/kexechint.h>

#include <arch/arch.h>
#include <string.h>

/*
 * kexec(8) prints what strerror(3) makes of the errno of kexec_file_load(2). Where
 * the kernel returns each: kernel/kexec_file.c, kernel/liveupdate/kexec_handover.c
 * and arch/x86/kernel/kexec-bzimage64.c.
 */
static const struct {
	const char *says;
	const char *hint; /* NULL: the architecture's load_hint */
} hints[] = {
	/* EADDRNOTAVAIL: kho_locate_mem_hole() */
	{ "Cannot assign requested address",
	  "with KHO on, the next kernel and its initramfs are loaded into scratch only, and no scratch region has room "
	  "for them: give more with -a kho_scratch=LOW,GLOBAL,PERNODE, or leave kho_scratch= out" },
	/* ENOSYS: the system call is not there */
	{ "Function not implemented", "the kernel was built without CONFIG_KEXEC_FILE, which a handover needs" },
	{ "syscall kexec_file_load not available",
	  "the kernel was built without CONFIG_KEXEC_FILE, which a handover needs" },
	/* EPERM: kexec_load_permitted() */
	{ "Operation not permitted",
	  "the kernel forbids it: kexec_load_disabled, kexec_load_limit_reboot or lockdown= is set" },
	/* ENOEXEC: no loader of kernel/kexec_file.c takes the image */
	{ "Exec format error", NULL },
	/* bzImage64_load(), bzImage64_probe(): what is left of EINVAL where the line has been measured before */
	{ "Invalid argument", "the kernel did not take the image or its command line; its log says why" },
	/* EBADMSG, EKEYREJECTED, ENOKEY: kimage_validate_signature() */
	{ "Required key not available", "the kernel takes signed images only (CONFIG_KEXEC_SIG_FORCE)" },
	{ "Key was rejected", "the kernel takes signed images only (CONFIG_KEXEC_SIG_FORCE)" },
};

const char *kexec_hint(const char *output)
{
	for (gsize i = 0; output && i < G_N_ELEMENTS(hints); i++)
		if (strstr(output, hints[i].says))
			return hints[i].hint ? hints[i].hint : arch_default()->load_hint;
	return NULL;
}
