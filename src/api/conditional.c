/* conditional.c — two short lists in headers. */
#include "api/conditional.h"

static bool is_tag(struct text quoted, struct text tag)
{
    static const char gzip[] = "-gzip";
    if (text_starts(quoted, text_of("W/")))
        quoted = text_make(quoted.bytes + 2, quoted.size - 2);
    if (quoted.size < 2 || quoted.bytes[0] != '"' || quoted.bytes[quoted.size - 1] != '"')
        return false;
    struct text found = text_make(quoted.bytes + 1, quoted.size - 2);
    if (!text_starts(found, tag))
        return false;
    struct text rest = text_make(found.bytes + tag.size, found.size - tag.size);
    return text_empty(rest) || text_equal(rest, text_of(gzip));
}

bool conditional_matches(struct text if_none_match, struct text tag)
{
    struct text rest = if_none_match;
    while (!text_empty(rest)) {
        struct text one = text_trim(text_cut(rest, ',', &rest));
        if (text_equal(one, text_of("*")) || is_tag(one, tag))
            return true;
    }
    return false;
}

static bool read_version(struct text quoted, int64_t *out_version)
{
    if (quoted.size < 2 || quoted.bytes[0] != '"' || quoted.bytes[quoted.size - 1] != '"')
        return false;
    struct text content;
    struct text version = text_cut(text_make(quoted.bytes + 1, quoted.size - 2), '-', &content);
    return !text_empty(content) && text_to_int64(version, out_version);
}

bool conditional_versions(struct text if_match, size_t most, int64_t *out_versions,
                          size_t *out_count)
{
    *out_count = 0;
    struct text rest = if_match;
    while (!text_empty(rest)) {
        struct text one = text_trim(text_cut(rest, ',', &rest));
        if (text_equal(one, text_of("*")))
            return false;
        if (*out_count < most && read_version(one, &out_versions[*out_count]))
            (*out_count)++;
    }
    return true;
}
