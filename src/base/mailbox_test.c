/* mailbox_test.c — letters between threads: none lost, none twice, in order. */
#include "base/mailbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/container.h"

#include <cmocka.h>

struct message {
    struct list letter;
    int sender, number;
};

static struct message *open_letter(struct list *letters)
{
    return container_of(list_pop_front(letters), struct message, letter);
}

static void a_full_mailbox_refuses_and_keeps_what_it_has(void **state)
{
    (void)state;
    struct mailbox mailbox;
    struct message messages[3] = {{.number = 0}, {.number = 1}, {.number = 2}};
    struct list taken;
    bool was_empty;
    mailbox_init(&mailbox, 2);
    list_init(&taken);
    assert_true(mailbox_put(&mailbox, &messages[0].letter, &was_empty));
    assert_true(was_empty);
    assert_true(mailbox_put(&mailbox, &messages[1].letter, &was_empty));
    assert_false(was_empty);
    assert_false(mailbox_put(&mailbox, &messages[2].letter, &was_empty));
    assert_int_equal(mailbox_count(&mailbox), 2);

    assert_int_equal(mailbox_take(&mailbox, &taken, 10), 2);
    assert_int_equal(open_letter(&taken)->number, 0);
    assert_int_equal(open_letter(&taken)->number, 1);
    assert_int_equal(mailbox_take(&mailbox, &taken, 10), 0);
    mailbox_deinit(&mailbox);
}

static void taking_some_leaves_the_others_in_order(void **state)
{
    (void)state;
    struct mailbox mailbox;
    struct message messages[5];
    struct list taken;
    bool was_empty;
    mailbox_init(&mailbox, 5);
    list_init(&taken);
    for (int i = 0; i < 5; i++) {
        messages[i].number = i;
        assert_true(mailbox_put(&mailbox, &messages[i].letter, &was_empty));
    }
    assert_int_equal(mailbox_take(&mailbox, &taken, 2), 2);
    assert_int_equal(mailbox_take(&mailbox, &taken, 0), 0);
    assert_int_equal(mailbox_wait(&mailbox, &taken, 3), 3); /* behind those taken before */
    for (int i = 0; i < 5; i++)
        assert_int_equal(open_letter(&taken)->number, i);
    mailbox_deinit(&mailbox);
}

static void a_closed_mailbox_takes_nothing_but_gives_what_it_has(void **state)
{
    (void)state;
    struct mailbox mailbox;
    struct message message, late;
    struct list taken;
    bool was_empty;
    mailbox_init(&mailbox, 5);
    list_init(&taken);
    assert_true(mailbox_put(&mailbox, &message.letter, &was_empty));
    mailbox_close(&mailbox);
    assert_false(mailbox_put(&mailbox, &late.letter, &was_empty));
    assert_int_equal(mailbox_wait(&mailbox, &taken, 5), 1);
    assert_int_equal(mailbox_wait(&mailbox, &taken, 5), 0);
    mailbox_deinit(&mailbox);
}

enum { SENDERS = 4, LETTERS = 20000 };

struct sender {
    struct mailbox *mailbox;
    struct message *messages;
    pthread_t thread;
};

static void *send_all(void *argument)
{
    struct sender *sender = argument;
    for (int i = 0; i < LETTERS; i++) {
        bool was_empty;
        while (!mailbox_put(sender->mailbox, &sender->messages[i].letter, &was_empty))
            sched_yield();
    }
    return NULL;
}

static void many_senders_reach_one_owner_each_in_its_order(void **state)
{
    (void)state;
    struct mailbox mailbox;
    struct sender sender[SENDERS];
    int next[SENDERS] = {0};
    mailbox_init(&mailbox, 100);
    for (int i = 0; i < SENDERS; i++) {
        sender[i] = (struct sender){&mailbox, calloc(LETTERS, sizeof(struct message)), 0};
        for (int at = 0; at < LETTERS; at++)
            sender[i].messages[at] = (struct message){.sender = i, .number = at};
        assert_int_equal(pthread_create(&sender[i].thread, NULL, send_all, &sender[i]), 0);
    }
    struct list taken;
    list_init(&taken);
    for (size_t count = 0; count < (size_t)SENDERS * LETTERS;) {
        count += mailbox_wait(&mailbox, &taken, 64);
        while (!list_empty(&taken)) {
            const struct message *message = open_letter(&taken);
            assert_int_equal(message->number, next[message->sender]++);
        }
    }
    for (int i = 0; i < SENDERS; i++) {
        pthread_join(sender[i].thread, NULL);
        free(sender[i].messages);
    }
    assert_int_equal(mailbox_count(&mailbox), 0);
    mailbox_deinit(&mailbox);
}

static void *wait_for_nothing(void *argument)
{
    struct list taken;
    list_init(&taken);
    return (void *)(uintptr_t)mailbox_wait(argument, &taken, 1);
}

static void closing_wakes_everybody_who_waits(void **state)
{
    (void)state;
    struct mailbox mailbox;
    pthread_t thread[3];
    mailbox_init(&mailbox, 1);
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, wait_for_nothing, &mailbox), 0);
    mailbox_close(&mailbox);
    for (int i = 0; i < 3; i++) {
        void *count;
        pthread_join(thread[i], &count);
        assert_null(count);
    }
    mailbox_deinit(&mailbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_mailbox_refuses_and_keeps_what_it_has),
        cmocka_unit_test(taking_some_leaves_the_others_in_order),
        cmocka_unit_test(a_closed_mailbox_takes_nothing_but_gives_what_it_has),
        cmocka_unit_test(many_senders_reach_one_owner_each_in_its_order),
        cmocka_unit_test(closing_wakes_everybody_who_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
