/*
 * settings.c — every setting on one screen.
 *
 * To add one: a member of enum setting, a row here, its reader where it is used. The name in the
 * environment follows from the name, so the three ways of setting it cannot drift apart.
 */
#include "config/settings.h"

#include <arpa/inet.h>
#include <inttypes.h>

#include "base/must.h"
#include "limits.h"

/* clang-format off */
const struct setting_row settings[SETTING_COUNT] = {
    [SETTING_LISTEN] = {
        .name = "listen", .kind = SETTING_KIND_ADDRESS, .initial = "127.0.0.1:8080",
        .help = "Where HTTP is served; port 0 takes any free one."},
    [SETTING_DATA] = {
        .name = "data", .kind = SETTING_KIND_FOLDER, .initial = "./data",
        .help = "The folder of the databases and the signing keys; made when missing."},
    [SETTING_WEB] = {
        .name = "web", .kind = SETTING_KIND_TEXT, .initial = "",
        .help = "The folder of the built page; by default `web` beside the binary, empty: none."},
    [SETTING_STORE] = {
        .name = "store", .kind = SETTING_KIND_ADAPTER, .initial = "sqlite",
        .choices = "sqlite|postgresql://…",
        .help = "The core's database: a file in the data folder, or a server.", .secret = true},
    [SETTING_REDIS] = {
        .name = "redis", .kind = SETTING_KIND_ADAPTER, .initial = "", .choices = "|redis://…",
        .help = "A server for locks, cache and line; empty keeps them in the process.",
        .secret = true},
    [SETTING_KAFKA] = {
        .name = "kafka", .kind = SETTING_KIND_BROKERS, .initial = "",
        .help = "host:port of Kafka's brokers, with commas; empty keeps the bus in the process."},
    [SETTING_KAFKA_PREFIX] = {
        .name = "kafka_prefix", .kind = SETTING_KIND_TEXT, .initial = "ticketrush.",
        .help = "Leads the names of topics and groups: two that share a broker choose two."},
    [SETTING_LAB] = {
        .name = "lab", .kind = SETTING_KIND_SWITCH, .initial = "off",
        .help = "Allows what exists for experiments only, such as selling without a lock."},
    [SETTING_GATEWAY] = {
        .name = "gateway", .kind = SETTING_KIND_CHOICE, .initial = "test", .choices = "test|toss",
        .help = "Who moves the money: nobody (test), or Toss Payments."},
    [SETTING_GATEWAY_URL] = {
        .name = "gateway_url", .kind = SETTING_KIND_TEXT,
        .initial = "https://api.tosspayments.com", .help = "Where the gateway's API is."},
    [SETTING_GATEWAY_SECRET] = {
        .name = "gateway_secret", .kind = SETTING_KIND_TEXT, .initial = "", .secret = true,
        .environment_only = true, .help = "The gateway's secret key; from the environment only."},
    [SETTING_GATEWAY_CLIENT_KEY] = {
        .name = "gateway_client_key", .kind = SETTING_KIND_TEXT, .initial = "",
        .help = "The gateway's public key for its script in the page."},
    [SETTING_GATEWAY_WEBHOOK_SECRET] = {
        .name = "gateway_webhook_secret", .kind = SETTING_KIND_TEXT, .initial = "",
        .secret = true, .environment_only = true,
        .help = "What signs the gateway's webhooks; from the environment only, empty: nothing."},
    [SETTING_GATEWAY_CONNECT_MS] = {
        .name = "gateway_connect_ms", .kind = SETTING_KIND_DURATION,
        .initial_number = GATEWAY_CONNECT_MS, .least = CONFIG_TIMEOUT_MS_MIN,
        .most = CONFIG_TIMEOUT_MS_MAX, .help = "How long connecting to the gateway may take."},
    [SETTING_GATEWAY_TOTAL_MS] = {
        .name = "gateway_total_ms", .kind = SETTING_KIND_DURATION,
        .initial_number = GATEWAY_TOTAL_MS, .least = CONFIG_TIMEOUT_MS_MIN,
        .most = CONFIG_TIMEOUT_MS_MAX, .help = "How long one request to the gateway may take."},
    [SETTING_GATEWAY_REFUNDS_PER_SECOND] = {
        .name = "gateway_refunds_per_second", .kind = SETTING_KIND_NUMBER,
        .initial_number = GATEWAY_REFUNDS_PER_SECOND, .least = 1, .most = CONFIG_RATE_MAX,
        .help = "Refunds of whole dates that the gateway is asked for each second."},
    [SETTING_GATEWAY_FAULTS] = {
        .name = "gateway_faults", .kind = SETTING_KIND_SHARE, .initial = "0%",
        .help = "Of the gateway `test`: payments and refunds that meet a fault, such as 5%."},
    [SETTING_GATEWAY_DECLINES] = {
        .name = "gateway_declines", .kind = SETTING_KIND_SHARE, .initial = "0%",
        .help = "Of the gateway `test`: payments that are declined."},
    [SETTING_GATEWAY_SEED] = {
        .name = "gateway_seed", .kind = SETTING_KIND_NUMBER, .initial_number = 1,
        .least = 0, .most = UINT32_MAX,
        .help = "Of the gateway `test`: the same seed, the same faults of the same payments."},
    [SETTING_LOG_LEVEL] = {
        .name = "log_level", .kind = SETTING_KIND_CHOICE, .initial = "info",
        .choices = "debug|info|warn|error|off",
        .help = "The least important lines that are written; debug has one for each request."},
    [SETTING_IO_THREADS] = {
        .name = "io_threads", .kind = SETTING_KIND_NUMBER, .least = 1, .most = LOOPS_MAX,
        .help = "Threads that serve connections; by default one for each core."},
    [SETTING_WORKERS] = {
        .name = "workers", .kind = SETTING_KIND_NUMBER, .initial_number = WORKERS_DEFAULT,
        .least = CONFIG_WORKERS_MIN, .most = WORKERS_MAX,
        .help = "Threads that read the database and check passwords."},
    [SETTING_STRATEGY_WORKERS] = {
        .name = "strategy_workers", .kind = SETTING_KIND_NUMBER,
        .initial_number = STRATEGY_WORKERS_DEFAULT, .least = CONFIG_WORKERS_MIN,
        .most = WORKERS_MAX,
        .help = "Threads, each with a connection of its own, that sell by v1, v2 and v3."},
    [SETTING_CONNECTIONS] = {
        .name = "connections", .kind = SETTING_KIND_NUMBER, .initial_number = HTTP_CONNECTIONS_MAX,
        .least = 1, .most = CONFIG_CONNECTIONS_MAX,
        .help = "Connections at once; one more is refused."},
    [SETTING_CONNECTIONS_PER_ADDRESS] = {
        .name = "connections_per_address", .kind = SETTING_KIND_NUMBER,
        .initial_number = HTTP_CONNECTIONS_PER_ADDRESS_MAX, .least = 1,
        .most = CONFIG_CONNECTIONS_MAX,
        .help = "Connections at once from one address."},
    [SETTING_STREAMS] = {
        .name = "streams", .kind = SETTING_KIND_NUMBER, .initial_number = HTTP_STREAMS_MAX,
        .least = 1, .most = CONFIG_STREAMS_MAX,
        .help = "Of the connections, those that wait for news; one more is asked to come later."},
    [SETTING_ORIGINS] = {
        .name = "origins", .kind = SETTING_KIND_TEXT, .initial = "",
        .help = "Whose pages may open a WebSocket besides our own: https://a.example "
                "https://b.example, or * for anybody's."},
    [SETTING_REQUESTS_PER_ACCOUNT_PER_SECOND] = {
        .name = "requests_per_account_per_second", .kind = SETTING_KIND_NUMBER,
        .initial_number = REQUESTS_PER_ACCOUNT_PER_SECOND, .least = 1, .most = CONFIG_RATE_MAX,
        .help = "Requests of one account; twice as many may come at once."},
    [SETTING_LOGINS_PER_ADDRESS_PER_MINUTE] = {
        .name = "logins_per_address_per_minute", .kind = SETTING_KIND_NUMBER,
        .initial_number = LOGINS_PER_ADDRESS_PER_MINUTE, .least = 1, .most = CONFIG_RATE_MAX,
        .help = "Log-ins that may be tried from one address."},
    [SETTING_JOINS_PER_ADDRESS_PER_MINUTE] = {
        .name = "joins_per_address_per_minute", .kind = SETTING_KIND_NUMBER,
        .initial_number = WAITING_JOINS_PER_ADDRESS_PER_MINUTE, .least = 1, .most = CONFIG_RATE_MAX,
        .help = "Fans that may join a waiting line from one address."},
    [SETTING_HEADER_TIMEOUT_MS] = {
        .name = "header_timeout_ms", .kind = SETTING_KIND_DURATION,
        .initial_number = HTTP_HEADER_TIMEOUT_MS, .least = CONFIG_TIMEOUT_MS_MIN,
        .most = CONFIG_TIMEOUT_MS_MAX,
        .help = "How long the headers of a request may take."},
    [SETTING_BODY_TIMEOUT_MS] = {
        .name = "body_timeout_ms", .kind = SETTING_KIND_DURATION,
        .initial_number = HTTP_BODY_TIMEOUT_MS, .least = CONFIG_TIMEOUT_MS_MIN,
        .most = CONFIG_TIMEOUT_MS_MAX,
        .help = "How long the body of a request may take."},
    [SETTING_IDLE_TIMEOUT_MS] = {
        .name = "idle_timeout_ms", .kind = SETTING_KIND_DURATION,
        .initial_number = HTTP_IDLE_TIMEOUT_MS, .least = CONFIG_TIMEOUT_MS_MIN,
        .most = CONFIG_TIMEOUT_MS_MAX,
        .help = "How long a connection may stay open between two requests."},
    [SETTING_DRAIN_MS] = {
        .name = "drain_ms", .kind = SETTING_KIND_DURATION, .initial_number = HTTP_DRAIN_MS,
        .least = CONFIG_TIMEOUT_MS_MIN, .most = CONFIG_TIMEOUT_MS_MAX,
        .help = "How long an orderly stop waits for requests in flight."},
};
/* clang-format on */

bool settings_find(struct text name, enum setting *out_setting)
{
    for (int setting = 0; setting < SETTING_COUNT; setting++) {
        if (!text_equal_nocase(name, text_of(settings[setting].name)))
            continue;
        *out_setting = (enum setting)setting;
        return true;
    }
    return false;
}

/* --- the nearest name ------------------------------------------------------------------------- */

enum {
    NAME_BYTES = 40,   /* longer ones are no misspelling of ours */
    NAME_DISTANCE = 4, /* letters changed, added or left out */
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static size_t least_of(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;
    return least < c ? least : c;
}

/* Levenshtein's distance, row by row. */
static size_t distance(struct text a, struct text b)
{
    must(a.size <= NAME_BYTES);
    size_t row[NAME_BYTES + 1];
    for (size_t i = 0; i <= a.size; i++)
        row[i] = i;
    for (size_t j = 1; j <= b.size; j++) {
        size_t diagonal = row[0];
        row[0] = j;
        for (size_t i = 1; i <= a.size; i++) {
            size_t replaced = diagonal + (lower(a.bytes[i - 1]) != b.bytes[j - 1]);
            diagonal = row[i];
            row[i] = least_of(replaced, row[i] + 1, row[i - 1] + 1);
        }
    }
    return row[a.size];
}

const char *settings_nearest(struct text name)
{
    if (name.size == 0 || name.size > NAME_BYTES)
        return NULL;
    const char *nearest = NULL;
    size_t least = NAME_DISTANCE + 1;
    for (int setting = 0; setting < SETTING_COUNT; setting++) {
        size_t this = distance(name, text_of(settings[setting].name));
        if (this >= least || this >= name.size)
            continue;
        least = this;
        nearest = settings[setting].name;
    }
    return nearest;
}

/* --- values ----------------------------------------------------------------------------------- */

static bool has_control_character(struct text value)
{
    for (size_t i = 0; i < value.size; i++)
        if ((unsigned char)value.bytes[i] < 0x20 || value.bytes[i] == 0x7F)
            return true;
    return false;
}

static bool is_choice(const char *choices, struct text value)
{
    struct text rest = text_of(choices);
    while (!text_empty(rest))
        if (text_equal(text_cut(rest, '|', &rest), value))
            return true;
    return false;
}

static bool is_of_kind(struct text kind, struct text value)
{
    static const struct text any = {"…", sizeof "…" - 1};
    bool begins = kind.size >= any.size &&
                  text_equal(text_make(kind.bytes + kind.size - any.size, any.size), any);
    if (begins)
        kind.size -= any.size;
    return begins ? text_starts(value, kind) : text_equal(value, kind);
}

bool settings_has_adapter(const struct setting_row *row, struct text value)
{
    struct text rest = text_of(row->choices);
    bool more;
    do {
        more = memchr(rest.bytes, '|', rest.size) != NULL;
        if (is_of_kind(text_cut(rest, '|', &rest), value))
            return true;
    } while (more);
    return false;
}

static bool accept_number(const struct setting_row *row, struct text value, int64_t *out_number)
{
    return text_to_int64(value, out_number) && *out_number >= row->least &&
           *out_number <= row->most;
}

bool settings_address(struct text value, char out_host[CONFIG_HOST_BYTES], uint16_t *out_port)
{
    bool bracketed = value.size > 0 && value.bytes[0] == '[';
    struct text port;
    struct text host = bracketed ? text_cut(text_make(value.bytes + 1, value.size - 1), ']', &port)
                                 : text_cut(value, ':', &port);
    if (bracketed) {
        if (port.size == 0 || port.bytes[0] != ':')
            return false;
        port = text_make(port.bytes + 1, port.size - 1);
    }

    int64_t number;
    if (host.size >= CONFIG_HOST_BYTES || !text_to_int64(port, &number) || number < 0 ||
        number > UINT16_MAX)
        return false;
    memcpy(out_host, host.bytes, host.size);
    out_host[host.size] = '\0';
    *out_port = (uint16_t)number;

    struct in6_addr binary; /* room for either */
    return strlen(out_host) == host.size &&
           inet_pton(bracketed ? AF_INET6 : AF_INET, out_host, &binary) == 1;
}

static bool are_brokers(struct text list)
{
    while (!text_empty(list)) {
        int64_t number;
        struct text port, host = text_cut(text_cut(list, ',', &list), ':', &port);
        if (text_empty(host) || !text_to_int64(port, &number) || number < 1 || number > UINT16_MAX)
            return false;
    }
    return true;
}

bool settings_accept(const struct setting_row *row, struct text value, int64_t *out_number)
{
    char host[CONFIG_HOST_BYTES];
    uint16_t port;

    *out_number = 0;
    if (value.size > CONFIG_VALUE_BYTES_MAX || has_control_character(value))
        return false;
    switch (row->kind) {
    case SETTING_KIND_TEXT:
    case SETTING_KIND_ADAPTER:
        return true;
    case SETTING_KIND_FOLDER:
        return !text_empty(value);
    case SETTING_KIND_CHOICE:
        return is_choice(row->choices, value);
    case SETTING_KIND_SWITCH:
        *out_number = text_equal(value, text_of("on"));
        return *out_number == 1 || text_equal(value, text_of("off"));
    case SETTING_KIND_NUMBER:
    case SETTING_KIND_DURATION:
        return accept_number(row, value, out_number);
    case SETTING_KIND_SHARE:
        return text_to_share(value, out_number);
    case SETTING_KIND_BROKERS:
        return are_brokers(value);
    case SETTING_KIND_ADDRESS:
        return settings_address(value, host, &port);
    }
    return false;
}

void settings_expected(const struct setting_row *row, char out_words[SETTING_EXPECTED_BYTES])
{
    size_t size = SETTING_EXPECTED_BYTES;

    switch (row->kind) {
    case SETTING_KIND_TEXT:
    case SETTING_KIND_ADAPTER:
        snprintf(out_words, size, "at most %d bytes, none of them a control character",
                 CONFIG_VALUE_BYTES_MAX);
        return;
    case SETTING_KIND_FOLDER:
        snprintf(out_words, size, "the path of a folder");
        return;
    case SETTING_KIND_CHOICE:
        snprintf(out_words, size, "one of %s", row->choices);
        return;
    case SETTING_KIND_SWITCH:
        snprintf(out_words, size, "on or off");
        return;
    case SETTING_KIND_NUMBER:
        snprintf(out_words, size, "a whole number from %" PRId64 " to %" PRId64, row->least,
                 row->most);
        return;
    case SETTING_KIND_DURATION:
        snprintf(out_words, size, "milliseconds, a whole number from %" PRId64 " to %" PRId64,
                 row->least, row->most);
        return;
    case SETTING_KIND_SHARE:
        snprintf(out_words, size, "a share such as 5%% or 0.25%%, from 0%% to 100%%");
        return;
    case SETTING_KIND_BROKERS:
        snprintf(out_words, size, "host:port, several with commas, or nothing");
        return;
    case SETTING_KIND_ADDRESS:
        snprintf(out_words, size, "an address and a port, such as 127.0.0.1:8080 or [::1]:8080");
        return;
    }
}
