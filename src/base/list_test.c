/* list_test.c — links, and the order they keep. */
#include "base/list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include "base/container.h"

#include <cmocka.h>

struct fan {
    int number;
    struct list link;
};

static void fill(struct list *list, struct fan *fans, int count)
{
    list_init(list);
    for (int i = 0; i < count; i++) {
        fans[i].number = i;
        list_init(&fans[i].link);
        list_push_back(list, &fans[i].link);
    }
}

static int pop(struct list *list)
{
    struct list *link = list_pop_front(list);
    return link ? container_of(link, struct fan, link)->number : -1;
}

static void who_comes_first_leaves_first(void **state)
{
    (void)state;
    struct list line;
    struct fan fans[3];
    fill(&line, fans, 3);
    assert_int_equal(pop(&line), 0);
    assert_int_equal(pop(&line), 1);
    assert_int_equal(pop(&line), 2);
    assert_int_equal(pop(&line), -1);
    assert_true(list_empty(&line));
    assert_null(list_first(&line));
}

static void leaving_from_the_middle_keeps_the_order_and_may_be_done_twice(void **state)
{
    (void)state;
    struct list line;
    struct fan fans[3];
    fill(&line, fans, 3);
    list_remove(&fans[1].link);
    list_remove(&fans[1].link);
    assert_int_equal(pop(&line), 0);
    assert_int_equal(pop(&line), 2);
    list_push_back(&line, &fans[1].link);
    assert_int_equal(pop(&line), 1);
}

static void a_whole_list_moves_behind_another(void **state)
{
    (void)state;
    struct list one, other, empty;
    struct fan fans[2], others[2];
    fill(&one, fans, 2);
    fill(&other, others, 2);
    list_init(&empty);
    list_move_all(&empty, &one);
    list_move_all(&other, &one);
    assert_true(list_empty(&other));
    assert_int_equal(pop(&one), 0);
    assert_int_equal(pop(&one), 1);
    assert_int_equal(pop(&one), 0);
    list_move_all(&one, &other);
    assert_true(list_empty(&one));
    assert_int_equal(pop(&other), 1);
    assert_true(list_empty(&other));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_comes_first_leaves_first),
        cmocka_unit_test(leaving_from_the_middle_keeps_the_order_and_may_be_done_twice),
        cmocka_unit_test(a_whole_list_moves_behind_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
