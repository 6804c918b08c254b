-- The first shape of the core database.
--
-- Times are milliseconds since 1970 UTC, money is whole won, ids stay below 2^53.
-- There are no foreign keys on the two hot tables: checking them would cost each reservation a look-up
-- that the engine has already made in memory. `ticketrush audit` checks them instead.

CREATE TABLE account (
    id            INTEGER PRIMARY KEY,
    email         TEXT    NOT NULL UNIQUE, -- lower case
    nickname      TEXT    NOT NULL,
    password_hash TEXT    NOT NULL,        -- argon2id, libsodium's string form
    role          TEXT    NOT NULL CHECK (role IN ('FAN', 'OPERATOR', 'ADMIN')),
    version       INTEGER NOT NULL DEFAULT 1,
    created_at_ms INTEGER NOT NULL,
    deleted_at_ms INTEGER
) STRICT;

-- Single use: a spent token that comes again ends its whole family.
CREATE TABLE refresh_token (
    hash          BLOB    PRIMARY KEY, -- BLAKE2b-256 of the token; the token itself is never kept
    family        BLOB    NOT NULL,
    account_id    INTEGER NOT NULL,
    created_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    spent_at_ms   INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX refresh_token_family ON refresh_token (family);
CREATE INDEX refresh_token_account ON refresh_token (account_id);
CREATE INDEX refresh_token_expiry ON refresh_token (expires_at_ms);

CREATE TABLE venue (
    id            INTEGER PRIMARY KEY,
    name          TEXT    NOT NULL,
    name_ko       TEXT    NOT NULL,
    city          TEXT    NOT NULL,
    city_ko       TEXT    NOT NULL DEFAULT '',
    capacity      INTEGER NOT NULL DEFAULT 0,
    version       INTEGER NOT NULL DEFAULT 1,
    deleted_at_ms INTEGER
) STRICT;

CREATE TABLE concert (
    id             INTEGER PRIMARY KEY,
    title          TEXT    NOT NULL,
    title_ko       TEXT    NOT NULL,
    artist         TEXT    NOT NULL DEFAULT '', -- a plain string once; an entity from 0002 on
    description    TEXT    NOT NULL DEFAULT '',
    description_ko TEXT    NOT NULL DEFAULT '',
    poster_hue     INTEGER NOT NULL DEFAULT 0,
    version        INTEGER NOT NULL DEFAULT 1,
    deleted_at_ms  INTEGER
) STRICT;

-- One date of a concert. Its seats have consecutive ids, in seat-map order, from first_seat_id on.
CREATE TABLE concert_option (
    id             INTEGER PRIMARY KEY,
    concert_id     INTEGER NOT NULL REFERENCES concert (id),
    venue_id       INTEGER NOT NULL REFERENCES venue (id),
    starts_at_ms   INTEGER NOT NULL,
    first_seat_id  INTEGER NOT NULL DEFAULT 0, -- 0: no layout yet
    seat_count     INTEGER NOT NULL DEFAULT 0,
    map_width      REAL    NOT NULL DEFAULT 0, -- seat-map units: one seat pitch is 1
    map_height     REAL    NOT NULL DEFAULT 0,
    stage_x        REAL    NOT NULL DEFAULT 0,
    stage_y        REAL    NOT NULL DEFAULT 0,
    stage_width    REAL    NOT NULL DEFAULT 0,
    stage_height   REAL    NOT NULL DEFAULT 0,
    layout_version INTEGER NOT NULL DEFAULT 0,
    version        INTEGER NOT NULL DEFAULT 1,
    deleted_at_ms  INTEGER
) STRICT;
CREATE INDEX concert_option_concert ON concert_option (concert_id, starts_at_ms);

CREATE TABLE section (
    id        INTEGER PRIMARY KEY,
    option_id INTEGER NOT NULL REFERENCES concert_option (id),
    position  INTEGER NOT NULL, -- 0, 1, … in seat-map order
    name      TEXT    NOT NULL,
    name_ko   TEXT    NOT NULL DEFAULT '',
    grade     TEXT    NOT NULL,
    price     INTEGER NOT NULL CHECK (price >= 0),
    label_x   REAL    NOT NULL DEFAULT 0,
    label_y   REAL    NOT NULL DEFAULT 0,
    UNIQUE (option_id, position)
) STRICT;

-- Seat i of a row sits at (x + i * dx, y + i * dy).
CREATE TABLE seat_row (
    id            INTEGER PRIMARY KEY,
    section_id    INTEGER NOT NULL REFERENCES section (id),
    option_id     INTEGER NOT NULL,
    position      INTEGER NOT NULL, -- 0, 1, … inside the section, front to back
    name          TEXT    NOT NULL,
    first_seat_id INTEGER NOT NULL,
    seat_count    INTEGER NOT NULL CHECK (seat_count > 0),
    x             REAL    NOT NULL DEFAULT 0,
    y             REAL    NOT NULL DEFAULT 0,
    dx            REAL    NOT NULL DEFAULT 1,
    dy            REAL    NOT NULL DEFAULT 0,
    UNIQUE (section_id, position)
) STRICT;
CREATE INDEX seat_row_option ON seat_row (option_id, first_seat_id);

CREATE TABLE seat (
    id          INTEGER PRIMARY KEY,
    option_id   INTEGER NOT NULL,
    section_id  INTEGER NOT NULL,
    seat_row_id INTEGER NOT NULL,
    number      TEXT    NOT NULL,
    accessible  INTEGER NOT NULL DEFAULT 0,
    blocked     INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE sale (
    option_id     INTEGER PRIMARY KEY REFERENCES concert_option (id),
    opens_at_ms   INTEGER NOT NULL,
    closes_at_ms  INTEGER NOT NULL,
    strategy      TEXT    NOT NULL DEFAULT 'v5' CHECK (strategy IN ('v1', 'v2', 'v3', 'v4', 'v5')),
    lock_kind     TEXT    NOT NULL DEFAULT '',
    hold_seconds  INTEGER NOT NULL CHECK (hold_seconds > 0),
    max_per_fan   INTEGER NOT NULL CHECK (max_per_fan > 0),
    waiting_room  INTEGER NOT NULL DEFAULT 0,
    status        TEXT    NOT NULL DEFAULT 'ACTIVE' CHECK (status IN ('ACTIVE', 'PAUSED', 'CLOSED')),
    version       INTEGER NOT NULL DEFAULT 1
) STRICT;

-- The two hot tables: a reservation is inserted once, its seats are inserted once, and a seat row is
-- never touched. Ids grow with time.
CREATE TABLE reservation (
    id              INTEGER PRIMARY KEY,
    option_id       INTEGER NOT NULL,
    fan_id          INTEGER NOT NULL,
    state           TEXT    NOT NULL
                    CHECK (state IN ('HOLD', 'PAYING', 'CONFIRMED', 'REFUNDED', 'EXPIRED', 'CANCELLED')),
    amount          INTEGER NOT NULL,
    key_hash        INTEGER NOT NULL, -- of the idempotency key: 63 bits of BLAKE2b; a third of its size
    request_hash    INTEGER NOT NULL, -- of the body, to tell a repeat from another request
    created_at_ms   INTEGER NOT NULL,
    expires_at_ms   INTEGER NOT NULL,
    ended_at_ms     INTEGER,          -- confirmed, expired, cancelled or refunded
    UNIQUE (fan_id, key_hash)
) STRICT;

CREATE TABLE reservation_seat (
    reservation_id INTEGER NOT NULL,
    seat_id        INTEGER NOT NULL,
    price          INTEGER NOT NULL,
    live           INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (reservation_id, seat_id)
) STRICT, WITHOUT ROWID;

-- The last line of defence: one live reservation a seat.
CREATE UNIQUE INDEX reservation_seat_live ON reservation_seat (seat_id) WHERE live = 1;

CREATE TABLE payment (
    id              INTEGER PRIMARY KEY,
    reservation_id  INTEGER NOT NULL,
    fan_id          INTEGER NOT NULL,
    gateway         TEXT    NOT NULL,
    state           TEXT    NOT NULL
                    CHECK (state IN ('READY', 'AUTHORIZED', 'CAPTURED', 'REFUNDED', 'FAILED')),
    amount          INTEGER NOT NULL CHECK (amount > 0),
    currency        TEXT    NOT NULL DEFAULT 'KRW',
    idempotency_key TEXT    NOT NULL,
    request_hash    INTEGER NOT NULL,
    failure         TEXT    NOT NULL DEFAULT '', -- the gateway's reason
    created_at_ms   INTEGER NOT NULL,
    updated_at_ms   INTEGER NOT NULL,
    UNIQUE (fan_id, idempotency_key)
) STRICT;
CREATE INDEX payment_reservation ON payment (reservation_id);
CREATE INDEX payment_open ON payment (id) WHERE state IN ('READY', 'AUTHORIZED');

-- Double entry, append only: the entries of a payment sum to zero.
CREATE TABLE ledger_entry (
    id            INTEGER PRIMARY KEY,
    payment_id    INTEGER NOT NULL,
    account       TEXT    NOT NULL CHECK (account IN ('GATEWAY', 'SALES')),
    amount        INTEGER NOT NULL CHECK (amount <> 0),
    created_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX ledger_entry_payment ON ledger_entry (payment_id);
CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry
BEGIN SELECT RAISE (ABORT, 'the ledger is append only'); END;
CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry
BEGIN SELECT RAISE (ABORT, 'the ledger is append only'); END;
