/* names.c — keys of names. Every step makes a text shorter or leaves its length. */
#include "catalog/names.h"

struct fold {
    const char *from, *to;
};

static const struct fold folds[] = {
    {"\xC2\xA0", ""},      /* no-break space */
    {"\xE3\x80\x80", ""},  /* ideographic space */
    {"\xEF\xBC\x88", "("}, /* full-width brackets */
    {"\xEF\xBC\x89", ")"},
};

static const struct fold *fold_at(struct text rest)
{
    for (size_t i = 0; i < sizeof folds / sizeof folds[0]; i++)
        if (text_starts(rest, text_of(folds[i].from)))
            return &folds[i];
    return NULL;
}

static char small_letter(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

struct text name_key(struct arena *arena, struct text name)
{
    char *key = arena_take(arena, name.size + 1);
    if (!key)
        return text_make(NULL, 0);

    size_t size = 0;
    for (size_t i = 0; i < name.size;) {
        char c = name.bytes[i];
        const struct fold *fold = fold_at(text_make(name.bytes + i, name.size - i));
        if (fold) {
            for (const char *to = fold->to; *to; to++)
                key[size++] = *to;
            i += strlen(fold->from);
            continue;
        }
        if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
            key[size++] = small_letter(c);
        i++;
    }
    return text_make(key, size);
}
