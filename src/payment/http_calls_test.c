/*
 * http_calls_test.c — a call that is to be tried again when the calls are ended.
 *
 * The other side is one socket: it says 500 with some bytes, once.
 */
#include "payment/http_calls.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/container.h"

enum { AN_HOUR_MS = 3600 * 1000, TIMEOUT_MS = 5000 };

struct ill_gateway {
    int listener;
    uint16_t port;
    pthread_t thread;
};

struct story {
    struct http_call call;
    struct http_calls *calls;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int done_count;
    enum http_call_outcome outcomes[2];
    size_t answer_bytes[2];
};

static void *say_500(void *argument)
{
    static const char answer[] = "HTTP/1.1 500 Ill\r\nContent-Length: 64\r\n\r\n"
                                 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    const struct ill_gateway *gateway = argument;
    char request[4096];
    int client = accept(gateway->listener, NULL, NULL);
    ssize_t heard = recv(client, request, sizeof request, 0);
    ssize_t said = heard > 0 ? send(client, answer, sizeof answer - 1, MSG_NOSIGNAL) : -1;
    close(client);
    return said > 0 ? argument : NULL;
}

static void gateway_open(struct ill_gateway *gateway)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    gateway->listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(gateway->listener >= 0);
    assert_int_equal(bind(gateway->listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(gateway->listener, 1), 0);
    assert_int_equal(getsockname(gateway->listener, (struct sockaddr *)&address, &size), 0);
    gateway->port = ntohs(address.sin_port);
    assert_int_equal(pthread_create(&gateway->thread, NULL, say_500, gateway), 0);
}

/* After the first answer: once more, in an hour. */
static void on_done(struct http_call *call)
{
    struct story *story = container_of(call, struct story, call);
    pthread_mutex_lock(&story->lock);
    int count = story->done_count++;
    story->outcomes[count] = call->outcome;
    story->answer_bytes[count] = call->answer_bytes;
    pthread_cond_signal(&story->changed);
    pthread_mutex_unlock(&story->lock);
    if (count > 0)
        return;
    call->start_at_ms = clock_monotonic_ms() + AN_HOUR_MS;
    http_calls_submit(story->calls, call);
}

static void what_waits_for_another_try_ends_without_the_earlier_answer(void **state)
{
    (void)state;
    struct ill_gateway gateway;
    struct story story = {.call = {.on_done = on_done},
                          .lock = PTHREAD_MUTEX_INITIALIZER,
                          .changed = PTHREAD_COND_INITIALIZER};
    const struct http_calls_settings settings = {
        .secret = "secret", .connect_timeout_ms = TIMEOUT_MS, .total_timeout_ms = TIMEOUT_MS};
    gateway_open(&gateway);
    snprintf(story.call.url, sizeof story.call.url, "http://127.0.0.1:%u/", gateway.port);
    assert_int_equal(http_calls_create(&settings, &story.calls), STATUS_OK);
    http_calls_submit(story.calls, &story.call);

    pthread_mutex_lock(&story.lock);
    while (story.done_count == 0)
        pthread_cond_wait(&story.changed, &story.lock);
    pthread_mutex_unlock(&story.lock);
    http_calls_destroy(story.calls);

    assert_int_equal(story.done_count, 2);
    assert_int_equal(story.outcomes[0], HTTP_CALL_ANSWERED);
    assert_int_equal(story.answer_bytes[0], 64);
    assert_int_equal(story.outcomes[1], HTTP_CALL_NO_ANSWER);
    assert_int_equal(story.answer_bytes[1], 0);
    void *said;
    assert_int_equal(pthread_join(gateway.thread, &said), 0);
    assert_non_null(said);
    close(gateway.listener);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_waits_for_another_try_ends_without_the_earlier_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
