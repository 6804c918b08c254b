/* hash_test.c — fingerprints: which last, which do not, and which cannot be aimed at. */
#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void the_same_text_has_the_same_hash_in_one_process(void **state)
{
    (void)state;
    assert_true(hash_equal(hash_text(text_of("mina")), hash_text(text_of("mina"))));
    assert_false(hash_equal(hash_text(text_of("mina")), hash_text(text_of("joon"))));
    assert_false(hash_equal(hash_text(text_of("")), hash_text(text_make("\0", 1))));
    assert_true(hash_equal(hash_text(text_make(NULL, 0)), hash_text(text_of(""))));
}

/* Each child starts without a key, as this process has not made one yet when it forks. */
static uint64_t hash_in_a_child(void)
{
    int way[2];
    assert_int_equal(pipe(way), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        uint64_t low = hash_text(text_of("mina")).low;
        _exit(write(way[1], &low, sizeof low) == sizeof low ? 0 : 1);
    }
    uint64_t low;
    assert_int_equal(read(way[0], &low, sizeof low), sizeof low);
    close(way[0]);
    close(way[1]);
    assert_int_equal(waitpid(child, NULL, 0), child);
    return low;
}

static void another_process_hashes_otherwise(void **state)
{
    (void)state;
    assert_true(hash_in_a_child() != hash_in_a_child());
}

static void a_lasting_hash_is_the_same_everywhere_and_for_ever(void **state)
{
    (void)state;
    assert_true(hash_lasting(text_of("")) == INT64_C(2332574252705051493));
    assert_true(hash_lasting(text_of("mina")) == hash_lasting(text_of("mina")));
    assert_true(hash_lasting(text_of("mina")) != hash_lasting(text_of("joon")));
    for (int i = 0; i < 1000; i++)
        assert_true(hash_lasting(text_make((const char *)&i, sizeof i)) >= 0);
}

static void neighbouring_ids_fall_far_apart(void **state)
{
    (void)state;
    enum { SLOTS = 1024 };
    static int count[SLOTS];
    for (int64_t id = 1; id <= 16 * SLOTS; id++)
        count[hash_id(id) & (SLOTS - 1)]++;
    for (int i = 0; i < SLOTS; i++)
        assert_in_range(count[i], 1, 48);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_process_hashes_otherwise), /* before this one has a key */
        cmocka_unit_test(the_same_text_has_the_same_hash_in_one_process),
        cmocka_unit_test(a_lasting_hash_is_the_same_everywhere_and_for_ever),
        cmocka_unit_test(neighbouring_ids_fall_far_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
