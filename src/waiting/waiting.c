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

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/container.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/mailbox.h"
#include "base/must.h"
#include "base/random.h"
#include "base/table.h"
#include "booking/board.h"
#include "booking/plan.h"
#include "store/store.h"
#include "waiting/tellings.h"
#include "waiting/waiting_store.h"

enum {
    LOOK_MS = 1000,        /* how soon a new sale or new terms of another process are noticed */
    STEADY_STEP_MS = 5000, /* a process that was stopped longer has not seen its fans' signs */
    /* Of one room in one round: an event each, and a draw. */
    ENTRIES_MAX =
        WAITING_ROUND_MAX + TELLINGS_TAKEN_MAX + WAITING_CALLS_MAX + WAITING_SWEPT_MAX + 1,
    RESTORE_PAGE = 1000,
};

struct waiting {
    struct store *store;
    struct store_connection *reader;
    struct boards *boards;
    const struct seals *seals;
    struct line_maker *lines;
    struct waiting_watcher *watcher;
    int64_t (*wall_ms)(void);
    int64_t (*steady_ms)(void);

    struct mailbox asks;
    struct list tick_letter;
    _Atomic bool tick_waits, refresh_wanted;
    _Atomic int64_t commit_us;
    struct tellings tellings;
    pthread_t thread;
    bool started;

    /* The usher's own. */
    struct line_time now;
    int64_t clock_ms; /* steady, as it was read last */
    int64_t looked_at_ms;
    struct list round_asks;
    struct room *rooms[WAITING_ROOMS_MAX];
    size_t room_count;
    struct table by_option;
    struct line_event *scratch; /* ENTRIES_MAX */
    struct room_entry *entries; /* of all rooms */
    size_t entry_count, entry_room;
    struct telling *told; /* TELLINGS_TAKEN_MAX */
    struct store_job job;

    /* What other threads may read. */
    pthread_mutex_t shown_lock;
    struct waiting_numbers shown[WAITING_ROOMS_MAX];
    char *documents[WAITING_ROOMS_MAX]; /* WAITING_DOCUMENT_BYTES_MAX each */
    size_t document_sizes[WAITING_ROOMS_MAX];
    size_t shown_count;
};

/* --- rooms ------------------------------------------------------------------------------------ */

static struct room *find_room(const struct waiting *waiting, struct option_id option)
{
    uint32_t index;
    bool found = table_get(&waiting->by_option, hash_id(option.value), &index);
    return found ? waiting->rooms[index] : NULL;
}

struct adding {
    struct store_job job;
    struct room_row row;
    int64_t now_ms;
};

static enum status add_row(struct store_job *job, struct store_connection *connection)
{
    struct adding *adding = container_of(job, struct adding, job);
    return waiting_store_add_room(connection, &adding->row, adding->now_ms);
}

/* The room's row; made at the first time. */
static enum status find_row(struct waiting *waiting, struct option_id option,
                            struct room_row *out_row)
{
    enum status status = waiting_store_find_room(waiting->reader, option, out_row);
    if (status != STATUS_MISSING)
        return status;
    struct adding adding = {.job = {.work = add_row},
                            .row = {.option = option, .terms = admission_usual_terms()},
                            .now_ms = waiting->now.wall_ms};
    snprintf(adding.row.kid, sizeof adding.row.kid, "%s", seals_newest(waiting->seals));
    random_secret(adding.row.secret, sizeof adding.row.secret);
    status = store_submit_and_wait(waiting->store, &adding.job);
    return status == STATUS_OK ? waiting_store_find_room(waiting->reader, option, out_row) : status;
}

static enum status read_events(struct waiting *waiting, struct room *room)
{
    struct waiting_store_event *page = calloc(RESTORE_PAGE, sizeof *page);
    enum status status = page ? STATUS_OK : STATUS_NO_MEMORY;
    size_t count = RESTORE_PAGE;
    while (status == STATUS_OK && count == RESTORE_PAGE) {
        status = waiting_store_events(waiting->reader, room->option, room->chain.number, 0, page,
                                      RESTORE_PAGE, &count);
        for (size_t i = 0; status == STATUS_OK && i < count; i++)
            status = room_restore(room, &page[i].chained.event, page[i].hash, waiting->now);
    }
    free(page);
    return status;
}

static enum status load_room(struct waiting *waiting, struct option_id option,
                             struct room **out_room)
{
    struct room_row row;
    struct line *line;
    enum status status = find_row(waiting, option, &row);
    if (status == STATUS_OK)
        status = waiting->lines->make(waiting->lines, option, &line);
    if (status != STATUS_OK)
        return status;
    struct room *room = room_create(&row, waiting->seals, line, waiting->now);
    if (!room)
        return STATUS_INVALID;
    status = read_events(waiting, room);
    if (status == STATUS_OK)
        status = room_restored(room);
    if (status == STATUS_OK)
        *out_room = room;
    else
        room_destroy(room);
    return status;
}

/* The listeners and the sale stay; everything else is what the store says. */
static void reload(struct waiting *waiting, size_t index)
{
    struct room *old = waiting->rooms[index], *room;
    enum status status = load_room(waiting, old->option, &room);
    if (status != STATUS_OK) {
        log_error("a waiting line cannot be read", log_int("option", old->option.value),
                  log_words("status", status_name(status)));
        return; /* suspect still: the next round tries again */
    }
    struct listeners listeners = room->listeners;
    room->listeners = old->listeners;
    old->listeners = listeners;
    room->sale = old->sale;
    room->state = old->state;
    waiting->rooms[index] = room;
    room_destroy(old);
}

/* --- sales ------------------------------------------------------------------------------------ */

static void look_at_sale(struct waiting *waiting, struct room *room, const struct board *board)
{
    enum sale_state state = board_sale_state(board, waiting->now.wall_ms);
    struct room_door *everybody = &room->sale.doors[0];
    board_times(board, &everybody->opens_at_ms, &everybody->closes_at_ms);
    room->sale.paused = state == SALE_PAUSED;
    room->sale.sold_out = state == SALE_SOLD_OUT;
    room->sale.closed = state == SALE_CLOSED;
    room->sale.seats_free = board_count(board, SEAT_AVAILABLE);
}

static void add_room(struct waiting *waiting, struct option_id option)
{
    struct room *room;
    if (waiting->room_count == WAITING_ROOMS_MAX) {
        log_error("too many waiting rooms", log_int("option", option.value));
        return;
    }
    enum status status = load_room(waiting, option, &room);
    if (status == STATUS_OK) {
        status =
            table_set(&waiting->by_option, hash_id(option.value), (uint32_t)waiting->room_count);
        if (status == STATUS_OK)
            waiting->rooms[waiting->room_count++] = room;
        else
            room_destroy(room);
    }
    if (status != STATUS_OK)
        log_error("a waiting line cannot be read", log_int("option", option.value),
                  log_words("status", status_name(status)));
}

static void close_room(struct waiting *waiting, size_t index)
{
    table_remove(&waiting->by_option, hash_id(waiting->rooms[index]->option.value));
    room_destroy(waiting->rooms[index]);
    struct room *last = waiting->rooms[--waiting->room_count];
    if (index == waiting->room_count)
        return;
    waiting->rooms[index] = last;
    enum status moved =
        table_set(&waiting->by_option, hash_id(last->option.value), (uint32_t)index);
    must(moved == STATUS_OK); /* the key is there: it is only replaced */
}

static void read_terms(struct waiting *waiting, struct room *room)
{
    struct room_row row;
    enum status status = waiting_store_find_room(waiting->reader, room->option, &row);
    if (status == STATUS_OK) {
        admission_set_terms(&room->admission, &row.terms);
        status = waiting_store_doors(waiting->reader, room->option, room->sale.doors);
    }
    if (status != STATUS_OK)
        log_error("the terms of a waiting room cannot be read",
                  log_int("option", room->option.value), log_words("status", status_name(status)));
}

static void look_at_sales(struct waiting *waiting)
{
    struct board *boards[SALES_MAX];
    size_t count = boards_list(waiting->boards, boards, SALES_MAX);
    for (size_t i = 0; i < waiting->room_count; i++)
        waiting->rooms[i]->seen = false;
    for (size_t i = 0; i < count; i++) {
        struct option_id option = board_plan(boards[i])->option;
        if (!board_has_waiting_room(boards[i]))
            continue;
        if (!find_room(waiting, option))
            add_room(waiting, option);
        struct room *room = find_room(waiting, option);
        if (!room)
            continue;
        room->seen = true;
        read_terms(waiting, room);
    }
    for (size_t i = waiting->room_count; i > 0; i--)
        if (!waiting->rooms[i - 1]->seen)
            close_room(waiting, i - 1);
}

static void prepare(struct waiting *waiting)
{
    bool is_wanted = atomic_exchange(&waiting->refresh_wanted, false);
    if (is_wanted || waiting->now.steady_ms - waiting->looked_at_ms >= LOOK_MS) {
        waiting->looked_at_ms = waiting->now.steady_ms;
        look_at_sales(waiting);
    }
    for (size_t i = 0; i < waiting->room_count; i++) {
        if (waiting->rooms[i]->suspect)
            reload(waiting, i);
        struct board *board = boards_find(waiting->boards, waiting->rooms[i]->option);
        if (board)
            look_at_sale(waiting, waiting->rooms[i], board);
    }
}

/* --- the round: in memory --------------------------------------------------------------------- */

static void hear(struct waiting *waiting, const struct telling *telling)
{
    struct room *room = find_room(waiting, telling->option);
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
    struct room *room = find_room(waiting, ask->option);
    uint8_t door = 0;
    if (!room) {
        ask->verdict = WAITING_NO_ROOM;
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
    if (waiting->entry_room - waiting->entry_count >= ENTRIES_MAX)
        return true;
    size_t room = waiting->entry_count + ENTRIES_MAX;
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
        waiting->entry_count += room_entries(room, waiting->seals, waiting->scratch,
                                             waiting->entries + waiting->entry_count, ENTRIES_MAX);
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

static void keep_entries(struct waiting *waiting)
{
    for (size_t i = 0; i < waiting->entry_count; i++) {
        const struct room_entry *entry = &waiting->entries[i];
        room_kept(entry->room, entry, waiting->now);
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
        return;
    }
    log_error("a round of the waiting rooms failed", log_words("status", status_name(status)));
    for (size_t i = 0; i < waiting->entry_count; i++)
        waiting->entries[i].room->suspect = true;
}

/* --- the round: told -------------------------------------------------------------------------- */

static void answer_all(struct waiting *waiting)
{
    struct list *link;
    while ((link = list_pop_front(&waiting->round_asks)) != NULL) {
        struct waiting_ask *ask = container_of(link, struct waiting_ask, letter);
        const struct room *room = find_room(waiting, ask->option);
        if (room && room->suspect && ask->verdict != WAITING_FAILED) {
            ask->verdict = WAITING_FAILED;
            ask->status = STATUS_BUSY;
        }
        ask->on_answer(ask);
    }
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

static void show_numbers(struct waiting *waiting)
{
    pthread_mutex_lock(&waiting->shown_lock);
    for (size_t i = 0; i < waiting->room_count; i++) {
        const struct room *room = waiting->rooms[i];
        waiting->shown[i] =
            (struct waiting_numbers){.option = room->option,
                                     .state = room->state,
                                     .counts = room->counts,
                                     .terms = room->admission.terms,
                                     .pace = admission_pace(&room->admission),
                                     .come_share = admission_come_share(&room->admission),
                                     .buy_share = admission_buy_share(&room->admission)};
        if (!waiting->documents[i])
            waiting->documents[i] = malloc(WAITING_DOCUMENT_BYTES_MAX);
        waiting->document_sizes[i] = waiting->documents[i] ? room->document_size : 0;
        if (waiting->documents[i])
            memcpy(waiting->documents[i], room->document, room->document_size);
    }
    waiting->shown_count = waiting->room_count;
    pthread_mutex_unlock(&waiting->shown_lock);
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
        if (watcher && watcher->on_document)
            watcher->on_document(watcher, room->option, document, room->document_number, at_once);
        if (watcher && watcher->on_closed && at_once && is_over(room->state))
            watcher->on_closed(watcher, room->option, room->state);
    }
    if (is_news || waiting->shown_count != waiting->room_count)
        show_numbers(waiting);
}

/* --- the round -------------------------------------------------------------------------------- */

/* Wall time does not go back, steady time does not jump. */
static void advance_clocks(struct waiting *waiting)
{
    int64_t wall_ms = waiting->wall_ms(), clock_ms = waiting->steady_ms();
    int64_t step_ms = clock_ms - waiting->clock_ms;
    waiting->clock_ms = clock_ms;
    waiting->now.wall_ms = wall_ms > waiting->now.wall_ms ? wall_ms : waiting->now.wall_ms;
    waiting->now.steady_ms += step_ms < 0 ? 0 : step_ms > STEADY_STEP_MS ? STEADY_STEP_MS : step_ms;
}

static void round_of(struct waiting *waiting)
{
    advance_clocks(waiting);
    prepare(waiting);
    size_t told = tellings_take(&waiting->tellings, waiting->told, TELLINGS_TAKEN_MAX);
    for (size_t i = 0; i < told; i++)
        hear(waiting, &waiting->told[i]);
    for (struct list *link = waiting->round_asks.next; link != &waiting->round_asks;
         link = link->next)
        decide(waiting, container_of(link, struct waiting_ask, letter));
    for (size_t i = 0; i < waiting->room_count; i++)
        room_proceed(waiting->rooms[i], atomic_load(&waiting->commit_us), waiting->now);
    make_durable(waiting); /* and only then … */
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

/* --- numbers ---------------------------------------------------------------------------------- */

static bool find_shown(const struct waiting *waiting, struct option_id option, size_t *out_index)
{
    for (size_t i = 0; i < waiting->shown_count; i++) {
        if (waiting->shown[i].option.value == option.value) {
            *out_index = i;
            return true;
        }
    }
    return false;
}

bool waiting_numbers(struct waiting *waiting, struct option_id option,
                     struct waiting_numbers *out_numbers)
{
    size_t index;
    pthread_mutex_lock(&waiting->shown_lock);
    bool found = find_shown(waiting, option, &index);
    if (found)
        *out_numbers = waiting->shown[index];
    pthread_mutex_unlock(&waiting->shown_lock);
    return found;
}

size_t waiting_list(struct waiting *waiting, struct waiting_numbers *out_numbers, size_t most)
{
    pthread_mutex_lock(&waiting->shown_lock);
    size_t count = waiting->shown_count < most ? waiting->shown_count : most;
    for (size_t i = 0; i < count; i++)
        out_numbers[i] = waiting->shown[i];
    pthread_mutex_unlock(&waiting->shown_lock);
    return count;
}

struct text waiting_document(struct waiting *waiting, struct option_id option, struct arena *arena)
{
    size_t index;
    struct text copy = {NULL, 0};
    pthread_mutex_lock(&waiting->shown_lock);
    if (find_shown(waiting, option, &index) && waiting->document_sizes[index] > 0)
        copy =
            arena_copy(arena, text_make(waiting->documents[index], waiting->document_sizes[index]));
    pthread_mutex_unlock(&waiting->shown_lock);
    return copy;
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
    waiting->now = (struct line_time){waiting->wall_ms(), LOOK_MS}; /* so that it looks at once */
    mailbox_init(&waiting->asks, WAITING_ASKS_MAX);
    list_init(&waiting->tick_letter);
    list_init(&waiting->round_asks);
    table_init(&waiting->by_option, WAITING_ROOMS_MAX);
    tellings_init(&waiting->tellings);
    pthread_mutex_init(&waiting->shown_lock, NULL);
    waiting->scratch = calloc(ENTRIES_MAX, sizeof *waiting->scratch);
    waiting->told = calloc(TELLINGS_TAKEN_MAX, sizeof *waiting->told);
    enum status status = STATUS_NO_MEMORY;
    if (waiting->scratch && waiting->told)
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
    for (struct list *link = waiting->round_asks.next; link != &waiting->round_asks;
         link = link->next) {
        struct waiting_ask *ask = container_of(link, struct waiting_ask, letter);
        ask->verdict = WAITING_FAILED;
        ask->status = STATUS_BUSY;
    }
    answer_all(waiting);
}

void waiting_close(struct waiting *waiting)
{
    if (!waiting)
        return;
    mailbox_close(&waiting->asks);
    if (waiting->started)
        pthread_join(waiting->thread, NULL);
    answer_left_over(waiting);
    store_reader_close(waiting->reader);
    for (size_t i = 0; i < waiting->room_count; i++)
        room_destroy(waiting->rooms[i]);
    for (size_t i = 0; i < WAITING_ROOMS_MAX; i++)
        free(waiting->documents[i]);
    free(waiting->scratch);
    free(waiting->entries);
    free(waiting->told);
    table_deinit(&waiting->by_option);
    tellings_deinit(&waiting->tellings);
    mailbox_deinit(&waiting->asks);
    pthread_mutex_destroy(&waiting->shown_lock);
    free(waiting);
}
