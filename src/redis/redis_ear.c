/*
 * redis_ear.c — the thread that hears what is published.
 *
 *              connected, all channels subscribed
 *     DEAF ----------------------------------------> LISTENING, on_gap() to everybody
 *       ^                                               |
 *       +--- broken, or silent after a PING; wait ------+
 *
 * One thread owns the connection. It sleeps in poll() on the socket and on a bell (eventfd) that
 * rings when a listener comes or goes: what is subscribed is made equal to what is listened to,
 * there, so that nobody else ever writes to the socket.
 *
 * After a break the thread tries again at once, then after a wait that doubles with full jitter: a
 * hundred nodes do not come back in step. A connection that says nothing for REDIS_PING_MS is
 * asked; one that stays silent as long again is broken. So a server that vanished without a word
 * is noticed too.
 *
 * The lock is held while listeners are called: that is what redis_ignore() waits for, and why a
 * listener must not block.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/container.h"
#include "base/log.h"
#include "base/must.h"
#include "base/random.h"
#include "redis/redis_inside.h"

enum {
    ARENA_BLOCK_BYTES = 4096,
    NAME_BYTES = REDIS_PREFIX_BYTES_MAX + REDIS_CHANNEL_BYTES_MAX + 2,
};

struct redis_ear {
    struct redis_line_settings settings;
    pthread_t thread;
    bool started;
    int bell;
    struct random chance;

    pthread_mutex_t lock;
    struct list listeners;
    size_t listener_count;
    bool closing;
    bool listening;
    uint64_t message_count, subscription_count;

    /* the thread's own */
    struct redis_line *line;
    struct arena *arena; /* of the reply that is arriving */
    int64_t heard_at_ms; /* monotonic */
    bool pinged, was_lost;
    int64_t backoff_ms;
};

static void lock(struct redis_ear *ear)
{
    must(pthread_mutex_lock(&ear->lock) == 0);
}

static void unlock(struct redis_ear *ear)
{
    must(pthread_mutex_unlock(&ear->lock) == 0);
}

static void ring(struct redis_ear *ear)
{
    uint64_t one = 1;
    ssize_t written = write(ear->bell, &one, sizeof one);
    must(written == (ssize_t)sizeof one || errno == EAGAIN);
}

/* --- channels --------------------------------------------------------------------------------- */

/* "prefix:channel", as redis_publish() says it. */
static struct text name_of(const struct redis_ear *ear, const struct redis_listener *listener,
                           char out_name[NAME_BYTES])
{
    int size = snprintf(out_name, NAME_BYTES, "%s:%.*s", ear->settings.address->prefix,
                        (int)listener->channel.size, listener->channel.bytes);
    must(size > 0);
    must(size < NAME_BYTES);
    return text_make(out_name, (size_t)size);
}

static struct redis_listener *listener_of(struct list *link)
{
    return container_of(link, struct redis_listener, link);
}

/* Asks for what is listened to and not subscribed yet. */
static enum status subscribe(struct redis_ear *ear)
{
    bool any = false, full = false;
    lock(ear);
    for (struct list *link = ear->listeners.next; link != &ear->listeners; link = link->next) {
        struct redis_listener *listener = listener_of(link);
        if (listener->subscribed)
            continue;
        char name[NAME_BYTES];
        struct text words[] = {text_of("SUBSCRIBE"), name_of(ear, listener, name)};
        full = full || !redis_line_add(ear->line, words, 2);
        listener->subscribed = true;
        any = true;
    }
    unlock(ear);
    if (full)
        return STATUS_NO_MEMORY;
    return any ? redis_line_send(ear->line) : STATUS_OK;
}

/* A channel that nobody listens to any more is left when it speaks. */
static enum status leave(struct redis_ear *ear, struct text name)
{
    struct text words[] = {text_of("UNSUBSCRIBE"), name};
    return redis_line_add(ear->line, words, 2) ? redis_line_send(ear->line) : STATUS_NO_MEMORY;
}

/* --- what is heard ---------------------------------------------------------------------------- */

/* Everybody on this channel; `message` NULL: it is subscribed to from here on. */
static bool tell(struct redis_ear *ear, struct text name, const struct text *message)
{
    bool any = false;
    lock(ear);
    for (struct list *link = ear->listeners.next; link != &ear->listeners; link = link->next) {
        struct redis_listener *listener = listener_of(link);
        char own[NAME_BYTES];
        if (!text_equal(name_of(ear, listener, own), name))
            continue;
        any = true;
        if (message)
            listener->on_message(listener, *message);
        else
            listener->on_gap(listener);
    }
    ear->message_count += message != NULL;
    ear->subscription_count += message == NULL;
    ear->listening = true;
    unlock(ear);
    return any;
}

/* ["message", channel, bytes], ["subscribe", channel, count], ["pong", …]; anything else is no
   Redis that we know, and is hung up on. */
static enum status hear(struct redis_ear *ear, const struct redis_reply *reply)
{
    const struct redis_reply *items = reply->items;
    if (reply->kind != REDIS_LIST || reply->item_count < 2 || items[0].kind != REDIS_TEXT)
        return STATUS_INVALID;
    struct text kind = items[0].text;
    if (text_equal(kind, text_of("pong")) || text_equal(kind, text_of("unsubscribe")))
        return STATUS_OK;
    if (reply->item_count != 3 || items[1].kind != REDIS_TEXT)
        return STATUS_INVALID;
    if (text_equal(kind, text_of("subscribe"))) {
        tell(ear, items[1].text, NULL);
        ear->backoff_ms = REDIS_BACKOFF_LEAST_MS;
        return STATUS_OK;
    }
    if (!text_equal(kind, text_of("message")) || items[2].kind != REDIS_TEXT)
        return STATUS_INVALID;
    return tell(ear, items[1].text, &items[2].text) ? STATUS_OK : leave(ear, items[1].text);
}

static enum status hear_all(struct redis_ear *ear)
{
    enum status status = redis_line_fill(ear->line);
    bool any = true;
    ear->heard_at_ms = clock_monotonic_ms();
    ear->pinged = false;
    while (status == STATUS_OK && any) {
        struct redis_reply reply;
        status = redis_line_take(ear->line, ear->arena, &reply, &any);
        if (status != STATUS_OK || !any)
            break;
        status = hear(ear, &reply);
        arena_reset(ear->arena);
    }
    return status;
}

/* --- the connection --------------------------------------------------------------------------- */

static void hang_up(struct redis_ear *ear)
{
    redis_line_close(ear->line);
    ear->line = NULL;
    arena_reset(ear->arena);
    lock(ear);
    ear->listening = false;
    for (struct list *link = ear->listeners.next; link != &ear->listeners; link = link->next)
        listener_of(link)->subscribed = false;
    unlock(ear);
}

static void connect_again(struct redis_ear *ear)
{
    char why[REDIS_WHY_BYTES];
    if (redis_line_open(&ear->settings, &ear->line, why) != STATUS_OK) {
        ear->line = NULL;
        if (!ear->was_lost)
            log_warn("redis channels lost", log_words("why", why));
        ear->was_lost = true;
        return;
    }
    if (ear->was_lost)
        log_info("redis channels found again", log_words("host", ear->settings.address->host));
    ear->was_lost = false;
    ear->pinged = false;
    ear->heard_at_ms = clock_monotonic_ms();
}

/* Silence is asked about once; the same silence again is a break. */
static enum status ask_the_silent(struct redis_ear *ear)
{
    if (clock_monotonic_ms() - ear->heard_at_ms < REDIS_PING_MS)
        return STATUS_OK;
    if (ear->pinged)
        return STATUS_UNKNOWN;
    struct text words[] = {text_of("PING")};
    ear->pinged = true;
    ear->heard_at_ms = clock_monotonic_ms();
    return redis_line_add(ear->line, words, 1) ? redis_line_send(ear->line) : STATUS_NO_MEMORY;
}

/* One sleep: until something comes, the bell rings, or `wait_ms` have passed (-1: no limit). */
static bool sleep_until_called(struct redis_ear *ear, int64_t wait_ms)
{
    struct pollfd ends[] = {
        {.fd = ear->bell, .events = POLLIN},
        {.fd = ear->line ? redis_line_socket(ear->line) : -1, .events = POLLIN}};
    if (poll(ends, 2, (int)wait_ms) <= 0)
        return false;
    uint64_t rung;
    if (ends[0].revents)
        (void)!read(ear->bell, &rung, sizeof rung);
    return ends[1].revents != 0;
}

static void listen_once(struct redis_ear *ear)
{
    enum status status = subscribe(ear);
    if (status == STATUS_OK && sleep_until_called(ear, REDIS_PING_MS))
        status = hear_all(ear);
    if (status == STATUS_OK)
        status = ask_the_silent(ear);
    if (status == STATUS_OK)
        return;
    log_warn("redis channels lost", log_words("status", status_name(status)),
             log_words("why", redis_line_why(ear->line)));
    ear->was_lost = true;
    hang_up(ear);
}

/* Whether anybody listens; false in *out_go_on when the ear is being closed. */
static bool is_wanted(struct redis_ear *ear, bool *out_go_on)
{
    lock(ear);
    bool wanted = ear->listener_count > 0;
    *out_go_on = !ear->closing;
    unlock(ear);
    return wanted;
}

static void *listen_until_closed(void *argument)
{
    struct redis_ear *ear = argument;
    bool go_on = true;
    for (bool wanted = is_wanted(ear, &go_on); go_on; wanted = is_wanted(ear, &go_on)) {
        if (ear->line) {
            listen_once(ear);
            continue;
        }
        if (!wanted) {
            sleep_until_called(ear, -1);
            continue;
        }
        connect_again(ear);
        if (ear->line)
            continue;
        uint64_t wait_ms = random_below(&ear->chance, (uint64_t)ear->backoff_ms) + 1;
        sleep_until_called(ear, (int64_t)wait_ms);
        ear->backoff_ms *= 2;
        if (ear->backoff_ms > REDIS_BACKOFF_MOST_MS)
            ear->backoff_ms = REDIS_BACKOFF_MOST_MS;
    }
    return NULL;
}

/* --- from outside ----------------------------------------------------------------------------- */

enum status redis_ear_listen(struct redis_ear *ear, struct redis_listener *listener)
{
    must(listener->on_message);
    must(listener->on_gap);
    must(listener->channel.size > 0);
    must(listener->channel.size <= REDIS_CHANNEL_BYTES_MAX);
    enum status status = STATUS_FULL;
    lock(ear);
    if (ear->listener_count < REDIS_LISTENERS_MAX) {
        listener->subscribed = false;
        list_push_back(&ear->listeners, &listener->link);
        ear->listener_count++;
        status = STATUS_OK;
    }
    unlock(ear);
    ring(ear);
    return status;
}

void redis_ear_ignore(struct redis_ear *ear, struct redis_listener *listener)
{
    lock(ear);
    list_remove(&listener->link);
    ear->listener_count--;
    unlock(ear);
}

void redis_ear_count(struct redis_ear *ear, struct redis_counts *counts)
{
    lock(ear);
    counts->messages = ear->message_count;
    counts->subscriptions = ear->subscription_count;
    counts->listening = ear->listening;
    unlock(ear);
}

enum status redis_ear_open(const struct redis_line_settings *settings, struct redis_ear **out_ear)
{
    struct redis_ear *ear = calloc(1, sizeof *ear);
    if (!ear)
        return STATUS_NO_MEMORY;
    uint64_t seed;
    random_secret(&seed, sizeof seed);
    random_init(&ear->chance, seed);
    ear->settings = *settings;
    ear->backoff_ms = REDIS_BACKOFF_LEAST_MS;
    list_init(&ear->listeners);
    must(pthread_mutex_init(&ear->lock, NULL) == 0);
    ear->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    ear->arena = arena_create(ARENA_BLOCK_BYTES, REDIS_REPLY_BYTES_MAX);
    if (ear->bell >= 0 && ear->arena)
        ear->started = pthread_create(&ear->thread, NULL, listen_until_closed, ear) == 0;
    if (!ear->started) {
        redis_ear_close(ear);
        return STATUS_NO_MEMORY;
    }
    *out_ear = ear;
    return STATUS_OK;
}

void redis_ear_close(struct redis_ear *ear)
{
    if (!ear)
        return;
    if (ear->started) {
        lock(ear);
        ear->closing = true;
        unlock(ear);
        ring(ear);
        must(pthread_join(ear->thread, NULL) == 0);
    }
    must(list_empty(&ear->listeners));
    redis_line_close(ear->line);
    arena_destroy(ear->arena);
    if (ear->bell >= 0)
        close(ear->bell);
    pthread_mutex_destroy(&ear->lock);
    free(ear);
}
