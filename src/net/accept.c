/* accept.c — a list of words with qualities, of which only "none at all" counts. */
#include "net/accept.h"

/* "q=0", "q=0.0", …: not this one, please. */
static bool is_refused(struct text parameters)
{
    struct text value, rest = parameters;
    while (!text_empty(rest)) {
        struct text name = text_trim(text_cut(text_cut(rest, ';', &rest), '=', &value));
        if (!text_equal_nocase(name, text_of("q")))
            continue;
        value = text_trim(value);
        for (size_t i = 0; i < value.size; i++)
            if (value.bytes[i] >= '1' && value.bytes[i] <= '9')
                return false;
        return true;
    }
    return false;
}

bool accept_takes(struct text list, const char *form)
{
    bool takes_any = false;
    struct text rest = list;
    while (!text_empty(rest)) {
        struct text parameters;
        struct text name = text_trim(text_cut(text_cut(rest, ',', &rest), ';', &parameters));
        if (text_equal_nocase(name, text_of(form)))
            return !is_refused(parameters);
        if (text_equal(name, text_of("*")))
            takes_any = !is_refused(parameters);
    }
    return takes_any;
}
