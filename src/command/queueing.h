/*
 * queueing.h — strategy v4 wired: the bus, the states of requests, the queue, the news of them.
 *
 * Thread   The main thread opens, ticks and closes.
 * Memory   queueing_close() gives everything back; it copes with what was never opened.
 * Failure  False: the user has been told why. A broker that is not there is no failure: v4 answers
 *          503 until it is, and everything else goes on.
 */
#ifndef COMMAND_QUEUEING_H
#define COMMAND_QUEUEING_H

#include "strategies/queue.h"

struct breakers;
struct command;
struct http_app;
struct metrics_readings;
struct redis;

struct queueing {
    struct bus *bus;
    struct request_states *states;
    struct queue *queue;
    struct frame_house frames;
    struct number_pool numbers;
    struct request_news *news;
};

/* The bus alone, which others stand on too: before them. */
bool queueing_open_bus(struct queueing *queueing, const struct command *command,
                       struct breakers *breakers);

/* After the engine, the workers and the hub. */
bool queueing_open(struct queueing *queueing, const struct command *command, struct http_app *app,
                   struct redis *redis);

void queueing_tick(struct queueing *queueing);

/* Nothing is taken from the bus any more. Before the workers stop. */
void queueing_stop(struct queueing *queueing);

/* Nothing is put on it, and what nobody knows of yet has its answer. After the workers, before the
   store closes. */
void queueing_hang_up(struct queueing *queueing);

/* After the store, whose last jobs may still ask the queue. */
void queueing_close(struct queueing *queueing);

/* What it counts, for the metrics; any thread. */
void queueing_read(const struct queueing *queueing, struct metrics_readings *readings);

#endif
