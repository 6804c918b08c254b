/*
 * rush_night.h — an opening night played by `ticketrush rush` against the real binary, with blows.
 *
 * rush tells each acknowledgement through a named pipe the moment it has heard it, so a blow comes
 * after so many acknowledgements, not after so much time. At the end it holds its own list against
 * the database and audits it: its exit code says whether anything it was ever told is missing.
 *
 * Thread   The story's; rush runs on a thread of its own.
 * Memory   rush_night_play() takes its folder away again.
 */
#ifndef SUPPORT_RUSH_NIGHT_H
#define SUPPORT_RUSH_NIGHT_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "support/server_process.h"

enum { RUSH_WORD_BYTES = 512, RUSH_CROWDS_MAX = 4 };

struct rush_crowd {              /* one sale, and who wants it */
    const char *strategy, *lock; /* NULL: the engine's, and none */
    unsigned fans, seats;
    struct rush_night *night; /* the rest is the night's */
    pthread_t thread;
    struct outcome *outcome; /* of rush */
};

struct rush_night {
    const char *store;          /* "TICKETRUSH_STORE=…"; NULL: the file in the data folder */
    const char *redis;          /* "TICKETRUSH_REDIS=…"; NULL: none */
    const char *kafka;          /* "TICKETRUSH_KAFKA=…"; NULL: none */
    const char *gateway_faults; /* "5%"; NULL: none */

    bool waiting_room; /* the crowd stands in line first */

    /* They play at the same time. None: 2,000 fans, and 1,000 seats that the engine sells. */
    struct rush_crowd crowds[RUSH_CROWDS_MAX];
    size_t crowd_count;

    /* The rest is its own. */
    char folder[TEMPORARY_PATH_BYTES];
    char data[RUSH_WORD_BYTES], pipe[RUSH_WORD_BYTES], url[RUSH_WORD_BYTES],
        listen[RUSH_WORD_BYTES];
    struct server_process *server;
    atomic_size_t playing;
    int pipe_end; /* ours: the pipe is open until the last crowd has gone */
};

struct rush_blow {
    int acknowledgements; /* after so many */
    void (*strike)(struct rush_night *night);
};

/* All seats must be sold at the end, nothing lost, and the audit clean. Before the server ends,
   `look` may look at it; NULL for none. */
void rush_night_play(struct rush_night *night, const struct rush_blow *blows, size_t blow_count,
                     void (*look)(struct rush_night *night));

/* Whether /readyz says that every part is there. */
bool rush_night_is_ready(const struct rush_night *night);

void rush_night_start_server(struct rush_night *night); /* on the port it had, if it had one */

#endif
