/* reading.c — loop → worker → loop. */
#include "api/reading.h"

#include "api/problem.h"
#include "base/container.h"
#include "base/log.h"
#include "store/store.h"

static void on_back(struct loop_note *note)
{
    struct reading *reading = container_of(note, struct reading, note);
    if (reading->status == STATUS_OK || reading->status == STATUS_MISSING)
        reading->answer(reading, reading->status);
    else
        problem_status(reading->request, reading->status);
}

static void on_worker(struct worker_job *job, size_t worker)
{
    struct reading *reading = container_of(job, struct reading, job);
    struct store_connection *reader = reading->app->readers[worker];
    reading->status = reading->read(reading, reader);
    if (reading->status != STATUS_OK && reading->status != STATUS_MISSING)
        log_error("read failed", log_text("requestId", http_request_id(reading->request)),
                  log_words("status", status_name(reading->status)),
                  log_words("why", store_why(reader)));
    loop_post(http_loop(reading->request), &reading->note); /* continues in on_back */
}

void reading_start(struct reading *reading, struct http_app *app, struct http_request *request)
{
    reading->app = app;
    reading->request = request;
    reading->job.work = on_worker;
    reading->note.on_arrive = on_back;
    if (workers_submit(app->workers, &reading->job) != STATUS_OK)
        problem_busy(request);
}
