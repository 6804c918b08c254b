/* identity.c — the words for roles: the same in tokens, in the store and in JSON. */
#include "account/identity.h"

const char *role_name(enum role role)
{
    switch (role) {
    case ROLE_FAN:
        return "FAN";
    case ROLE_OPERATOR:
        return "OPERATOR";
    case ROLE_ADMIN:
        return "ADMIN";
    }
    return "?";
}

static bool find_role(struct text text, bool equal(struct text, struct text), enum role *out_role)
{
    for (int role = ROLE_FAN; role <= ROLE_ADMIN; role++) {
        if (equal(text, text_of(role_name((enum role)role)))) {
            *out_role = (enum role)role;
            return true;
        }
    }
    return false;
}

bool role_from_text(struct text text, enum role *out_role)
{
    return find_role(text, text_equal, out_role);
}

bool role_from_person(struct text text, enum role *out_role)
{
    return find_role(text, text_equal_nocase, out_role);
}
