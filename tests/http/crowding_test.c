/*
 * crowding_test.c — somebody takes more than their share, and the others notice nothing.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/test_sale.h"

enum { CROWD_PARALLEL = 500, CROWD_CONNECTIONS = 5000 };

static int open_sale(void **state)
{
    static const char *const environment[] = {"TICKETRUSH_REQUESTS_PER_ACCOUNT_PER_SECOND=10",
                                              "TICKETRUSH_CONNECTIONS_PER_ADDRESS=600", NULL};
    *state = test_sale_open(environment);
    return 0;
}

static int close_sale(void **state)
{
    test_sale_audit(*state);
    test_sale_close(*state);
    return 0;
}

static struct text press(const struct test_sale *sale, int number, char out_request[4096])
{
    char body[128];
    int body_size = snprintf(body, sizeof body, "{\"optionId\":%lld,\"seatIds\":[%lld]}",
                             (long long)sale->option, (long long)sale->first_seat + number % 40);
    int size = snprintf(out_request, 4096,
                        "POST /api/reservations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n"
                        "Idempotency-Key: press-%d\r\nContent-Type: application/json\r\n"
                        "Content-Length: %d\r\n\r\n%s",
                        sale->mina, number, body_size, body);
    return text_make(out_request, (size_t)size);
}

static int ask_as_joon(struct test_sale *sale)
{
    struct http_reply reply = http_client_ask(
        sale->client, &(struct http_ask){.path = "/api/reservations", .token = sale->joon});
    return reply.status;
}

static void one_account_with_500_parallel_requests_is_told_to_wait(void **state)
{
    struct test_sale *sale = *state;
    struct http_client *clients[CROWD_PARALLEL];
    char request[4096];
    for (int i = 0; i < CROWD_PARALLEL; i++) {
        clients[i] = server_process_connect(sale->server);
        assert_non_null(clients[i]);
    }
    for (int i = 0; i < CROWD_PARALLEL; i++)
        assert_true(http_client_send(clients[i], press(sale, i, request)));
    assert_int_equal(ask_as_joon(sale), 200); /* in the middle of it */

    int held = 0, limited = 0;
    for (int i = 0; i < CROWD_PARALLEL; i++) {
        struct http_reply reply;
        assert_true(http_client_read(clients[i], false, &reply));
        held += reply.status == 201;
        if (reply.status == 429) {
            limited++;
            assert_true(http_reply_has_code(&reply, "RATE_LIMITED"));
            assert_non_null(http_reply_field(&reply, "retry-after").bytes);
        }
        http_client_close(clients[i]);
    }
    assert_int_equal(held, 4); /* as many seats as the sale allows one fan */
    assert_true(limited > 0);  /* how many depends on how fast they come */
    assert_int_equal(ask_as_joon(sale), 200);
}

/* --- one address ------------------------------------------------------------------------------ */

static int connect_from(const char *address, uint16_t port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    struct sockaddr_in from = {.sin_family = AF_INET};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    inet_pton(AF_INET, address, &from.sin_addr);
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    assert_int_equal(bind(fd, (struct sockaddr *)&from, sizeof from), 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

/* A refused connection hears 503 and its end; a good one hears nothing. */
static bool was_refused(int fd)
{
    char bytes[512];
    struct pollfd poll_one = {.fd = fd, .events = POLLIN};
    if (poll(&poll_one, 1, 0) <= 0)
        return false;
    ssize_t size = recv(fd, bytes, sizeof bytes, 0);
    if (size > 12)
        assert_memory_equal(bytes, "HTTP/1.1 503", 12);
    return true;
}

static void one_address_with_5000_connections_leaves_room_for_the_others(void **state)
{
    struct test_sale *sale = *state;
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_true(limit.rlim_max > CROWD_CONNECTIONS + 100);

    int *fds = calloc(CROWD_CONNECTIONS, sizeof *fds);
    assert_non_null(fds);
    for (int i = 0; i < CROWD_CONNECTIONS; i++)
        fds[i] = connect_from("127.0.0.9", server_process_port(sale->server));
    assert_int_equal(ask_as_joon(sale), 200); /* a connection that was there before */
    struct http_client *newcomer = server_process_connect(sale->server);
    struct http_reply reply = http_client_ask(
        newcomer, &(struct http_ask){.path = "/api/reservations", .token = sale->joon});
    assert_int_equal(reply.status, 200); /* and a new one, after all of them were dealt with */
    http_client_close(newcomer);

    int refused = 0;
    for (int i = 0; i < CROWD_CONNECTIONS; i++) {
        refused += was_refused(fds[i]);
        close(fds[i]);
    }
    free(fds);
    assert_true(refused >= CROWD_CONNECTIONS - 600);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_account_with_500_parallel_requests_is_told_to_wait),
        cmocka_unit_test(one_address_with_5000_connections_leaves_room_for_the_others),
    };
    return cmocka_run_group_tests(tests, open_sale, close_sale);
}
