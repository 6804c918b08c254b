/* status.c — the names of the world's failures, for logs and messages. */
#include "base/status.h"

const char *status_name(enum status status)
{
    switch (status) {
    case STATUS_OK:
        return "ok";
    case STATUS_BUSY:
        return "busy";
    case STATUS_FULL:
        return "full";
    case STATUS_NO_MEMORY:
        return "out of memory";
    case STATUS_IO:
        return "input/output error";
    case STATUS_UNKNOWN:
        return "outcome unknown";
    case STATUS_CONFLICT:
        return "conflict";
    case STATUS_INVALID:
        return "invalid";
    case STATUS_ELSEWHERE:
        return "done elsewhere";
    case STATUS_MISSING:
        return "missing";
    }
    return "?";
}
