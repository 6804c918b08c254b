/*
 * audit_test.c — a clean house passes, and each kind of violation is found, alone and by its id.
 *
 * The house: one date of 8 seats, ids 101 … 108; section 1 (101 … 104) at 150,000 won, section
 * 2 (105 … 108) at 90,000; two seats a fan. Each plant breaks one thing in it and names who must
 * be found.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "audit/audit.h"
#include "base/container.h"
#include "base/log.h"
#include "store/migrate.h"
#include "store/store_sqlite.h"

enum { NOW_MS = 1000000 };

static const char house_words[] =
    "INSERT INTO venue (id, name, name_ko, city) VALUES (1, 'KSPO Dome', '케이스포돔', 'Seoul');"
    "INSERT INTO concert (id, title, title_ko) VALUES (1, 'The Night', '그 밤');"
    "INSERT INTO concert_option (id, concert_id, venue_id, starts_at_ms, first_seat_id, seat_count)"
    " VALUES (1, 1, 1, 9000000, 101, 8), (2, 1, 1, 9900000, 201, 1);"
    "INSERT INTO section (id, option_id, position, name, grade, price) VALUES"
    " (1, 1, 0, 'A', 'VIP', 150000), (2, 1, 1, 'B', 'R', 90000), (3, 2, 0, 'A', 'VIP', 150000);"
    "INSERT INTO seat_row (id, section_id, option_id, position, name, first_seat_id, seat_count)"
    " VALUES (1, 1, 1, 0, '1', 101, 4), (2, 2, 1, 0, '1', 105, 4), (3, 3, 2, 0, '1', 201, 1);"
    "INSERT INTO seat (id, option_id, section_id, seat_row_id, number) VALUES"
    " (101, 1, 1, 1, '1'), (102, 1, 1, 1, '2'), (103, 1, 1, 1, '3'), (104, 1, 1, 1, '4'),"
    " (105, 1, 2, 2, '1'), (106, 1, 2, 2, '2'), (107, 1, 2, 2, '3'), (108, 1, 2, 2, '4'),"
    " (201, 2, 3, 3, '1');"
    "INSERT INTO sale (option_id, opens_at_ms, closes_at_ms, hold_seconds, max_per_fan)"
    " VALUES (1, 0, 9000000, 300, 2), (2, 0, 9000000, 300, 2);"
    "INSERT INTO reservation (id, option_id, fan_id, state, amount, key_hash, request_hash,"
    " created_at_ms, expires_at_ms, ended_at_ms) VALUES"
    " (1, 1, 11, 'CONFIRMED', 240000, 1, 1, 990000, 1290000, 995000),"
    " (2, 1, 12, 'HOLD', 150000, 2, 1, 990000, 1290000, NULL),"
    " (3, 1, 13, 'PAYING', 90000, 3, 1, 990000, 1290000, NULL),"
    " (4, 1, 14, 'EXPIRED', 150000, 4, 1, 600000, 900000, 900000),"
    " (5, 1, 15, 'CANCELLED', 150000, 5, 1, 600000, 900000, 650000),"
    " (6, 1, 16, 'REFUNDED', 90000, 6, 1, 600000, 900000, 700000);"
    "INSERT INTO reservation_seat (reservation_id, seat_id, price, live) VALUES"
    " (1, 101, 150000, 1), (1, 105, 90000, 1), (2, 102, 150000, 1), (3, 106, 90000, 1),"
    " (4, 102, 150000, 0), (5, 103, 150000, 0), (6, 107, 90000, 0);"
    "INSERT INTO payment (id, reservation_id, fan_id, gateway, state, amount, idempotency_key,"
    " request_hash, created_at_ms, updated_at_ms) VALUES"
    " (1, 1, 11, 'test', 'CAPTURED', 240000, 'p1', 1, 994000, 995000),"
    " (2, 3, 13, 'test', 'READY', 90000, 'p2', 1, 994000, 994000),"
    " (3, 1, 11, 'test', 'FAILED', 240000, 'p3', 1, 993000, 993000),"
    " (4, 6, 16, 'test', 'REFUNDED', 90000, 'p4', 1, 640000, 700000);"
    "INSERT INTO ledger_entry (id, payment_id, account, amount, created_at_ms) VALUES"
    " (1, 1, 'GATEWAY', 240000, 995000), (2, 1, 'SALES', -240000, 995000),"
    " (3, 4, 'GATEWAY', 90000, 640000), (4, 4, 'SALES', -90000, 640000),"
    " (5, 4, 'GATEWAY', -90000, 700000), (6, 4, 'SALES', 90000, 700000);"
    "INSERT INTO refund (id, payment_id, asked_by, state, amount, ends, reason, idempotency_key,"
    " request_hash, created_at_ms, updated_at_ms)"
    " VALUES (1, 4, 16, 'DONE', 90000, 1, 'ill', 'f1', 1, 690000, 700000);"
    "INSERT INTO ticket_use (reservation_id, used_at_ms, checked_by) VALUES (1, 999000, 3);";

/* News follows by itself, so that a plant breaks one thing. */
static const char news_words[] =
    "INSERT INTO payment_news (reservation_id, payment_id, refund_id, kind, amount, at_ms) VALUES"
    " (1, 1, 0, 'CAPTURED', 240000, 995000), (1, 3, 0, 'FAILED', 240000, 993000),"
    " (6, 4, 0, 'CAPTURED', 90000, 640000), (6, 4, 1, 'REFUND_DONE', 90000, 700000);"

    "CREATE TRIGGER payment_told AFTER INSERT ON payment"
    " WHEN NEW.state IN ('CAPTURED', 'REFUNDED', 'FAILED') BEGIN INSERT INTO payment_news"
    " (reservation_id, payment_id, refund_id, kind, amount, at_ms) VALUES (NEW.reservation_id,"
    " NEW.id, 0, CASE NEW.state WHEN 'FAILED' THEN 'FAILED' ELSE 'CAPTURED' END, NEW.amount, 0);"
    " END;"
    "CREATE TRIGGER payment_told_anew AFTER UPDATE ON payment BEGIN"
    " DELETE FROM payment_news WHERE payment_id = NEW.id AND refund_id = 0;"
    " INSERT INTO payment_news (reservation_id, payment_id, refund_id, kind, amount, at_ms)"
    " SELECT NEW.reservation_id, NEW.id, 0,"
    " CASE NEW.state WHEN 'FAILED' THEN 'FAILED' ELSE 'CAPTURED' END, NEW.amount, 0"
    " WHERE NEW.state IN ('CAPTURED', 'REFUNDED', 'FAILED');"
    " UPDATE payment_news SET reservation_id = NEW.reservation_id WHERE payment_id = NEW.id; END;"
    "CREATE TRIGGER refund_told AFTER INSERT ON refund WHEN NEW.state = 'DONE' BEGIN"
    " INSERT INTO payment_news (reservation_id, payment_id, refund_id, kind, amount, at_ms)"
    " SELECT reservation_id, id, NEW.id, 'REFUND_DONE', NEW.amount, 0 FROM payment"
    " WHERE id = NEW.payment_id; END;"
    "CREATE TRIGGER refund_told_anew AFTER UPDATE ON refund WHEN NEW.state = 'FAILED' BEGIN"
    " INSERT INTO payment_news (reservation_id, payment_id, refund_id, kind, amount, at_ms)"
    " SELECT reservation_id, id, NEW.id, 'REFUND_FAILED', NEW.amount, 0 FROM payment"
    " WHERE id = NEW.payment_id; END;";

/* One thing broken, and everything that must be found; nothing else may be. */
struct expected {
    int promise;
    const char *words; /* a part of the rule's */
    int64_t id;
};

struct plant {
    const char *script;
    struct expected expected[3]; /* words NULL: no more */
};

#define NO_LAST_DEFENCE "DROP INDEX reservation_seat_live;"
#define NO_GUARD "DROP TRIGGER ledger_entry_no_update; DROP TRIGGER ledger_entry_no_delete;"
#define NO_CHECKS "PRAGMA ignore_check_constraints = ON;"
#define BARE(table)                                                                                \
    "DROP TRIGGER IF EXISTS refund_told; DROP TRIGGER IF EXISTS refund_told_anew;"                 \
    "CREATE TABLE bare AS SELECT * FROM " table "; DROP TABLE " table                              \
    "; ALTER TABLE bare RENAME TO " table ";"
#define RESERVATION                                                                                \
    "INSERT INTO reservation (id, option_id, fan_id, state, amount, key_hash,"                     \
    " request_hash, created_at_ms, expires_at_ms, ended_at_ms) VALUES "
#define SEATS "INSERT INTO reservation_seat (reservation_id, seat_id, price, live) VALUES "
#define PAYMENT                                                                                    \
    "INSERT INTO payment (id, reservation_id, fan_id, gateway, state, amount, idempotency_key,"    \
    " request_hash, created_at_ms, updated_at_ms) VALUES "
#define LEDGER "INSERT INTO ledger_entry (id, payment_id, account, amount, created_at_ms) VALUES "
#define REFUND                                                                                     \
    "INSERT INTO refund (id, payment_id, asked_by, state, amount, ends, reason, idempotency_key,"  \
    " request_hash, created_at_ms, updated_at_ms) VALUES "
#define PART_GIVEN_BACK                                                                            \
    REFUND "(2, 1, 11, 'DONE', 40000, 0, 'a cold', 'f2', 1, 996000, 996000);" LEDGER               \
           "(7, 1, 'GATEWAY', -40000, 996000), (8, 1, 'SALES', 40000, 996000);"
#define LATE_MONEY                                                                                 \
    PAYMENT "(9, 4, 14, 'test', 'CAPTURED', 150000, 'p9', 1, 994000, 995000);" LEDGER              \
            "(7, 9, 'GATEWAY', 150000, 995000), (8, 9, 'SALES', -150000, 995000);" REFUND          \
            "(2, 9, 0, 'REQUESTED', 150000, 1, 'late', 'late-9', 0, 995000, 995000);"
#define SEAT "INSERT INTO seat (id, option_id, section_id, seat_row_id, number) VALUES "
#define TWENTY_MORE_SEATS                                                                          \
    "UPDATE concert_option SET seat_count = 21 WHERE id = 2;"                                      \
    "UPDATE seat_row SET seat_count = 21 WHERE id = 3;"                                            \
    "WITH RECURSIVE more (id) AS (VALUES (202) UNION ALL SELECT id + 1 FROM more WHERE id < 221)"  \
    " INSERT INTO seat (id, option_id, section_id, seat_row_id, number)"                           \
    " SELECT id, 2, 3, 3, id FROM more;"
#define EARLIER_LIMITS                                                                             \
    "INSERT INTO sale_earlier_limits (option_id, until_ms, max_per_fan, max_per_concert) VALUES "
#define FAN_CLUB                                                                                   \
    "INSERT INTO fan_group (id, name, name_ko) VALUES (3, 'UAENA', '유애나');"                  \
    "INSERT INTO fan_group_member (group_id, place, fan_id, joined_at_ms) VALUES (3, 1, 11, 1);"   \
    "INSERT INTO allotment (id, option_id, name, group_id, created_at_ms)"                         \
    " VALUES (5, 1, 'Front', 3, 1);"
#define LINE_OF                                                                                    \
    "INSERT INTO waiting_event (option_id, number, kind, sequence, turn, fan_id, door, until_s,"   \
    " at_ms, hash) VALUES "
#define LINE_JOINS                                                                                 \
    LINE_OF "(1, 1, 'O', 0, 0, 0, 0, 0, 5, x'00'), (1, 2, 'J', 1, 0, 11, 0, 0, 6, x'00'),"         \
            " (1, 3, 'J', 2, 0, 12, 0, 0, 6, x'00')"
#define HOUSE_SUM "confirmed seats × prices"

static const struct plant plants[] = {
    {NO_LAST_DEFENCE RESERVATION "(7, 1, 17, 'HOLD', 150000, 7, 1, 990000, 1290000, NULL);" SEATS
                                 "(7, 101, 150000, 1);",
     {{1, "that somebody else had before", 7}}},
    {"UPDATE reservation_seat SET live = 1 WHERE reservation_id = 5;",
     {{1, "kept live by a reservation that has ended", 103}}},
    {"UPDATE reservation_seat SET live = 0 WHERE reservation_id = 2;",
     {{1, "runs without its live seats", 2}}},

    {RESERVATION "(7, 1, 17, 'HOLD', 0, 7, 1, 990000, 1290000, NULL);",
     {{2, "reservation without seats", 7}}},
    {"UPDATE reservation_seat SET seat_id = 201 WHERE reservation_id = 2;",
     {{2, "a seat of another date", 2}}},
    {"UPDATE payment SET state = 'FAILED' WHERE id = 2;",
     {{2, "being paid without an open payment", 3}}},
    {PAYMENT "(9, 1, 11, 'test', 'CAPTURED', 240000, 'p9', 1, 994000, 995000);" LEDGER
             "(7, 9, 'GATEWAY', 240000, 995000), (8, 9, 'SALES', -240000, 995000);",
     {{2, "without exactly one captured payment", 1}, {3, HOUSE_SUM, -240000}}},
    {NO_GUARD "UPDATE payment SET state = 'FAILED' WHERE id = 1;"
              "DELETE FROM ledger_entry WHERE payment_id = 1;",
     {{2, "without exactly one captured payment", 1}, {3, HOUSE_SUM, 240000}}},
    {PAYMENT "(9, 4, 14, 'test', 'CAPTURED', 150000, 'p9', 1, 994000, 995000);" LEDGER
             "(7, 9, 'GATEWAY', 150000, 995000), (8, 9, 'SALES', -150000, 995000);",
     {{2, "captured payment of a reservation that is not confirmed", 9}, {3, HOUSE_SUM, -150000}}},
    {"UPDATE payment SET reservation_id = 4, fan_id = 14 WHERE id = 4;",
     {{2, "refunded reservation without a refunded payment", 6}}},
    {"UPDATE reservation SET ended_at_ms = 995000 WHERE id = 2;", {{2, "end and state", 2}}},
    {"DELETE FROM payment_news WHERE payment_id = 1;", {{2, "was not told exactly once", 1}}},
    {"DELETE FROM payment_news WHERE refund_id = 1;", {{2, "ended refund that was not told", 1}}},
    {"INSERT INTO payment_news (reservation_id, payment_id, refund_id, kind, amount, at_ms) VALUES"
     " (3, 2, 0, 'CAPTURED', 90000, 995000);",
     {{2, "news of what has not happened", 5}}},

    {"UPDATE reservation SET amount = 1 WHERE id = 2;",
     {{3, "does not cost what its seats cost", 2}}},
    {"UPDATE reservation_seat SET price = 1 WHERE reservation_id = 2;"
     "UPDATE reservation SET amount = 1 WHERE id = 2;",
     {{3, "at another price than its section", 102}}},
    {NO_GUARD "UPDATE payment SET amount = 240001 WHERE id = 1;"
              "UPDATE ledger_entry SET amount = 240001 WHERE id = 1;"
              "UPDATE ledger_entry SET amount = -240001 WHERE id = 2;",
     {{3, "captured payment of another amount", 1}, {3, HOUSE_SUM, -1}}},
    {PART_GIVEN_BACK NO_GUARD "UPDATE ledger_entry SET amount = -39999 WHERE id = 7;"
                              "UPDATE ledger_entry SET amount = 39999 WHERE id = 8;",
     {{3, "whose ledger says another amount", 1},
      {3, "refunds are not what its ledger gave back", 1},
      {3, HOUSE_SUM, -1}}},
    {NO_GUARD "UPDATE refund SET amount = 80000, fee = 10000 WHERE id = 1;"
              "UPDATE ledger_entry SET amount = -80000 WHERE id = 5;"
              "UPDATE ledger_entry SET amount = 80000 WHERE id = 6;",
     {{3, "whose fees are not what its ledger kept", 4}, {3, HOUSE_SUM, -10000}}},
    {PART_GIVEN_BACK NO_GUARD "UPDATE refund SET amount = 39000, fee = 1000 WHERE id = 2;"
                              "UPDATE ledger_entry SET amount = -39000 WHERE id = 7;" LEDGER
                              "(9, 1, 'FEES', -1000, 996000);",
     {{3, "after which something is left", 2}, {3, HOUSE_SUM, 1000}}},
    {REFUND "(2, 1, 11, 'REQUESTED', 240001, 1, 'x', 'f2', 1, 996000, 996000);",
     {{3, "more goes back than was captured", 1}}},
    {PART_GIVEN_BACK REFUND "(3, 1, 11, 'REQUESTED', 200001, 1, 'x', 'f3', 1, 996000, 996000);",
     {{3, "more goes back than was captured", 1}}},
    {REFUND "(2, 3, 13, 'REQUESTED', 5, 0, 'x', 'f2', 1, 996000, 996000);",
     {{2, "refund under way of a payment that is not captured", 2}}},
    {LATE_MONEY "UPDATE refund SET state = 'FAILED' WHERE id = 2;",
     {{2, "captured payment of a reservation that is not confirmed", 9}, {3, HOUSE_SUM, -150000}}},
    {NO_GUARD "DELETE FROM ledger_entry WHERE id = 2;", {{3, "do not sum to zero", 1}}},
    {NO_GUARD "UPDATE ledger_entry SET amount = 239999 WHERE id = 1;"
              "UPDATE ledger_entry SET amount = -239999 WHERE id = 2;",
     {{3, "whose ledger says another amount", 1}, {3, HOUSE_SUM, 1}}},
    {NO_GUARD "UPDATE ledger_entry SET amount = -80000 WHERE id = 5;"
              "UPDATE ledger_entry SET amount = 80000 WHERE id = 6;",
     {{3, "holds more than its fees", 4},
      {3, "refunds are not what its ledger gave back", 4},
      {3, HOUSE_SUM, -10000}}},
    {LEDGER "(7, 3, 'GATEWAY', 5, 1), (8, 3, 'SALES', -5, 1),"
            "(9, 3, 'GATEWAY', -5, 1), (10, 3, 'SALES', 5, 1);",
     {{3, "open or failed payment with ledger entries", 3}}},

    {"UPDATE reservation SET amount = 450000 WHERE id = 2;" SEATS
     "(2, 103, 150000, 1), (2, 104, 150000, 1);",
     {{4, "more live seats of a sale", 12}}},
    {"UPDATE sale SET max_per_fan = 1;" EARLIER_LIMITS "(1, 979999, 2, 0);",
     {{4, "more live seats of a sale", 11}}},
    {"UPDATE sale SET max_per_concert = 1;", {{4, "more live seats of a concert", 11}}},
    {FAN_CLUB "UPDATE seat SET allotment_id = 5 WHERE id IN (101, 102);",
     {{4, "set aside for a group that its fan is not in", 102}}},

    {BARE("reservation") "UPDATE reservation SET fan_id = 12, key_hash = 2 WHERE id = 5;",
     {{5, "key that reserved twice", 12}}},
    {BARE("payment") "UPDATE payment SET idempotency_key = 'p1' WHERE id = 3;",
     {{5, "key that paid twice", 11}}},
    {BARE("refund") REFUND "(2, 1, 16, 'FAILED', 5, 0, 'x', 'f1', 1, 996000, 996000);",
     {{2, "ended refund that was not told", 2}, {5, "key that refunded twice", 16}}},
    {"UPDATE payment SET idempotency_key = '' WHERE id = 2;", {{5, "payment without a key", 2}}},

    {TWENTY_MORE_SEATS RESERVATION
     "(7, 2, 17, 'CANCELLED', 17 * 150000, 7, 1, 990000, 1290000, 995000);"
     "INSERT INTO reservation_seat (reservation_id, seat_id, price, live)"
     " SELECT 7, id, 150000, 0 FROM seat WHERE id BETWEEN 201 AND 217;",
     {{7, "too many seats", 7}}},
    {"UPDATE reservation SET expires_at_ms = 9000000 WHERE id = 2;", {{7, "lasts too long", 2}}},
    {"UPDATE payment SET idempotency_key = hex(zeroblob(40)) WHERE id = 2;",
     {{7, "key that is too long", 2}}},
    {"UPDATE concert_option SET seat_count = 100001 WHERE id = 2;",
     {{7, "a date with too many seats", 2}, {8, "a date whose seats are not those", 2}}},
    {"INSERT INTO section (id, option_id, position, name, grade, price)"
     " VALUES (4, 2, 1, 'Z', 'VVIP', 100000001);",
     {{7, "too dear", 4}}},

    {SEATS "(99, 104, 150000, 0);", {{8, "reserved seat without its reservation", 104}}},
    {"UPDATE reservation_seat SET seat_id = 999 WHERE reservation_id = 2;",
     {{8, "reserved seat that does not exist", 999}}},
    {"UPDATE seat SET blocked = 1 WHERE id = 102;", {{8, "reserved seat that is blocked", 102}}},
    {"UPDATE reservation_seat SET live = 7 WHERE reservation_id = 5;",
     {{8, "neither live nor not", 103}}},
    {"UPDATE reservation SET option_id = 77 WHERE id = 5;",
     {{2, "a seat of another date", 5}, {8, "reservation of a date that does not exist", 5}}},
    {NO_CHECKS "UPDATE reservation SET state = 'GONE' WHERE id = 5;",
     {{8, "reservation in a state that does not exist", 5}, {0, "damaged", 0}}},
    {"UPDATE reservation SET ended_at_ms = 5 WHERE id = 5;", {{8, "ends before it begins", 5}}},
    {"UPDATE reservation SET fan_id = -1 WHERE id = 2;",
     {{8, "reservation with an id out of range", 2}}},
    {PAYMENT "(9, 99, 11, 'test', 'FAILED', 1, 'p9', 1, 1, 1);",
     {{8, "payment without its reservation", 9}}},
    {"UPDATE payment SET fan_id = 99 WHERE id = 2;", {{8, "payment by another fan", 2}}},
    {NO_CHECKS "UPDATE payment SET state = 'LOST' WHERE id = 3;",
     {{8, "payment in a state that does not exist", 3}, {0, "damaged", 0}}},
    {PAYMENT "(9007199254740992, 2, 12, 'test', 'FAILED', 1, 'p9', 1, 1, 1);",
     {{8, "payment with an id out of range", INT64_C(9007199254740992)}}},
    {LEDGER "(7, 99, 'SALES', 5, 1), (8, 99, 'SALES', -5, 1);",
     {{8, "ledger entry without its payment", 7}}},
    {REFUND "(2, 99, 11, 'REQUESTED', 5, 0, 'x', 'f2', 1, 996000, 996000);",
     {{8, "refund without its payment", 2}}},
    {"INSERT INTO webhook (id, gateway, delivery, order_id, said, payment_id, received_at_ms)"
     " VALUES (5, 'test', 'd1', 'TR-9', 'DONE', 99, 996000);",
     {{8, "webhook of a payment that does not exist", 5}}},
    {"UPDATE refund SET run_id = 7 WHERE id = 1;", {{8, "refund of a run that does not", 1}}},
    {"INSERT INTO ticket_use (reservation_id, used_at_ms, checked_by) VALUES (99, 1, 3);",
     {{8, "used ticket without its reservation", 99}}},

    {LINE_JOINS ", (1, 5, 'L', 1, 1, 0, 0, 0, 7, x'00');", {{6, "events have a gap", 1}}},
    {LINE_JOINS ", (1, 4, 'A', 2, 2, 0, 0, 9, 7, x'00'), (1, 5, 'A', 1, 1, 0, 0, 9, 7, x'00');",
     {{6, "somebody with a later turn", 5}}},
    {LINE_JOINS ", (1, 4, 'L', 1, 1, 0, 0, 0, 4, x'00');", {{6, "back in time", 4}}},
    {LINE_JOINS ", (1, 4, 'J', 5, 0, 13, 0, 0, 7, x'00');", {{6, "order of joining", 4}}},
    {LINE_JOINS ", (1, 4, 'E', 2, 2, 0, 0, 9, 7, x'00');", {{6, "without being called", 2}}},
    {LINE_JOINS ", (1, 4, 'J', 3, 0, 11, 0, 0, 7, x'00');", {{6, "two places at once", 11}}},

    {"UPDATE concert_option SET seat_count = 7 WHERE id = 1;",
     {{8, "a seat outside the range", 108}}},
    {"DELETE FROM seat WHERE id = 104;",
     {{8, "a date whose seats are not those", 1}, {8, "a row whose seats are not those", 1}}},
    {SEAT "(-5, 2, 3, 3, '9');",
     {{8, "a seat with an id out of range", -5}, {8, "a seat outside the range", -5}}},
    {SEAT "(301, 77, 3, 3, '1');",
     {{8, "a seat without its date", 301}, {8, "a seat without its section", 301}}},
    {"UPDATE seat SET section_id = 3, seat_row_id = 3 WHERE id = 104;",
     {{8, "a seat without its section", 104}, {8, "a row whose seats are not those", 1}}},
    {"UPDATE seat SET seat_row_id = 99 WHERE id = 104;",
     {{8, "a seat without its row", 104}, {8, "a row whose seats are not those", 1}}},
    {"UPDATE concert_option SET venue_id = 9 WHERE id = 2;",
     {{8, "date without its concert or venue", 2}}},
    {"INSERT INTO sale (option_id, opens_at_ms, closes_at_ms, hold_seconds, max_per_fan)"
     " VALUES (9, 0, 1, 300, 2);",
     {{8, "sale without its date", 9}}},
};

/* Foreign keys guard the hall; a violation can only be planted without them. */
static const char no_keys_words[] =
    "PRAGMA writable_schema = ON;"
    "UPDATE sqlite_schema SET sql = replace(replace(replace(sql, 'REFERENCES venue (id)', ''),"
    " 'REFERENCES concert (id)', ''), 'REFERENCES concert_option (id)', '') WHERE type = 'table';"
    "PRAGMA writable_schema = RESET;";

/* --- the house -------------------------------------------------------------------------------- */

struct house {
    char folder[64];
    struct store *store;
    struct store_connection *reader;
    struct audit_report report;
};

struct scripted {
    struct store_job job;
    const char *words;
    char why[256];
};

static enum status run_script(struct store_job *job, struct store_connection *connection)
{
    struct scripted *scripted = container_of(job, struct scripted, job);
    enum status status = store_script(connection, scripted->words);
    if (status != STATUS_OK)
        snprintf(scripted->why, sizeof scripted->why, "%s", store_why(connection));
    return status;
}

static void script(struct store *store, const char *words)
{
    struct scripted scripted = {.job = {.work = run_script}, .words = words};
    if (store_submit_and_wait(store, &scripted.job) != STATUS_OK)
        fail_msg("%s: %s", scripted.why, words);
}

static void enter(struct house *house)
{
    char path[96], why[STORE_SQLITE_WHY_BYTES];
    struct migrate_report migrated;
    memset(house, 0, sizeof *house);
    snprintf(house->folder, sizeof house->folder, "/tmp/audit-test-XXXXXX");
    assert_non_null(mkdtemp(house->folder));
    snprintf(path, sizeof path, "%s/core.db", house->folder);
    struct store_sqlite_settings settings = {
        .path = path, .create = true, .synchronous = STORE_SQLITE_SYNCHRONOUS_OFF};
    assert_int_equal(store_sqlite_open(&settings, why, &house->store), STATUS_OK);
    assert_int_equal(store_migrate(house->store, SCHEMA_CORE, 1, &migrated), STATUS_OK);
    script(house->store, house_words);
    script(house->store, news_words);
    script(house->store, no_keys_words);
    assert_int_equal(store_reader_open(house->store, &house->reader), STATUS_OK);
}

static void leave(struct house *house)
{
    char command[128];
    store_reader_close(house->reader);
    store_close(house->store);
    snprintf(command, sizeof command, "rm -rf '%s'", house->folder);
    assert_int_equal(system(command), 0);
}

static bool is_expected(const struct plant *plant, const struct audit_finding *finding)
{
    for (int i = 0; i < 3 && plant->expected[i].words; i++) {
        const struct expected *expected = &plant->expected[i];
        if (expected->promise == finding->promise && strstr(finding->rule, expected->words))
            return finding->example[0] == expected->id;
    }
    return false;
}

static int count_expected(const struct plant *plant)
{
    int count = 0;
    while (count < 3 && plant->expected[count].words)
        count++;
    return count;
}

static void assert_found(const struct plant *plant, const struct audit_report *report)
{
    int found_count = 0;
    for (int i = 0; i < report->finding_count; i++) {
        const struct audit_finding *finding = &report->finding[i];
        if (finding->violation_count == 0)
            continue;
        found_count++;
        if (!is_expected(plant, finding))
            fail_msg("%s\n  was not to be found: %s, %lld %s", plant->script, finding->rule,
                     (long long)finding->example[0], finding->why);
    }
    if (found_count != count_expected(plant))
        fail_msg("%s\n  found %d rules broken instead of %d", plant->script, found_count,
                 count_expected(plant));
    assert_false(report->clean);
}

/* --- stories ---------------------------------------------------------------------------------- */

static void a_clean_house_passes(void **state)
{
    (void)state;
    static struct house house;
    enter(&house);
    assert_int_equal(audit_run(house.reader, NOW_MS, &house.report), STATUS_OK);
    if (!house.report.clean)
        audit_print(&house.report, stderr);
    assert_true(house.report.clean);
    assert_int_equal(house.report.promise[0].checked_count, 4);
    assert_int_equal(house.report.promise[5].verdict, AUDIT_PASS);
    assert_int_equal(house.report.overdue_hold_count, 0);
    leave(&house);
}

static void money_on_its_way_back_agrees(void **state)
{
    (void)state;
    static const char *const scripts[] = {PART_GIVEN_BACK, LATE_MONEY};
    static struct house house;
    for (size_t i = 0; i < 2; i++) {
        enter(&house);
        script(house.store, scripts[i]);
        assert_int_equal(audit_run(house.reader, NOW_MS, &house.report), STATUS_OK);
        if (!house.report.clean)
            audit_print(&house.report, stderr);
        assert_true(house.report.clean);
        leave(&house);
    }
}

static void each_violation_is_found_alone_and_by_its_id(void **state)
{
    (void)state;
    static struct house house;
    for (size_t i = 0; i < sizeof plants / sizeof plants[0]; i++) {
        enter(&house);
        script(house.store, plants[i].script);
        assert_int_equal(audit_run(house.reader, NOW_MS, &house.report), STATUS_OK);
        assert_found(&plants[i], &house.report);
        leave(&house);
    }
}

static void every_rule_has_been_seen_broken(void **state)
{
    (void)state;
    static struct house house;
    enter(&house);
    assert_int_equal(audit_run(house.reader, NOW_MS, &house.report), STATUS_OK);
    for (int i = 0; i < house.report.finding_count; i++) {
        const struct audit_finding *finding = &house.report.finding[i];
        bool planted = false;
        for (size_t k = 0; k < sizeof plants / sizeof plants[0]; k++)
            for (int n = 0; n < count_expected(&plants[k]); n++)
                planted |= plants[k].expected[n].promise == finding->promise &&
                           strstr(finding->rule, plants[k].expected[n].words);
        if (!planted)
            fail_msg("no plant breaks: %s", finding->rule);
    }
    leave(&house);
}

static void what_was_sold_by_earlier_limits_stays_right(void **state)
{
    static const char *const changes[] = {
        "UPDATE sale SET max_per_fan = 1;" EARLIER_LIMITS "(1, 992000, 2, 0);",
        "UPDATE sale SET max_per_concert = 1;" EARLIER_LIMITS "(1, 992000, 2, 0);",
        "UPDATE sale SET max_per_concert = 1;" EARLIER_LIMITS "(1, 992000, 2, 2);",
    };
    (void)state;
    static struct house house;
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        enter(&house);
        script(house.store, changes[i]);
        assert_int_equal(audit_run(house.reader, NOW_MS, &house.report), STATUS_OK);
        assert_true(house.report.clean);
        leave(&house);
    }
}

static void an_overdue_hold_is_a_note_and_no_violation(void **state)
{
    (void)state;
    static struct house house;
    enter(&house);
    assert_int_equal(audit_run(house.reader, 2000000, &house.report), STATUS_OK);
    assert_true(house.report.clean);
    assert_int_equal(house.report.overdue_hold_count, 1);
    leave(&house);
}

static void what_cannot_be_read_does_not_pass(void **state)
{
    (void)state;
    static struct house house;
    enter(&house);
    script(house.store, "DROP TABLE ledger_entry;");
    assert_int_equal(audit_run(house.reader, NOW_MS, &house.report), STATUS_OK);
    assert_false(house.report.clean);
    assert_int_equal(house.report.promise[2].verdict, AUDIT_FAIL);
    assert_int_equal(house.report.promise[0].verdict, AUDIT_PASS);
    leave(&house);
}

static void the_report_reads_well(void **state)
{
    (void)state;
    static struct house house;
    char printed[8192] = "";
    enter(&house);
    script(house.store, "UPDATE reservation_seat SET live = 1 WHERE reservation_id = 5;");
    assert_int_equal(audit_run(house.reader, NOW_MS, &house.report), STATUS_OK);
    house.report.promise[1].checked_count = 1234567;
    FILE *file = fmemopen(printed, sizeof printed, "w");
    assert_non_null(file);
    audit_print(&house.report, file);
    fclose(file);
    assert_non_null(strstr(printed, "FAIL  1  at most one live reservation per seat"));
    assert_non_null(strstr(printed, "5 live seats checked, 1 violation\n"));
    assert_non_null(
        strstr(printed, "1 × a seat kept live by a reservation that has ended: seat 103"));
    assert_non_null(strstr(printed, "1,234,567 reservations checked, 0 violations"));
    assert_non_null(strstr(printed, "PASS  6"));
    assert_non_null(strstr(printed, "NOT clean"));
    leave(&house);
}

int main(void)
{
    log_set_level(LOG_OFF);
    const struct CMUnitTest stories[] = {
        cmocka_unit_test(a_clean_house_passes),
        cmocka_unit_test(money_on_its_way_back_agrees),
        cmocka_unit_test(each_violation_is_found_alone_and_by_its_id),
        cmocka_unit_test(every_rule_has_been_seen_broken),
        cmocka_unit_test(what_was_sold_by_earlier_limits_stays_right),
        cmocka_unit_test(an_overdue_hold_is_a_note_and_no_violation),
        cmocka_unit_test(what_cannot_be_read_does_not_pass),
        cmocka_unit_test(the_report_reads_well),
    };
    return cmocka_run_group_tests_name("audit", stories, NULL, NULL);
}
