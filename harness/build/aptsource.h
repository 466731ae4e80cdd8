/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BUILD_APTSOURCE_H
#define BUILD_APTSOURCE_H

#include <gio/gio.h>
#include <stdbool.h>

/*
 * Debian's source packages, and its binary packages of a kernel's source,
 * without touching the machine's apt: an apt of our own,
 * with its own lists and cache, that shares only the machine's mirrors and proxy
 * settings.
 */

/*
 * The mirrors of Debian's main archive that a machine's apt uses, best first,
 * from the output of "apt-get indextargets --format APTSOURCE_FORMAT". Apt has
 * read sources.list, *.list and *.sources for us, whatever their syntax.
 * Security and third-party archives are left out where they can be told.
 */
#define APTSOURCE_FORMAT "$(REPO_URI)|$(ORIGIN)|$(LABEL)|$(COMPONENT)|$(RELEASE)"
GPtrArray *aptsource_mirrors(const char *indextargets);

/* One line of "apt-get --print-uris", source or download: 'URI' NAME SIZE SHA256:SUM */
typedef struct {
	char *name;
	guint64 bytes;
	char *sha256;
} AptUri;

void aptsource_uri_clear(AptUri *uri);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(AptUri, aptsource_uri_clear)

/*
 * Among those lines, the upstream tarball (*.orig.tar.*) of a source package, or
 * the one binary package (*.deb); false if it is not there.
 */
bool aptsource_parse_uri(const char *text, bool binary, AptUri *ret_uri);

/* true if where reads "PACKAGE=VERSION SUITE". Caller frees. */
bool aptsource_parse_where(const char *where, char **ret_package, char **ret_version, char **ret_suite);

/*
 * Downloads the upstream tarball of where, or with binary the package itself,
 * into folder, only if its checksum in the signed index is sha256. A tarball that
 * is there in part is resumed; apt fetches a package anew. ret_path: the file, whose
 * content the caller verifies.
 * Errors: HOST (no apt-get, no mirror), FAILED.
 */
bool aptsource_fetch(const char *where, bool binary, const char *sha256, const char *folder, GCancellable *cancel,
		     char **ret_path, GError **error);

#endif
