/* shelf_test.c — what stays, what goes, and never more than was promised. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "api/shelf.h"
#include "base/container.h"
#include "base/random.h"

#include <cmocka.h>

enum { BYTES_MAX = 1000, BOOKS_MAX = 20 };

static size_t dropped_count;

static void on_drop(struct book *book)
{
    dropped_count++;
    free(book);
}

static struct shelf *open_shelf(void)
{
    dropped_count = 0;
    struct shelf *shelf = shelf_create(BYTES_MAX, BOOKS_MAX, on_drop);
    assert_non_null(shelf);
    return shelf;
}

static struct hash hash_number(uint64_t number)
{
    return (struct hash){hash_id((int64_t)number), number};
}

static struct book *put(struct shelf *shelf, uint64_t number, size_t bytes)
{
    struct book *book = calloc(1, sizeof *book);
    assert_non_null(book);
    book->hash = hash_number(number);
    book->bytes = bytes;
    shelf_put(shelf, book);
    return book;
}

static void what_was_not_asked_for_longest_goes_first(void **state)
{
    (void)state;
    struct shelf *shelf = open_shelf();
    for (uint64_t i = 0; i < 10; i++)
        put(shelf, i, 100);
    assert_non_null(shelf_find(shelf, hash_number(0)));
    put(shelf, 10, 100);
    assert_non_null(shelf_find(shelf, hash_number(0)));
    assert_null(shelf_find(shelf, hash_number(1)));
    assert_int_equal(shelf_count(shelf), 10);
    shelf_destroy(shelf);
    assert_int_equal(dropped_count, 11);
}

static void neither_bytes_nor_books_pass_their_bound_whatever_comes(void **state)
{
    (void)state;
    struct shelf *shelf = open_shelf();
    struct random random;
    random_init(&random, 7);
    for (int i = 0; i < 20000; i++) {
        uint64_t number = random_below(&random, 200);
        struct book *book = shelf_find(shelf, hash_number(number));
        if (book)
            shelf_resize(shelf, book, random_below(&random, 300));
        else
            put(shelf, number, random_below(&random, 300));
        assert_true(shelf_bytes(shelf) <= BYTES_MAX);
        assert_true(shelf_count(shelf) <= BOOKS_MAX);
    }
    shelf_destroy(shelf);
}

static void a_pinned_book_stays_and_the_others_make_room(void **state)
{
    (void)state;
    struct shelf *shelf = open_shelf();
    struct book *pinned = put(shelf, 1, 100);
    pinned->pinned = true;
    for (uint64_t i = 2; i < 100; i++)
        put(shelf, i, 300);
    assert_ptr_equal(shelf_find(shelf, hash_number(1)), pinned);
    assert_true(shelf_bytes(shelf) <= BYTES_MAX);
    shelf_destroy(shelf);
}

static void a_book_larger_than_the_shelf_is_there_until_the_next_one_comes(void **state)
{
    (void)state;
    struct shelf *shelf = open_shelf();
    put(shelf, 1, 10);
    put(shelf, 2, 5 * BYTES_MAX);
    assert_int_equal(shelf_count(shelf), 1);
    put(shelf, 3, 10);
    assert_null(shelf_find(shelf, hash_number(2)));
    assert_int_equal(shelf_bytes(shelf), 10);
    shelf_destroy(shelf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_not_asked_for_longest_goes_first),
        cmocka_unit_test(neither_bytes_nor_books_pass_their_bound_whatever_comes),
        cmocka_unit_test(a_pinned_book_stays_and_the_others_make_room),
        cmocka_unit_test(a_book_larger_than_the_shelf_is_there_until_the_next_one_comes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
