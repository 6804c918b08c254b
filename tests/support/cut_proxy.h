/*
 * cut_proxy.h — a wire to a PostgreSQL server that can be cut at the worst moment.
 *
 * Thread   The proxy has a thread of its own; its calls come from the story's.
 * Memory   cut_proxy_close() ends it and gives everything back.
 * Failure  Ends the test.
 */
#ifndef SUPPORT_CUT_PROXY_H
#define SUPPORT_CUT_PROXY_H

#include <stdint.h>

struct cut_proxy;

/* Listens on a free port of 127.0.0.1 and passes everything on to `port`. */
struct cut_proxy *cut_proxy_open(uint16_t port);
void cut_proxy_close(struct cut_proxy *proxy); /* NULL is welcome */
uint16_t cut_proxy_port(const struct cut_proxy *proxy);

/* The next answer to a COMMIT does not arrive: its connection is cut instead. */
void cut_proxy_cut_answer(struct cut_proxy *proxy);
/* The same, and the server hangs from then on. */
void cut_proxy_cut_answer_and_hang(struct cut_proxy *proxy);
/* Nothing arrives any more, and nothing is closed. */
void cut_proxy_hang(struct cut_proxy *proxy);
void cut_proxy_go_on(struct cut_proxy *proxy);
/* Every connection is cut, at once and with whatever is under way. */
void cut_proxy_cut_all(struct cut_proxy *proxy);
/* Cuts that have happened. */
int cut_proxy_cut_count(const struct cut_proxy *proxy);

#endif
