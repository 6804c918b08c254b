/* peer_test.c — who counts as the same. */
#include "guard/peer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static bool same(const char *one, const char *other)
{
    return peer_key(text_of(one)) == peer_key(text_of(other));
}

static void an_ipv4_address_counts_alone(void **state)
{
    (void)state;
    assert_true(same("192.0.2.1", "192.0.2.1"));
    assert_false(same("192.0.2.1", "192.0.2.2"));
}

static void an_ipv4_address_in_ipv6_clothes_is_the_same_peer(void **state)
{
    (void)state;
    assert_true(same("192.0.2.1", "::ffff:192.0.2.1"));
    assert_false(same("::ffff:192.0.2.1", "::ffff:192.0.2.2"));
}

static void one_subscriber_s_ipv6_addresses_count_together(void **state)
{
    (void)state;
    assert_true(same("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"));
    assert_true(same("2001:DB8:1:2::1", "2001:db8:1:2:0:0:0:1"));
    assert_false(same("2001:db8:1:2::1", "2001:db8:1:3::1"));
}

static void what_is_no_address_counts_as_it_is(void **state)
{
    (void)state;
    assert_true(same("", ""));
    assert_true(same("somewhere", "somewhere"));
    assert_false(same("somewhere", "elsewhere"));
    char longer[200];
    memset(longer, ':', sizeof longer);
    (void)peer_key(text_make(longer, sizeof longer));
}

static void the_same_peer_asking_for_something_else_is_another_key(void **state)
{
    (void)state;
    struct text peer = text_of("192.0.2.1");
    uint64_t mina = peer_key_with(peer, text_of("mina@example.com"));
    assert_true(mina == peer_key_with(peer, text_of("mina@example.com")));
    assert_false(mina == peer_key_with(peer, text_of("joon@example.com")));
    assert_false(mina == peer_key_with(text_of("192.0.2.2"), text_of("mina@example.com")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_ipv4_address_counts_alone),
        cmocka_unit_test(an_ipv4_address_in_ipv6_clothes_is_the_same_peer),
        cmocka_unit_test(one_subscriber_s_ipv6_addresses_count_together),
        cmocka_unit_test(what_is_no_address_counts_as_it_is),
        cmocka_unit_test(the_same_peer_asking_for_something_else_is_another_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
