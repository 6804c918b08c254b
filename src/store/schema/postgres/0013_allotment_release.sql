-- When the engine puts the seats of an allotment on sale for everybody; NULL: when somebody ends it.
ALTER TABLE allotment ADD COLUMN releases_at_ms BIGINT;
