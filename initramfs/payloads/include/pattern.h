/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PATTERN_H
#define PATTERN_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/*
 * Content that is made from a seed and its position alone, and so can be made
 * again by whoever verifies it: damage is found by byte, without a copy.
 *
 * Page N of a seed has a key, mix(seed, N), and its 64-bit word i is key + i * PATTERN_STEP
 * in the byte order of the machine. That is an addition and a store a word, so that it is made and verified
 * as fast as memory is read; and a page that turns up in another place can be told by its first word
 * (pattern_page_of()). Words are plain integers: a processor is not faster with vectors, as it waits for memory, and
 * one that QEMU emulates is three to four times slower with them.
 *
 * The checksum is a sum over pages of two sums each, one of which counts a word by
 * its place in the page. Pages can be summed up in any order, by any number
 * of threads. It is computed over what is in memory, not over what should be there.
 */

#define PATTERN_PAGE 4096u
#define PATTERN_WORDS (PATTERN_PAGE / sizeof(uint64_t))
#define PATTERN_STEP UINT64_C(0x9e3779b97f4a7c15)
#define PATTERN_MIX_1 UINT64_C(0xbf58476d1ce4e5b9)
#define PATTERN_MIX_2 UINT64_C(0x94d049bb133111eb)

/* The compiler would make vectors of four words in a row. */
#define PATTERN_SCALAR __attribute__((optimize("no-tree-vectorize")))

/* The finalizer of splitmix64: each bit of the result depends on each of x, and no two x have the same result. */
static inline uint64_t pattern_mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * PATTERN_MIX_1;
	x = (x ^ (x >> 27)) * PATTERN_MIX_2;
	return x ^ (x >> 31);
}

/* x with x * odd = 1, by Newton's method: each step doubles the bits that are right. */
static inline uint64_t pattern_inverse(uint64_t odd)
{
	uint64_t x = odd;

	for (int i = 0; i < 6; i++)
		x *= 2 - odd * x;
	return x;
}

/* What pattern_mix() was given. */
static inline uint64_t pattern_unmix(uint64_t x)
{
	x ^= (x >> 31) ^ (x >> 62);
	x *= pattern_inverse(PATTERN_MIX_2);
	x ^= (x >> 27) ^ (x >> 54);
	x *= pattern_inverse(PATTERN_MIX_1);
	return x ^ (x >> 30) ^ (x >> 60);
}

/* The first word of a page. */
static inline uint64_t pattern_key(uint64_t seed, uint64_t page)
{
	return pattern_mix(seed + page * PATTERN_STEP);
}

/* Which page of this seed begins with that word: for a word of another origin any number. */
static inline uint64_t pattern_page_of(uint64_t seed, uint64_t word)
{
	return (pattern_unmix(word) - seed) * pattern_inverse(PATTERN_STEP);
}

/* A page's part of the checksum, from its two sums. */
static inline uint64_t pattern_fold(uint64_t plain, uint64_t weighted, uint64_t page)
{
	return pattern_mix(pattern_mix(plain + page * PATTERN_MIX_1) + weighted);
}

/* Fills a page, 8-byte aligned; its part of the checksum. */
PATTERN_SCALAR static uint64_t pattern_fill(void *page, uint64_t seed, uint64_t number)
{
	uint64_t x = pattern_key(seed, number), plain = 0, weighted = 0, *to = page;

	for (unsigned int i = 0; i < PATTERN_WORDS; i += 4, x += 4 * PATTERN_STEP) {
		const uint64_t b = x + PATTERN_STEP, c = x + 2 * PATTERN_STEP, d = x + 3 * PATTERN_STEP;

		to[i] = x;
		to[i + 1] = b;
		to[i + 2] = c;
		to[i + 3] = d;
		weighted += (plain += x);
		weighted += (plain += b);
		weighted += (plain += c);
		weighted += (plain += d);
	}
	return pattern_fold(plain, weighted, number);
}

/* Reads a page, 8-byte aligned, whose words should begin with key and grow by step; adds its part of the checksum. */
PATTERN_SCALAR static bool pattern_compare(const void *page, uint64_t key, uint64_t step, uint64_t number,
					   uint64_t *checksum)
{
	uint64_t x = key, plain = 0, weighted = 0, wrong = 0;
	const uint64_t *from = page;

	for (unsigned int i = 0; i < PATTERN_WORDS; i += 4, x += 4 * step) {
		const uint64_t a = from[i], b = from[i + 1], c = from[i + 2], d = from[i + 3];

		wrong |= (a ^ x) | (b ^ (x + step)) | (c ^ (x + 2 * step)) | (d ^ (x + 3 * step));
		weighted += (plain += a);
		weighted += (plain += b);
		weighted += (plain += c);
		weighted += (plain += d);
	}
	*checksum += pattern_fold(plain, weighted, number);
	return !wrong;
}

/* Whether a page is as it was made. */
static inline bool pattern_verify(const void *page, uint64_t seed, uint64_t number, uint64_t *checksum)
{
	return pattern_compare(page, pattern_key(seed, number), PATTERN_STEP, number, checksum);
}

/* Whether a page has nothing but zeros, as a hole reads. */
static inline bool pattern_verify_zero(const void *page, uint64_t number, uint64_t *checksum)
{
	return pattern_compare(page, 0, 0, number, checksum);
}

/* The byte at this offset of a page. */
static inline unsigned char pattern_byte(uint64_t seed, uint64_t number, unsigned int offset)
{
	uint64_t word = pattern_key(seed, number) + offset / sizeof(uint64_t) * PATTERN_STEP;
	unsigned char bytes[sizeof(word)];

	memcpy(bytes, &word, sizeof(word));
	return bytes[offset % sizeof(word)];
}

#endif
