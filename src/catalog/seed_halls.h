/*
 * seed_halls.h — the halls of the initial data, in the shape they have for concerts.
 *
 * Thread   Constants.
 * Memory   The binary's.
 */
#ifndef CATALOG_SEED_HALLS_H
#define CATALOG_SEED_HALLS_H

#include "catalog/hall.h"

extern const struct hall hall_kspo_dome, hall_gocheok_sky_dome, hall_jamsil_indoor,
    hall_jamsil_main_stadium, hall_seoul_world_cup, hall_inspire_arena, hall_busan_asiad,
    hall_bexco, hall_exco, hall_kintex, hall_jangchung, hall_yes24_live, hall_olympic_hall,
    hall_peace_hall, hall_blue_square, hall_rolling_hall;

#endif
