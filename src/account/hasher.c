/* hasher.c — base/workers, with passwords for work. */
#include "account/hasher.h"

#include "base/container.h"
#include "base/must.h"
#include "limits.h"

/* A hasher is its workers under a name of its own: the pointer is cast here and nowhere else. */
static struct workers *inner(struct hasher *hasher)
{
    return (struct workers *)(void *)hasher;
}

struct hasher *hasher_create(void)
{
    return (struct hasher *)(void *)workers_create(ACCOUNT_HASHES_MAX, ACCOUNT_HASH_JOBS_MAX);
}

void hasher_destroy(struct hasher *hasher)
{
    workers_destroy(inner(hasher));
}

static struct text password_to_hash(const struct hasher_job *job)
{
    if (!text_empty(job->new_password))
        return job->new_password;
    bool outdated = job->known_hash && password_outdated(job->known_hash);
    return outdated ? job->password : text_make(NULL, 0);
}

static enum status do_job(struct hasher_job *job)
{
    job->right = true;
    job->new_hash[0] = '\0';
    if (job->known_hash) {
        enum status status = password_compare(job->password, job->known_hash, &job->right);
        if (status != STATUS_OK || !job->right)
            return status;
    }
    struct text fresh = password_to_hash(job);
    return text_empty(fresh) ? STATUS_OK : password_hash(fresh, job->new_hash);
}

static void work(struct worker_job *worker_job, size_t worker)
{
    (void)worker;
    struct hasher_job *job = container_of(worker_job, struct hasher_job, job);
    job->status = do_job(job);
    job->on_done(job);
}

enum status hasher_submit(struct hasher *hasher, struct hasher_job *job)
{
    must(job->on_done);
    must(job->known_hash || !text_empty(job->new_password));
    job->job.work = work;
    return workers_submit(inner(hasher), &job->job);
}
