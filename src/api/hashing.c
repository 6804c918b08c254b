/* hashing.c — loop → hashing thread → loop. */
#include "api/hashing.h"

#include "account/accounts.h"
#include "api/problem.h"
#include "base/container.h"

static void on_back(struct loop_note *note)
{
    struct hashing *hashing = container_of(note, struct hashing, note);
    if (hashing->job.status == STATUS_OK)
        hashing->answer(hashing);
    else
        problem_status(hashing->request, hashing->job.status);
}

static void on_hashed(struct hasher_job *job)
{
    struct hashing *hashing = container_of(job, struct hashing, job);
    loop_post(http_loop(hashing->request), &hashing->note); /* continues in on_back */
}

void hashing_start(struct hashing *hashing, struct http_app *app, struct http_request *request)
{
    hashing->request = request;
    hashing->note.on_arrive = on_back;
    hashing->job.on_done = on_hashed;
    if (hasher_submit(accounts_hasher(app->accounts), &hashing->job) != STATUS_OK)
        problem_busy(request);
}
