// SPDX-License-Identifier: GPL-2.0-or-later
#include "auditsample.h"

#include <string.h>

Sample *sample_new(void)
{
	Sample *sample = g_new0(Sample, 1);

	sample->sites =
		g_strdup("# khotest audit 1\n"
			 "site=0 function=memmap_init_range line=932 calls=64 pageblocks=64 unknown=64 overlap=0 "
			 "overlap_not_cma=0 asked=Movable:64 set=Movable:64\n"
			 "site=1 function=__init_page_from_nid line=710 calls=10 pageblocks=10 unknown=0 overlap=5 "
			 "overlap_not_cma=5 asked=Movable:10 set=Movable:5,CMA:5\n"
			 "site=2 function=deferred_free_pages line=2004 calls=438 pageblocks=438 unknown=0 overlap=84 "
			 "overlap_not_cma=84 asked=Movable:438 set=Movable:354,CMA:84\n"
			 "site=3 function=kho_release_scratch line=1616 calls=0 pageblocks=0 unknown=0 overlap=0 "
			 "overlap_not_cma=0 asked=- set=-\n"
			 "beyond=0\n");
	/* pageblocks 0 to 63; 64 to 399; 400 to 409; 410 to 511 */
	sample->touched = g_strdup("0 64 1\n8000 336 4\n32000 10 2\n33400 102 4\n");
	sample->pageblocks = g_strdup("# pageblock_order=9 page_shift=12\n"
				      "0 5 0 DMA32 Unmovable\n"
				      "a00 400 0 DMA32 Movable\n"
				      "32a00 89 0 DMA32 CMA\n"
				      "3dc00 16 0 DMA32 Movable\n"
				      "3fc00 2 0 DMA32 Reclaimable\n");
	return sample;
}

void sample_free(Sample *sample)
{
	if (!sample)
		return;
	g_free(sample->sites);
	g_free(sample->touched);
	g_free(sample->pageblocks);
	g_free(sample);
}

void sample_replace(char **record, const char *from, const char *to)
{
	g_auto(GStrv) parts = g_strsplit(*record, from, -1);

	g_assert_cmpuint(g_strv_length(parts), ==, 2);
	g_free(*record);
	*record = g_strjoinv(to, parts);
}

static GBytes *record_of(int hop, const char *name, gpointer data)
{
	const Sample *sample = data;
	const char *text = strcmp(name, FRAME_AUDIT_SITES) == 0	       ? sample->sites
			   : strcmp(name, FRAME_AUDIT_TOUCHED) == 0    ? sample->touched
			   : strcmp(name, FRAME_AUDIT_PAGEBLOCKS) == 0 ? sample->pageblocks
								       : NULL;

	return text ? g_bytes_new(text, strlen(text)) : NULL;
}

bool sample_read(const Sample *sample, Fixture *fixture, Audit **ret, GError **error)
{
	const HopSource source = { .record = record_of, .data = (gpointer)sample };

	return audit_read(fixture_hop(fixture, 1), &source, ret, error);
}

Audit *sample_audit(const Sample *sample, Fixture *fixture)
{
	g_autoptr(GError) error = NULL;
	Audit *audit = NULL;

	sample_read(sample, fixture, &audit, &error);
	g_assert_no_error(error);
	g_assert_nonnull(audit);
	return audit;
}
