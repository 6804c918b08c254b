/*
 * ranks.c — counts of words in a Fenwick tree, the rest by counting bits.
 *
 * The number of words is a power of two, so doubling is simple: the old root covers the lower half,
 * the new one both halves, and all nodes between are of the empty upper half.
 */
#include "waiting/ranks.h"

#include <stdlib.h>
#include <string.h>

#include "base/must.h"

enum { WORD_BITS = 64, WORDS_FIRST = 64 };

static uint32_t lowest_bit(uint32_t value)
{
    return value & (0U - value);
}

void ranks_init(struct ranks *ranks)
{
    *ranks = (struct ranks){0};
}

void ranks_deinit(struct ranks *ranks)
{
    free(ranks->words);
    free(ranks->tree);
    ranks_init(ranks);
}

static enum status grow(struct ranks *ranks, uint32_t word)
{
    uint32_t old_count = ranks->word_count;
    uint32_t count = old_count ? old_count : WORDS_FIRST;
    while (count <= word)
        count *= 2;
    uint64_t *words = realloc(ranks->words, count * sizeof *words);
    if (!words)
        return STATUS_NO_MEMORY;
    ranks->words = words;
    memset(words + old_count, 0, (count - old_count) * sizeof *words);
    uint32_t *tree = realloc(ranks->tree, (count + 1) * sizeof *tree);
    if (!tree)
        return STATUS_NO_MEMORY; /* the words are longer than they say: harmless */
    ranks->tree = tree;
    uint32_t first_new = old_count ? old_count + 1 : 0;
    memset(tree + first_new, 0, (count + 1 - first_new) * sizeof *tree);
    for (uint32_t root = old_count * 2; old_count && root <= count; root *= 2)
        tree[root] = ranks->member_count;
    ranks->word_count = count;
    return STATUS_OK;
}

static void count_word(struct ranks *ranks, uint32_t word, uint32_t change)
{
    for (uint32_t node = word + 1; node <= ranks->word_count; node += lowest_bit(node))
        ranks->tree[node] += change; /* modulo 2^32: taking one away is adding its complement */
    ranks->member_count += change;
}

bool ranks_has(const struct ranks *ranks, uint32_t number)
{
    uint32_t word = number / WORD_BITS;
    return word < ranks->word_count && (ranks->words[word] >> (number % WORD_BITS) & 1) != 0;
}

enum status ranks_reserve(struct ranks *ranks, uint32_t number)
{
    uint32_t word = number / WORD_BITS;
    return word < ranks->word_count ? STATUS_OK : grow(ranks, word);
}

enum status ranks_add(struct ranks *ranks, uint32_t number)
{
    uint32_t word = number / WORD_BITS;
    if (ranks_has(ranks, number))
        return STATUS_OK;
    if (ranks_reserve(ranks, number) != STATUS_OK)
        return STATUS_NO_MEMORY;
    ranks->words[word] |= UINT64_C(1) << (number % WORD_BITS);
    count_word(ranks, word, 1);
    return STATUS_OK;
}

void ranks_remove(struct ranks *ranks, uint32_t number)
{
    if (!ranks_has(ranks, number))
        return;
    uint32_t word = number / WORD_BITS;
    ranks->words[word] &= ~(UINT64_C(1) << (number % WORD_BITS));
    count_word(ranks, word, UINT32_MAX);
}

uint32_t ranks_below(const struct ranks *ranks, uint32_t number)
{
    uint32_t word = number / WORD_BITS;
    if (word >= ranks->word_count)
        return ranks->member_count;
    uint64_t mask = (UINT64_C(1) << (number % WORD_BITS)) - 1;
    uint32_t count = (uint32_t)__builtin_popcountll(ranks->words[word] & mask);
    for (uint32_t node = word; node > 0; node -= lowest_bit(node))
        count += ranks->tree[node];
    return count;
}

/* Down the tree, always past what is empty. */
bool ranks_least(const struct ranks *ranks, uint32_t *out_number)
{
    if (ranks->member_count == 0)
        return false;
    uint32_t before = 0; /* words known to be empty */
    for (uint32_t step = ranks->word_count; step > 0; step /= 2)
        if (before + step <= ranks->word_count && ranks->tree[before + step] == 0)
            before += step;
    must(before < ranks->word_count);
    *out_number = before * WORD_BITS + (uint32_t)__builtin_ctzll(ranks->words[before]);
    return true;
}

size_t ranks_bytes(const struct ranks *ranks)
{
    return ranks->word_count * (sizeof *ranks->words + sizeof *ranks->tree);
}
