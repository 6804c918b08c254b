/*
 * seed_data.h — the initial data: real agencies, artists and halls; concerts and tours of our own
 * invention.
 *
 * Thread   Constants.
 * Memory   The binary's.
 */
#ifndef CATALOG_SEED_DATA_H
#define CATALOG_SEED_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "catalog/hall.h"

enum { SEED_ALIASES = 6, SEED_BILL = 4, SEED_DATES = 5 };

struct seed_agency {
    const char *name, *name_ko;
};

struct seed_artist {
    const char *name, *name_ko;
    const char *agency;                /* by name */
    const char *aliases[SEED_ALIASES]; /* besides the two names; ended by NULL when fewer */
};

struct seed_venue {
    const char *name, *name_ko;
    const char *city, *city_ko;
    const struct hall *hall;
};

enum seed_opening {
    SEED_OPEN,   /* since yesterday evening */
    SEED_SOON,   /* within half an hour, with a waiting room */
    SEED_LATER,  /* in `opens_in_days`, at eight in the evening */
    SEED_CLOSED, /* since yesterday evening */
};

struct seed_date {
    const char *venue; /* by name; NULL ends the dates */
    int32_t in_days;   /* from the day of seeding, Korean time */
    int32_t hour;      /* of that day */
};

struct seed_concert {
    const char *title, *title_ko;
    const char *description, *description_ko;
    const char *bill[SEED_BILL]; /* artists by name; ended by NULL when fewer */
    struct seed_date dates[SEED_DATES];
    bool in_small; /* part of the small size too */
    int32_t poster_hue;
    const int64_t *price_won; /* GRADE_COUNT of them */
    enum seed_opening opening;
    int32_t opens_in_days;
    int32_t max_per_fan;
};

extern const struct seed_agency seed_agencies[];
extern const size_t seed_agency_count;
extern const struct seed_artist seed_artists[];
extern const size_t seed_artist_count;
extern const struct seed_venue seed_venues[];
extern const size_t seed_venue_count;
extern const struct seed_concert seed_concerts[];
extern const size_t seed_concert_count;

#endif
