/* edit_test.c — edits on a database of their own: what is decided, written and recorded. */
#include "catalog/test_house.h"

#include "catalog/catalog.h"
#include "catalog/changes.h"
#include "catalog/edit.h"

static struct house *house;

static int open_house(void **state)
{
    (void)state;
    house = house_open();
    return 0;
}

static int close_house(void **state)
{
    (void)state;
    house_close(house);
    return 0;
}

struct edit_job {
    struct store_job job;
    struct edit *edit;
};

static enum status work(struct store_job *job, struct store_connection *connection)
{
    return edit_apply(connection, house->arena, container_of(job, struct edit_job, job)->edit);
}

static enum edit_verdict apply(struct edit *edit)
{
    edit->account = (struct fan_id){9};
    if (edit->now_ms == 0)
        edit->now_ms = house_now_ms;
    struct edit_job job = {.job = {.work = work}, .edit = edit};
    enum status status = store_submit_and_wait(house->store, &job.job);
    bool is_done = edit->verdict == EDIT_DONE || edit->verdict == EDIT_REPEATED;
    assert_int_equal(status, is_done ? STATUS_OK : STATUS_CONFLICT);
    return edit->verdict;
}

static struct draft draft_of(enum entity entity, const char *json, bool whole)
{
    struct json_in_fault fault;
    struct json_in *body = json_in_open(text_of(json), &fault);
    assert_non_null(body);
    struct draft draft = {.entity = entity};
    struct draft_complaint complaint;
    assert_int_equal(draft_read(body, whole, house->arena, &draft, &complaint), DRAFT_GOOD);
    json_in_close(body);
    return draft;
}

static struct edit creation(enum entity entity, const char *json)
{
    return (struct edit){
        .action = EDIT_CREATE, .entity = entity, .draft = draft_of(entity, json, true)};
}

static int64_t create(enum entity entity, const char *json)
{
    struct edit edit = creation(entity, json);
    assert_int_equal(apply(&edit), EDIT_DONE);
    return edit.id;
}

static enum edit_verdict merge(enum entity entity, int64_t id, const char *json)
{
    struct edit edit = {
        .action = EDIT_MERGE, .entity = entity, .id = id, .draft = draft_of(entity, json, false)};
    return apply(&edit);
}

static enum edit_verdict take_away(enum entity entity, int64_t id)
{
    struct edit edit = {.action = EDIT_DELETE, .entity = entity, .id = id};
    return apply(&edit);
}

static int64_t create_date(int64_t concert_id, int64_t venue_id)
{
    char json[128];
    snprintf(json, sizeof json, "{\"startsAt\":\"2026-12-12T09:00:00Z\",\"venueId\":%lld}",
             (long long)venue_id);
    struct edit edit = creation(ENTITY_OPTION, json);
    edit.draft.concert_id = concert_id;
    assert_int_equal(apply(&edit), EDIT_DONE);
    return edit.id;
}

static int64_t change_count(void)
{
    static const struct sql count = {"SELECT count(*) FROM catalog_change"};
    return house_count(house, &count);
}

static const char agency_words[] = "{\"name\":\"EDAM\",\"nameKo\":\"이담\"}";
static const char venue_words[] = "{\"name\":\"Dome\",\"nameKo\":\"돔\",\"city\":\"Seoul\"}";

/* --- stories ---------------------------------------------------------------------------------- */

static void what_stands_on_something_keeps_it_from_being_deleted(void **state)
{
    (void)state;
    char words[160];
    int64_t agency = create(ENTITY_AGENCY, agency_words);
    snprintf(words, sizeof words, "{\"name\":\"IU\",\"nameKo\":\"아이유\",\"agencyId\":%lld}",
             (long long)agency);
    int64_t artist = create(ENTITY_ARTIST, words);
    snprintf(words, sizeof words, "{\"title\":\"E\",\"titleKo\":\"저\",\"artistIds\":[%lld]}",
             (long long)artist);
    int64_t concert = create(ENTITY_CONCERT, words);
    int64_t venue = create(ENTITY_VENUE, venue_words);
    int64_t date = create_date(concert, venue);

    assert_int_equal(take_away(ENTITY_AGENCY, agency), EDIT_IN_USE);
    assert_int_equal(take_away(ENTITY_ARTIST, artist), EDIT_IN_USE);
    assert_int_equal(take_away(ENTITY_VENUE, venue), EDIT_IN_USE);
    assert_int_equal(take_away(ENTITY_CONCERT, concert), EDIT_IN_USE);

    assert_int_equal(take_away(ENTITY_OPTION, date), EDIT_DONE);
    assert_int_equal(take_away(ENTITY_OPTION, date), EDIT_MISSING);
    assert_int_equal(take_away(ENTITY_CONCERT, concert), EDIT_DONE);
    assert_int_equal(take_away(ENTITY_VENUE, venue), EDIT_DONE);
    assert_int_equal(take_away(ENTITY_ARTIST, artist), EDIT_DONE);
    assert_int_equal(take_away(ENTITY_AGENCY, agency), EDIT_DONE);
}

static void a_date_with_a_sale_stays(void **state)
{
    (void)state;
    static const struct sql sell = {
        "INSERT INTO sale (option_id, opens_at_ms, closes_at_ms, hold_seconds, max_per_fan) "
        "VALUES ($1, 1, 2, 300, 4)"};
    int64_t concert =
        create(ENTITY_CONCERT, "{\"title\":\"E\",\"titleKo\":\"저\",\"artistIds\":[]}");
    int64_t date = create_date(concert, create(ENTITY_VENUE, venue_words));
    struct sql_value value = sql_int(date);
    house_run(house, &sell, &value, 1);
    assert_int_equal(take_away(ENTITY_OPTION, date), EDIT_IN_USE);
}

static void a_reference_to_what_is_not_there_is_refused_by_name(void **state)
{
    (void)state;
    int64_t changes = change_count();
    struct edit artist =
        creation(ENTITY_ARTIST, "{\"name\":\"A\",\"nameKo\":\"가\",\"agencyId\":987654}");
    assert_int_equal(apply(&artist), EDIT_UNKNOWN_REFERENCE);
    assert_string_equal(artist.field, "agencyId");
    struct edit concert =
        creation(ENTITY_CONCERT, "{\"title\":\"A\",\"titleKo\":\"가\",\"artistIds\":[987654]}");
    assert_int_equal(apply(&concert), EDIT_UNKNOWN_REFERENCE);
    assert_string_equal(concert.field, "artistIds");
    struct edit date =
        creation(ENTITY_OPTION, "{\"startsAt\":\"2026-12-12T09:00:00Z\",\"venueId\":987654}");
    date.draft.concert_id = 987654;
    assert_int_equal(apply(&date), EDIT_MISSING);
    assert_int_equal(change_count(), changes);
}

static void a_change_passes_its_guard_only_on_the_version_it_names(void **state)
{
    (void)state;
    int64_t agency = create(ENTITY_AGENCY, agency_words);
    struct edit edit = {.action = EDIT_MERGE,
                        .entity = ENTITY_AGENCY,
                        .id = agency,
                        .draft = draft_of(ENTITY_AGENCY, "{\"name\":\"EDAM 2\"}", false),
                        .guard = {.is_set = true, .versions = {5, 1}, .version_count = 2}};
    assert_int_equal(apply(&edit), EDIT_DONE);
    edit.draft = draft_of(ENTITY_AGENCY, "{\"name\":\"EDAM 3\"}", false);
    assert_int_equal(apply(&edit), EDIT_STALE);
    edit.guard = (struct edit_guard){.is_set = true};
    assert_int_equal(apply(&edit), EDIT_STALE);
    edit.guard = (struct edit_guard){.is_set = true, .versions = {2}, .version_count = 1};
    assert_int_equal(apply(&edit), EDIT_DONE);
}

static void a_change_that_changes_nothing_leaves_version_and_record_alone(void **state)
{
    (void)state;
    int64_t agency = create(ENTITY_AGENCY, agency_words);
    int64_t changes = change_count();
    assert_int_equal(merge(ENTITY_AGENCY, agency, "{}"), EDIT_DONE);
    assert_int_equal(merge(ENTITY_AGENCY, agency, agency_words), EDIT_DONE);
    assert_int_equal(change_count(), changes);
    struct catalog_page page;
    struct catalog_filter filter = {.id = agency};
    assert_int_equal(catalog_agencies(house->reader, house->arena, &filter, &page), STATUS_OK);
    assert_int_equal(page.of.agencies->version, 1);
}

static void a_key_creates_once_a_day_and_only_what_it_came_with(void **state)
{
    (void)state;
    struct edit first = creation(ENTITY_AGENCY, agency_words);
    first.has_key = true;
    first.key_hash = 77;
    assert_int_equal(apply(&first), EDIT_DONE);

    struct edit again = first;
    again.id = 0;
    again.now_ms = house_now_ms + CATALOG_KEY_MS - 1;
    assert_int_equal(apply(&again), EDIT_REPEATED);
    assert_int_equal(again.id, first.id);

    struct edit other = creation(ENTITY_AGENCY, "{\"name\":\"X\",\"nameKo\":\"엑\"}");
    other.has_key = true;
    other.key_hash = 77;
    assert_int_equal(apply(&other), EDIT_KEY_REUSED);

    other.now_ms = house_now_ms + CATALOG_KEY_MS;
    assert_int_equal(apply(&other), EDIT_DONE);
    assert_int_not_equal(other.id, first.id);
}

static void an_artist_is_found_by_old_and_new_names(void **state)
{
    (void)state;
    int64_t artist = create(ENTITY_ARTIST,
                            "{\"name\":\"Moon Child\",\"nameKo\":\"문차일드\",\"agencyId\":null}");
    assert_int_equal(merge(ENTITY_ARTIST, artist, "{\"name\":\"MCND\"}"), EDIT_DONE);
    static const char *const searches[] = {"moonchild", "문차일드", "mcnd"};
    for (size_t i = 0; i < sizeof searches / sizeof searches[0]; i++) {
        struct catalog_page page;
        struct catalog_filter filter = {.search = text_of(searches[i]), .limit = 10};
        assert_int_equal(catalog_artists(house->reader, house->arena, &filter, &page), STATUS_OK);
        assert_int_equal(page.count, 1);
        assert_int_equal(page.of.artists->id, artist);
    }
}

static void the_record_tells_who_changed_what_newest_first(void **state)
{
    (void)state;
    int64_t agency = create(ENTITY_AGENCY, agency_words);
    assert_int_equal(merge(ENTITY_AGENCY, agency, "{\"nameKo\":\"이담2\"}"), EDIT_DONE);
    assert_int_equal(take_away(ENTITY_AGENCY, agency), EDIT_DONE);
    struct buffer body;
    buffer_init(&body, house->arena, 256);
    assert_int_equal(changes_write_page(house->reader, 0, 3, &body), STATUS_OK);
    buffer_add_char(&body, '\0');
    const char *deleted = strstr(body.bytes, "\"action\":\"DELETE\",\"before\":{\"name\":\"EDAM\","
                                             "\"nameKo\":\"이담2\"},\"after\":null}");
    const char *updated = strstr(body.bytes, "\"action\":\"UPDATE\"");
    const char *created = strstr(body.bytes, "\"accountId\":9,\"entity\":\"agency\"");
    assert_non_null(deleted);
    assert_non_null(created);
    assert_true(updated > deleted);
    assert_non_null(strstr(body.bytes, "\"action\":\"CREATE\",\"before\":null,\"after\":{"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_stands_on_something_keeps_it_from_being_deleted),
        cmocka_unit_test(a_date_with_a_sale_stays),
        cmocka_unit_test(a_reference_to_what_is_not_there_is_refused_by_name),
        cmocka_unit_test(a_change_passes_its_guard_only_on_the_version_it_names),
        cmocka_unit_test(a_change_that_changes_nothing_leaves_version_and_record_alone),
        cmocka_unit_test(a_key_creates_once_a_day_and_only_what_it_came_with),
        cmocka_unit_test(an_artist_is_found_by_old_and_new_names),
        cmocka_unit_test(the_record_tells_who_changed_what_newest_first),
    };
    return cmocka_run_group_tests(tests, open_house, close_house);
}
