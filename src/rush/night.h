/*
 * night.h — what kind of night is played: every option of `ticketrush rush`, read and checked.
 *
 * Thread   Values; any thread.
 * Memory   Texts are borrowed from the command line, which outlives the night.
 * Rules    An ill-formed or contradictory night is refused with a sentence. Only this machine's own
 *          addresses are played against: a load player is a weapon when it points elsewhere.
 */
#ifndef RUSH_NIGHT_H
#define RUSH_NIGHT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

struct night_share { /* of all fans; 10,000 of 10,000 is everybody */
    uint32_t of_10000;
};

struct night_range {
    uint32_t least, most;
};

struct night_address {
    char host[48]; /* a loopback address: "127.0.0.1", "::1" */
    uint16_t port;
};

enum { NIGHT_WHY_BYTES = 256 };

struct night {
    struct night_address address;
    const char *data_folder; /* NULL: the one in the settings */

    uint32_t fan_count, seat_count, connection_count;
    uint32_t hold_seconds, max_per_fan;
    uint32_t arrivals_per_second; /* 0: everyone at once */
    uint32_t duration_seconds_max;
    uint32_t seed;
    struct night_range seats_each;
    struct night_range think_ms; /* between two presses of one fan */

    bool waiting_room;           /* the fans stand in line first */
    const char *strategy, *lock; /* what sells: "v2", "optimistic"; NULL: the engine, and none */

    struct night_share cancel, never_pay, double_click, repeat, other_body, decline, best, hot;
    struct night_share gateway_faults; /* whose payment meets one */

    const char *ack_log_path, *json_path, *line_log_path; /* NULL: none */
};

/* The night of `make rush`. */
void night_init(struct night *night);

/* One option, such as "--fans" and "10000". False: refused, and out_why says why. */
bool night_set(struct night *night, const char *name, const char *value,
               char out_why[NIGHT_WHY_BYTES]);

/* Does this option stand alone, without a value behind it? */
bool night_is_flag(const char *name);

/* What single options cannot tell: do they fit together? */
bool night_check(const struct night *night, char out_why[NIGHT_WHY_BYTES]);

/* The options, for `ticketrush rush --help`. */
extern const char night_help[];
const char *night_option_name(size_t index); /* NULL at the end */

#endif
