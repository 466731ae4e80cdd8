/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CONTENT_H
#define CONTENT_H

#include "ktap.h"
#include "pattern.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/*
 * Content of a whole file or region, made and verified by all processors at once, and what there is to say of it if it
 * is not what it was.
 */

#define CONTENT_CHUNK (2u << 20)
#define CONTENT_THREADS_MOST 64

typedef struct {
	uint64_t seed, size;
	bool sparse; /* only the first page, the one in the middle and the last were written */
} Content;

typedef enum {
	PAGE_OTHER,
	PAGE_ZERO,
	PAGE_OF_PATTERN, /* another page of the same content */
} PageKind;

/* Where memory is not as it should be. */
typedef struct {
	uint64_t pages, bytes; /* how many differ */
	uint64_t first;	       /* offset of the first byte that does */
	unsigned char expected, found;
	PageKind kind;	 /* what the page with that byte holds now */
	uint64_t number; /* of PAGE_OF_PATTERN: which page */
} Damage;

typedef struct {
	const Content *content;
	unsigned char *memory;
	bool make;
	_Atomic uint64_t next, checksum;
	pthread_mutex_t lock; /* of damage */
	Damage damage;
} ContentWork;

static inline double content_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* "1.5 GiB", "100 bytes" */
static inline const char *size_text(uint64_t bytes)
{
	static char texts[4][32];
	static unsigned int next;
	char *text = texts[next++ % 4];

	if (bytes >= 1u << 30)
		snprintf(text, sizeof(texts[0]), "%.1f GiB", (double)bytes / (1u << 30));
	else if (bytes >= 1u << 20)
		snprintf(text, sizeof(texts[0]), "%.1f MiB", (double)bytes / (1u << 20));
	else if (bytes >= 1u << 12)
		snprintf(text, sizeof(texts[0]), "%.1f KiB", (double)bytes / (1u << 10));
	else
		snprintf(text, sizeof(texts[0]), "%llu byte%s", (unsigned long long)bytes, bytes == 1 ? "" : "s");
	return text;
}

/* How fast that went, as a line of a result. */
static inline void tell_speed(const char *what, uint64_t bytes, double seconds)
{
	if (bytes >= 1u << 20)
		ktap_note("%s %s in %.2f s, %.2f GiB/s", what, size_text(bytes), seconds,
			  (double)bytes / (double)(1u << 30) / (seconds > 0 ? seconds : 1e-9));
}

static inline uint64_t content_pages(const Content *content)
{
	return (content->size + PATTERN_PAGE - 1) / PATTERN_PAGE;
}

static inline bool content_is_hole(const Content *content, uint64_t page)
{
	uint64_t pages = content_pages(content);

	return content->sparse && page != 0 && page != pages / 2 && page != pages - 1;
}

static inline unsigned char content_byte(const Content *content, uint64_t offset)
{
	uint64_t page = offset / PATTERN_PAGE;

	return content_is_hole(content, page) ? 0 : pattern_byte(content->seed, page, offset % PATTERN_PAGE);
}

static inline bool content_verify_page(const Content *content, const void *page, uint64_t number, uint64_t *checksum)
{
	return content_is_hole(content, number) ? pattern_verify_zero(page, number, checksum)
						: pattern_verify(page, content->seed, number, checksum);
}

/* What a damaged page holds, which may tell where it came from. */
static inline void content_recognise(const Content *content, const void *page, Damage *damage)
{
	uint64_t first, ignored = 0;

	memcpy(&first, page, sizeof(first));
	damage->number = pattern_page_of(content->seed, first);
	if (pattern_verify_zero(page, 0, &ignored))
		damage->kind = PAGE_ZERO;
	else if (damage->number < content_pages(content) &&
		 pattern_verify(page, content->seed, damage->number, &ignored))
		damage->kind = PAGE_OF_PATTERN;
	else
		damage->kind = PAGE_OTHER;
}

static inline void content_add_damage(ContentWork *work, const unsigned char *page, uint64_t number, uint64_t length)
{
	uint64_t begin = number * PATTERN_PAGE;
	Damage *damage = &work->damage;

	pthread_mutex_lock(&work->lock);
	for (uint64_t i = 0; i < length; i++) {
		unsigned char expected = content_byte(work->content, begin + i);

		if (page[i] == expected)
			continue;
		if (!damage->bytes++ || begin + i < damage->first) {
			damage->first = begin + i;
			damage->expected = expected;
			damage->found = page[i];
			content_recognise(work->content, page, damage);
		}
	}
	damage->pages++;
	pthread_mutex_unlock(&work->lock);
}

/* The last page of content that ends within it: the rest counts as zeros, and is not looked at. */
static inline uint64_t content_tail(ContentWork *work, uint64_t number, uint64_t length)
{
	uint64_t buffer[PATTERN_WORDS], whole[PATTERN_WORDS], checksum = 0;
	unsigned char *at = work->memory + number * PATTERN_PAGE;
	bool hole = content_is_hole(work->content, number);

	memset(whole, 0, sizeof(whole));
	if (!hole)
		pattern_fill(whole, work->content->seed, number);
	if (work->make && !hole)
		memcpy(at, whole, length);
	memset(buffer, 0, sizeof(buffer));
	memcpy(buffer, at, length);
	pattern_verify_zero(buffer, number, &checksum);
	if (memcmp(buffer, whole, length) != 0)
		content_add_damage(work, (const unsigned char *)buffer, number, length);
	return checksum;
}

static inline uint64_t content_page(ContentWork *work, uint64_t number)
{
	uint64_t length = work->content->size - number * PATTERN_PAGE, checksum = 0;
	unsigned char *page = work->memory + number * PATTERN_PAGE;

	if (length < PATTERN_PAGE)
		return content_tail(work, number, length);
	if (work->make && !content_is_hole(work->content, number))
		return pattern_fill(page, work->content->seed, number);
	if (work->make) { /* what a hole adds; nothing touches it */
		static const uint64_t zeros[PATTERN_WORDS];

		pattern_verify_zero(zeros, number, &checksum);
		return checksum;
	}
	if (!content_verify_page(work->content, page, number, &checksum))
		content_add_damage(work, page, number, PATTERN_PAGE);
	return checksum;
}

static inline void *content_thread(void *data)
{
	const uint64_t step = CONTENT_CHUNK / PATTERN_PAGE;
	ContentWork *work = data;
	uint64_t pages = content_pages(work->content), checksum = 0, begin;

	while ((begin = atomic_fetch_add(&work->next, step)) < pages)
		for (uint64_t page = begin; page < begin + step && page < pages; page++)
			checksum += content_page(work, page);
	atomic_fetch_add(&work->checksum, checksum);
	return NULL;
}

/* This thread takes part, so that one is enough where no more can be had. */
static inline uint64_t content_work(ContentWork *work)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	pthread_t threads[CONTENT_THREADS_MOST];
	int n = 0;

	pthread_mutex_init(&work->lock, NULL);
	while (n < processors - 1 && n < CONTENT_THREADS_MOST && work->content->size > CONTENT_CHUNK &&
	       pthread_create(&threads[n], NULL, content_thread, work) == 0)
		n++;
	content_thread(work);
	while (n > 0)
		pthread_join(threads[--n], NULL);
	return work->checksum;
}

/* Writes the content to memory, page-aligned; returns its checksum. */
static inline uint64_t content_make(const Content *content, void *memory)
{
	ContentWork work = { .content = content, .memory = memory, .make = true };

	return content_work(&work);
}

/* Reads all of it; returns the checksum of what is there. */
static inline uint64_t content_verify(const Content *content, const void *memory, Damage *ret_damage)
{
	ContentWork work = { .content = content, .memory = (unsigned char *)memory };
	uint64_t checksum = content_work(&work);

	*ret_damage = work.damage;
	return checksum;
}

/* Where the damage is and how it looks, as lines of a result. */
static inline void content_tell(const Content *content, const Damage *damage, const char *name)
{
	uint64_t page = damage->first / PATTERN_PAGE;

	ktap_note("%s: bytes that differ: %llu, in %llu of %llu pages", name, (unsigned long long)damage->bytes,
		  (unsigned long long)damage->pages, (unsigned long long)content_pages(content));
	ktap_note("%s: the first at offset %llu (0x%llx): expected 0x%02x, found 0x%02x", name,
		  (unsigned long long)damage->first, (unsigned long long)damage->first, damage->expected,
		  damage->found);
	if (damage->kind == PAGE_ZERO)
		ktap_note("%s: page %llu, which has that byte, is all zeros", name, (unsigned long long)page);
	else if (damage->kind == PAGE_OF_PATTERN)
		ktap_note("%s: page %llu, which has that byte, holds page %llu of the same content", name,
			  (unsigned long long)page, (unsigned long long)damage->number);
}

/* Maps a file so that a huge page of it can be one of the mapping's; NULL with errno. */
static inline void *content_map(int fd, uint64_t size, bool write)
{
	char *room = mmap(NULL, size + CONTENT_CHUNK, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	char *at;

	if (room == MAP_FAILED)
		return NULL;
	at = (char *)(((uintptr_t)room + CONTENT_CHUNK - 1) & ~(uintptr_t)(CONTENT_CHUNK - 1));
	at = mmap(at, size, PROT_READ | (write ? PROT_WRITE : 0), MAP_SHARED | MAP_FIXED, fd, 0);
	return at == MAP_FAILED ? NULL : at;
}

#endif
