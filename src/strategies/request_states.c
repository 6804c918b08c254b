/* request_states.c — the contract, checked once for all adapters. */
#include "strategies/request_states.h"

#include "base/container.h"

static const char *const names[] = {"PENDING", "SUCCESS", "FAILED"};

const char *request_progress_name(enum request_progress progress)
{
    return names[progress];
}

bool request_progress_from_text(struct text text, enum request_progress *out_progress)
{
    for (int i = REQUEST_PENDING; i <= REQUEST_FAILED; i++) {
        if (text_equal(text, text_of(names[i]))) {
            *out_progress = (enum request_progress)i;
            return true;
        }
    }
    return false;
}

enum status request_states_begin(struct request_states *states, const struct request_state *fresh,
                                 bool *out_new, struct request_state *out_known)
{
    must(fresh->progress == REQUEST_PENDING);
    return states->ops->begin(states, fresh, out_new, out_known);
}

void request_states_forget(struct request_states *states, const struct request_state *state)
{
    states->ops->forget(states, state);
}

void request_states_settle(struct request_states *states,
                           const struct request_state *const settled[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        must(settled[i]->progress != REQUEST_PENDING);
    states->ops->settle(states, settled, count);
}

enum status request_states_find(struct request_states *states, const struct request_id *id,
                                struct request_state *out_state)
{
    return states->ops->find(states, id, out_state);
}

void request_states_watch(struct request_states *states, struct request_watcher *watcher)
{
    list_push_back(&states->watchers, &watcher->link);
}

void request_states_tell(struct request_states *states, const struct request_state *state)
{
    for (struct list *link = states->watchers.next; link != &states->watchers; link = link->next) {
        struct request_watcher *watcher = container_of(link, struct request_watcher, link);
        watcher->on_settled(watcher, state);
    }
}

void request_states_destroy(struct request_states *states)
{
    if (states)
        states->ops->destroy(states);
}
