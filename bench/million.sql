-- million.sql — one reservation a seat for every seat there is: sold and paid a month ago in the closed
-- sales, on hold in the one that is still open. For the bench of the start; the shape is that of src/store.
PRAGMA synchronous = OFF;
BEGIN;

UPDATE sale SET status = 'CLOSED', opens_at_ms = opens_at_ms - 31 * 86400000,
                closes_at_ms = opens_at_ms - 29 * 86400000
 WHERE option_id < (SELECT max(option_id) FROM sale);

CREATE TEMP TABLE sold AS
SELECT seat.id AS seat_id, seat.option_id, section.price, sale.status = 'CLOSED' AS closed,
       unixepoch() * 1000 - CASE sale.status WHEN 'CLOSED' THEN 30 * 86400000 ELSE 0 END AS at_ms
  FROM seat
  JOIN section ON section.id = seat.section_id
  JOIN sale ON sale.option_id = seat.option_id;

INSERT INTO reservation (id, option_id, fan_id, state, amount, key_hash, request_hash,
                         created_at_ms, expires_at_ms, ended_at_ms)
SELECT seat_id, option_id, 1 + seat_id % 100000, iif(closed, 'CONFIRMED', 'HOLD'), price,
       seat_id, 0, at_ms, at_ms + 3600000, iif(closed, at_ms, NULL)
  FROM sold;

INSERT INTO reservation_seat (reservation_id, seat_id, price) SELECT seat_id, seat_id, price FROM sold;

INSERT INTO payment (id, reservation_id, fan_id, gateway, state, amount, idempotency_key, request_hash,
                     created_at_ms, updated_at_ms)
SELECT seat_id, seat_id, 1 + seat_id % 100000, 'test', 'CAPTURED', price, 'bench-' || seat_id, 0, at_ms,
       at_ms
  FROM sold WHERE closed;

INSERT INTO ledger_entry (payment_id, account, amount, created_at_ms)
SELECT seat_id, 'GATEWAY', price, at_ms FROM sold WHERE closed
UNION ALL
SELECT seat_id, 'SALES', -price, at_ms FROM sold WHERE closed;

COMMIT;
