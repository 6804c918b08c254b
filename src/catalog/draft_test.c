/* draft_test.c — what may be written of a thing of the catalog, and what is wrong with the rest. */
#include "catalog/draft.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "limits.h"

#include <cmocka.h>

static struct arena *arena;

static int open_arena(void **state)
{
    (void)state;
    arena = arena_create(4096, 1 << 20);
    return arena ? 0 : -1;
}

static int close_arena(void **state)
{
    (void)state;
    arena_destroy(arena);
    return 0;
}

static enum draft_verdict read_words(enum entity entity, const char *json, bool whole,
                                     struct draft *out, struct draft_complaint *out_complaint)
{
    struct json_in_fault fault;
    struct json_in *body = json_in_open(text_of(json), &fault);
    if (!body)
        fail_msg("%s: %s", json, fault.words);
    *out = (struct draft){.entity = entity};
    enum draft_verdict verdict = draft_read(body, whole, arena, out, out_complaint);
    json_in_close(body);
    return verdict;
}

static struct draft good(enum entity entity, const char *json, bool whole)
{
    struct draft draft;
    struct draft_complaint complaint;
    if (read_words(entity, json, whole, &draft, &complaint) != DRAFT_GOOD)
        fail_msg("%s: %s", json, complaint.field);
    return draft;
}

static void assert_json(const struct draft *draft, const char *words)
{
    struct buffer body;
    buffer_init(&body, arena, 64);
    struct json_out out = json_out_to(&body);
    draft_json(&out, draft);
    buffer_add_char(&body, '\0');
    assert_string_equal(body.bytes, words);
}

/* --- stories ---------------------------------------------------------------------------------- */

static void what_is_left_out_of_a_whole_item_gets_its_default(void **state)
{
    (void)state;
    struct draft venue =
        good(ENTITY_VENUE, "{\"name\":\" Dome \",\"nameKo\":\"돔\",\"city\":\"Seoul\"}", true);
    assert_json(&venue, "{\"name\":\"Dome\",\"nameKo\":\"돔\",\"city\":\"Seoul\",\"cityKo\":\"\","
                        "\"capacity\":0}");
    struct draft concert = good(
        ENTITY_CONCERT, "{\"artistIds\":[3,1],\"titleKo\":\"저녁\",\"title\":\"Evening\"}", true);
    assert_json(&concert, "{\"title\":\"Evening\",\"titleKo\":\"저녁\",\"artistIds\":[3,1],"
                          "\"description\":\"\",\"descriptionKo\":\"\",\"posterHue\":0}");
}

static void an_artist_may_be_under_no_agency_but_must_say_so(void **state)
{
    (void)state;
    struct draft artist =
        good(ENTITY_ARTIST, "{\"name\":\"IU\",\"nameKo\":\"아이유\",\"agencyId\":null}", true);
    assert_json(&artist, "{\"name\":\"IU\",\"nameKo\":\"아이유\",\"agencyId\":null}");
    struct draft_complaint complaint;
    assert_int_equal(read_words(ENTITY_ARTIST, "{\"name\":\"IU\",\"nameKo\":\"아이유\"}", true,
                                &artist, &complaint),
                     DRAFT_WRONG);
    assert_string_equal(complaint.field, "agencyId");
    assert_int_equal(complaint.verdict, JSON_IN_ABSENT);
}

static void a_merge_replaces_what_is_given_and_nothing_else(void **state)
{
    (void)state;
    struct draft artist =
        good(ENTITY_ARTIST, "{\"name\":\"IU\",\"nameKo\":\"아이유\",\"agencyId\":5}", true);
    struct draft changes = good(ENTITY_ARTIST, "{\"agencyId\":null}", false);
    draft_merge(&artist, &changes);
    assert_json(&artist, "{\"name\":\"IU\",\"nameKo\":\"아이유\",\"agencyId\":null}");
    changes = good(ENTITY_ARTIST, "{}", false);
    draft_merge(&artist, &changes);
    assert_json(&artist, "{\"name\":\"IU\",\"nameKo\":\"아이유\",\"agencyId\":null}");
}

static void a_date_carries_its_concert_and_keeps_milliseconds(void **state)
{
    (void)state;
    struct draft option =
        good(ENTITY_OPTION, "{\"startsAt\":\"2026-12-12T18:00:00.500+09:00\",\"venueId\":2}", true);
    option.concert_id = 7;
    assert_json(&option, "{\"concertId\":7,\"startsAt\":\"2026-12-12T09:00:00.500Z\","
                         "\"venueId\":2}");
}

struct wrong {
    enum entity entity;
    const char *json, *field;
    enum json_in_verdict verdict;
};

static void the_first_field_that_is_wrong_is_named(void **state)
{
    (void)state;
    static const struct wrong cases[] = {
        {ENTITY_AGENCY, "{}", "name", JSON_IN_ABSENT},
        {ENTITY_AGENCY, "{\"name\":\"A\"}", "nameKo", JSON_IN_ABSENT},
        {ENTITY_AGENCY, "{\"name\":7,\"nameKo\":\"가\"}", "name", JSON_IN_WRONG_TYPE},
        {ENTITY_AGENCY, "{\"name\":null,\"nameKo\":\"가\"}", "name", JSON_IN_WRONG_TYPE},
        {ENTITY_AGENCY, "{\"name\":\"  \",\"nameKo\":\"가\"}", "name", JSON_IN_OUT_OF_RANGE},
        {ENTITY_AGENCY, "{\"name\":\"A\\nB\",\"nameKo\":\"가\"}", "name", JSON_IN_OUT_OF_RANGE},
        {ENTITY_ARTIST, "{\"name\":\"A\",\"nameKo\":\"가\",\"agencyId\":0}", "agencyId",
         JSON_IN_OUT_OF_RANGE},
        {ENTITY_ARTIST, "{\"name\":\"A\",\"nameKo\":\"가\",\"agencyId\":\"1\"}", "agencyId",
         JSON_IN_WRONG_TYPE},
        {ENTITY_VENUE, "{\"name\":\"A\",\"nameKo\":\"가\",\"city\":\"S\",\"capacity\":-1}",
         "capacity", JSON_IN_OUT_OF_RANGE},
        {ENTITY_VENUE, "{\"name\":\"A\",\"nameKo\":\"가\",\"city\":\"S\",\"capacity\":null}",
         "capacity", JSON_IN_WRONG_TYPE},
        {ENTITY_CONCERT, "{\"title\":\"A\",\"titleKo\":\"가\",\"artistIds\":[1,1]}", "artistIds",
         JSON_IN_OUT_OF_RANGE},
        {ENTITY_CONCERT, "{\"title\":\"A\",\"titleKo\":\"가\",\"artistIds\":[\"1\"]}", "artistIds",
         JSON_IN_WRONG_TYPE},
        {ENTITY_CONCERT, "{\"title\":\"A\",\"titleKo\":\"가\",\"artistIds\":[],\"posterHue\":360}",
         "posterHue", JSON_IN_OUT_OF_RANGE},
        {ENTITY_OPTION, "{\"startsAt\":\"tomorrow\",\"venueId\":1}", "startsAt",
         JSON_IN_OUT_OF_RANGE},
        {ENTITY_OPTION, "{\"startsAt\":\"2026-12-12T09:00:00Z\",\"venueId\":null}", "venueId",
         JSON_IN_WRONG_TYPE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct draft draft;
        struct draft_complaint complaint = {0};
        if (read_words(cases[i].entity, cases[i].json, true, &draft, &complaint) != DRAFT_WRONG ||
            strcmp(complaint.field, cases[i].field) != 0 || complaint.verdict != cases[i].verdict)
            fail_msg("%s: %s", cases[i].json, complaint.field ? complaint.field : "good");
    }
}

static void a_name_has_a_greatest_length_in_bytes(void **state)
{
    (void)state;
    char json[CATALOG_NAME_BYTES_MAX + 64];
    struct draft draft;
    struct draft_complaint complaint;
    for (int over = 0; over <= 1; over++) {
        char name[CATALOG_NAME_BYTES_MAX + 2];
        memset(name, 'a', sizeof name);
        name[CATALOG_NAME_BYTES_MAX + over] = '\0';
        snprintf(json, sizeof json, "{\"name\":\"%s\"}", name);
        assert_int_equal(read_words(ENTITY_AGENCY, json, false, &draft, &complaint),
                         over ? DRAFT_WRONG : DRAFT_GOOD);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_left_out_of_a_whole_item_gets_its_default),
        cmocka_unit_test(an_artist_may_be_under_no_agency_but_must_say_so),
        cmocka_unit_test(a_merge_replaces_what_is_given_and_nothing_else),
        cmocka_unit_test(a_date_carries_its_concert_and_keeps_milliseconds),
        cmocka_unit_test(the_first_field_that_is_wrong_is_named),
        cmocka_unit_test(a_name_has_a_greatest_length_in_bytes),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
