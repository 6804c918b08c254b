/*
 * line.c — what a waiting line costs: joining and asking for the place, in the process and in
 * Redis; and whether a thousand calls a second keep the order.
 *
 *     build/line [redis://…]
 *
 * prints a row a measurement, for docs/knowledge/experiments/waiting-room.md. Without an address
 * the rows of Redis are left out.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/random.h"
#include "redis/redis.h"
#include "waiting/line_memory.h"
#include "waiting/line_redis.h"

enum { MEMORY_FANS = 100000, REDIS_FANS = 10000, CALLS = 1000, ROUNDS = 30, EVENTS = 8192 };

static struct line_time at(int64_t ms)
{
    return (struct line_time){ms, ms};
}

static void check(enum status status, const char *what)
{
    if (status == STATUS_OK)
        return;
    fprintf(stderr, "line: %s: %s\n", what, status_name(status));
    exit(EXIT_FAILURE);
}

static struct line *make(struct line_maker *maker, int64_t option)
{
    struct line *line;
    check(maker->make(maker, (struct option_id){option}, &line), "making");
    check(line_begin(line, 0), "beginning");
    check(line_complete(line), "completing");
    return line;
}

static void forget_all(struct line *line)
{
    struct line_counts counts;
    check(line_counts(line, &counts), "counting");
    check(line_forget(line, counts.number), "forgetting");
}

static void tell(const char *name, const char *what, int64_t count, int64_t us)
{
    printf("| %-6s | %-26s | %8" PRId64 " | %10.0f | %8.2f |\n", name, what, count,
           (double)count * 1e6 / (double)us, (double)us / (double)count);
}

static void measure(struct line_maker *maker, const char *name, int64_t option, int64_t fans)
{
    struct line *line = make(maker, option);
    struct random chance;
    struct place place;
    uint32_t ahead;
    bool is_new;
    random_init(&chance, 1);
    check(line_draw(line, 0, NULL, 0, at(1)), "opening");
    int64_t began_us = clock_monotonic_us();
    for (int64_t fan = 1; fan <= fans; fan++)
        check(line_join(line, (struct fan_id){fan}, 0, at(2), &place, &is_new), "joining");
    tell(name, "join", fans, clock_monotonic_us() - began_us);
    forget_all(line);

    began_us = clock_monotonic_us();
    for (int64_t i = 0; i < fans; i++) {
        struct fan_id fan = {(int64_t)random_below(&chance, (uint64_t)fans) + 1};
        check(line_find(line, fan, at(3), &place, &ahead), "finding");
    }
    tell(name, "place and how many ahead", fans, clock_monotonic_us() - began_us);

    began_us = clock_monotonic_us();
    for (int64_t i = 0; i < fans / 10; i++) {
        struct fan_id fan = {(int64_t)random_below(&chance, (uint64_t)fans) + 1};
        check(line_leave(line, fan, at(4), &place), "leaving");
    }
    tell(name, "leave", fans / 10, clock_monotonic_us() - began_us);
    forget_all(line);
    if (maker == line_memory_maker())
        printf("| %-6s | %-26s | %8" PRId64 " | %10s | %8.1f |\n", name, "bytes a place", fans, "",
               (double)line_memory_bytes(line) / (double)fans);
    line_destroy(line);
}

/* A thousand calls a second for half a minute of simulated time, while others come and go. */
static void keep_the_order(struct line_maker *maker, const char *name, int64_t option, int64_t fans)
{
    static struct line_event events[EVENTS];
    struct line *line = make(maker, option);
    struct random chance;
    struct place place;
    bool is_new;
    uint32_t turn = 0, out_of_order = 0, called = 0;
    random_init(&chance, 2);
    check(line_draw(line, 0, NULL, 0, at(1)), "opening");
    for (int64_t fan = 1; fan <= fans; fan++)
        check(line_join(line, (struct fan_id){fan}, 0, at(2), &place, &is_new), "joining");
    forget_all(line);
    int64_t spent_us = 0;
    for (int64_t round = 1; round <= ROUNDS; round++) {
        size_t count;
        struct fan_id fan = {(int64_t)random_below(&chance, (uint64_t)fans) + 1};
        check(line_leave(line, fan, at(round * 1000), &place), "leaving");
        int64_t began_us = clock_monotonic_us();
        check(line_call(line, CALLS, round + 30, at(round * 1000), &count), "calling");
        spent_us += clock_monotonic_us() - began_us;
        check(line_journal(line, events, EVENTS, &count), "reading");
        for (size_t i = 0; i < count; i++) {
            if (events[i].kind != LINE_CALLED)
                continue;
            out_of_order += events[i].turn <= turn;
            turn = events[i].turn;
            called++;
        }
        forget_all(line);
    }
    tell(name, "call, a thousand at once", called, spent_us);
    printf("| %-6s | %-26s | %8u | %10s | %8s |\n", name, "called out of order", out_of_order, "",
           "");
    line_destroy(line);
}

int main(int count, char **words)
{
    printf("| line | what | how often | a second | µs each |\n|---|---|---|---|---|\n");
    measure(line_memory_maker(), "memory", 1, MEMORY_FANS);
    keep_the_order(line_memory_maker(), "memory", 2, MEMORY_FANS);
    if (count < 2)
        return EXIT_SUCCESS;
    struct redis *client;
    char why[REDIS_WHY_BYTES];
    check(redis_open(&(struct redis_settings){.url = text_of(words[1])}, why, &client), words[1]);
    struct line_maker *maker = line_redis_open(client);
    if (!maker)
        return EXIT_FAILURE;
    int64_t option = clock_wall_ms(); /* a line that nobody has used */
    measure(maker, "redis", option, REDIS_FANS);
    keep_the_order(maker, "redis", option + 1, 3 * REDIS_FANS);
    line_redis_close(maker);
    redis_close(client);
    return EXIT_SUCCESS;
}
