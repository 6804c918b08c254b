/*
 * api.h — what every endpoint stands on: the parts of the house, and the steps all endpoints share.
 *
 * An endpoint turns JSON into one call and the result into JSON; it holds no rules. Its steps:
 *
 *     loop      read the request, refuse what is ill-formed
 *     worker    read the database (reading.h)             — only where something must be read
 *     writer    decide and write, in one commit           — booking's asks, or writing.h
 *     loop      answer
 *
 * Thread   Handlers and answers run on the request's loop.
 * Memory   `struct http_app` outlives the server. What an endpoint needs between two steps lives in
 *          the request's arena.
 */
#ifndef API_API_H
#define API_API_H

#include <stdbool.h>

#include "net/http.h"

struct accounts;
struct booking;
struct boards;
struct cache;
struct catalog_news;
struct catalog;
struct limiter;
struct lock;
struct metrics;
struct payments;
struct refund_runs;
struct push;
struct static_files;
struct seals;
struct strategies;
struct queue;
struct request_news;
struct ticket_signer;
struct store;
struct store_connection;
struct tokens;
struct waiting;
struct waiting_news;
struct workers;

struct http_app { /* net/ declares it, we define it: all parts, wired by the command `serve` */
    struct store *store;
    struct workers *workers;
    struct store_connection **readers; /* one a worker */
    struct tokens *tokens;
    struct accounts *accounts;
    struct catalog *catalog;
    struct cache *cache;               /* of documents, behind the loops' shelves; NULL: none */
    struct catalog_news *catalog_news; /* to other nodes and from them; api/catalog_news.h */
    _Atomic int64_t database_identity; /* catalog/catalog_state.h; 0: not read yet */
    struct booking *booking;
    struct boards *boards;
    struct strategies *strategies; /* v1, v2, v3 */
    struct queue *queue;           /* v4 */
    struct request_news *request_news;
    bool lab; /* sales without a guard are allowed */
    struct payments *payments;
    struct lock *lock; /* on all nodes where there is a Redis, else in this process */
    struct refund_runs *refund_runs;
    struct ticket_signer *ticket_signer;
    const char *webhook_secret;     /* of the payment gateway; "": it signs none */
    struct limiter *hint_limiter;   /* unsigned webhooks */
    const char *gateway_client_key; /* public; "": it has none */
    struct push *push;              /* news to everybody who listens */
    struct seals *seals;
    struct waiting *waiting;
    struct waiting_news *waiting_news;
    struct limiter *join_fan_limiter, *join_peer_limiter; /* joins of an account, of an address */
    struct metrics *metrics;
    struct limiter *fan_limiter; /* requests of one account */
    struct static_files *page;   /* NULL: no page is served */
    _Atomic bool ready;          /* /readyz */
};

/* What a loop keeps for itself; http_loop_data() of every request. */
struct api_loop {
    struct presses *presses;             /* asks of one burst, on their way; api/presses.h */
    struct tokens_memory *tokens;        /* account/tokens.h */
    struct catalog_documents *documents; /* encoded catalog answers; api/documents.h */
};

/* All routes, and the handler for paths that no route knows. */
extern const struct http_route api_routes[];
extern const size_t api_route_count;
http_handler api_fallback;

void *api_loop_create(struct http_app *app, struct loop *loop);
void api_loop_destroy(struct http_app *app, void *loop_data);

#endif
