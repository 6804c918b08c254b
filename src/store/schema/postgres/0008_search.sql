-- Every name a row is found by, in its plain form (src/catalog/search.h), a line each; empty until the
-- server has written it. It begins with a line feed, so a row without any letter is not empty.
ALTER TABLE agency ADD COLUMN search TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE artist ADD COLUMN search TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE venue ADD COLUMN search TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE concert ADD COLUMN search TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE fan_group ADD COLUMN search TEXT COLLATE "C" NOT NULL DEFAULT '';
