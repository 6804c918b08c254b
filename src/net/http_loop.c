/*
 * http_loop.c — one I/O thread: its listener, its sweep, its memory, its end.
 *
 * The sweep runs a few times a second and looks at the heads of the lists only. It also tries again
 * what short memory prevented, and watches over a drain.
 */
#include "net/http_loop.h"

#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/container.h"
#include "base/hash.h"
#include "net/http_connection.h"
#include "net/stream_private.h"

static struct http_loop *home_of(struct loop *loop)
{
    return container_of(loop, struct http_loop, loop);
}

static struct http_connection *connection_of(struct list *link)
{
    return container_of(link, struct http_connection, link);
}

/* --- requests and their arenas ---------------------------------------------------------------- */

static struct arena *take_arena(struct http_loop *home)
{
    if (home->arena_count > 0)
        return home->arenas[--home->arena_count];
    return arena_create(HTTP_ARENA_FIRST_BYTES, HTTP_ARENA_BYTES_MAX);
}

static void give_arena(struct http_loop *home, struct arena *arena)
{
    if (home->arena_count == HTTP_ARENAS_KEPT_MAX) {
        arena_destroy(arena);
        return;
    }
    arena_reset(arena);
    home->arenas[home->arena_count++] = arena;
}

/* Different for every request: the mixing is one to one, and so is what goes in. */
static void write_id(struct http_loop *home, char out[HTTP_ID_BYTES])
{
    static const char digits[] = "0123456789abcdef";
    uint64_t serial = ((uint64_t)home->loop.index << 56) | ++home->id_serial;
    uint64_t id = hash_id((int64_t)(home->shared->id_key ^ serial));
    for (size_t i = 0; i < HTTP_ID_BYTES; i++, id <<= 4)
        out[i] = digits[id >> 60];
}

struct http_request *http_loop_take_request(struct http_loop *home)
{
    struct arena *arena = take_arena(home);
    if (!arena)
        return NULL;
    struct http_request *request = http_request_create(arena, home->shared->router);
    if (!request) {
        arena_destroy(arena);
        return NULL;
    }
    request->loop = &home->loop;
    request->loop_data = home->data;
    request->started_us = home->shared->observer ? clock_monotonic_us() : 0;
    write_id(home, request->id);
    return request;
}

void http_loop_give_back(struct http_loop *home, struct http_request *request)
{
    give_arena(home, request->arena);
}

struct text http_loop_date(struct http_loop *home)
{
    int64_t now_s = (int64_t)time(NULL);
    if (now_s != home->date_s) {
        home->date_s = now_s;
        http_date_write(now_s, home->date);
    }
    return text_make(home->date, HTTP_DATE_BYTES - 1);
}

/* --- time ------------------------------------------------------------------------------------- */

static int64_t wait_ms(const struct http_server_settings *settings, enum connection_state state)
{
    switch (state) {
    case CONNECTION_IDLE:
    case CONNECTION_SENDING:
    case CONNECTION_STALLED:
        return settings->idle_timeout_ms;
    case CONNECTION_STREAMING:
        return HTTP_STREAM_HEARTBEAT_MS;
    case CONNECTION_HEAD:
        return settings->header_timeout_ms;
    case CONNECTION_BODY:
        return settings->body_timeout_ms;
    case CONNECTION_LINGERING:
        return HTTP_LINGER_MS;
    case CONNECTION_HANDLING:
    case CONNECTION_READY:
    case CONNECTION_CLOSING:
    case CONNECTION_STATE_COUNT:
        return INT64_MAX;
    }
    return INT64_MAX;
}

/* Streams that were opened together want their heartbeats together: those are spread. */
static void sweep_state(struct http_loop *home, enum connection_state state)
{
    int64_t wait = wait_ms(&home->shared->settings, state);
    if (wait == INT64_MAX)
        return;
    int64_t now_ms = loop_now_ms(&home->loop);
    size_t most = state == CONNECTION_STREAMING ? HTTP_STREAM_HEARTBEATS_MAX : SIZE_MAX;
    for (size_t i = 0; i < most; i++) {
        struct list *first = list_first(&home->in[state]);
        if (!first || now_ms - connection_of(first)->since_ms < wait)
            return;
        http_connection_lapse(connection_of(first)); /* takes it out of this place */
    }
}

static void close_all(struct http_loop *home, enum connection_state state)
{
    for (struct list *first = list_first(&home->in[state]); first;
         first = list_first(&home->in[state]))
        http_connection_close(connection_of(first));
}

/* What a handler still owes stays in CONNECTION_CLOSING and does not keep the loop. */
static bool all_sockets_gone(const struct http_loop *home)
{
    for (enum connection_state state = 0; state < CONNECTION_CLOSING; state++)
        if (home->connection_count[state] > 0)
            return false;
    return true;
}

static void end_drain(struct http_loop *home)
{
    for (enum connection_state state = 0; state < CONNECTION_CLOSING; state++)
        close_all(home, state);
    if (!uv_is_closing((uv_handle_t *)&home->sweep))
        uv_close((uv_handle_t *)&home->sweep, NULL);
}

void http_loop_connection_gone(struct http_loop *home)
{
    if (home->draining && all_sockets_gone(home))
        end_drain(home);
}

static void on_sweep(uv_timer_t *timer)
{
    struct http_loop *home = container_of(timer, struct http_loop, sweep);
    for (enum connection_state state = 0; state < CONNECTION_STATE_COUNT; state++)
        sweep_state(home, state);
    stream_sweep_partial(home);
    if (home->accept_owed && !home->draining)
        http_connection_accept(home);
    if (home->draining &&
        (uv_now(&home->loop.uv) >= home->drain_until_ms || all_sockets_gone(home)))
        end_drain(home);
}

static uint64_t sweep_ms(const struct http_server_settings *settings)
{
    enum { SWEEPS_A_WAIT = 8, SWEEP_MS_MIN = 5 };
    int64_t shortest = settings->idle_timeout_ms;
    if (settings->header_timeout_ms < shortest)
        shortest = settings->header_timeout_ms;
    if (settings->body_timeout_ms < shortest)
        shortest = settings->body_timeout_ms;
    if (settings->drain_ms < shortest)
        shortest = settings->drain_ms;
    int64_t often = shortest / SWEEPS_A_WAIT;
    if (often < SWEEP_MS_MIN)
        return SWEEP_MS_MIN;
    return often < HTTP_SWEEP_MS_MAX ? (uint64_t)often : HTTP_SWEEP_MS_MAX;
}

/* --- the loop --------------------------------------------------------------------------------- */

static void on_client(uv_stream_t *listener, int failed)
{
    struct http_loop *home = container_of(listener, struct http_loop, listener);
    if (!failed) /* out of descriptors: libuv has sent the client away and listens on */
        http_connection_accept(home);
}

/*
 * Connections that were put off go on; those that are put off again have to wait for the next ring.
 */
static void on_wake(struct loop *loop)
{
    struct http_loop *home = home_of(loop);
    for (size_t left = home->connection_count[CONNECTION_READY]; left > 0; left--) {
        struct list *first = list_first(&home->in[CONNECTION_READY]);
        if (!first)
            return;
        http_connection_continue(connection_of(first));
    }
}

static enum status take_memory(struct http_loop *home)
{
    home->read_bytes = malloc(HTTP_READ_BYTES);
    home->out = malloc(HTTP_OUT_BYTES);
    bool taken = home->read_bytes && home->out && stream_prepare(home);
    return taken ? STATUS_OK : STATUS_NO_MEMORY;
}

static enum status listen_on(struct http_loop *home, int listener_fd)
{
    int failed = uv_tcp_init(&home->loop.uv, &home->listener);
    must(!failed);
    if (uv_tcp_open(&home->listener, listener_fd) != 0) {
        (void)close(listener_fd);
        return STATUS_IO;
    }
    if (uv_listen((uv_stream_t *)&home->listener, HTTP_BACKLOG, on_client) != 0)
        return STATUS_IO;
    return STATUS_OK;
}

enum status http_loop_open(struct http_loop *home, struct http_shared *shared, size_t index,
                           int listener_fd)
{
    home->shared = shared;
    for (size_t i = 0; i < CONNECTION_STATE_COUNT; i++)
        list_init(&home->in[i]);
    enum status status = loop_init(&home->loop, index, shared->settings.now_ms);
    if (status != STATUS_OK) {
        (void)close(listener_fd);
        return status;
    }
    home->open = true;
    home->loop.on_wake = on_wake;
    int failed = uv_timer_init(&home->loop.uv, &home->sweep);
    must(!failed);
    status = listen_on(home, listener_fd);
    if (status != STATUS_OK)
        return status;
    status = take_memory(home);
    if (status != STATUS_OK)
        return status;
    if (shared->settings.loop_data_create)
        home->data = shared->settings.loop_data_create(shared->settings.app, &home->loop);
    return STATUS_OK;
}

static void *run(void *argument)
{
    struct http_loop *home = argument;
    loop_run(&home->loop);
    return NULL;
}

/* Signals are the main thread's business. */
enum status http_loop_start(struct http_loop *home)
{
    uint64_t every_ms = sweep_ms(&home->shared->settings);
    int failed = uv_timer_start(&home->sweep, on_sweep, every_ms, every_ms);
    must(!failed);

    sigset_t all, before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    home->running = pthread_create(&home->thread, NULL, run, home) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return home->running ? STATUS_OK : STATUS_NO_MEMORY;
}

static void on_stop(struct loop_note *note)
{
    struct http_loop *home = container_of(note, struct http_loop, stop_note);
    home->draining = true;
    home->drain_until_ms = uv_now(&home->loop.uv) + (uint64_t)home->shared->settings.drain_ms;
    uv_close((uv_handle_t *)&home->listener, NULL);
    close_all(home, CONNECTION_IDLE);
    close_all(home, CONNECTION_LINGERING);
    stream_goodbye_all(home);
    if (all_sockets_gone(home))
        end_drain(home);
}

void http_loop_begin_stop(struct http_loop *home)
{
    if (!home->running)
        return;
    home->stop_note.on_arrive = on_stop;
    loop_post(&home->loop, &home->stop_note); /* continues in on_stop */
}

void http_loop_join(struct http_loop *home)
{
    if (!home->running)
        return;
    int failed = pthread_join(home->thread, NULL);
    must(!failed);
    home->running = false;
}

static void close_handle(uv_handle_t *handle, void *argument)
{
    struct http_loop *home = argument;
    bool is_of_loop = handle == (uv_handle_t *)&home->loop.bell ||
                      handle == (uv_handle_t *)&home->loop.after_events;
    if (!is_of_loop && !uv_is_closing(handle)) /* those two are loop_deinit()'s */
        uv_close(handle, NULL);
}

void http_loop_close(struct http_loop *home)
{
    must(!home->running);
    if (!home->open)
        return;
    uv_walk(&home->loop.uv, close_handle, home); /* no connections any more: timer and listener */
    loop_deinit(&home->loop);
    for (struct list *first = list_first(&home->in[CONNECTION_CLOSING]); first;
         first = list_first(&home->in[CONNECTION_CLOSING]))
        http_connection_forget(connection_of(first));
    if (home->data && home->shared->settings.loop_data_destroy)
        home->shared->settings.loop_data_destroy(home->shared->settings.app, home->data);
    while (home->arena_count > 0)
        arena_destroy(home->arenas[--home->arena_count]);
    stream_unprepare(home);
    free(home->read_bytes);
    free(home->out);
    home->open = false;
}
