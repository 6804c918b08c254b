/*
 * night.c — the options, as one table: name, kind, place in the night, bounds, default.
 *
 * A new option is a field in the night, a line in the table and a line in the help; a test looks
 * whether the help knows every option.
 */
#include "rush/night.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/must.h"
#include "limits.h"

enum kind { KIND_NUMBER, KIND_RANGE, KIND_SHARE, KIND_WORDS, KIND_URL, KIND_FLAG };

struct option {
    const char *name;
    enum kind kind;
    size_t place; /* of the field in struct night */
    int64_t least, most;
    const char *usual; /* the default, as one would type it; NULL for none */
};

/* clang-format off: one option, one line. */
#define PLACE(field) offsetof(struct night, field)
static const struct option options[] = {
    {"--url", KIND_URL, PLACE(address), 0, 0, "http://127.0.0.1:8080"},
    {"--data", KIND_WORDS, PLACE(data_folder), 0, 0, NULL},
    {"--fans", KIND_NUMBER, PLACE(fan_count), 1, RUSH_FANS_MAX, "10000"},
    {"--seats", KIND_NUMBER, PLACE(seat_count), 1, SEATS_PER_OPTION_MAX, "5000"},
    {"--connections", KIND_NUMBER, PLACE(connection_count), 1, RUSH_CONNECTIONS_MAX, "512"},
    {"--rate", KIND_NUMBER, PLACE(arrivals_per_second), 0, 10000000, "0"},
    {"--hold-seconds", KIND_NUMBER, PLACE(hold_seconds), 1, HOLD_SECONDS_MAX, "5"},
    {"--max-per-fan", KIND_NUMBER, PLACE(max_per_fan), 1, SEATS_PER_RESERVATION_MAX, "2"},
    {"--seats-each", KIND_RANGE, PLACE(seats_each), 1, RUSH_SEATS_EACH_MAX, "1..2"},
    {"--think-ms", KIND_RANGE, PLACE(think_ms), 0, 60000, "10..150"},
    {"--waiting-room", KIND_FLAG, PLACE(waiting_room), 0, 0, NULL},
    {"--strategy", KIND_WORDS, PLACE(strategy), 0, 0, NULL},
    {"--lock", KIND_WORDS, PLACE(lock), 0, 0, NULL},
    {"--cancel", KIND_SHARE, PLACE(cancel), 0, 0, "5%"},
    {"--never-pay", KIND_SHARE, PLACE(never_pay), 0, 0, "5%"},
    {"--double-click", KIND_SHARE, PLACE(double_click), 0, 0, "5%"},
    {"--repeat", KIND_SHARE, PLACE(repeat), 0, 0, "5%"},
    {"--other-body", KIND_SHARE, PLACE(other_body), 0, 0, "2%"},
    {"--decline", KIND_SHARE, PLACE(decline), 0, 0, "3%"},
    {"--gateway-faults", KIND_SHARE, PLACE(gateway_faults), 0, 0, "0%"},
    {"--best", KIND_SHARE, PLACE(best), 0, 0, "20%"},
    {"--hot", KIND_SHARE, PLACE(hot), 0, 0, "50%"},
    {"--seed", KIND_NUMBER, PLACE(seed), 0, UINT32_MAX, "1"},
    {"--duration-max", KIND_NUMBER, PLACE(duration_seconds_max), 1, RUSH_DURATION_SECONDS_MAX,
     "120"},
    {"--ack-log", KIND_WORDS, PLACE(ack_log_path), 0, 0, NULL},
    {"--line-log", KIND_WORDS, PLACE(line_log_path), 0, 0, NULL},
    {"--json", KIND_WORDS, PLACE(json_path), 0, 0, NULL},
};
/* clang-format on */
enum { OPTION_COUNT = sizeof options / sizeof options[0] };

const char night_help[] =
    "Makes a fresh sale in the server's data folder, lets a crowd buy it out over HTTP, then "
    "holds\n"
    "every acknowledgement against the database and audits it. Exit code 1: something was lost or\n"
    "wrong, the audit is not clean, or the night was not over in time.\n\n"
    "The server and the sale (in brackets: without the option)\n"
    "  --url URL           where it runs; this machine only (http://127.0.0.1:8080)\n"
    "  --data DIR          its data folder (the setting `data`)\n"
    "  --seats N           seats on sale (5000)\n"
    "  --hold-seconds S    how long an unpaid hold lasts (5)\n"
    "  --max-per-fan N     the sale's limit (2)\n"
    "  --waiting-room      the fans stand in line first; the server's setting\n"
    "                      joins_per_address_per_minute must allow for all of them\n"
    "  --strategy V        what sells it: v1, v2, v3 or v5 (v5)\n"
    "  --lock L            of v1: mutex; of v2: optimistic or pessimistic (the strategy's own)\n"
    "The crowd\n"
    "  --fans N            how many press (10000)\n"
    "  --connections N     over how many connections (512)\n"
    "  --rate N            fans arriving a second; 0: everyone at once (0)\n"
    "  --seats-each A..B   seats a fan wants (1..2)\n"
    "  --think-ms A..B     pause between two presses of a fan (10..150)\n"
    "  --seed N            the same seed, the same fans (1)\n"
    "Habits, as shares of all fans\n"
    "  --cancel 5%         give their hold back\n"
    "  --never-pay 5%      let their hold lapse\n"
    "  --double-click 5%   press twice at the same moment\n"
    "  --repeat 5%         send the same request again later\n"
    "  --other-body 2%     use one key for two different requests\n"
    "  --decline 3%        have a first card that is declined\n"
    "  --gateway-faults 0% pay when the gateway stalls, loses its answer, answers twice, never or\n"
    "                      out of order\n"
    "  --best 20%          ask for the best seats left instead of picking\n"
    "  --hot 50%           want the front, where everybody wants to sit\n"
    "The end\n"
    "  --duration-max S    seconds until the night ends in any case (120)\n"
    "  --ack-log FILE      every acknowledgement as it comes, a line of JSON each\n"
    "  --line-log FILE     the log of the line, for `ticketrush verify-line`\n"
    "  --json FILE         the summary as JSON\n";

static bool refuse(char out_why[NIGHT_WHY_BYTES], const char *name, const char *expected)
{
    snprintf(out_why, NIGHT_WHY_BYTES, "%s expects %s.", name, expected);
    return false;
}

static bool refuse_bounds(char out_why[NIGHT_WHY_BYTES], const struct option *option,
                          const char *what)
{
    snprintf(out_why, NIGHT_WHY_BYTES, "%s expects %s between %lld and %lld.", option->name, what,
             (long long)option->least, (long long)option->most);
    return false;
}

static bool read_bounded(struct text value, const struct option *option, uint32_t *out_number)
{
    int64_t number = 0;
    if (!text_to_int64(value, &number) || number < option->least || number > option->most)
        return false;
    *out_number = (uint32_t)number;
    return true;
}

/* "2" or "1..2" */
static bool read_range(struct text value, const struct option *option,
                       struct night_range *out_range)
{
    struct text most;
    struct text least = text_cut(value, '.', &most);
    bool single = least.size == value.size;
    if (!single && (most.size < 2 || most.bytes[0] != '.'))
        return false;
    most = single ? least : text_make(most.bytes + 1, most.size - 1);
    return read_bounded(least, option, &out_range->least) &&
           read_bounded(most, option, &out_range->most) && out_range->least <= out_range->most;
}

static bool read_share(struct text value, struct night_share *out_share)
{
    int64_t of_10000;
    if (!text_to_share(value, &of_10000))
        return false;
    out_share->of_10000 = (uint32_t)of_10000;
    return true;
}

static bool is_loopback(const char *host)
{
    struct in_addr four;
    struct in6_addr six;
    if (inet_pton(AF_INET, host, &four) == 1)
        return ntohl(four.s_addr) >> 24 == 127;
    return inet_pton(AF_INET6, host, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

static bool read_host(struct text host, char out_host[48])
{
    if (host.size >= 2 && host.bytes[0] == '[' && host.bytes[host.size - 1] == ']')
        host = text_make(host.bytes + 1, host.size - 2);
    if (text_equal(host, text_of("localhost")))
        host = text_of("127.0.0.1");
    if (host.size == 0 || host.size >= 48)
        return false;
    memcpy(out_host, host.bytes, host.size);
    out_host[host.size] = '\0';
    return is_loopback(out_host);
}

/* http://HOST:PORT, with or without a slash behind it */
static bool read_url(const char *value, struct night_address *out_address,
                     char out_why[NIGHT_WHY_BYTES])
{
    struct text url = text_of(value);
    struct text scheme = text_of("http://");
    if (!text_starts(url, scheme))
        return refuse(out_why, "--url", "http://HOST:PORT");
    struct text place = text_make(url.bytes + scheme.size, url.size - scheme.size);
    if (place.size > 0 && place.bytes[place.size - 1] == '/')
        place.size--;

    const char *colon = place.size > 0 ? memrchr(place.bytes, ':', place.size) : NULL;
    bool has_port = colon && !memchr(colon, ']', (size_t)(place.bytes + place.size - colon));
    struct text host = has_port ? text_make(place.bytes, (size_t)(colon - place.bytes)) : place;
    struct text digits =
        has_port ? text_make(colon + 1, place.size - host.size - 1) : text_of("80");
    int64_t port = 0;
    if (!text_to_int64(digits, &port) || port < 1 || port > UINT16_MAX)
        return refuse(out_why, "--url", "a port between 1 and 65535");

    struct night_address address = {.port = (uint16_t)port};
    if (!read_host(host, address.host)) {
        snprintf(
            out_why, NIGHT_WHY_BYTES,
            "the crowd plays against this machine only (127.0.0.1, ::1, localhost), not against "
            "%.*s: it opens hundreds of connections and would harm others.",
            (int)(host.size < 64 ? host.size : 64), host.bytes);
        return false;
    }
    *out_address = address;
    return true;
}

static bool set(struct night *night, const struct option *option, const char *value,
                char out_why[NIGHT_WHY_BYTES])
{
    void *field = (char *)night + option->place;
    switch (option->kind) {
    case KIND_NUMBER:
        return read_bounded(text_of(value), option, field) ||
               refuse_bounds(out_why, option, "a number");
    case KIND_RANGE:
        return read_range(text_of(value), option, field) ||
               refuse_bounds(out_why, option, "N or LEAST..MOST");
    case KIND_SHARE:
        return read_share(text_of(value), field) ||
               refuse(out_why, option->name, "a share from 0% to 100%");
    case KIND_WORDS:
        *(const char **)field = value;
        return *value != '\0' || refuse(out_why, option->name, "a word");
    case KIND_URL:
        return read_url(value, field, out_why);
    case KIND_FLAG:
        *(bool *)field = true;
        return true;
    }
    return false;
}

void night_init(struct night *night)
{
    *night = (struct night){0};
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        char why[NIGHT_WHY_BYTES];
        bool fits = !options[i].usual || set(night, &options[i], options[i].usual, why);
        must(fits);
    }
}

bool night_set(struct night *night, const char *name, const char *value,
               char out_why[NIGHT_WHY_BYTES])
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (strcmp(name, options[i].name) == 0)
            return value || options[i].kind == KIND_FLAG ? set(night, &options[i], value, out_why)
                                                         : refuse(out_why, name, "a value");
    snprintf(out_why, NIGHT_WHY_BYTES, "rush has no option %.64s.", name);
    return false;
}

bool night_is_flag(const char *name)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (strcmp(name, options[i].name) == 0)
            return options[i].kind == KIND_FLAG;
    return false;
}

const char *night_option_name(size_t index)
{
    return index < OPTION_COUNT ? options[index].name : NULL;
}

/* v1 without a lock sells twice on purpose, and v4 answers before it has decided: neither can be
   held to its answers. */
static bool may_sell(const struct night *night)
{
    static const char *const pairs[][2] = {
        {"v1", "mutex"}, {"v1", ""}, {"v2", "optimistic"}, {"v2", "pessimistic"}, {"v2", ""},
        {"v3", ""},      {"v5", ""}};
    const char *lock = night->lock ? night->lock : "";
    const char *strategy = night->strategy ? night->strategy : "v5";
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (strcmp(pairs[i][0], strategy) == 0 && strcmp(pairs[i][1], lock) == 0)
            return true;
    return false;
}

bool night_check(const struct night *night, char out_why[NIGHT_WHY_BYTES])
{
    if (!may_sell(night))
        return refuse(out_why, "--strategy", "v1, v2, v3 or v5, with a --lock of its own or none");
    if (night->seats_each.most > night->max_per_fan)
        return refuse(out_why, "--seats-each", "no more than --max-per-fan");
    if (night->seats_each.most > night->seat_count)
        return refuse(out_why, "--seats-each", "no more than --seats");
    if (night->cancel.of_10000 + night->never_pay.of_10000 > 10000)
        return refuse(out_why, "rush", "--cancel and --never-pay of 100% together at most");
    return true;
}
