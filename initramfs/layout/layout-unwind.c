// SPDX-License-Identifier: GPL-2.0
/* What the numbers in a kernel's ORC tables stand for: arch/x86/include/asm/orc_types.h, which changed them in 7.1. */
#include <linux/kbuild.h>
#include <linux/types.h>

#include <asm/orc_types.h>

int main(void);

int main(void)
{
	DEFINE(orc_reg_bp, ORC_REG_BP);
	DEFINE(orc_reg_sp, ORC_REG_SP);
	DEFINE(orc_reg_prev_sp, ORC_REG_PREV_SP);
	DEFINE(orc_reg_bp_indirect, ORC_REG_BP_INDIRECT);
	DEFINE(orc_reg_sp_indirect, ORC_REG_SP_INDIRECT);
	DEFINE(orc_type_end, ORC_TYPE_END_OF_STACK);
	DEFINE(orc_type_call, ORC_TYPE_CALL);
	DEFINE(orc_type_regs, ORC_TYPE_REGS);
	DEFINE(orc_type_regs_partial, ORC_TYPE_REGS_PARTIAL);
	return 0;
}
