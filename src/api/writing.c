/* writing.c — loop → writer → loop. */
#include "api/writing.h"

#include "api/problem.h"
#include "base/container.h"

static void on_back(struct loop_note *note)
{
    struct writing *writing = container_of(note, struct writing, note);
    switch (writing->status) {
    case STATUS_OK:
    case STATUS_CONFLICT:
    case STATUS_MISSING:
        writing->answer(writing, writing->status);
        return;
    case STATUS_BUSY:
    case STATUS_FULL:
    case STATUS_NO_MEMORY:
    case STATUS_IO:
    case STATUS_UNKNOWN:
    case STATUS_ELSEWHERE:
    case STATUS_INVALID:
        problem_status(writing->request, writing->status);
        return;
    }
}

static enum status on_work(struct store_job *job, struct store_connection *connection)
{
    struct writing *writing = container_of(job, struct writing, job);
    return writing->write(writing, connection);
}

static void on_done(struct store_job *job, enum status status)
{
    struct writing *writing = container_of(job, struct writing, job);
    writing->status = status;
    loop_post(http_loop(writing->request), &writing->note); /* continues in on_back */
}

void writing_start(struct writing *writing, struct http_app *app, struct http_request *request)
{
    writing->app = app;
    writing->request = request;
    writing->job.work = on_work;
    writing->job.on_done = on_done;
    writing->note.on_arrive = on_back;
    if (store_submit(app->store, &writing->job) != STATUS_OK)
        problem_busy(request);
}
