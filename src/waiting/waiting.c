/*
 * waiting.c — the usher's round.
 *
 *     asks ──▶ decide ──▶ proceed ──▶ events of all rooms ──▶ one store job ──▶ answers, news
 *               in memory, or in Redis                          a commit
 *
 * The usher has a thread of its own and waits for the commit of each round; what arrives meanwhile
 * is the next round. So a line is not bound to the engine's turns, a slow Redis delays nobody who
 * reserves, and a thousand fans who join in the same instant share one commit.
 *
 * Whatever goes wrong with a commit has one remedy: the rooms that took part forget their lines and
 * read them back from their events, before they decide anything else.
 */
#include "waiting/waiting.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/container.h"
#include "base/log.h"
#include "base/must.h"
#include "base/random.h"
#include "store/store.h"
#include "waiting/waiting_inside.h"
#include "waiting/waiting_store.h"

enum {
    STEADY_STEP_MS = 5000, /* a process that was stopped longer has not seen its fans' signs */
};

/* --- the round: in memory --------------------------------------------------------------------- */

static void hear(struct waiting *waiting, const struct telling *telling)
{
    struct room *room = waiting_find(waiting, telling->option);
    if (!room)
        return;
    enum status status = STATUS_OK;
    switch (telling->kind) {
    case TELLING_CAME:
        listeners_came(&room->listeners, telling->fan);
        break;
    case TELLING_LEFT:
        listeners_left(&room->listeners, telling->fan);
        status = line_touch(room->line, &telling->fan, 1, waiting->now);
        break;
    case TELLING_HELD:
        status = line_keep(room->line, telling->fan, telling->until_s, waiting->now);
        break;
    case TELLING_BOUGHT:
        status = line_bought(room->line, telling->fan, waiting->now);
        break;
    }
    room->suspect = room->suspect || status != STATUS_OK;
}

static void decide(struct waiting *waiting, struct waiting_ask *ask)
{
    struct room *room = waiting_find_or_add(waiting, ask->option);
    uint8_t door = 0;
    ask->decided_at_ms = waiting->now.steady_ms;
    if (!room) {
        bool is_unread = waiting_is_of_sale(waiting, ask->option);
        ask->verdict = is_unread ? WAITING_FAILED : WAITING_NO_ROOM;
        ask->status = STATUS_BUSY;
        return;
    }
    bool has_presale = false;
    for (size_t i = 1; i < WAITING_DOORS; i++)
        has_presale = has_presale || room->sale.doors[i].opens_at_ms > 0;
    if (ask->kind == WAITING_JOIN && has_presale &&
        waiting_store_door_of(waiting->reader, ask->option, ask->fan, waiting->now.wall_ms,
                              &door) != STATUS_OK) {
        ask->verdict = WAITING_FAILED;
        ask->status = STATUS_BUSY;
        return;
    }
    room_decide(room, ask, door, waiting->now);
}

static bool entries_have_room(struct waiting *waiting)
{
    if (waiting->entry_room - waiting->entry_count >= WAITING_ENTRIES_MAX)
        return true;
    size_t room = waiting->entry_count + WAITING_ENTRIES_MAX;
    struct room_entry *entries = realloc(waiting->entries, room * sizeof *entries);
    if (!entries)
        return false;
    waiting->entries = entries;
    waiting->entry_room = room;
    return true;
}

static void gather_entries(struct waiting *waiting)
{
    waiting->entry_count = 0;
    for (size_t i = 0; i < waiting->room_count; i++) {
        struct room *room = waiting->rooms[i];
        if (!entries_have_room(waiting)) {
            room->suspect = true;
            continue;
        }
        waiting->entry_count +=
            room_entries(room, waiting->seals, waiting->scratch,
                         waiting->entries + waiting->entry_count, WAITING_ENTRIES_MAX);
    }
}

/* --- the round: on the disk ------------------------------------------------------------------- */

static enum status write_entries(struct store_job *job, struct store_connection *connection)
{
    struct waiting *waiting = container_of(job, struct waiting, job);
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < waiting->entry_count; i++)
        status = waiting_store_add_event(connection, &waiting->entries[i]);
    return status;
}

static void count_event(struct waiting_totals *totals, enum line_event_kind kind)
{
    totals->joined += kind == LINE_JOINED;
    totals->called += kind == LINE_CALLED;
    totals->entered += kind == LINE_ENTERED;
    totals->bought += kind == LINE_BOUGHT;
    totals->gone +=
        kind == LINE_LEFT || kind == LINE_LAPSED || kind == LINE_MISSED || kind == LINE_OVER;
}

static void count_entries(struct waiting *waiting)
{
    pthread_mutex_lock(&waiting->shown_lock);
    for (size_t i = 0; i < waiting->entry_count; i++)
        count_event(&waiting->totals, waiting->entries[i].chained.event.kind);
    pthread_mutex_unlock(&waiting->shown_lock);
}

static void keep_entries(struct waiting *waiting)
{
    for (size_t i = 0; i < waiting->entry_count; i++) {
        const struct room_entry *entry = &waiting->entries[i];
        room_kept(entry->room, entry, waiting->now);
        if (entry->chained.event.kind == LINE_LEFT)
            leavers_add(waiting->leavers, entry->room->option, entry->chained.event.sequence);
        bool is_last = i + 1 == waiting->entry_count || waiting->entries[i + 1].room != entry->room;
        if (is_last && line_forget(entry->room->line, entry->after.number) != STATUS_OK)
            entry->room->suspect = true;
    }
}

static void make_durable(struct waiting *waiting)
{
    gather_entries(waiting);
    if (waiting->entry_count == 0)
        return;
    waiting->job.work = write_entries;
    enum status status = store_submit_and_wait(waiting->store, &waiting->job);
    if (status == STATUS_OK) {
        keep_entries(waiting);
        count_entries(waiting);
        return;
    }
    log_error("a round of the waiting rooms failed", log_words("status", status_name(status)));
    for (size_t i = 0; i < waiting->entry_count; i++)
        waiting->entries[i].room->suspect = true;
}

/* --- the round: told -------------------------------------------------------------------------- */

/* Before anybody is answered: who hears that a changed sale is in effect finds it so. */
static void show_what_was_seen(struct waiting *waiting)
{
    if (waiting->has_looked)
        waiting_show(waiting);
    waiting->has_looked = false;
}

static void fail(struct waiting_ask *ask)
{
    ask->verdict = WAITING_FAILED;
    ask->status = STATUS_BUSY;
}

/* What it was told of a place is on the disk; another node may be writing it. */
static bool is_durable(const struct room *room, const struct waiting_ask *ask)
{
    bool tells_place = ask->verdict == WAITING_HERE || ask->verdict == WAITING_NEW;
    return !room || !tells_place || room->chain.number >= ask->number;
}

static void answer_all(struct waiting *waiting)
{
    struct list *link, later;
    list_init(&later);
    while ((link = list_pop_front(&waiting->round_asks)) != NULL) {
        struct waiting_ask *ask = container_of(link, struct waiting_ask, letter);
        const struct room *room = waiting_find(waiting, ask->option);
        bool is_late = waiting->now.steady_ms - ask->decided_at_ms >= WAITING_DURABLE_MS;
        bool has_failed = room && (room->suspect || (is_late && !is_durable(room, ask)));
        if (has_failed && ask->verdict != WAITING_FAILED)
            fail(ask);
        if (!is_durable(room, ask)) {
            list_push_back(&later, link);
            continue;
        }
        if (ask->verdict == WAITING_HERE && ask->place.state == PLACE_LEFT)
            leavers_add(waiting->leavers, ask->option, ask->place.sequence); /* whoever leads */
        ask->on_answer(ask);
    }
    while ((link = list_pop_front(&later)) != NULL)
        list_push_back(&waiting->held, link);
}

static void tell_called(struct waiting *waiting)
{
    if (!waiting->watcher || !waiting->watcher->on_called)
        return;
    for (size_t i = 0; i < waiting->entry_count; i++) {
        const struct line_event *event = &waiting->entries[i].chained.event;
        if (event->kind != LINE_CALLED || waiting->entries[i].room->suspect)
            continue;
        struct place place = {.sequence = event->sequence,
                              .turn = event->turn,
                              .fan = event->fan,
                              .state = PLACE_CALLED,
                              .until_s = event->until_s};
        waiting->watcher->on_called(waiting->watcher, waiting->entries[i].room->option, &place);
    }
}

static bool is_over(enum room_state state)
{
    return state == ROOM_SOLD_OUT || state == ROOM_CLOSED;
}

static void tell_news(struct waiting *waiting)
{
    struct waiting_watcher *watcher = waiting->watcher;
    bool is_news = false;
    for (size_t i = 0; i < waiting->room_count; i++) {
        struct room *room = waiting->rooms[i];
        bool at_once = room->document_urgent;
        if (!room_write_document(room, waiting->now))
            continue;
        is_news = true;
        struct text document = text_make(room->document, room->document_size);
        if (watcher && watcher->on_closed && at_once && is_over(room->state))
            watcher->on_closed(watcher, room->option, room->state);
        if (watcher && watcher->on_document)
            watcher->on_document(watcher, room->option, document, room->document_number, at_once);
    }
    if (is_news)
        waiting_show(waiting);
}

/* --- the round -------------------------------------------------------------------------------- */

/* Wall time is what it is: tokens are checked against it elsewhere. Steady time does not jump. */
static void advance_clocks(struct waiting *waiting)
{
    int64_t clock_ms = waiting->steady_ms();
    int64_t step_ms = clock_ms - waiting->clock_ms;
    waiting->clock_ms = clock_ms;
    waiting->now.wall_ms = waiting->wall_ms();
    waiting->now.steady_ms += step_ms < 0 ? 0 : step_ms > STEADY_STEP_MS ? STEADY_STEP_MS : step_ms;
}

/* Those whose place another node has still to write down. */
static void take_held(struct waiting *waiting)
{
    struct list *link;
    while ((link = list_pop_front(&waiting->held)) != NULL)
        list_push_back(&waiting->round_asks, link);
}

static void round_of(struct waiting *waiting)
{
    advance_clocks(waiting);
    waiting_prepare(waiting);
    size_t told = tellings_take(&waiting->tellings, waiting->told, WAITING_TELLINGS_MAX);
    for (size_t i = 0; i < told; i++)
        hear(waiting, &waiting->told[i]);
    for (struct list *link = waiting->round_asks.next; link != &waiting->round_asks;
         link = link->next)
        decide(waiting, container_of(link, struct waiting_ask, letter));
    for (size_t i = 0; i < waiting->room_count; i++)
        room_proceed(waiting->rooms[i], atomic_load(&waiting->commit_us), waiting->now);
    make_durable(waiting); /* and only then … */
    take_held(waiting);
    waiting_follow(waiting);
    show_what_was_seen(waiting);
    answer_all(waiting);
    tell_called(waiting);
    tell_news(waiting);
}

/* The tick's letter only wakes. */
static void take_out_tick(struct waiting *waiting)
{
    for (struct list *link = waiting->round_asks.next; link != &waiting->round_asks;
         link = link->next) {
        if (link != &waiting->tick_letter)
            continue;
        list_remove(link);
        atomic_store(&waiting->tick_waits, false);
        return;
    }
}

void waiting_round(struct waiting *waiting)
{
    (void)mailbox_take(&waiting->asks, &waiting->round_asks, WAITING_ROUND_MAX);
    take_out_tick(waiting);
    round_of(waiting);
}

static void *run(void *argument)
{
    struct waiting *waiting = argument;
    while (mailbox_wait(&waiting->asks, &waiting->round_asks, WAITING_ROUND_MAX) > 0) {
        take_out_tick(waiting);
        round_of(waiting);
    }
    return NULL;
}

/* --- from outside ----------------------------------------------------------------------------- */

enum status waiting_submit(struct waiting *waiting, struct waiting_ask *ask)
{
    must(ask->on_answer);
    bool was_empty;
    return mailbox_put(&waiting->asks, &ask->letter, &was_empty) ? STATUS_OK : STATUS_FULL;
}

void waiting_tick(struct waiting *waiting)
{
    bool was_empty;
    if (!atomic_exchange(&waiting->tick_waits, true) &&
        !mailbox_put_always(&waiting->asks, &waiting->tick_letter, &was_empty))
        atomic_store(&waiting->tick_waits, false); /* it is closing */
}

void waiting_refresh(struct waiting *waiting)
{
    atomic_store(&waiting->refresh_wanted, true);
}

static void tell(struct waiting *waiting, const struct telling *telling)
{
    tellings_add(&waiting->tellings, telling);
}

void waiting_tell_held(struct waiting *waiting, struct option_id option, struct fan_id fan,
                       int64_t until_ms)
{
    tell(waiting, &(struct telling){TELLING_HELD, option, fan, (until_ms + 999) / 1000});
}

void waiting_tell_bought(struct waiting *waiting, struct option_id option, struct fan_id fan)
{
    tell(waiting, &(struct telling){TELLING_BOUGHT, option, fan, 0});
}

void waiting_tell_came(struct waiting *waiting, struct option_id option, struct fan_id fan)
{
    tell(waiting, &(struct telling){TELLING_CAME, option, fan, 0});
}

void waiting_tell_left(struct waiting *waiting, struct option_id option, struct fan_id fan)
{
    tell(waiting, &(struct telling){TELLING_LEFT, option, fan, 0});
}

/* A mean in which the last ten turns weigh most. */
void waiting_tell_commit(struct waiting *waiting, int64_t commit_us)
{
    int64_t before_us = atomic_load(&waiting->commit_us);
    atomic_store(&waiting->commit_us, before_us + (commit_us - before_us) / 10);
}

enum status waiting_put_terms(const struct waiting *waiting, struct store_connection *connection,
                              struct option_id option, const struct admission_terms *terms)
{
    struct room_row row = {.option = option, .terms = *terms};
    snprintf(row.kid, sizeof row.kid, "%s", seals_newest(waiting->seals));
    random_secret(row.secret, sizeof row.secret);
    enum status status = waiting_store_add_room(connection, &row, waiting->wall_ms());
    return status == STATUS_OK ? waiting_store_put_terms(connection, option, terms) : status;
}

/* --- life ------------------------------------------------------------------------------------- */

enum status waiting_open(const struct waiting_settings *settings, char out_why[256],
                         struct waiting **out_waiting)
{
    struct waiting *waiting = calloc(1, sizeof *waiting);
    snprintf(out_why, 256, "memory is short");
    if (!waiting)
        return STATUS_NO_MEMORY;
    waiting->store = settings->store;
    waiting->boards = settings->boards;
    waiting->seals = settings->seals;
    waiting->lines = settings->lines;
    waiting->watcher = settings->watcher;
    waiting->wall_ms = settings->wall_ms ? settings->wall_ms : clock_wall_ms;
    waiting->steady_ms = settings->steady_ms ? settings->steady_ms : clock_monotonic_ms;
    waiting->clock_ms = waiting->steady_ms();
    waiting->now.wall_ms = waiting->wall_ms();
    mailbox_init(&waiting->asks, WAITING_ASKS_MAX);
    list_init(&waiting->tick_letter);
    list_init(&waiting->round_asks);
    list_init(&waiting->held);
    table_init(&waiting->by_option, WAITING_ROOMS_MAX);
    tellings_init(&waiting->tellings);
    pthread_mutex_init(&waiting->shown_lock, NULL);
    waiting->scratch = calloc(WAITING_ENTRIES_MAX, sizeof *waiting->scratch);
    waiting->told = calloc(WAITING_TELLINGS_MAX, sizeof *waiting->told);
    waiting->leavers = leavers_create();
    enum status status = STATUS_NO_MEMORY;
    if (waiting->scratch && waiting->told && waiting->leavers)
        status = store_reader_open(waiting->store, &waiting->reader);
    if (status != STATUS_OK) {
        snprintf(out_why, 256, "the lines cannot be read: %s", status_name(status));
        waiting_close(waiting);
        return status;
    }
    waiting_refresh(waiting);
    waiting_round(waiting); /* reads the lines */
    *out_waiting = waiting;
    return STATUS_OK;
}

enum status waiting_start(struct waiting *waiting)
{
    waiting->started = pthread_create(&waiting->thread, NULL, run, waiting) == 0;
    return waiting->started ? STATUS_OK : STATUS_NO_MEMORY;
}

static void answer_left_over(struct waiting *waiting)
{
    (void)mailbox_take(&waiting->asks, &waiting->round_asks, SIZE_MAX);
    take_out_tick(waiting);
    take_held(waiting);
    for (struct list *link = waiting->round_asks.next; link != &waiting->round_asks;
         link = link->next)
        fail(container_of(link, struct waiting_ask, letter));
    answer_all(waiting);
}

void waiting_stop(struct waiting *waiting)
{
    if (!waiting)
        return;
    mailbox_close(&waiting->asks);
    if (waiting->started)
        pthread_join(waiting->thread, NULL);
    waiting->started = false;
    answer_left_over(waiting);
    store_reader_close(waiting->reader);
    waiting->reader = NULL;
}

void waiting_close(struct waiting *waiting)
{
    if (!waiting)
        return;
    waiting_stop(waiting);
    for (size_t i = 0; i < waiting->room_count; i++)
        room_destroy(waiting->rooms[i]);
    for (size_t i = 0; i < WAITING_ROOMS_MAX; i++)
        free(waiting->documents[i]);
    free(waiting->scratch);
    free(waiting->entries);
    free(waiting->told);
    leavers_destroy(waiting->leavers);
    table_deinit(&waiting->by_option);
    tellings_deinit(&waiting->tellings);
    mailbox_deinit(&waiting->asks);
    pthread_mutex_destroy(&waiting->shown_lock);
    free(waiting);
}
