/*
 * redis_url.c — redis://[[user]:password@]host[:port][/database][?prefix=words]
 *
 * User and password are percent-decoded (RFC 3986 §2.1), for a password may hold any of the letters
 * that part a URL. A prefix has letters, digits, '-', '_' and '.' only: it stands in keys, and keys
 * are read by people.
 */
#include "redis/redis_url.h"

#include <string.h>

enum { PORT_DEFAULT = 6379, DATABASE_LAST = 9999 };

static bool copy(struct text part, char *out, size_t out_bytes)
{
    if (part.size >= out_bytes || (part.size > 0 && memchr(part.bytes, '\0', part.size)))
        return false;
    if (part.size > 0)
        memcpy(out, part.bytes, part.size);
    out[part.size] = '\0';
    return true;
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool decode(struct text part, char *out, size_t out_bytes)
{
    size_t size = 0;
    for (size_t i = 0; i < part.size; i++) {
        int c = (unsigned char)part.bytes[i];
        if (c == '%') {
            int high = i + 2 < part.size ? digit(part.bytes[i + 1]) : -1;
            int low = high >= 0 ? digit(part.bytes[i + 2]) : -1;
            if (low < 0)
                return false;
            c = high * 16 + low;
            i += 2;
        }
        if (c == '\0' || size + 1 >= out_bytes)
            return false;
        out[size++] = (char)c;
    }
    out[size] = '\0';
    return true;
}

static bool read_host(struct text place, struct redis_address *out)
{
    bool bracketed = place.size > 0 && place.bytes[0] == '[';
    if (bracketed && !memchr(place.bytes, ']', place.size))
        return false;
    struct text port;
    struct text host = bracketed ? text_cut(text_make(place.bytes + 1, place.size - 1), ']', &port)
                                 : text_cut(place, ':', &port);
    if (bracketed && port.size > 0) {
        if (port.bytes[0] != ':')
            return false;
        port = text_make(port.bytes + 1, port.size - 1);
    }
    int64_t number = PORT_DEFAULT;
    if (port.size > 0 && (!text_to_int64(port, &number) || number < 1 || number > UINT16_MAX))
        return false;
    out->port = (uint16_t)number;
    return host.size > 0 && copy(host, out->host, sizeof out->host);
}

static bool read_prefix(struct text query, struct redis_address *out)
{
    if (query.size == 0)
        return copy(text_of("ticketrush"), out->prefix, sizeof out->prefix);
    struct text value;
    struct text name = text_cut(query, '=', &value);
    for (size_t i = 0; i < value.size; i++) {
        char c = value.bytes[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && c != '-' && c != '_' && c != '.')
            return false;
    }
    return text_equal(name, text_of("prefix")) && value.size > 0 &&
           copy(value, out->prefix, sizeof out->prefix);
}

/* The last '@' parts: one in a password that nobody escaped is then meant as it stands. */
static struct text cut_entry(struct text *authority)
{
    for (size_t at = authority->size; at > 0; at--)
        if (authority->bytes[at - 1] == '@') {
            struct text entry = text_make(authority->bytes, at - 1);
            *authority = text_make(authority->bytes + at, authority->size - at);
            return entry;
        }
    return text_make(NULL, 0);
}

static bool read_entry(struct text entry, struct redis_address *out)
{
    if (!entry.bytes)
        return true;
    struct text password;
    struct text user = text_cut(entry, ':', &password);
    return password.size > 0 && decode(user, out->user, sizeof out->user) &&
           decode(password, out->password, sizeof out->password);
}

bool redis_url_read(struct text url, struct redis_address *out_address, const char **out_why)
{
    static const char scheme[] = "redis://";
    struct redis_address address = {.port = PORT_DEFAULT};
    *out_why = "it must begin with redis:// (TLS ends at a tunnel of its own)";
    if (!text_starts(url, text_of(scheme)))
        return false;

    struct text query, database;
    struct text rest = text_make(url.bytes + sizeof scheme - 1, url.size - (sizeof scheme - 1));
    struct text authority = rest;
    struct text entry = cut_entry(&authority);
    authority = text_cut(authority, '?', &query);
    authority = text_cut(authority, '/', &database);

    *out_why =
        "in front of the @ stands user:password or :password, with %-escapes, 512 bytes each";
    if (!read_entry(entry, &address))
        return false;
    *out_why = "behind the @ stands a host, or an IPv6 address in brackets, and a port 1-65535";
    if (!read_host(authority, &address))
        return false;
    *out_why = "behind the host stands the number of a database";
    if (database.size > 0 && (!text_to_int64(database, &address.database) || address.database < 0 ||
                              address.database > DATABASE_LAST))
        return false;
    *out_why = "behind the ? stands prefix= and up to 64 letters, digits, '-', '_' or '.'";
    if (!read_prefix(query, &address))
        return false;
    *out_address = address;
    return true;
}
