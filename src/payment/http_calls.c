/*
 * http_calls.c — libcurl's multi interface on a thread of its own.
 *
 *     submit ─▶ arriving ─▶ later (by time) ─▶ on the wire ─▶ on_done
 *       any       lock         the thread        the thread
 *
 * The thread sleeps in curl_multi_poll() until a socket stirs, the next call is due, or submit
 * wakes it. It is not one of the loops that serve fans: their stations may not know libcurl, a
 * resolver or a TLS handshake that hiccups would be felt by every connection of that loop, and one
 * thread carries thousands of such calls. It is not a worker either: a call lasts as long as the
 * other side likes (docs/knowledge/decisions/0023).
 *
 * Redirects are not followed: whoever could send one could have the secret sent elsewhere.
 */
#include "payment/http_calls.h"

#include <curl/curl.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/container.h"
#include "base/must.h"

enum { POLL_MS = 1000, SECRET_BYTES = 512 };

struct http_calls {
    CURLM *multi;
    pthread_t thread;
    pthread_mutex_t lock;
    struct list arriving; /* under the lock */
    struct list later;    /* from here on: the thread's */
    struct list running;
    size_t running_count;
    atomic_bool stopping;
    struct http_calls_settings settings;
    char secret[SECRET_BYTES];
};

/* --- one call --------------------------------------------------------------------------------- */

static size_t on_bytes(char *bytes, size_t size, size_t count, void *data)
{
    struct http_call *call = data;
    size_t more = size * count;
    if (more > HTTP_CALL_ANSWER_BYTES_MAX - call->answer_bytes)
        return 0; /* libcurl ends the call with an error */
    char *longer = realloc(call->answer, call->answer_bytes + more);
    if (!longer)
        return 0;
    memcpy(longer + call->answer_bytes, bytes, more);
    call->answer = longer;
    call->answer_bytes += more;
    return more;
}

static bool add_header(struct http_call *call, const char *line)
{
    struct curl_slist *longer = curl_slist_append(call->headers, line);
    if (longer)
        call->headers = longer;
    return longer != NULL;
}

static bool fill_headers(struct http_call *call)
{
    char line[HTTP_CALL_KEY_BYTES + 32];
    if (!add_header(call, "Accept: application/json") || !add_header(call, "Expect:"))
        return false;
    if (call->is_post && !add_header(call, "Content-Type: application/json"))
        return false;
    snprintf(line, sizeof line, "Idempotency-Key: %s", call->key);
    return call->key[0] == '\0' || add_header(call, line);
}

static bool set_up(struct http_calls *calls, struct http_call *call, CURL *easy)
{
    bool is_tls = strncmp(call->url, "https:", 6) == 0;
    bool good =
        curl_easy_setopt(easy, CURLOPT_URL, call->url) == CURLE_OK &&
        curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, is_tls ? "https" : "http") == CURLE_OK &&
        curl_easy_setopt(easy, CURLOPT_USERNAME, calls->secret) == CURLE_OK &&
        curl_easy_setopt(easy, CURLOPT_PASSWORD, "") == CURLE_OK &&
        curl_easy_setopt(easy, CURLOPT_HTTPHEADER, call->headers) == CURLE_OK;
    curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)calls->settings.connect_timeout_ms);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)calls->settings.total_timeout_ms);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
    if (call->is_post)
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, call->body);
    return good;
}

static enum http_call_outcome outcome_of(CURL *easy, CURLcode code)
{
    curl_off_t sending_us = 0;
    switch ((int)code) { /* libcurl has a hundred; these few say that nothing was sent */
    case CURLE_OK:
        return HTTP_CALL_ANSWERED;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
        return HTTP_CALL_NOT_SENT;
    case CURLE_OPERATION_TIMEDOUT:
        curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &sending_us);
        return sending_us == 0 ? HTTP_CALL_NOT_SENT : HTTP_CALL_NO_ANSWER;
    default:
        return HTTP_CALL_NO_ANSWER;
    }
}

/* The call may be submitted again, or freed, by its on_done(). */
static void finish(struct http_call *call, enum http_call_outcome outcome)
{
    char *answer = call->answer;
    call->outcome = outcome;
    if (call->easy)
        curl_easy_cleanup(call->easy);
    curl_slist_free_all(call->headers);
    call->easy = NULL;
    call->headers = NULL;
    call->on_done(call);
    free(answer);
}

static void start(struct http_calls *calls, struct http_call *call)
{
    call->status = 0;
    call->answer = NULL;
    call->answer_bytes = 0;
    call->headers = NULL;
    call->easy = curl_easy_init();
    if (!call->easy || !fill_headers(call) || !set_up(calls, call, call->easy) ||
        curl_multi_add_handle(calls->multi, call->easy) != CURLM_OK) {
        finish(call, HTTP_CALL_NOT_SENT);
        return;
    }
    calls->running_count++;
    list_push_back(&calls->running, &call->letter);
}

static void take_off(struct http_calls *calls, struct http_call *call)
{
    list_remove(&call->letter);
    calls->running_count--;
    curl_multi_remove_handle(calls->multi, call->easy);
}

/* --- the thread ------------------------------------------------------------------------------- */

static void take_arrivals(struct http_calls *calls)
{
    pthread_mutex_lock(&calls->lock);
    list_move_all(&calls->arriving, &calls->later);
    pthread_mutex_unlock(&calls->lock);
}

/* Starts what is due; returns how long until the next one is. */
static int start_due(struct http_calls *calls)
{
    int64_t now_ms = clock_monotonic_ms(), pause_ms = POLL_MS;
    struct list *link = calls->later.next;
    while (link != &calls->later && calls->running_count < HTTP_CALLS_AT_ONCE_MAX) {
        struct list *next = link->next;
        struct http_call *call = container_of(link, struct http_call, letter);
        if (call->start_at_ms <= now_ms) {
            list_remove(link);
            start(calls, call);
        } else if (call->start_at_ms - now_ms < pause_ms) {
            pause_ms = call->start_at_ms - now_ms;
        }
        link = next;
    }
    return (int)pause_ms;
}

static void finish_ended(struct http_calls *calls)
{
    int left;
    CURLMsg *message;
    while ((message = curl_multi_info_read(calls->multi, &left)) != NULL) {
        if (message->msg != CURLMSG_DONE)
            continue;
        char *private = NULL;
        long status = 0;
        CURL *easy = message->easy_handle;
        enum http_call_outcome outcome = outcome_of(easy, message->data.result);
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &private);
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        struct http_call *call = (struct http_call *)(void *)private;
        call->status = (int)status;
        take_off(calls, call);
        finish(call, outcome);
    }
}

static void end_all(struct http_calls *calls)
{
    struct list *link;
    while ((link = list_first(&calls->running)) != NULL) {
        struct http_call *call = container_of(link, struct http_call, letter);
        take_off(calls, call);
        finish(call, HTTP_CALL_NO_ANSWER);
    }
    do {
        take_arrivals(calls); /* what on_done() has submitted again too */
        while ((link = list_pop_front(&calls->later)) != NULL)
            finish(container_of(link, struct http_call, letter), HTTP_CALL_NO_ANSWER);
        take_arrivals(calls);
    } while (!list_empty(&calls->later));
}

static void *run(void *argument)
{
    struct http_calls *calls = argument;
    while (!atomic_load(&calls->stopping)) {
        int running;
        take_arrivals(calls);
        int pause_ms = start_due(calls);
        curl_multi_perform(calls->multi, &running);
        finish_ended(calls);
        curl_multi_poll(calls->multi, NULL, 0, pause_ms, NULL);
    }
    end_all(calls);
    return NULL;
}

/* --- from outside ----------------------------------------------------------------------------- */

enum status http_calls_create(const struct http_calls_settings *settings,
                              struct http_calls **out_calls)
{
    if (strlen(settings->secret) >= SECRET_BYTES)
        return STATUS_INVALID;
    struct http_calls *calls = calloc(1, sizeof *calls);
    if (!calls)
        return STATUS_NO_MEMORY;
    calls->settings = *settings;
    memcpy(calls->secret, settings->secret, strlen(settings->secret) + 1);
    list_init(&calls->arriving);
    list_init(&calls->later);
    list_init(&calls->running);
    pthread_mutex_init(&calls->lock, NULL);
    bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    calls->multi = ready ? curl_multi_init() : NULL;
    if (!calls->multi || pthread_create(&calls->thread, NULL, run, calls) != 0) {
        curl_multi_cleanup(calls->multi);
        pthread_mutex_destroy(&calls->lock);
        free(calls);
        return STATUS_NO_MEMORY;
    }
    *out_calls = calls;
    return STATUS_OK;
}

void http_calls_destroy(struct http_calls *calls)
{
    if (!calls)
        return;
    atomic_store(&calls->stopping, true);
    curl_multi_wakeup(calls->multi);
    pthread_join(calls->thread, NULL);
    curl_multi_cleanup(calls->multi);
    curl_global_cleanup();
    pthread_mutex_destroy(&calls->lock);
    sodium_memzero(calls->secret, sizeof calls->secret);
    free(calls);
}

void http_calls_submit(struct http_calls *calls, struct http_call *call)
{
    must(call->on_done);
    call->answer = NULL; /* that of an earlier try goes when its on_done() returns */
    call->answer_bytes = 0;
    pthread_mutex_lock(&calls->lock);
    list_push_back(&calls->arriving, &call->letter);
    pthread_mutex_unlock(&calls->lock);
    curl_multi_wakeup(calls->multi);
}
