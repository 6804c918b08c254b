/* workers.c — one mailbox, several takers, one letter at a time. */
#include "base/workers.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/container.h"
#include "base/mailbox.h"

struct worker {
    struct workers *workers;
    size_t index;
    pthread_t thread;
};

struct workers {
    struct mailbox mailbox;
    size_t worker_count;
    bool stopped;
    struct worker worker[];
};

static void *work_until_closed(void *argument)
{
    struct worker *worker = argument;
    struct list letters;
    list_init(&letters);
    while (mailbox_wait(&worker->workers->mailbox, &letters, 1) > 0) {
        struct worker_job *job = container_of(list_pop_front(&letters), struct worker_job, letter);
        job->work(job, worker->index);
    }
    return NULL;
}

struct workers *workers_create(size_t worker_count, size_t jobs_max)
{
    struct workers *workers = calloc(1, sizeof *workers + worker_count * sizeof(struct worker));
    if (!workers)
        return NULL;
    mailbox_init(&workers->mailbox, jobs_max);
    for (size_t i = 0; i < worker_count; i++) {
        struct worker *worker = &workers->worker[i];
        *worker = (struct worker){.workers = workers, .index = i};
        if (pthread_create(&worker->thread, NULL, work_until_closed, worker) != 0) {
            workers_destroy(workers);
            return NULL;
        }
        workers->worker_count++;
    }
    return workers;
}

void workers_stop(struct workers *workers)
{
    if (!workers || workers->stopped)
        return;
    workers->stopped = true;
    mailbox_close(&workers->mailbox);
    for (size_t i = 0; i < workers->worker_count; i++)
        pthread_join(workers->worker[i].thread, NULL);
    workers_turn(workers);
}

void workers_destroy(struct workers *workers)
{
    if (!workers)
        return;
    workers_stop(workers);
    mailbox_deinit(&workers->mailbox);
    free(workers);
}

enum status workers_submit(struct workers *workers, struct worker_job *job)
{
    bool was_empty;
    return mailbox_put(&workers->mailbox, &job->letter, &was_empty) ? STATUS_OK : STATUS_FULL;
}

size_t workers_turn(struct workers *workers)
{
    struct list letters;
    list_init(&letters);
    size_t count = mailbox_take(&workers->mailbox, &letters, SIZE_MAX);
    struct list *letter;
    while ((letter = list_pop_front(&letters)) != NULL) {
        struct worker_job *job = container_of(letter, struct worker_job, letter);
        job->work(job, 0);
    }
    return count;
}

size_t workers_count(const struct workers *workers)
{
    return workers->worker_count;
}
