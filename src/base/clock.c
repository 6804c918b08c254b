/* clock.c — the machine's clocks; calendar arithmetic after Howard Hinnant's "chrono-compatible
 * low-level date algorithms" (days_from_civil, civil_from_days), which need no time zone data. */
#include "base/clock.h"

#include <time.h>

#include "base/must.h"

static int64_t read_us(clockid_t id)
{
    struct timespec now;
    int failed = clock_gettime(id, &now);
    must(!failed);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_wall_ms(void)
{
    return read_us(CLOCK_REALTIME) / 1000;
}

int64_t clock_monotonic_ms(void)
{
    return read_us(CLOCK_MONOTONIC) / 1000;
}

int64_t clock_monotonic_us(void)
{
    return read_us(CLOCK_MONOTONIC);
}

int64_t clock_thread_cpu_us(void)
{
    return read_us(CLOCK_THREAD_CPUTIME_ID);
}

static const int64_t wall_ms_max = INT64_C(253402300799999); /* 9999-12-31T23:59:59.999Z */

enum { DAYS_PER_ERA = 146097, DAYS_TO_1970 = 719468, MS_PER_DAY = 86400000 };

bool clock_can_write(int64_t wall_ms)
{
    return wall_ms >= 0 && wall_ms <= wall_ms_max;
}

/* By hand: the answer to a reservation has two times in it, and snprintf() takes longer than
   deciding. */
static void write_digits(char *out, int number, size_t digits)
{
    for (; digits > 0; digits--, number /= 10)
        out[digits - 1] = (char)('0' + number % 10);
}

void clock_write_iso(int64_t wall_ms, char out[CLOCK_TEXT_BYTES])
{
    must(clock_can_write(wall_ms));

    int64_t days = wall_ms / MS_PER_DAY + DAYS_TO_1970;
    int64_t ms = wall_ms % MS_PER_DAY;
    int64_t era = days / DAYS_PER_ERA;
    int64_t day_of_era = days % DAYS_PER_ERA;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted_month = (5 * day_of_year + 2) / 153; /* March is 0 */
    int day = (int)(day_of_year - (153 * shifted_month + 2) / 5 + 1);
    int month = (int)(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
    int year = (int)(year_of_era + era * 400 + (month <= 2));

    memcpy(out, "0000-00-00T00:00:00.000Z", CLOCK_TEXT_BYTES);
    write_digits(out, year, 4);
    write_digits(out + 5, month, 2);
    write_digits(out + 8, day, 2);
    write_digits(out + 11, (int)(ms / 3600000), 2);
    write_digits(out + 14, (int)(ms / 60000 % 60), 2);
    write_digits(out + 17, (int)(ms / 1000 % 60), 2);
    write_digits(out + 20, (int)(ms % 1000), 3);
}

static int64_t days_before(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = year / 400;
    int64_t year_of_era = year % 400;
    int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_ERA + day_of_era - DAYS_TO_1970;
}

/* Reads `digits` digits at *at and moves on; -1 when they are not there. */
static int64_t read_digits(struct text *at, size_t digits)
{
    int64_t value = 0;
    if (at->size < digits)
        return -1;
    for (size_t i = 0; i < digits; i++) {
        if (at->bytes[i] < '0' || at->bytes[i] > '9')
            return -1;
        value = value * 10 + (at->bytes[i] - '0');
    }
    *at = text_make(at->bytes + digits, at->size - digits);
    return value;
}

static bool read_char(struct text *at, char expected)
{
    if (at->size == 0 || at->bytes[0] != expected)
        return false;
    *at = text_make(at->bytes + 1, at->size - 1);
    return true;
}

static bool read_zone(struct text *at, int64_t *out_offset_ms)
{
    *out_offset_ms = 0;
    if (read_char(at, 'Z'))
        return at->size == 0;
    bool east = read_char(at, '+');
    if (!east && !read_char(at, '-'))
        return false;
    int64_t hours = read_digits(at, 2);
    if (hours < 0 || hours > 23 || !read_char(at, ':'))
        return false;
    int64_t minutes = read_digits(at, 2);
    if (minutes < 0 || minutes > 59 || at->size != 0)
        return false;
    *out_offset_ms = (hours * 60 + minutes) * 60000 * (east ? 1 : -1);
    return true;
}

static bool month_has_day(int64_t year, int64_t month, int64_t day)
{
    static const int day_count[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12 || day < 1)
        return false;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= day_count[month - 1] + (month == 2 && leap);
}

bool clock_read_iso(struct text text, int64_t *out_wall_ms)
{
    struct text at = text;
    int64_t year = read_digits(&at, 4);
    if (year < 1970 || !read_char(&at, '-'))
        return false;
    int64_t month = read_digits(&at, 2);
    if (!read_char(&at, '-'))
        return false;
    int64_t day = read_digits(&at, 2);
    if (!month_has_day(year, month, day) || !read_char(&at, 'T'))
        return false;
    int64_t hour = read_digits(&at, 2);
    if (hour < 0 || hour > 23 || !read_char(&at, ':'))
        return false;
    int64_t minute = read_digits(&at, 2);
    if (minute < 0 || minute > 59 || !read_char(&at, ':'))
        return false;
    int64_t second = read_digits(&at, 2);
    if (second < 0 || second > 59)
        return false;
    int64_t ms = 0;
    if (read_char(&at, '.')) {
        ms = read_digits(&at, 3);
        if (ms < 0)
            return false;
    }
    int64_t offset_ms;
    if (!read_zone(&at, &offset_ms))
        return false;
    int64_t wall_ms = days_before(year, month, day) * MS_PER_DAY + hour * 3600000 + minute * 60000 +
                      second * 1000 + ms - offset_ms;
    if (wall_ms < 0 || wall_ms > wall_ms_max) /* an offset may lead out of the years we can write */
        return false;
    *out_wall_ms = wall_ms;
    return true;
}
