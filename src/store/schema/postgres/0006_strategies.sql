-- What the strategies v1 to v4 hold on to; the engine (v5) never looks at the two columns.

ALTER TABLE seat ADD COLUMN version BIGINT NOT NULL DEFAULT 0; -- grows whenever the seat is taken
ALTER TABLE seat ADD COLUMN fence   BIGINT NOT NULL DEFAULT 0; -- the highest token of a lock (v3)

-- reservation_seat.live says 2 where v1, in the lab, sells without a guard: such rows are live, but
-- stay out of the unique index reservation_seat_live, so that double bookings can be seen.
CREATE INDEX reservation_seat_unguarded ON reservation_seat (seat_id) WHERE live = 2;

-- Whoever writes reservations takes their ids from here, a block at a time: so several writers,
-- and several processes on one database, never give the same one.
CREATE TABLE reservation_number (
    id      BIGINT PRIMARY KEY CHECK (id = 1),
    next_id BIGINT NOT NULL
);
INSERT INTO reservation_number (id, next_id) VALUES (1, 1);
