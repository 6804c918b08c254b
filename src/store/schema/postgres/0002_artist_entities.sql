-- Agencies and artists become entities; what had been a plain string on the concert is carried
-- over.
--
-- How a string is read:
--
--   1. Its key decides: white space gone, ASCII letters small, full-width brackets made plain. So
--      `IU`, ` iu ` and `I U` are one key; `아이유` is another one, which the alias table joins to
--      it.
--   2. A key that the list of well-known names has is that artist.
--   3. `A(B)` is two names. Where the list knows one of them, or both, the string is that artist,
--      or both. Where it knows neither, A and B are two names of one new artist, and of whatever
--      else bears one of the two.
--   4. Any other key is an artist of its own, under no agency, called what the earliest concert
--      called it.
--   5. An empty string carries nothing.
--
-- Nothing is guessed beyond that: "A, B" stays one name until an operator says otherwise. The words
-- themselves are kept in `earlier_artist`, so that nothing an operator once typed is lost.

CREATE TABLE agency (
    id            BIGINT           PRIMARY KEY,
    name          TEXT COLLATE "C" NOT NULL,
    name_ko       TEXT COLLATE "C" NOT NULL,
    version       BIGINT           NOT NULL DEFAULT 1,
    deleted_at_ms BIGINT
);
ALTER TABLE agency ALTER COLUMN id SET DEFAULT next_id('agency');
CREATE INDEX agency_name ON agency (name);

CREATE TABLE artist (
    id            BIGINT           PRIMARY KEY,
    agency_id     BIGINT           REFERENCES agency (id), -- NULL: under no agency
    name          TEXT COLLATE "C" NOT NULL,
    name_ko       TEXT COLLATE "C" NOT NULL,
    version       BIGINT           NOT NULL DEFAULT 1,
    deleted_at_ms BIGINT
);
ALTER TABLE artist ALTER COLUMN id SET DEFAULT next_id('artist');
CREATE INDEX artist_agency ON artist (agency_id);

-- Every name an artist goes by, as a key: see above and src/catalog/names.h.
CREATE TABLE artist_alias (
    alias     TEXT COLLATE "C" PRIMARY KEY,
    artist_id BIGINT           NOT NULL REFERENCES artist (id)
);
CREATE INDEX artist_alias_artist ON artist_alias (artist_id);

CREATE TABLE concert_artist (
    concert_id BIGINT NOT NULL REFERENCES concert (id),
    artist_id  BIGINT NOT NULL REFERENCES artist (id),
    position   BIGINT NOT NULL, -- 0, 1, … in the order of the bill
    PRIMARY KEY (concert_id, artist_id)
);
CREATE INDEX concert_artist_artist ON concert_artist (artist_id);

-- What stood in concert.artist before this migration, to the letter.
CREATE TABLE earlier_artist (
    concert_id BIGINT           PRIMARY KEY REFERENCES concert (id),
    words      TEXT COLLATE "C" NOT NULL
);
INSERT INTO earlier_artist (concert_id, words)
SELECT id, artist FROM concert WHERE artist <> '' ORDER BY id;

-- --- the well-known names ------------------------------------------------------------------------

CREATE TABLE carry_agency (
    name    TEXT COLLATE "C" PRIMARY KEY,
    name_ko TEXT COLLATE "C" NOT NULL
);
INSERT INTO carry_agency (name, name_ko) VALUES
    ('YG Entertainment', 'YG엔터테인먼트'),
    ('SM Entertainment', 'SM엔터테인먼트'),
    ('HYBE', '하이브'),
    ('JYP Entertainment', 'JYP엔터테인먼트'),
    ('EDAM Entertainment', '이담엔터테인먼트'),
    ('ADOR', '어도어'),
    ('Starship Entertainment', '스타쉽엔터테인먼트'),
    ('Pledis Entertainment', '플레디스엔터테인먼트'),
    ('Source Music', '쏘스뮤직'),
    ('Cube Entertainment', '큐브엔터테인먼트'),
    ('BELIFT LAB', '빌리프랩'),
    ('THEBLACKLABEL', '더블랙레이블');

CREATE TABLE carry_artist (
    place   BIGINT           PRIMARY KEY,
    name    TEXT COLLATE "C" NOT NULL UNIQUE,
    name_ko TEXT COLLATE "C" NOT NULL,
    agency  TEXT COLLATE "C" NOT NULL
);
INSERT INTO carry_artist (place, name, name_ko, agency) VALUES
    (1, 'IU', '아이유', 'EDAM Entertainment'),
    (2, 'NewJeans', '뉴진스', 'ADOR'),
    (3, 'BTS', '방탄소년단', 'HYBE'),
    (4, 'aespa', '에스파', 'SM Entertainment'),
    (5, 'SEVENTEEN', '세븐틴', 'Pledis Entertainment'),
    (6, 'BLACKPINK', '블랙핑크', 'YG Entertainment'),
    (7, 'IVE', '아이브', 'Starship Entertainment'),
    (8, 'LE SSERAFIM', '르세라핌', 'Source Music'),
    (9, 'Stray Kids', '스트레이 키즈', 'JYP Entertainment'),
    (10, 'TWICE', '트와이스', 'JYP Entertainment'),
    (11, 'i-dle', '아이들', 'Cube Entertainment'),
    (12, 'NCT 127', '엔시티 127', 'SM Entertainment'),
    (13, 'NCT DREAM', '엔시티 드림', 'SM Entertainment'),
    (14, 'Red Velvet', '레드벨벳', 'SM Entertainment'),
    (15, 'EXO', '엑소', 'SM Entertainment'),
    (16, 'SHINee', '샤이니', 'SM Entertainment'),
    (17, 'BIGBANG', '빅뱅', 'YG Entertainment'),
    (18, 'TREASURE', '트레저', 'YG Entertainment'),
    (19, 'BABYMONSTER', '베이비몬스터', 'YG Entertainment'),
    (20, 'ITZY', '있지', 'JYP Entertainment'),
    (21, 'NMIXX', '엔믹스', 'JYP Entertainment'),
    (22, 'DAY6', '데이식스', 'JYP Entertainment'),
    (23, 'TOMORROW X TOGETHER', '투모로우바이투게더', 'HYBE'),
    (24, 'ENHYPEN', '엔하이픈', 'BELIFT LAB'),
    (25, 'ILLIT', '아일릿', 'BELIFT LAB'),
    (26, 'MEOVV', '미야오', 'THEBLACKLABEL'),
    (27, 'MONSTA X', '몬스타엑스', 'Starship Entertainment');

-- Keys. The two names of each artist, and what else fans and operators write.
CREATE TABLE carry_alias (alias TEXT COLLATE "C" PRIMARY KEY, place BIGINT NOT NULL);
INSERT INTO carry_alias (alias, place)
SELECT lower(replace(name, ' ', '')), place FROM carry_artist
UNION
SELECT lower(replace(name_ko, ' ', '')), place FROM carry_artist;
INSERT INTO carry_alias (alias, place) VALUES
    ('이지은', 1), ('leejieun', 1),
    ('뉴진즈', 2), ('njz', 2),
    ('방탄', 3), ('bangtan', 3), ('bangtanboys', 3), ('bangtansonyeondan', 3),
    ('svt', 5),
    ('블핑', 6),
    ('skz', 9), ('스키즈', 9),
    ('(g)i-dle', 11), ('gi-dle', 11), ('gidle', 11), ('idle', 11),
    ('(여자)아이들', 11), ('여자아이들', 11),
    ('엔드림', 13),
    ('레벨벳', 14),
    ('데식', 22), ('데이6', 22),
    ('txt', 23), ('투바투', 23), ('tomorrowbytogether', 23),
    ('엔하', 24),
    ('몬엑', 27);

-- --- what the strings say ------------------------------------------------------------------------

-- shown: outer white space gone, runs of it inside are one space. key: no white space, small
-- letters. White space is tab, line feed, carriage return, space, no-break space and the
-- ideographic space.
CREATE TABLE carry_concert (
    concert_id BIGINT           PRIMARY KEY,
    shown      TEXT COLLATE "C" NOT NULL,
    key        TEXT COLLATE "C" NOT NULL
);
INSERT INTO carry_concert (concert_id, shown, key)
SELECT concert_id,
       trim(replace(replace(replace(words, ' ', ' ' || chr(1)), chr(1) || ' ', ''), chr(1), '')),
       lower(replace(words, ' ', ''))
FROM (SELECT concert_id,
             replace(replace(replace(replace(replace(replace(replace(words,
                 chr(9), ' '), chr(10), ' '), chr(13), ' '), chr(160), ' '), chr(12288), ' '),
                 chr(65288), '('), chr(65289), ')') AS words
      FROM earlier_artist) AS plain
WHERE trim(words) <> '';
CREATE INDEX carry_concert_key ON carry_concert (key);

-- The names in each string: one, or the two of `A(B)`. The cut is behind a well-known name where
-- one leads (names may have brackets of their own: `(G)I-DLE((여자)아이들)`), else before the first
-- bracket.
CREATE TABLE carry_name (
    key      TEXT COLLATE "C" NOT NULL,
    position BIGINT           NOT NULL,
    name     TEXT COLLATE "C" NOT NULL, -- a key again
    shown    TEXT COLLATE "C" NOT NULL,
    place    BIGINT,          -- of the well-known artist; NULL: unknown
    PRIMARY KEY (key, position)
);
WITH cut AS (
    SELECT key, shown,
           CASE
               WHEN EXISTS (SELECT 1 FROM carry_alias WHERE alias = key) THEN 0
               WHEN substr(key, length(key), 1) <> ')' THEN 0
               ELSE coalesce((SELECT max(length(alias)) FROM carry_alias
                              WHERE substr(key, 1, length(alias) + 1) = alias || '('),
                             strpos(key, '(') - 1)
           END AS outer_length
    FROM (SELECT key, shown, row_number() OVER (PARTITION BY key ORDER BY concert_id) AS turn
          FROM carry_concert) AS earliest
    WHERE turn = 1
)
INSERT INTO carry_name (key, position, name, shown, place)
SELECT key, position, name, shown, (SELECT place FROM carry_alias WHERE alias = name)
FROM (SELECT key, 0 AS position,
             CASE WHEN outer_length > 0 THEN substr(key, 1, outer_length) ELSE key END AS name,
             CASE WHEN outer_length > 0 THEN trim(substr(shown, 1, strpos(shown, '(') - 1))
                  ELSE shown END AS shown
      FROM cut
      UNION ALL
      SELECT key, 1,
             substr(key, outer_length + 2, length(key) - outer_length - 2),
             trim(substr(shown, strpos(shown, '(') + 1, length(shown) - strpos(shown, '(') - 1))
      FROM cut
      WHERE outer_length > 0) AS names
WHERE name <> '';

-- Unknown names that stand together in one string are one artist, and so on along the chain. A
-- family is known by its smallest name. Strings with a well-known name take no part: a member named
-- beside a group must not become the group.
CREATE TABLE carry_family (
    name   TEXT COLLATE "C" PRIMARY KEY,
    family TEXT COLLATE "C" NOT NULL
);
WITH RECURSIVE
unknown AS (
    SELECT key, name FROM carry_name
    WHERE key NOT IN (SELECT key FROM carry_name WHERE place IS NOT NULL)
),
reach (name, reached) AS (
    SELECT name, name FROM unknown
    UNION
    SELECT reach.name, theirs.name
    FROM reach
    JOIN unknown AS mine ON mine.name = reach.reached
    JOIN unknown AS theirs ON theirs.key = mine.key
)
INSERT INTO carry_family (name, family)
SELECT name, min(reached) FROM reach GROUP BY name;

-- --- the entities that the strings need ----------------------------------------------------------

INSERT INTO agency (name, name_ko)
SELECT name, name_ko FROM carry_agency
WHERE name IN (SELECT agency FROM carry_artist
               WHERE place IN (SELECT place FROM carry_name WHERE place IS NOT NULL))
ORDER BY name;

INSERT INTO artist (id, agency_id, name, name_ko)
SELECT row_number() OVER (ORDER BY place),
       (SELECT id FROM agency WHERE agency.name = carry_artist.agency), name, name_ko
FROM carry_artist
WHERE place IN (SELECT place FROM carry_name WHERE place IS NOT NULL);

INSERT INTO artist_alias (alias, artist_id)
SELECT carry_alias.alias, artist.id
FROM carry_alias
JOIN carry_artist ON carry_artist.place = carry_alias.place
JOIN artist ON artist.name = carry_artist.name;

-- A new artist's name is the earliest one without Hangul, the Korean name the earliest one with it;
-- where there is only one kind, it serves for both.
CREATE TABLE carry_new (family TEXT COLLATE "C" PRIMARY KEY, artist_id BIGINT NOT NULL);
INSERT INTO carry_new (family, artist_id)
SELECT family, row_number() OVER (ORDER BY family) + (SELECT coalesce(max(id), 0) FROM artist)
FROM (SELECT DISTINCT family FROM carry_family) AS families;

WITH called AS (
    SELECT carry_family.family, carry_name.shown,
           carry_name.shown ~ '[가-힣]' AS hangul,
           row_number() OVER (PARTITION BY carry_family.family,
                                           carry_name.shown ~ '[가-힣]'
                              ORDER BY carry_concert.concert_id, carry_name.position) AS turn
    FROM carry_family
    JOIN carry_name ON carry_name.name = carry_family.name
    JOIN carry_concert ON carry_concert.key = carry_name.key
    WHERE carry_name.key NOT IN (SELECT key FROM carry_name WHERE place IS NOT NULL)
)
INSERT INTO artist (id, agency_id, name, name_ko)
SELECT artist_id, NULL,
       coalesce((SELECT shown FROM called
                 WHERE called.family = carry_new.family AND NOT hangul AND turn = 1),
                (SELECT shown FROM called
                 WHERE called.family = carry_new.family AND hangul AND turn = 1)),
       coalesce((SELECT shown FROM called
                 WHERE called.family = carry_new.family AND hangul AND turn = 1),
                (SELECT shown FROM called
                 WHERE called.family = carry_new.family AND NOT hangul AND turn = 1))
FROM carry_new;

INSERT INTO artist_alias (alias, artist_id)
SELECT carry_family.name, carry_new.artist_id
FROM carry_family
JOIN carry_new ON carry_new.family = carry_family.family;

-- --- and who plays in which concert --------------------------------------------------------------

INSERT INTO concert_artist (concert_id, artist_id, position)
SELECT concert_id, artist_id, min(position)
FROM (SELECT carry_concert.concert_id, artist_alias.artist_id, carry_name.position
      FROM carry_concert
      JOIN carry_name ON carry_name.key = carry_concert.key
      JOIN artist_alias ON artist_alias.alias = carry_name.name
      WHERE carry_name.place IS NOT NULL
         OR carry_name.key NOT IN (SELECT key FROM carry_name WHERE place IS NOT NULL)) AS bill
GROUP BY concert_id, artist_id;

DROP TABLE carry_new;
DROP TABLE carry_family;
DROP TABLE carry_name;
DROP TABLE carry_concert;
DROP TABLE carry_alias;
DROP TABLE carry_artist;
DROP TABLE carry_agency;

ALTER TABLE concert DROP COLUMN artist;
