/*
 * answer.h — what the server said, read out of its JSON into a plain value.
 *
 * Thread   Pure functions; any thread.
 * Memory   None that outlives a call.
 * Trust    The bytes are foreign: whatever does not fit is "not readable", never a crash.
 */
#ifndef RUSH_ANSWER_H
#define RUSH_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "limits.h"

enum answer_code { /* `code` of a problem document */
                   ANSWER_NO_CODE,
                   ANSWER_SEAT_TAKEN,
                   ANSWER_SOLD_OUT,
                   ANSWER_LIMIT_EXCEEDED,
                   ANSWER_SALE_NOT_OPEN,
                   ANSWER_SALE_CLOSED,
                   ANSWER_HOLD_EXPIRED,
                   ANSWER_PAYMENT_DECLINED,
                   ANSWER_IDEMPOTENCY_KEY_REUSED,
                   ANSWER_RATE_LIMITED,
                   ANSWER_BUSY,
                   ANSWER_OUTCOME_UNKNOWN,
                   ANSWER_TOO_MANY_CONNECTIONS,
                   ANSWER_ENTRY_TOKEN_INVALID,
                   ANSWER_OTHER_CODE,
                   ANSWER_CODE_COUNT, /* not a code: how many there are */
};

enum answer_state { /* `state` of a reservation or a payment */
                    ANSWER_NO_STATE,
                    ANSWER_HOLD,
                    ANSWER_PAYING,
                    ANSWER_CONFIRMED,
                    ANSWER_EXPIRED,
                    ANSWER_CANCELLED,
                    ANSWER_CAPTURED,
                    ANSWER_WAITING,
                    ANSWER_ADMITTED,
                    ANSWER_OTHER_STATE,
};

struct answer_raw { /* as it came through the socket */
    int status;
    int64_t retry_after_seconds; /* 0 when there is none */
    struct text body;
};

struct answer {
    int status;
    enum answer_code code;
    enum answer_state state;
    int64_t id;
    int64_t amount_won;
    uint32_t seat_count;
    int64_t seat_ids[RUSH_SEATS_EACH_MAX];
    int64_t sequence;                       /* of a place in the line; 0: it is none */
    char entry[WAITING_PASS_BYTES_MAX + 1]; /* the entry token of a place; empty: none */
};

/* "SEAT_TAKEN", …; "another code". */
const char *answer_code_name(enum answer_code code);

/*
 * False when the body is not the JSON that belongs to the status: a reservation or a payment for
 * 2xx, a problem document for the rest. `out` then has the status only.
 */
bool answer_read(int status, struct text body, struct answer *out);

/*
 * The document of /seat-states: two bits a seat into `out_states`, (seat_count + 3) / 4 bytes.
 * False, and nothing written, when it is another document or of another number of seats.
 */
bool answer_read_states(struct text body, uint32_t seat_count, unsigned char *out_states);

#endif
