/* addresses_test.c — how many connections an address may have. */
#include "net/addresses.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"

static struct address address(const char *words)
{
    struct sockaddr_storage peer = {0};
    struct sockaddr_in *ipv4 = (struct sockaddr_in *)&peer;
    struct sockaddr_in6 *ipv6 = (struct sockaddr_in6 *)&peer;
    if (inet_pton(AF_INET, words, &ipv4->sin_addr) == 1) {
        peer.ss_family = AF_INET;
    } else {
        assert_int_equal(inet_pton(AF_INET6, words, &ipv6->sin6_addr), 1);
        peer.ss_family = AF_INET6;
    }
    return address_of(&peer);
}

static void an_address_is_written_as_people_know_it(void **state)
{
    (void)state;
    static const char *const written[][2] = {
        {"127.0.0.1", "127.0.0.1"},
        {"::ffff:10.1.2.3", "10.1.2.3"},
        {"::1", "::1"},
        {"2001:db8:0:0:1:2:3:4", "2001:db8::1:2:3:4"},
    };
    for (size_t i = 0; i < sizeof written / sizeof written[0]; i++) {
        char text[ADDRESS_TEXT_BYTES];
        address_write(address(written[i][0]), text);
        assert_string_equal(text, written[i][1]);
    }
}

static void each_address_has_its_own_share(void **state)
{
    (void)state;
    struct addresses *addresses = addresses_create(10, 2);
    assert_non_null(addresses);
    assert_true(addresses_enter(addresses, address("10.0.0.1")));
    assert_true(addresses_enter(addresses, address("10.0.0.1")));
    assert_false(addresses_enter(addresses, address("10.0.0.1")));
    assert_true(addresses_enter(addresses, address("10.0.0.2")));
    addresses_leave(addresses, address("10.0.0.1"));
    assert_true(addresses_enter(addresses, address("::ffff:10.0.0.1"))); /* the same address */
    assert_false(addresses_enter(addresses, address("10.0.0.1")));
    addresses_destroy(addresses);
}

static void a_whole_ipv6_network_has_one_share(void **state)
{
    (void)state;
    struct addresses *addresses = addresses_create(10, 2);
    assert_non_null(addresses);
    assert_true(addresses_enter(addresses, address("2001:db8::1")));
    assert_true(addresses_enter(addresses, address("2001:db8::2")));
    assert_false(addresses_enter(addresses, address("2001:db8::ffff:ffff:ffff:ffff")));
    assert_true(addresses_enter(addresses, address("2001:db8:0:1::1")));
    addresses_destroy(addresses);
}

static void the_table_has_room_for_so_many_addresses_only(void **state)
{
    (void)state;
    struct addresses *addresses = addresses_create(2, 5);
    assert_non_null(addresses);
    assert_true(addresses_enter(addresses, address("10.0.0.1")));
    assert_true(addresses_enter(addresses, address("10.0.0.2")));
    assert_false(addresses_enter(addresses, address("10.0.0.3")));
    addresses_leave(addresses, address("10.0.0.2"));
    assert_true(addresses_enter(addresses, address("10.0.0.3")));
    addresses_destroy(addresses);
}

/* Against a plain array of counts: gaps that close wrongly would lose somebody. */
static void coming_and_going_loses_nobody(void **state)
{
    (void)state;
    enum { PEERS = 64, STEPS = 200000, SHARE = 3 };
    struct addresses *addresses = addresses_create(PEERS / 2, SHARE);
    assert_non_null(addresses);
    struct random random;
    random_init(&random, 7);
    size_t counts[PEERS] = {0}, present_count = 0;
    for (size_t step = 0; step < STEPS; step++) {
        size_t peer = random_below(&random, PEERS);
        struct address one = address("10.0.0.1");
        one.bytes[15] = (uint8_t)peer;
        if (counts[peer] > 0 && random_below(&random, 2) == 0) {
            addresses_leave(addresses, one);
            counts[peer]--;
            present_count -= counts[peer] == 0;
            continue;
        }
        bool fits = counts[peer] > 0 ? counts[peer] < SHARE : present_count < PEERS / 2;
        assert_int_equal(addresses_enter(addresses, one), fits);
        present_count += fits && counts[peer] == 0;
        counts[peer] += fits;
    }
    addresses_destroy(addresses);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_is_written_as_people_know_it),
        cmocka_unit_test(each_address_has_its_own_share),
        cmocka_unit_test(a_whole_ipv6_network_has_one_share),
        cmocka_unit_test(the_table_has_room_for_so_many_addresses_only),
        cmocka_unit_test(coming_and_going_loses_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
