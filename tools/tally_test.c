/* tally_test.c — what a runner's log adds up to. The program under test is the first argument. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char *program;

static void expect(const char *counted_by, int status, const char *log, const char *sums)
{
    char path[] = "tally_test.XXXXXX";
    char command[1024];
    char said[64] = "";

    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, log, strlen(log)), (ssize_t)strlen(log));
    close(fd);
    snprintf(command, sizeof command, "'%s' %s %d %s", program, counted_by, status, path);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    assert_non_null(fgets(said, sizeof said, pipe));
    pclose(pipe);
    unlink(path);
    assert_string_equal(said, sums);
}

static void every_test_inside_a_program_counts(void **state)
{
    (void)state;
    expect("meson", 0,
           "{\"name\": \"a\", \"result\": \"OK\", \"stdout\": \"[ RUN      ] x\\n[       OK ] x\\n"
           "[ RUN      ] y\\n[       OK ] y\\n[  PASSED  ] 2 test(s).\"}\n"
           "{\"name\": \"b\", \"result\": \"OK\", \"stdout\": \"no cmocka here\"}\n",
           "3 0 0\n");
}

static void a_failed_test_and_a_crashed_one_are_failures(void **state)
{
    (void)state;
    expect(
        "meson", 1,
        "{\"name\": \"a\", \"result\": \"FAIL\", \"stdout\": \"[ RUN      ] x\\n[       OK ] x\\n"
        "[ RUN      ] y\\n[  FAILED  ] y\\n[  FAILED  ] 1 test(s), listed below:\\n"
        "[  FAILED  ] y\"}\n"
        "{\"name\": \"b\", \"result\": \"FAIL\", \"stdout\": \"[ RUN      ] z\\n\"}\n",
        "1 2 0\n");
}

static void a_leak_after_the_last_test_is_a_failure(void **state)
{
    (void)state;
    expect("meson", 1,
           "{\"name\": \"a\", \"result\": \"FAIL\", \"stdout\": \"[ RUN      ] x\\n[       OK ] "
           "x\"}\n",
           "1 1 0\n");
}

static void a_skipped_test_is_counted_once(void **state)
{
    (void)state;
    expect("meson", 0,
           "{\"name\": \"a\", \"result\": \"OK\", \"stdout\": \"[ RUN      ] x\\n[  SKIPPED ] x\\n"
           "[  SKIPPED ] 1 test(s), listed below:\\n[  SKIPPED ] x\"}\n",
           "0 0 1\n");
}

static void node_says_its_sums_in_either_dress(void **state)
{
    (void)state;
    expect("node", 0, "# tests 9\n# pass 7\n# fail 0\n# skipped 2\n", "7 0 2\n");
    expect("node", 1, "\xe2\x84\xb9 pass 7\n\xe2\x84\xb9 fail 1\n", "7 1 0\n");
}

static void a_runner_that_ran_nothing_has_failed(void **state)
{
    (void)state;
    expect("meson", 0, "", "0 1 0\n");
    expect("node", 0, "# pass 0\n", "0 1 0\n");
    expect("node", 1, "", "0 1 0\n");
}

static void a_step_is_its_own_test(void **state)
{
    (void)state;
    expect("one", 0, "", "1 0 0\n");
    expect("one", 1, "", "0 1 0\n");
    expect("one", 77, "", "0 0 1\n");
}

int main(int count, char **words)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_test_inside_a_program_counts),
        cmocka_unit_test(a_failed_test_and_a_crashed_one_are_failures),
        cmocka_unit_test(a_leak_after_the_last_test_is_a_failure),
        cmocka_unit_test(a_skipped_test_is_counted_once),
        cmocka_unit_test(node_says_its_sums_in_either_dress),
        cmocka_unit_test(a_runner_that_ran_nothing_has_failed),
        cmocka_unit_test(a_step_is_its_own_test),
    };
    if (count < 2)
        return 2;
    program = words[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
