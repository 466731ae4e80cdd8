// SPDX-License-Identifier: GPL-2.0-or-later
#include <base/cancel.h>
#include <base/error.h>
#include <base/usage.h>

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <sys/stat.h>

bool usage_read(const char *path, GCancellable *cancel, Usage *ret_usage, GError **error)
{
	char *const paths[] = { (char *)path, NULL };
	bool there = false;
	FTSENT *at;
	FTS *walk;

	*ret_usage = (Usage){ 0 };
	/* before it is opened: glibc's fts_close() leaves something behind of a walk that was never begun */
	if (cancel_check(cancel, error))
		return false;
	walk = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	while (walk && (at = fts_read(walk)) && !cancel_check(cancel, NULL)) {
		if (at->fts_info == FTS_DP || at->fts_info == FTS_NS || at->fts_info == FTS_ERR)
			continue;
		if (at->fts_level == FTS_ROOTLEVEL) {
			there = true;
			ret_usage->used = (gint64)at->fts_statp->st_mtim.tv_sec;
		}
		/* st_blocks is in units of 512 bytes, whatever the file system's are: stat(2) */
		ret_usage->bytes += (guint64)at->fts_statp->st_blocks * 512 /
				    (at->fts_info == FTS_D ? 1 : MAX(at->fts_statp->st_nlink, 1));
	}
	if (walk)
		fts_close(walk);
	if (cancel_check(cancel, error))
		return false;
	return there || error_set(error, KHOTEST_ERROR_FAILED, "cannot look at %s", path);
}

void usage_mark(const char *path)
{
	int saved = errno;

	utimensat(AT_FDCWD, path, NULL, 0);
	errno = saved;
}
