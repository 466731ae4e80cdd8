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
 * as fast as memory is read, by an emulated processor too; and a page that turns
 * up in another place can be told by its first word (pattern_page_of()).
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

/* Four words at once. The compiler makes of it what the processor has. */
typedef uint64_t PatternLanes __attribute__((vector_size(32), aligned(8), may_alias));

#define PATTERN_LANES (sizeof(PatternLanes) / sizeof(uint64_t))
#define PATTERN_STRIDE (4 * PATTERN_LANES)

/* One copy for processors with AVX2, one for all; which one runs is decided at start. */
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__)
#define PATTERN_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define PATTERN_CLONES
#endif

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
static inline uint64_t pattern_fold(PatternLanes plain, PatternLanes weighted, uint64_t page)
{
	uint64_t sum = page;

	for (unsigned int i = 0; i < PATTERN_LANES; i++)
		sum = pattern_mix(sum ^ plain[i]) + weighted[i];
	return pattern_mix(sum);
}

/* Fills a page, 8-byte aligned; its part of the checksum. */
PATTERN_CLONES
static uint64_t pattern_fill(void *page, uint64_t seed, uint64_t number)
{
	const uint64_t s = PATTERN_STEP, key = pattern_key(seed, number);
	const PatternLanes one = { 4 * s, 4 * s, 4 * s, 4 * s }, two = one + one, three = two + one, four = two + two;
	PatternLanes x = { key, key + s, key + 2 * s, key + 3 * s }, plain = { 0 }, weighted = { 0 };
	PatternLanes *to = page;

	for (unsigned int i = 0; i < PATTERN_WORDS / PATTERN_LANES; i += 4, x += four) {
		to[i] = x;
		to[i + 1] = x + one;
		to[i + 2] = x + two;
		to[i + 3] = x + three;
		weighted += (plain += x);
		weighted += (plain += x + one);
		weighted += (plain += x + two);
		weighted += (plain += x + three);
	}
	return pattern_fold(plain, weighted, number);
}

/* Reads a page, 8-byte aligned, whose words should begin with key and grow by step; adds its part of the checksum. */
PATTERN_CLONES
static bool pattern_compare(const void *page, uint64_t key, uint64_t step, uint64_t number, uint64_t *checksum)
{
	const uint64_t s = step;
	const PatternLanes one = { 4 * s, 4 * s, 4 * s, 4 * s }, two = one + one, three = two + one, four = two + two;
	PatternLanes x = { key, key + s, key + 2 * s, key + 3 * s }, plain = { 0 }, weighted = { 0 }, wrong = { 0 };
	const PatternLanes *from = page;

	for (unsigned int i = 0; i < PATTERN_WORDS / PATTERN_LANES; i += 4, x += four) {
		PatternLanes a = from[i], b = from[i + 1], c = from[i + 2], d = from[i + 3];

		wrong |= (a ^ x) | (b ^ (x + one)) | (c ^ (x + two)) | (d ^ (x + three));
		weighted += (plain += a);
		weighted += (plain += b);
		weighted += (plain += c);
		weighted += (plain += d);
	}
	*checksum += pattern_fold(plain, weighted, number);
	return !(wrong[0] | wrong[1] | wrong[2] | wrong[3]);
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
