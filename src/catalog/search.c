/*
 * search.c — code point by code point into the plain form.
 *
 * Hangul comes as syllables (U+AC00 …), as conjoining jamo (U+1100 …, what file names on a Mac are
 * made of) and as the jamo of the keyboard (U+3131 …). A syllable is 588 × initial + 28 × vowel +
 * final, so composing and taking apart is arithmetic (Unicode 15, §3.12). A keyboard joins ㄱ and ㅅ
 * to ㄳ before the fan has finished typing initials, so such pairs are taken apart again.
 */
#include "catalog/search.h"

enum {
    SYLLABLES = 0xAC00,
    SYLLABLES_END = 0xD7A4,
    INITIALS = 0x1100,
    INITIAL_COUNT = 19,
    VOWELS = 0x1161,
    VOWEL_COUNT = 21,
    FINALS = 0x11A7, /* the place before the first one: no final */
    FINAL_COUNT = 28,
    KEYS = 0x3131, /* the jamo of the keyboard */
    KEY_VOWELS = 0x314F,
    KEYS_END = 0x3164,
    PER_INITIAL = VOWEL_COUNT * FINAL_COUNT,
    NOTHING = 0
};

/* On the keyboard: ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ. */
static const uint16_t key_of_initial[INITIAL_COUNT] = {
    0x3131, 0x3132, 0x3134, 0x3137, 0x3138, 0x3139, 0x3141, 0x3142, 0x3143, 0x3145,
    0x3146, 0x3147, 0x3148, 0x3149, 0x314A, 0x314B, 0x314C, 0x314D, 0x314E};

/* Two consonants in one key, and which. */
static const struct {
    uint16_t pair, first, second;
} pairs[] = {
    {0x3133, 0x3131, 0x3145}, {0x3135, 0x3134, 0x3148}, {0x3136, 0x3134, 0x314E},
    {0x313A, 0x3139, 0x3131}, {0x313B, 0x3139, 0x3141}, {0x313C, 0x3139, 0x3142},
    {0x313D, 0x3139, 0x3145}, {0x313E, 0x3139, 0x314C}, {0x313F, 0x3139, 0x314D},
    {0x3140, 0x3139, 0x314E}, {0x3144, 0x3142, 0x3145},
};

/* U+00C0 … U+017F without what stands above and below; '-': it is no letter. */
static const char latin[] = "aaaaaaaceeeeiiiidnooooo-ouuuuytsaaaaaaaceeeeiiiidnooooo-ouuuuyty"
                            "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
                            "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

/* --- code points ------------------------------------------------------------------------------ */

static int sequence_bytes(unsigned char lead)
{
    if (lead < 0x80)
        return 1;
    if (lead >= 0xC2 && lead < 0xE0)
        return 2;
    if (lead >= 0xE0 && lead < 0xF0)
        return 3;
    return lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
}

/* Takes one from the front of *rest; NOTHING for a byte that begins none. */
static uint32_t take_point(struct text *rest)
{
    static const unsigned char lead_bits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    int size = sequence_bytes((unsigned char)rest->bytes[0]);
    if (size == 0 || (size_t)size > rest->size ||
        !text_is_utf8(text_make(rest->bytes, (size_t)size)))
        size = 0;
    uint32_t point = size == 0 ? NOTHING : (unsigned char)rest->bytes[0] & lead_bits[size];
    for (int i = 1; i < size; i++)
        point = point << 6 | ((unsigned char)rest->bytes[i] & 0x3F);
    size_t taken = size == 0 ? 1 : (size_t)size;
    *rest = text_make(rest->bytes + taken, rest->size - taken);
    return point;
}

static void put_point(struct buffer *out, uint32_t point)
{
    if (point < 0x80) {
        buffer_add_char(out, (char)point);
    } else if (point < 0x800) {
        buffer_add_char(out, (char)(0xC0 | point >> 6));
        buffer_add_char(out, (char)(0x80 | (point & 0x3F)));
    } else if (point < 0x10000) {
        buffer_add_char(out, (char)(0xE0 | point >> 12));
        buffer_add_char(out, (char)(0x80 | (point >> 6 & 0x3F)));
        buffer_add_char(out, (char)(0x80 | (point & 0x3F)));
    } else {
        buffer_add_char(out, (char)(0xF0 | point >> 18));
        buffer_add_char(out, (char)(0x80 | (point >> 12 & 0x3F)));
        buffer_add_char(out, (char)(0x80 | (point >> 6 & 0x3F)));
        buffer_add_char(out, (char)(0x80 | (point & 0x3F)));
    }
}

static bool within(uint32_t point, uint32_t first, uint32_t count)
{
    return point >= first && point - first < count;
}

/* --- plain letters ---------------------------------------------------------------------------- */

/* Spaces, punctuation and what nobody sees. */
static bool is_silent(uint32_t point)
{
    return within(point, 0x0300, 0x70) ||    /* accents that stand by themselves */
           within(point, 0x2000, 0x70) ||    /* spaces, dashes, directions, joiners */
           within(point, 0x20D0, 0x30) ||    /* more accents */
           within(point, 0x3000, 0x31) ||    /* ideographic space and punctuation */
           within(point, 0x30FB, 1) ||       /* the dot between Japanese words */
           within(point, 0xFE00, 0x10) ||    /* variants of pictures */
           within(point, 0xFE20, 0x50) ||    /* half marks, forms of punctuation */
           within(point, 0xE0000, 0x1000) || /* tags */
           point == 0xFEFF || point == 0xFFFC || point == 0xFFFD || point == 0x115F ||
           point == 0x1160 || point == 0x3164 || point == 0xFFA0; /* empty places of Hangul */
}

static uint32_t plain_latin(uint32_t point)
{
    if (point >= 'A' && point <= 'Z')
        return point - 'A' + 'a';
    if (point < 0x80) {
        bool counts = (point >= 'a' && point <= 'z') || (point >= '0' && point <= '9');
        return counts ? point : NOTHING;
    }
    if (point < 0xC0)
        return NOTHING;
    if (point < 0x180) {
        char letter = latin[point - 0xC0];
        return letter == '-' ? NOTHING : (uint32_t)letter;
    }
    return point;
}

/* Greek and Cyrillic capitals become small. */
static uint32_t small(uint32_t point)
{
    if (within(point, 0x0391, 25) || within(point, 0x0410, 32))
        return point + 0x20;
    return within(point, 0x0400, 16) ? point + 0x50 : point;
}

static uint32_t plain(uint32_t point)
{
    if (within(point, 0xFF01, 94)) /* full-width forms of ASCII */
        point = point - 0xFF01 + '!';
    if (point < 0x180)
        return plain_latin(point);
    return is_silent(point) ? NOTHING : small(point);
}

/* --- Hangul ----------------------------------------------------------------------------------- */

static void put_key(struct buffer *out, uint32_t key)
{
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        if (pairs[i].pair != key)
            continue;
        put_point(out, pairs[i].first);
        put_point(out, pairs[i].second);
        return;
    }
    put_point(out, key);
}

/* A final by itself, on the keyboard: ㄱㄲㄳㄴㄵㄶㄷㄹㄺ…ㅎ. */
static uint32_t key_of_final(uint32_t final)
{
    static const uint16_t keys[FINAL_COUNT] = {
        NOTHING, 0x3131, 0x3132, 0x3133, 0x3134, 0x3135, 0x3136, 0x3137, 0x3139, 0x313A,
        0x313B,  0x313C, 0x313D, 0x313E, 0x313F, 0x3140, 0x3141, 0x3142, 0x3144, 0x3145,
        0x3146,  0x3147, 0x3148, 0x314A, 0x314B, 0x314C, 0x314D, 0x314E};
    return keys[final];
}

/* What follows the initial, or a syllable without a final, joins it. */
static uint32_t compose(uint32_t point, struct text *rest)
{
    struct text look = *rest;
    if (within(point, INITIALS, INITIAL_COUNT) && look.size > 0) {
        uint32_t vowel = take_point(&look);
        if (!within(vowel, VOWELS, VOWEL_COUNT))
            return point;
        point = SYLLABLES + (point - INITIALS) * PER_INITIAL + (vowel - VOWELS) * FINAL_COUNT;
        *rest = look;
    }
    bool open = within(point, SYLLABLES, SYLLABLES_END - SYLLABLES) &&
                (point - SYLLABLES) % FINAL_COUNT == 0;
    if (open && look.size > 0) {
        uint32_t final = take_point(&look);
        if (within(final, FINALS + 1, FINAL_COUNT - 1)) {
            point += final - FINALS;
            *rest = look;
        }
    }
    return point;
}

/* Jamo that stand alone become those of the keyboard; old Hangul stays as it is. */
static uint32_t as_key(uint32_t point)
{
    if (within(point, INITIALS, INITIAL_COUNT))
        return key_of_initial[point - INITIALS];
    if (within(point, VOWELS, VOWEL_COUNT))
        return KEY_VOWELS + (point - VOWELS);
    return within(point, FINALS + 1, FINAL_COUNT - 1) ? key_of_final(point - FINALS) : point;
}

static bool is_key(uint32_t point)
{
    return point >= KEYS && point < KEYS_END;
}

static bool is_syllable(uint32_t point)
{
    return point >= SYLLABLES && point < SYLLABLES_END;
}

/* --- both forms ------------------------------------------------------------------------------- */

struct seen { /* what a text is made of */
    bool syllables, keys;
};

static uint32_t next_point(struct text *rest)
{
    uint32_t point = take_point(rest);
    return plain(as_key(compose(point, rest)));
}

static struct seen put_plain(struct buffer *out, struct text text)
{
    struct seen seen = {false, false};
    for (struct text rest = text; rest.size > 0;) {
        uint32_t point = next_point(&rest);
        seen.syllables |= is_syllable(point);
        seen.keys |= is_key(point);
        if (is_key(point))
            put_key(out, point);
        else if (point != NOTHING)
            put_point(out, point);
    }
    return seen;
}

static void put_initials(struct buffer *out, struct text text)
{
    for (struct text rest = text; rest.size > 0;) {
        uint32_t point = next_point(&rest);
        if (is_syllable(point))
            put_point(out, key_of_initial[(point - SYLLABLES) / PER_INITIAL]);
        else if (is_key(point))
            put_key(out, point);
        else if (point != NOTHING)
            put_point(out, point);
    }
}

void search_add(struct buffer *lines, struct text name)
{
    buffer_add_char(lines, '\n');
    struct seen seen = put_plain(lines, name);
    if (!seen.syllables)
        return;
    buffer_add_char(lines, '\n');
    put_initials(lines, name);
}

/* --- queries ---------------------------------------------------------------------------------- */

static const char matches_all[] = "%";
static const char matches_nothing[] = "!"; /* no plain form has one */

/* While a syllable is being typed its first key stands alone behind the others: it is left out. */
static struct text without_last_key(struct text word)
{
    for (size_t size = word.size; size > 0;) {
        size--;
        if (((unsigned char)word.bytes[size] & 0xC0) == 0x80)
            continue; /* inside a sequence */
        struct text rest = text_make(word.bytes + size, word.size - size);
        return is_key(take_point(&rest)) ? text_make(word.bytes, size) : word;
    }
    return word;
}

static bool write_pattern(struct arena *arena, struct text word, struct text *out_pattern)
{
    struct buffer plain_word, pattern;
    buffer_init(&plain_word, arena, word.size + 16);
    struct seen seen = put_plain(&plain_word, word);
    struct text found = buffer_text(&plain_word);
    if (seen.syllables && seen.keys)
        found = without_last_key(found);
    buffer_init(&pattern, arena, found.size + 3);
    buffer_add_char(&pattern, '%');
    buffer_add(&pattern, found);
    buffer_add_char(&pattern, '%');
    *out_pattern = text_empty(found) ? text_of(matches_nothing) : buffer_text(&pattern);
    return !plain_word.failed && !pattern.failed;
}

bool search_read(struct arena *arena, struct text words, struct search *out_search)
{
    for (size_t i = 0; i < SEARCH_WORDS_MAX; i++)
        out_search->patterns[i] = text_of(matches_all);
    struct text rest = text_trim(words);
    for (size_t i = 0; i < SEARCH_WORDS_MAX && !text_empty(rest); i++) {
        bool is_last = i + 1 == SEARCH_WORDS_MAX;
        struct text word = is_last ? rest : text_cut(rest, ' ', &rest);
        rest = is_last ? text_make(NULL, 0) : text_trim(rest);
        if (!write_pattern(arena, word, &out_search->patterns[i]))
            return false;
    }
    return true;
}
