-- Community & Live keeps its own database from the first day: rooms and what was said in them.

CREATE TABLE room_message (
    id            INTEGER PRIMARY KEY,
    room          TEXT    NOT NULL, -- 'artists/7', 'concerts/12'
    position      INTEGER NOT NULL, -- 1, 2, … inside the room
    fan_id        INTEGER NOT NULL,
    nickname      TEXT    NOT NULL,
    words         TEXT    NOT NULL,
    created_at_ms INTEGER NOT NULL,
    deleted_at_ms INTEGER,
    UNIQUE (room, position)
) STRICT;
