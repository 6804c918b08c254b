/*
 * identity.h — who is asking: what an access token proves.
 *
 * Thread   Values; any thread.
 * Memory   None.
 */
#ifndef ACCOUNT_IDENTITY_H
#define ACCOUNT_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ids.h"
#include "base/text.h"

enum role { ROLE_FAN, ROLE_OPERATOR, ROLE_ADMIN };

struct identity {
    struct fan_id fan;
    enum role role;
    int64_t expires_at_ms; /* of the token, wall time */
};

/* "FAN", "OPERATOR", "ADMIN". */
const char *role_name(enum role role);
bool role_from_text(struct text text, enum role *out_role);   /* false for any other word */
bool role_from_person(struct text text, enum role *out_role); /* the same, in any case */

#endif
