-- Staff, who signs for whom, and the access log by month. Times as in 0001; days are those of where the library is.

ALTER TABLE staff ADD COLUMN reset_at INTEGER;         -- an administrator reset it: signs nothing for a day
ALTER TABLE staff ADD COLUMN lang TEXT;                -- what they read; NULL: as the house
ALTER TABLE staff ADD COLUMN member INTEGER REFERENCES members;  -- their own membership, where it is known

ALTER TABLE sessions ADD COLUMN address TEXT NOT NULL DEFAULT '';  -- where it was begun; another one may not go on with it

-- What a session keeps has its id among its own kind: what is typed of charge 1 is not what is known of member 1.
CREATE TABLE kept_by_kind (
  session  INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
  kind     TEXT NOT NULL,
  id       TEXT NOT NULL,
  text     TEXT NOT NULL,
  created  INTEGER NOT NULL,
  PRIMARY KEY (session, kind, id)
) STRICT, WITHOUT ROWID;
INSERT INTO kept_by_kind SELECT session, kind, id, text, created FROM kept;
DROP TABLE kept;
ALTER TABLE kept_by_kind RENAME TO kept;

-- Browsers in which somebody has logged in: a cookie of their own, of which only the hash is kept.
CREATE TABLE known_desks (
  hash     BLOB PRIMARY KEY,
  desk     TEXT NOT NULL,
  created  INTEGER NOT NULL,
  seen     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Wrong passwords in a row, of names and of addresses, known or not; only salted hashes of them. Swept after a day.
CREATE TABLE wrong_passwords (
  who    BLOB NOT NULL,
  place  TEXT NOT NULL CHECK (place IN ('known-desk', 'elsewhere')),
  wrong  INTEGER NOT NULL,
  last   INTEGER NOT NULL,
  PRIMARY KEY (who, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX wrong_passwords_last ON wrong_passwords (last);

-- A second person's signature: asked for by a session, for one act on one subject and one amount; signed by another person,
-- used once, within two minutes.
CREATE TABLE approvals (
  id          TEXT PRIMARY KEY,          -- opaque: it stands in a form
  session     BLOB NOT NULL,             -- sessions.hash: an id may come again, this does not
  act         TEXT NOT NULL,
  job         INTEGER REFERENCES jobs,
  charge      INTEGER REFERENCES charges,
  member      INTEGER REFERENCES members,
  reason      TEXT,                      -- of a charge that is not made yet
  amount      INTEGER,
  why         TEXT,                      -- in the words of whoever asks
  asked_by    TEXT NOT NULL,
  asked       INTEGER NOT NULL,
  allowed_by  TEXT CHECK (allowed_by <> asked_by),
  signed      INTEGER,
  until       INTEGER NOT NULL,
  used        INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX approvals_by ON approvals (allowed_by);
CREATE INDEX approvals_session ON approvals (session);

ALTER TABLE charges ADD COLUMN allowed_by TEXT;        -- who signed for letting it go: staff:7, os:root

-- What became of accounts and their rights (안전성 확보조치 기준, 제5조 ③): append-only and chained, kept three years.
CREATE TABLE access_rights (
  seq     INTEGER PRIMARY KEY,
  time    INTEGER NOT NULL,
  staff   TEXT NOT NULL,                 -- who did it
  desk    TEXT NOT NULL,
  origin  TEXT NOT NULL,
  whose   TEXT NOT NULL,                 -- staff:7
  what    TEXT NOT NULL,                 -- invited, set-up, role, locked, unlocked, reset, password, session-ended, purged
  detail  TEXT NOT NULL,
  hash    BLOB NOT NULL
) STRICT;
CREATE INDEX access_rights_whose ON access_rights (whose);
CREATE TRIGGER access_rights_no_update BEFORE UPDATE ON access_rights BEGIN SELECT RAISE(ABORT, 'append-only'); END;

-- The months of each chained log: a month begins with the head of the one before, so that old ones can be dropped.
CREATE TABLE log_months (
  log     TEXT NOT NULL,                 -- the table
  month   TEXT NOT NULL,                 -- YYYY-MM
  first   INTEGER NOT NULL,
  start   BLOB NOT NULL,                 -- what its first row hangs on
  last    INTEGER,                       -- once it is over
  head    BLOB,
  purged  INTEGER,                       -- when its rows were dropped
  PRIMARY KEY (log, month)
) STRICT, WITHOUT ROWID;

-- Nobody drops a row but with its whole month.
DROP TRIGGER access_entries_no_delete;
CREATE TRIGGER access_entries_no_delete BEFORE DELETE ON access_entries
  WHEN NOT EXISTS (SELECT 1 FROM log_months WHERE log = 'access_entries' AND purged IS NOT NULL AND old.seq BETWEEN first AND last)
  BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER access_rights_no_delete BEFORE DELETE ON access_rights
  WHEN NOT EXISTS (SELECT 1 FROM log_months WHERE log = 'access_rights' AND purged IS NOT NULL AND old.seq BETWEEN first AND last)
  BEGIN SELECT RAISE(ABORT, 'append-only'); END;

CREATE INDEX access_entries_time ON access_entries (time);

-- The access log counted, so that a review over years is not a walk over a million rows: written with each entry, and made
-- anew from the entries when they are verified.
CREATE TABLE log_hours (
  day      TEXT NOT NULL,                -- YYYY-MM-DD
  hour     INTEGER NOT NULL,
  staff    TEXT NOT NULL,
  looks    INTEGER NOT NULL,
  lists    INTEGER NOT NULL,
  changes  INTEGER NOT NULL,             -- and whatever else was done
  PRIMARY KEY (day, hour, staff)
) STRICT, WITHOUT ROWID;
CREATE TABLE log_days (
  day      TEXT NOT NULL,
  staff    TEXT NOT NULL,
  members  INTEGER NOT NULL,             -- how many different ones
  PRIMARY KEY (day, staff)
) STRICT, WITHOUT ROWID;
CREATE TABLE log_members (
  day      TEXT NOT NULL,
  staff    TEXT NOT NULL,
  member   INTEGER NOT NULL,
  looks    INTEGER NOT NULL,
  lists    INTEGER NOT NULL,
  changes  INTEGER NOT NULL,
  PRIMARY KEY (day, staff, member)
) STRICT, WITHOUT ROWID;
CREATE INDEX log_members_often ON log_members (day, staff, member, looks) WHERE looks >= 5;

-- Entries from before there were counts. The only time zone that a library of this program has had is +09:00.
INSERT INTO log_hours SELECT strftime('%Y-%m-%d', time / 1000 + 32400, 'unixepoch'), CAST(strftime('%H', time / 1000 + 32400, 'unixepoch') AS INTEGER),
  staff, sum(what = 'look'), sum(what = 'list'), sum(what NOT IN ('look', 'list')) FROM access_entries GROUP BY 1, 2, 3;
INSERT INTO log_members SELECT strftime('%Y-%m-%d', time / 1000 + 32400, 'unixepoch'), staff, member,
  sum(what = 'look'), sum(what = 'list'), sum(what NOT IN ('look', 'list')) FROM access_entries WHERE member IS NOT NULL GROUP BY 1, 2, 3;
INSERT INTO log_days SELECT day, staff, count(*) FROM log_members GROUP BY day, staff;

-- Where the clock on the wall hangs by which entries are counted: a change of the settings moves no entry into another day.
CREATE TABLE log_zone (
  one   INTEGER PRIMARY KEY CHECK (one = 1),
  zone  TEXT NOT NULL                    -- Asia/Seoul
) STRICT;
INSERT INTO log_zone SELECT 1, 'Asia/Seoul' WHERE EXISTS (SELECT 1 FROM access_entries);

-- Reviews of the access log: what was found stands here, the entry of the log holds its hash.
CREATE TABLE reviews (
  id        INTEGER PRIMARY KEY,
  entry     INTEGER NOT NULL,            -- access_entries.seq
  from_day  TEXT NOT NULL,
  to_day    TEXT NOT NULL,
  rows      INTEGER NOT NULL,
  flags     TEXT NOT NULL,               -- JSON, as shown
  findings  TEXT NOT NULL,
  reviewer  TEXT NOT NULL,
  made      INTEGER NOT NULL
) STRICT;
