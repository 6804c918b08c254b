/* status_test.c — every failure of the world has a word, and a broken promise ends the process. */
#include "base/status.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/ids.h"
#include "base/must.h"

#include <cmocka.h>

static void every_status_has_a_word_of_its_own(void **state)
{
    (void)state;
    for (int one = STATUS_OK; one <= STATUS_MISSING; one++) {
        assert_true(strlen(status_name((enum status)one)) > 1);
        for (int other = STATUS_OK; other < one; other++)
            assert_string_not_equal(status_name((enum status)one), status_name((enum status)other));
    }
    assert_string_equal(status_name((enum status)99), "?");
}

static void an_id_is_a_number_that_javascript_can_carry(void **state)
{
    (void)state;
    assert_false(id_valid(0));
    assert_false(id_valid(-1));
    assert_true(id_valid(1));
    assert_true(id_valid(INT64_C(9007199254740991)));
    assert_false(id_valid(INT64_C(9007199254740992)));
    assert_false(id_valid(INT64_MAX));
}

static void what_must_be_true_and_is_not_stops_the_process(void **state)
{
    (void)state;
    must(1 + 1 == 2);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGABRT, SIG_DFL);
        close(STDERR_FILENO);
        must(1 + 1 == 3);
        _exit(0);
    }
    int how;
    assert_int_equal(waitpid(child, &how, 0), child);
    assert_true(WIFSIGNALED(how) && WTERMSIG(how) == SIGABRT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_a_word_of_its_own),
        cmocka_unit_test(an_id_is_a_number_that_javascript_can_carry),
        cmocka_unit_test(what_must_be_true_and_is_not_stops_the_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
