/* workers_test.c — blocking work: each piece done once, by a worker with a seat of its own. */
#include "base/workers.h"

#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>

#include "base/container.h"

#include <cmocka.h>

enum { WORKERS = 3, PIECES = 5000 };

struct piece {
    struct worker_job job;
    _Atomic int done_count;
};

static _Atomic bool busy[WORKERS];

static void work(struct worker_job *job, size_t worker)
{
    if (atomic_exchange(&busy[worker], true))
        fail_msg("two jobs on seat %zu at once", worker);
    atomic_fetch_add(&container_of(job, struct piece, job)->done_count, 1);
    atomic_store(&busy[worker], false);
}

static void every_piece_is_done_once_and_the_end_waits_for_the_last(void **state)
{
    (void)state;
    static struct piece pieces[PIECES];
    struct workers *workers = workers_create(WORKERS, PIECES);
    assert_int_equal(workers_count(workers), WORKERS);
    for (int i = 0; i < PIECES; i++) {
        pieces[i].job.work = work;
        assert_int_equal(workers_submit(workers, &pieces[i].job), STATUS_OK);
    }
    workers_destroy(workers);
    for (int i = 0; i < PIECES; i++)
        assert_int_equal(atomic_load(&pieces[i].done_count), 1);
}

struct gated {
    struct worker_job job;
    sem_t begun, may_end;
};

static void work_gated(struct worker_job *job, size_t worker)
{
    (void)worker;
    struct gated *gated = container_of(job, struct gated, job);
    sem_post(&gated->begun);
    while (sem_wait(&gated->may_end) != 0)
        ;
}

static void a_full_queue_is_an_answer(void **state)
{
    (void)state;
    struct workers *workers = workers_create(1, 1);
    struct gated gated = {.job = {.work = work_gated}};
    assert_int_equal(sem_init(&gated.begun, 0, 0), 0);
    assert_int_equal(sem_init(&gated.may_end, 0, 0), 0);
    assert_int_equal(workers_submit(workers, &gated.job), STATUS_OK);
    while (sem_wait(&gated.begun) != 0)
        ;
    struct piece waits = {.job = {.work = work}}, refused = {.job = {.work = work}};
    assert_int_equal(workers_submit(workers, &waits.job), STATUS_OK);
    assert_int_equal(workers_submit(workers, &refused.job), STATUS_FULL);
    sem_post(&gated.may_end);
    workers_destroy(workers);
    assert_int_equal(atomic_load(&waits.done_count), 1);
    assert_int_equal(atomic_load(&refused.done_count), 0);
    sem_destroy(&gated.begun);
    sem_destroy(&gated.may_end);
}

/* All seats are taken at once only when a letter wakes one worker more than is busy. */
static void work_goes_on_beside_a_piece_that_hangs(void **state)
{
    (void)state;
    struct workers *workers = workers_create(WORKERS, 100);
    struct gated gated[WORKERS];
    for (int i = 0; i < WORKERS; i++) {
        gated[i].job.work = work_gated;
        assert_int_equal(sem_init(&gated[i].begun, 0, 0), 0);
        assert_int_equal(sem_init(&gated[i].may_end, 0, 0), 0);
        assert_int_equal(workers_submit(workers, &gated[i].job), STATUS_OK);
    }
    for (int i = 0; i < WORKERS; i++) /* all of them have begun: nobody waits for another */
        while (sem_wait(&gated[i].begun) != 0)
            ;
    for (int i = 0; i < WORKERS; i++)
        sem_post(&gated[i].may_end);
    workers_destroy(workers);
    for (int i = 0; i < WORKERS; i++) {
        sem_destroy(&gated[i].begun);
        sem_destroy(&gated[i].may_end);
    }
    workers_destroy(NULL);
}

static void without_threads_the_work_is_done_when_told_in_the_order_it_came(void **state)
{
    (void)state;
    struct workers *workers = workers_create(0, 2);
    struct piece first = {.job = {.work = work}}, second = {.job = {.work = work}},
                 refused = {.job = {.work = work}};
    assert_int_equal(workers_turn(workers), 0);
    assert_int_equal(workers_submit(workers, &first.job), STATUS_OK);
    assert_int_equal(workers_submit(workers, &second.job), STATUS_OK);
    assert_int_equal(workers_submit(workers, &refused.job), STATUS_FULL);
    assert_int_equal(atomic_load(&first.done_count), 0);
    assert_int_equal(workers_turn(workers), 2);
    assert_int_equal(atomic_load(&first.done_count), 1);
    assert_int_equal(atomic_load(&second.done_count), 1);
    assert_int_equal(workers_submit(workers, &refused.job), STATUS_OK);
    workers_destroy(workers); /* finishes what waits */
    assert_int_equal(atomic_load(&refused.done_count), 1);
}

static void after_the_stop_a_job_is_refused(void **state)
{
    (void)state;
    struct workers *workers = workers_create(1, 10);
    struct piece waits = {.job = {.work = work}}, refused = {.job = {.work = work}};
    assert_int_equal(workers_submit(workers, &waits.job), STATUS_OK);
    workers_stop(workers);
    assert_int_equal(atomic_load(&waits.done_count), 1);
    assert_int_equal(workers_submit(workers, &refused.job), STATUS_FULL);
    workers_stop(workers);
    workers_destroy(workers);
    assert_int_equal(atomic_load(&refused.done_count), 0);
    workers_stop(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_piece_is_done_once_and_the_end_waits_for_the_last),
        cmocka_unit_test(a_full_queue_is_an_answer),
        cmocka_unit_test(work_goes_on_beside_a_piece_that_hangs),
        cmocka_unit_test(without_threads_the_work_is_done_when_told_in_the_order_it_came),
        cmocka_unit_test(after_the_stop_a_job_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
