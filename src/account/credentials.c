/*
 * credentials.c — the rules of sign-up, and nothing else.
 *
 * E-mail: the addresses that are really in use, which is less than RFC 5322 allows: no quotes, no
 * comments, no address literals, ASCII only, a dot in the domain. The whole is compared in lower
 * case: RFC 5321 lets a host tell Mina from mina, but none does, and two accounts that differ in
 * nothing else are a trap.
 *
 * Nickname: any script. Refused are characters that cannot be seen or that turn the text around
 * them, since with them one fan can look like another, and white space at the ends.
 *
 * Password: any characters, a length in code points, no rules about kinds of characters (NIST SP
 * 800-63B §5.1.1.2: they make passwords worse).
 */
#include "account/credentials.h"

#include <assert.h>

#include "base/must.h"

static_assert(ACCOUNT_EMAIL_BYTES_MAX == 254 && ACCOUNT_NICKNAME_LENGTH_MIN == 2 &&
                  ACCOUNT_NICKNAME_LENGTH_MAX == 20 && ACCOUNT_PASSWORD_LENGTH_MIN == 8 &&
                  ACCOUNT_PASSWORD_LENGTH_MAX == 128,
              "the sentences below say these numbers");

/* --- e-mail ----------------------------------------------------------------------------------- */

static bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool local_part_good(struct text local)
{
    char before = '.';
    for (size_t i = 0; i < local.size; i++) {
        char c = local.bytes[i];
        bool atom = is_letter_or_digit(c) || (c != '\0' && strchr("!#$%&'*+/=?^_`{|}~-", c));
        if (!atom && (c != '.' || before == '.'))
            return false;
        before = c;
    }
    return before != '.' && local.size <= ACCOUNT_EMAIL_LOCAL_BYTES_MAX;
}

static bool label_good(struct text label)
{
    if (label.size == 0 || label.size > ACCOUNT_EMAIL_LABEL_BYTES_MAX)
        return false;
    for (size_t i = 0; i < label.size; i++)
        if (!is_letter_or_digit(label.bytes[i]) && label.bytes[i] != '-')
            return false;
    return label.bytes[0] != '-' && label.bytes[label.size - 1] != '-';
}

static bool all_digits(struct text label)
{
    for (size_t i = 0; i < label.size; i++)
        if (label.bytes[i] < '0' || label.bytes[i] > '9')
            return false;
    return true;
}

static bool domain_good(struct text domain)
{
    size_t labels = 0;
    struct text label = {NULL, 0};
    struct text rest = domain;
    do {
        label = text_cut(rest, '.', &rest);
        if (!label_good(label))
            return false;
        labels++;
    } while (rest.bytes);
    return labels >= 2 && !all_digits(label);
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

const char *credentials_email(struct text typed, char out_email[CREDENTIALS_EMAIL_BYTES])
{
    struct text trimmed = text_trim(typed);
    if (trimmed.size == 0)
        return "Give an e-mail address.";
    if (trimmed.size > ACCOUNT_EMAIL_BYTES_MAX)
        return "An e-mail address has at most 254 characters.";

    char email[CREDENTIALS_EMAIL_BYTES];
    for (size_t i = 0; i < trimmed.size; i++)
        email[i] = lower(trimmed.bytes[i]);
    email[trimmed.size] = '\0';

    struct text domain;
    struct text local = text_cut(text_make(email, trimmed.size), '@', &domain);
    if (!domain.bytes || (domain.size > 0 && memchr(domain.bytes, '@', domain.size)))
        return "An e-mail address has exactly one @.";
    if (!local_part_good(local))
        return "The part of the e-mail address before the @ is not usable.";
    if (!domain_good(domain))
        return "The part of the e-mail address after the @ is not a domain such as example.com.";
    memcpy(out_email, email, trimmed.size + 1);
    return NULL;
}

/* --- nickname --------------------------------------------------------------------------------- */

/* The code point at the front of a valid text that is not empty; *text moves on behind it. */
static uint32_t next_code_point(struct text *text)
{
    unsigned char first = (unsigned char)text->bytes[0];
    size_t size = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    must(size <= text->size);
    static const unsigned char payload[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    uint32_t point = first & payload[size];
    for (size_t i = 1; i < size; i++)
        point = point << 6 | ((unsigned char)text->bytes[i] & 0x3FU);
    *text = text_make(text->bytes + size, text->size - size);
    return point;
}

struct range {
    uint32_t first, last;
};

static bool within(uint32_t point, const struct range *ranges, size_t range_count)
{
    for (size_t i = 0; i < range_count; i++)
        if (point >= ranges[i].first && point <= ranges[i].last)
            return true;
    return false;
}

/* Unicode 15: general categories Zs, Zl, Zp. */
static bool is_space(uint32_t point)
{
    static const struct range spaces[] = {
        {0x20, 0x20},     {0xA0, 0xA0},     {0x1680, 0x1680}, {0x2000, 0x200A},
        {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000},
    };
    return within(point, spaces, sizeof spaces / sizeof spaces[0]);
}

/*
 * Controls, what has no width or turns the direction, fillers that look empty, lone variation marks
 * and tags. The joiners U+200C and U+200D are refused too: emoji made of several need them, but a
 * nickname that ends in one looks like another fan's.
 */
static bool is_unseen(uint32_t point)
{
    static const struct range unseen[] = {
        {0x00, 0x1F},     {0x7F, 0x9F},       {0xAD, 0xAD},       {0x34F, 0x34F},
        {0x61C, 0x61C},   {0x115F, 0x1160},   {0x17B4, 0x17B5},   {0x180B, 0x180F},
        {0x200B, 0x200F}, {0x2028, 0x202E},   {0x2060, 0x206F},   {0x2800, 0x2800},
        {0x3164, 0x3164}, {0xFE00, 0xFE0E},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},
        {0xFFF0, 0xFFFF}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF}, {0xF0000, 0x10FFFF},
        {0xE000, 0xF8FF},
    };
    return within(point, unseen, sizeof unseen / sizeof unseen[0]);
}

const char *credentials_nickname(struct text nickname)
{
    if (!text_is_utf8(nickname))
        return "The nickname is not valid UTF-8.";
    size_t character_count = text_code_points(nickname);
    if (character_count < ACCOUNT_NICKNAME_LENGTH_MIN ||
        character_count > ACCOUNT_NICKNAME_LENGTH_MAX)
        return "A nickname has 2 to 20 characters.";

    struct text rest = nickname;
    bool first = true, space = false;
    while (!text_empty(rest)) {
        uint32_t point = next_code_point(&rest);
        if (is_unseen(point))
            return "The nickname has a character that cannot be seen.";
        space = is_space(point);
        if (first && space)
            return "A nickname does not begin with a space.";
        first = false;
    }
    return space ? "A nickname does not end with a space." : NULL;
}

/* --- password --------------------------------------------------------------------------------- */

const char *credentials_password(struct text password)
{
    if (!text_is_utf8(password))
        return "The password is not valid UTF-8.";
    size_t character_count = text_code_points(password);
    if (character_count < ACCOUNT_PASSWORD_LENGTH_MIN)
        return "The password is too short: it needs at least 8 characters.";
    if (character_count > ACCOUNT_PASSWORD_LENGTH_MAX)
        return "The password is too long: it may have at most 128 characters.";
    return NULL;
}
