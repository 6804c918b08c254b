/*
 * audit_rules.c — every way of breaking a promise, as a query that finds who did.
 *
 * A rule is set-based and stands alone: it reads the tables in the order they are stored (where a
 * planner prefers a shorter index, ORDER BY tells it otherwise) and looks others up by their keys,
 * so a million reservations take seconds. A rule never leans on the one before it; where something
 * is missing altogether, rule 8 says so and the others stay silent, so that one fault is reported
 * once.
 *
 * Fans are not looked up: an account may be gone, and load tools use fans without one.
 */
#include "audit/audit_rules.h"

#include "limits.h"

#define LIVE_STATES "('HOLD', 'PAYING', 'CONFIRMED')"
#define OPEN_STATES "('READY', 'UNKNOWN', 'AUTHORIZED')"
#define GATEWAY_BALANCE                                                                            \
    "(SELECT coalesce(sum(e.amount), 0) FROM ledger_entry e"                                       \
    " WHERE e.payment_id = p.id AND e.account = 'GATEWAY')"
#define KEPT                                                                                       \
    "(SELECT coalesce(sum(f.fee), 0) FROM refund f"                                                \
    " WHERE f.payment_id = p.id AND f.state = 'DONE')"
#define GIVEN_BACK                                                                                 \
    "(SELECT coalesce(sum(f.amount), 0) FROM refund f"                                             \
    " WHERE f.payment_id = p.id AND f.state = 'DONE')"
#define GOING_BACK                                                                                 \
    "(SELECT coalesce(sum(f.amount + f.fee), 0) FROM refund f"                                     \
    " WHERE f.payment_id = p.id AND f.state <> 'FAILED')"

/*
 * The highest limit that was in force after the fan's newest live seats were held, or shortly
 * before: the engine goes by the terms it had when its turn began. 0 when it was never changed.
 */
#define LIMIT_SLACK_MS "10000"
#define LIMIT_THEN(limit)                                                                          \
    "(SELECT coalesce(max(e." limit "), 0) FROM sale_earlier_limits e"                             \
    " WHERE e.option_id = h.option_id AND e.until_ms > h.newest_ms - " LIMIT_SLACK_MS ")"

const struct audit_promise_words audit_promises[] = {
    {1,
     "at most one live reservation per seat",
     "live seats",
     {"SELECT count(*) FROM reservation_seat WHERE live IN (1, 2)"}},
    {2, "nothing is half done", "reservations", {"SELECT count(*) FROM reservation"}},
    {3, "the money agrees, to the won", "payments", {"SELECT count(*) FROM payment"}},
    {4,
     "per-fan limits hold",
     "live seats",
     {"SELECT count(*) FROM reservation_seat WHERE live IN (1, 2)"}},
    {5,
     "an idempotency key acts once",
     "keys",
     {"SELECT (SELECT count(*) FROM reservation) + (SELECT count(*) FROM payment)"
      " + (SELECT count(*) FROM refund)"}},
    {6,
     "nobody overtakes in the waiting room",
     "events of lines",
     {"SELECT count(*) FROM waiting_event"}},
    {7, "everything has a maximum", "reservations", {"SELECT count(*) FROM reservation"}},
    {8, "everything refers to something that is there", "seats", {"SELECT count(*) FROM seat"}},
    {0, "the database file is sound", "file", {"SELECT 1"}},
};

const struct audit_rule audit_rules[] = {
    /* --- 1 */
    {1,
     "a reservation of a seat that somebody else had before",
     "reservation",
     {"SELECT DISTINCT s.reservation_id FROM reservation_seat s JOIN (SELECT seat_id,"
      " min(reservation_id) AS first_id FROM reservation_seat WHERE live IN (1, 2) GROUP BY seat_id"
      " HAVING count(*) > 1) d ON d.seat_id = s.seat_id"
      " WHERE s.live IN (1, 2) AND s.reservation_id <> d.first_id ORDER BY s.reservation_id"},
     0},
    {1,
     "a seat kept live by a reservation that has ended",
     "seat",
     {"SELECT s.seat_id FROM reservation_seat s JOIN reservation r ON r.id = s.reservation_id"
      " WHERE s.live IN (1, 2) AND r.state IN ('REFUNDED', 'EXPIRED', 'CANCELLED')"},
     0},
    {1,
     "a reservation that runs without its live seats",
     "reservation",
     {"SELECT DISTINCT r.id FROM reservation_seat s JOIN reservation r ON r.id = s.reservation_id"
      " WHERE s.live = 0 AND r.state IN " LIVE_STATES},
     0},

    /* --- 2 */
    {2,
     "a reservation without seats",
     "reservation",
     {"SELECT r.id FROM reservation r WHERE NOT EXISTS"
      " (SELECT 1 FROM reservation_seat s WHERE s.reservation_id = r.id) ORDER BY r.id"},
     0},
    {2,
     "a reservation with a seat of another date",
     "reservation",
     {"SELECT DISTINCT r.id FROM reservation_seat s JOIN reservation r ON r.id = s.reservation_id"
      " JOIN seat t ON t.id = s.seat_id WHERE t.option_id <> r.option_id"},
     0},
    {2,
     "a reservation that is being paid without an open payment",
     "reservation",
     {"SELECT r.id FROM reservation r WHERE r.state = 'PAYING' AND NOT EXISTS (SELECT 1 FROM"
      " payment p WHERE p.reservation_id = r.id AND p.state IN " OPEN_STATES ")"},
     0},
    {2,
     "a confirmed reservation without exactly one captured payment",
     "reservation",
     {"SELECT r.id FROM reservation r WHERE r.state = 'CONFIRMED' AND (SELECT count(*) FROM"
      " payment p WHERE p.reservation_id = r.id AND p.state = 'CAPTURED') <> 1"},
     0},
    {2,
     "a captured payment of a reservation that is not confirmed",
     "payment",
     {"SELECT p.id FROM payment p JOIN reservation r ON r.id = p.reservation_id"
      " WHERE p.state = 'CAPTURED' AND r.state <> 'CONFIRMED' AND NOT EXISTS (SELECT 1 FROM refund "
      "f"
      " WHERE f.payment_id = p.id AND f.state = 'REQUESTED' AND f.ends = 1)"},
     0},
    {2,
     "a refund under way of a payment that is not captured",
     "refund",
     {"SELECT f.id FROM refund f JOIN payment p ON p.id = f.payment_id"
      " WHERE f.state = 'REQUESTED' AND p.state <> 'CAPTURED'"},
     0},
    {2,
     "a refunded reservation without a refunded payment",
     "reservation",
     {"SELECT r.id FROM reservation r WHERE r.state = 'REFUNDED' AND NOT EXISTS (SELECT 1 FROM"
      " payment p WHERE p.reservation_id = r.id AND p.state = 'REFUNDED')"},
     0},
    {2,
     "a captured or failed payment that was not told exactly once",
     "payment",
     {"SELECT p.id FROM payment p WHERE p.state IN ('CAPTURED', 'REFUNDED', 'FAILED') AND 1 <>"
      " (SELECT count(*) FROM payment_news n WHERE n.payment_id = p.id AND n.kind ="
      " CASE p.state WHEN 'FAILED' THEN 'FAILED' ELSE 'CAPTURED' END)"},
     0},
    {2,
     "an ended refund that was not told exactly once",
     "refund",
     {"SELECT f.id FROM refund f WHERE f.state <> 'REQUESTED' AND 1 <> (SELECT count(*) FROM"
      " payment_news n WHERE n.payment_id = f.payment_id AND n.refund_id = f.id AND n.kind ="
      " CASE f.state WHEN 'DONE' THEN 'REFUND_DONE' ELSE 'REFUND_FAILED' END)"},
     0},
    {2,
     "news of what has not happened",
     "piece of news",
     {"SELECT n.id FROM payment_news n WHERE n.kind <> 'UNKNOWN' AND NOT EXISTS (SELECT 1 FROM"
      " payment p WHERE p.id = n.payment_id AND p.reservation_id = n.reservation_id AND"
      " (n.refund_id > 0 OR (n.kind = 'FAILED') = (p.state = 'FAILED'))"
      " AND p.state NOT IN " OPEN_STATES ")"},
     0},
    {2,
     "a reservation whose end and state disagree",
     "reservation",
     {"SELECT id FROM reservation"
      " WHERE (state IN ('HOLD', 'PAYING')) <> (ended_at_ms IS NULL)"},
     0},

    /* --- 3 */
    {3,
     "a reservation that does not cost what its seats cost",
     "reservation",
     {"SELECT r.id FROM reservation r JOIN (SELECT reservation_id, sum(price) AS price FROM"
      " reservation_seat GROUP BY reservation_id) s ON s.reservation_id = r.id"
      " WHERE s.price <> r.amount"},
     0},
    {3,
     "a seat sold at another price than its section's",
     "seat",
     {"SELECT s.seat_id FROM reservation_seat s JOIN seat t ON t.id = s.seat_id"
      " JOIN section n ON n.id = t.section_id WHERE s.price <> n.price"},
     0},
    {3,
     "a captured payment of another amount than its reservation's",
     "payment",
     {"SELECT p.id FROM payment p JOIN reservation r ON r.id = p.reservation_id"
      " WHERE p.state = 'CAPTURED' AND p.amount <> r.amount"},
     0},
    {3,
     "a payment whose ledger entries do not sum to zero",
     "payment",
     {"SELECT payment_id FROM ledger_entry GROUP BY payment_id HAVING sum(amount) <> 0"},
     0},
    {3,
     "a captured payment whose ledger says another amount",
     "payment",
     {"SELECT p.id FROM payment p WHERE p.state = 'CAPTURED'"
      " AND p.amount - " GIVEN_BACK " <> " GATEWAY_BALANCE},
     0},
    {3,
     "a payment whose refunds are not what its ledger gave back",
     "payment",
     {"SELECT p.id FROM payment p WHERE p.state IN ('CAPTURED', 'REFUNDED') AND " GIVEN_BACK
      " <> (SELECT coalesce(-sum(e.amount), 0) FROM ledger_entry e"
      " WHERE e.payment_id = p.id AND e.account = 'GATEWAY' AND e.amount < 0)"},
     0},
    {3,
     "a payment of which more goes back than was captured",
     "payment",
     {"SELECT p.id FROM payment p WHERE " GOING_BACK " > p.amount"},
     0},
    {3,
     "a refunded payment of which the ledger holds more than its fees",
     "payment",
     {"SELECT p.id FROM payment p WHERE p.state = 'REFUNDED' AND " KEPT " <> " GATEWAY_BALANCE},
     0},
    {3,
     "a payment whose fees are not what its ledger kept",
     "payment",
     {"SELECT p.id FROM payment p WHERE p.state IN ('CAPTURED', 'REFUNDED') AND " KEPT
      " <> (SELECT coalesce(-sum(e.amount), 0) FROM ledger_entry e"
      " WHERE e.payment_id = p.id AND e.account = 'FEES')"},
     0},
    {3,
     "a fee of a refund after which something is left",
     "refund",
     {"SELECT id FROM refund WHERE fee > 0 AND ends = 0"},
     0},
    {3,
     "an open or failed payment with ledger entries",
     "payment",
     {"SELECT DISTINCT p.id FROM ledger_entry e JOIN payment p ON p.id = e.payment_id"
      " WHERE p.state IN ('READY', 'UNKNOWN', 'AUTHORIZED', 'FAILED')"},
     0},

    /* --- 4 */
    /* A limit may have been another one when the fan's newest seats were held: see LIMIT_THEN. */
    {4,
     "a fan with more live seats of a sale than it allows",
     "fan",
     {"SELECT h.fan_id FROM (SELECT r.fan_id, r.option_id, count(*) AS seats,"
      " max(r.created_at_ms) AS newest_ms FROM reservation r"
      " JOIN reservation_seat s ON s.reservation_id = r.id WHERE s.live IN (1, 2)"
      " GROUP BY r.fan_id, r.option_id) h JOIN sale a ON a.option_id = h.option_id"
      " WHERE h.seats > a.max_per_fan AND h.seats > " LIMIT_THEN("max_per_fan")},
     0},
    {4,
     "a fan with more live seats of a concert than its dates allow",
     "fan",
     {"SELECT h.fan_id FROM (SELECT r.fan_id, o.concert_id, count(*) AS seats,"
      " min(CASE WHEN a.max_per_concert > 0 THEN 1 ELSE 0 END) AS limited,"
      " max(a.max_per_concert) AS most, max(coalesce((SELECT max(CASE WHEN e.max_per_concert > 0"
      " THEN e.max_per_concert ELSE $1 END) FROM sale_earlier_limits e"
      " WHERE e.option_id = r.option_id AND e.until_ms > r.created_at_ms - " LIMIT_SLACK_MS "),"
      " 0)) AS most_then"
      " FROM reservation r JOIN reservation_seat s ON s.reservation_id = r.id"
      " JOIN concert_option o ON o.id = r.option_id JOIN sale a ON a.option_id = r.option_id"
      " WHERE s.live IN (1, 2) AND o.concert_id IN (SELECT d.concert_id FROM sale l"
      " JOIN concert_option d ON d.id = l.option_id WHERE l.max_per_concert > 0)"
      " GROUP BY r.fan_id, o.concert_id) h"
      " WHERE h.limited = 1 AND h.seats > h.most AND h.seats > h.most_then"},
     INT32_MAX},
    {4,
     "a seat set aside for a group that its fan is not in",
     "seat",
     {"SELECT s.seat_id FROM reservation_seat s JOIN seat t ON t.id = s.seat_id"
      " JOIN reservation r ON r.id = s.reservation_id JOIN allotment l ON l.id = t.allotment_id"
      " WHERE s.live IN (1, 2) AND NOT EXISTS (SELECT 1 FROM fan_group_member m"
      " WHERE m.fan_id = r.fan_id AND m.group_id = l.group_id)"},
     0},

    /* --- 5 */
    {5,
     "a fan's key that reserved twice",
     "fan",
     {"SELECT fan_id FROM reservation GROUP BY fan_id, key_hash HAVING count(*) > 1"},
     0},
    {5,
     "a fan's key that paid twice",
     "fan",
     {"SELECT fan_id FROM payment GROUP BY fan_id, idempotency_key HAVING count(*) > 1"},
     0},
    {5,
     "a payment without a key",
     "payment",
     {"SELECT id FROM payment WHERE idempotency_key = ''"},
     0},

    {5,
     "a key that refunded twice",
     "person",
     {"SELECT asked_by FROM refund GROUP BY asked_by, idempotency_key HAVING count(*) > 1"},
     0},

    /* --- 6 */
    {6,
     "a line whose events have a gap",
     "option",
     {"SELECT option_id FROM waiting_event GROUP BY option_id"
      " HAVING count(*) <> max(number) OR min(number) <> 1"},
     0},
    {6,
     "a fan called after somebody with a later turn",
     "event",
     {"SELECT number FROM (SELECT number, turn, lag(turn) OVER (PARTITION BY option_id"
      " ORDER BY number) AS earlier FROM waiting_event WHERE kind = 'A') AS calls"
      " WHERE turn <= earlier"},
     0},
    {6,
     "a line that goes back in time",
     "event",
     {"SELECT number FROM (SELECT number, at_ms, lag(at_ms) OVER (PARTITION BY option_id"
      " ORDER BY number) AS earlier FROM waiting_event) AS events WHERE at_ms < earlier"},
     0},
    {6,
     "sequence numbers that are not those of the order of joining",
     "event",
     {"SELECT number FROM (SELECT number, sequence, row_number() OVER (PARTITION BY option_id"
      " ORDER BY number) AS expected FROM waiting_event WHERE kind = 'J') AS joins"
      " WHERE sequence <> expected"},
     0},
    {6,
     "a place that was entered without being called, or twice",
     "place",
     {"SELECT sequence FROM waiting_event WHERE sequence > 0 GROUP BY option_id, sequence"
      " HAVING sum(CASE WHEN kind = 'E' THEN 1 ELSE 0 END)"
      " > sum(CASE WHEN kind = 'A' THEN 1 ELSE 0 END)"
      " OR sum(CASE WHEN kind = 'E' THEN 1 ELSE 0 END) > 1"},
     0},
    {6,
     "a fan with two places at once",
     "fan",
     {"SELECT fan_id FROM (SELECT option_id, sequence, max(fan_id) AS fan_id,"
      " max(CASE WHEN kind IN ('B', 'L', 'X', 'M', 'T') THEN 1 ELSE 0 END) AS ended"
      " FROM waiting_event WHERE sequence > 0 GROUP BY option_id, sequence) AS places"
      " WHERE ended = 0 GROUP BY option_id, fan_id HAVING count(*) > 1"},
     0},

    /* --- 7 */
    {7,
     "a reservation of too many seats",
     "reservation",
     {"SELECT reservation_id FROM reservation_seat GROUP BY reservation_id HAVING count(*) > $1"},
     SEATS_PER_RESERVATION_MAX},
    {7,
     "a hold that lasts too long",
     "reservation",
     {"SELECT id FROM reservation WHERE expires_at_ms - created_at_ms > $1"},
     HOLD_SECONDS_MAX * 1000},
    {7,
     "an idempotency key that is too long",
     "payment",
     {"SELECT id FROM payment WHERE length(idempotency_key) > $1"},
     IDEMPOTENCY_KEY_BYTES_MAX},
    {7,
     "a date with too many seats",
     "option",
     {"SELECT id FROM concert_option WHERE seat_count > $1"},
     SEATS_PER_OPTION_MAX},
    {7,
     "a section that is too dear",
     "section",
     {"SELECT id FROM section WHERE price > $1"},
     PRICE_WON_MAX},

    /* --- 8: what happens to a reservation */
    {8,
     "a reserved seat without its reservation",
     "seat",
     {"SELECT s.seat_id FROM reservation_seat s WHERE NOT EXISTS"
      " (SELECT 1 FROM reservation r WHERE r.id = s.reservation_id)"},
     0},
    {8,
     "a reserved seat that does not exist",
     "seat",
     {"SELECT s.seat_id FROM reservation_seat s WHERE NOT EXISTS"
      " (SELECT 1 FROM seat t WHERE t.id = s.seat_id)"},
     0},
    {8,
     "a reserved seat that is blocked",
     "seat",
     {"SELECT s.seat_id FROM reservation_seat s JOIN seat t ON t.id = s.seat_id"
      " WHERE s.live IN (1, 2) AND t.blocked <> 0"},
     0},
    {8,
     "a reserved seat that is neither live nor not, or live without a guard outside of v1",
     "seat",
     {"SELECT s.seat_id FROM reservation_seat s WHERE s.live NOT IN (0, 1) AND NOT (s.live = 2 AND"
      " EXISTS (SELECT 1 FROM reservation r JOIN sale a ON a.option_id = r.option_id"
      " WHERE r.id = s.reservation_id AND a.strategy = 'v1'))"},
     0},
    {8,
     "a reservation of a date that does not exist",
     "reservation",
     {"SELECT r.id FROM reservation r WHERE NOT EXISTS"
      " (SELECT 1 FROM concert_option o WHERE o.id = r.option_id)"},
     0},
    {8,
     "a reservation in a state that does not exist",
     "reservation",
     {"SELECT id FROM reservation WHERE state NOT IN"
      " ('HOLD', 'PAYING', 'CONFIRMED', 'REFUNDED', 'EXPIRED', 'CANCELLED')"},
     0},
    {8,
     "a reservation that ends before it begins",
     "reservation",
     {"SELECT id FROM reservation WHERE expires_at_ms < created_at_ms"
      " OR ended_at_ms < created_at_ms"},
     0},
    {8,
     "a reservation with an id out of range",
     "reservation",
     {"SELECT id FROM reservation WHERE id NOT BETWEEN 1 AND 9007199254740991"
      " OR fan_id NOT BETWEEN 1 AND 9007199254740991"},
     0},

    /* --- 8: what happens to a payment */
    {8,
     "a payment without its reservation",
     "payment",
     {"SELECT p.id FROM payment p WHERE NOT EXISTS"
      " (SELECT 1 FROM reservation r WHERE r.id = p.reservation_id)"},
     0},
    {8,
     "a payment by another fan than the reservation's",
     "payment",
     {"SELECT p.id FROM payment p JOIN reservation r ON r.id = p.reservation_id"
      " WHERE p.fan_id <> r.fan_id"},
     0},
    {8,
     "a payment in a state that does not exist",
     "payment",
     {"SELECT id FROM payment WHERE state NOT IN"
      " ('READY', 'UNKNOWN', 'AUTHORIZED', 'CAPTURED', 'REFUNDED', 'FAILED')"},
     0},
    {8,
     "a payment with an id out of range",
     "payment",
     {"SELECT id FROM payment WHERE id NOT BETWEEN 1 AND 9007199254740991"},
     0},
    {8,
     "a ledger entry without its payment",
     "ledger entry",
     {"SELECT e.id FROM ledger_entry e WHERE NOT EXISTS"
      " (SELECT 1 FROM payment p WHERE p.id = e.payment_id)"},
     0},

    {8,
     "a refund without its payment",
     "refund",
     {"SELECT f.id FROM refund f WHERE NOT EXISTS"
      " (SELECT 1 FROM payment p WHERE p.id = f.payment_id)"},
     0},
    {8,
     "a webhook of a payment that does not exist",
     "webhook",
     {"SELECT w.id FROM webhook w WHERE w.payment_id IS NOT NULL AND NOT EXISTS"
      " (SELECT 1 FROM payment p WHERE p.id = w.payment_id)"},
     0},
    {8,
     "a refund of a run that does not exist",
     "refund",
     {"SELECT f.id FROM refund f WHERE f.run_id IS NOT NULL AND NOT EXISTS"
      " (SELECT 1 FROM refund_run r WHERE r.id = f.run_id)"},
     0},
    {8,
     "a used ticket without its reservation",
     "reservation",
     {"SELECT u.reservation_id FROM ticket_use u WHERE NOT EXISTS"
      " (SELECT 1 FROM reservation r WHERE r.id = u.reservation_id)"},
     0},

    /* --- 8: the hall */
    {8,
     "a date whose seats are not those of its range of ids",
     "option",
     {"SELECT o.id FROM concert_option o WHERE o.seat_count <> (SELECT count(*) FROM seat t"
      " WHERE t.id >= o.first_seat_id AND t.id < o.first_seat_id + o.seat_count"
      " AND t.option_id = o.id)"},
     0},
    {8,
     "a seat outside the range of its date",
     "seat",
     {"SELECT t.id FROM seat t JOIN concert_option o ON o.id = t.option_id"
      " WHERE t.id < o.first_seat_id OR t.id >= o.first_seat_id + o.seat_count"},
     0},
    {8,
     "a seat with an id out of range",
     "seat",
     {"SELECT id FROM seat WHERE id NOT BETWEEN 1 AND 9007199254740991"},
     0},
    {8,
     "a seat without its date",
     "seat",
     {"SELECT t.id FROM seat t WHERE NOT EXISTS"
      " (SELECT 1 FROM concert_option o WHERE o.id = t.option_id)"},
     0},
    {8,
     "a seat without its section, or of another date's",
     "seat",
     {"SELECT t.id FROM seat t WHERE NOT EXISTS"
      " (SELECT 1 FROM section n WHERE n.id = t.section_id AND n.option_id = t.option_id)"},
     0},
    {8,
     "a seat without its row, or of another section's",
     "seat",
     {"SELECT t.id FROM seat t WHERE NOT EXISTS"
      " (SELECT 1 FROM seat_row w WHERE w.id = t.seat_row_id AND w.section_id = t.section_id)"},
     0},
    {8,
     "a row whose seats are not those of its range of ids",
     "row",
     {"SELECT w.id FROM seat_row w WHERE w.seat_count <> (SELECT count(*) FROM seat t"
      " WHERE t.id >= w.first_seat_id AND t.id < w.first_seat_id + w.seat_count"
      " AND t.seat_row_id = w.id)"},
     0},
    {8,
     "a date without its concert or venue",
     "option",
     {"SELECT o.id FROM concert_option o WHERE NOT EXISTS (SELECT 1 FROM concert c"
      " WHERE c.id = o.concert_id) OR NOT EXISTS (SELECT 1 FROM venue v WHERE v.id = o.venue_id)"},
     0},
    {8,
     "a sale without its date",
     "sale",
     {"SELECT a.option_id FROM sale a WHERE NOT EXISTS"
      " (SELECT 1 FROM concert_option o WHERE o.id = a.option_id)"},
     0},
};

const int audit_rule_count = sizeof audit_rules / sizeof audit_rules[0];
