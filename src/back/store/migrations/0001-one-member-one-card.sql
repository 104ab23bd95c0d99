-- Times are milliseconds since 1970-01-01T00:00:00Z; numbers are text of 14 digits; UIDs upper-case hex.
-- Personal parts stand in tables of their own (member_persons), so that they can be purged while ids stay.

CREATE TABLE house (
  id       INTEGER PRIMARY KEY CHECK (id = 1),
  stamp    TEXT NOT NULL CHECK (stamp IN ('trial', 'training', 'production')),
  salt     BLOB NOT NULL,                 -- 256 random bits, for hashes of what people typed
  ready    INTEGER NOT NULL DEFAULT 0,    -- its master keys were made
  created  INTEGER NOT NULL
) STRICT;

CREATE TABLE staff (
  id          INTEGER PRIMARY KEY,
  name        TEXT NOT NULL UNIQUE COLLATE NOCASE,
  role        TEXT NOT NULL CHECK (role IN ('clerk', 'manager', 'administrator')),
  state       TEXT NOT NULL CHECK (state IN ('invited', 'active', 'locked')),
  password    TEXT,                       -- argon2id, PHC string
  created     INTEGER NOT NULL,
  last_seen   INTEGER
) STRICT;

-- A one-use set-up link; only the hash of its token is kept. staff NULL: for the first administrator.
CREATE TABLE setups (
  hash     BLOB PRIMARY KEY,
  staff    INTEGER REFERENCES staff,
  name     TEXT,
  until    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
  id       INTEGER PRIMARY KEY,
  hash     BLOB NOT NULL UNIQUE,          -- SHA-256 of the cookie's 256-bit id
  staff    INTEGER NOT NULL REFERENCES staff,
  desk     TEXT NOT NULL,
  csrf     TEXT NOT NULL,
  lang     TEXT NOT NULL,
  created  INTEGER NOT NULL,
  seen     INTEGER NOT NULL
) STRICT;

-- Searches and enrolment drafts of a session, under an opaque id that may stand in a URL.
CREATE TABLE kept (
  session  INTEGER NOT NULL REFERENCES sessions ON DELETE CASCADE,
  id       TEXT NOT NULL,
  kind     TEXT NOT NULL,
  text     TEXT NOT NULL,
  created  INTEGER NOT NULL,
  PRIMARY KEY (session, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE members (
  id                 INTEGER PRIMARY KEY,
  kind               TEXT NOT NULL,
  national           INTEGER NOT NULL,    -- consented to registration as a 책이음 member
  identity           TEXT NOT NULL,       -- kind of document seen, never its number
  guardian_identity  TEXT,
  consent_at         INTEGER NOT NULL,
  own_number         TEXT UNIQUE,
  number             TEXT UNIQUE,         -- the 책이음 number in use
  state              TEXT NOT NULL CHECK (state IN ('active', 'withdrawn')),
  created            INTEGER NOT NULL,
  created_by         TEXT NOT NULL
) STRICT;

CREATE TABLE member_persons (
  member    INTEGER PRIMARY KEY REFERENCES members,
  name      TEXT NOT NULL,
  name_key  TEXT NOT NULL,                -- NFC, lower case, without spaces: for comparing
  initials  TEXT NOT NULL,                -- 초성 of the name
  birth     TEXT NOT NULL,                -- YYYY-MM-DD
  phone     TEXT,
  guardian  TEXT
) STRICT;
CREATE INDEX member_persons_name ON member_persons (name_key, birth);
CREATE INDEX member_persons_initials ON member_persons (initials);
CREATE INDEX member_persons_birth ON member_persons (birth);
CREATE INDEX member_persons_phone ON member_persons (phone);

CREATE TABLE numbers (
  number   TEXT PRIMARY KEY,
  library  TEXT NOT NULL,
  serial   INTEGER NOT NULL,
  origin   TEXT NOT NULL CHECK (origin IN ('range', 'adopted')),
  state    TEXT NOT NULL CHECK (state IN ('reserved', 'live', 'retired')),
  member   INTEGER NOT NULL REFERENCES members,
  created  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX numbers_serial ON numbers (library, origin, serial);

CREATE TABLE jobs (
  id            INTEGER PRIMARY KEY,
  member        INTEGER NOT NULL REFERENCES members,
  kind          TEXT NOT NULL CHECK (kind IN ('rfid', 'barcode', 'sticker')),
  reason        TEXT NOT NULL,
  number        TEXT NOT NULL REFERENCES numbers,
  reserved      INTEGER NOT NULL,         -- 1: this job reserved the number, cancelling retires it
  state         TEXT NOT NULL,
  failed_from   TEXT,                     -- where a failed job stood
  step          TEXT NOT NULL,
  trouble       TEXT,                     -- why it stands where it stands: {"code","args"}
  card          INTEGER REFERENCES cards,
  reader        TEXT,
  reader_kind   TEXT,
  printer       TEXT,
  printer_kind  TEXT,
  exchanges     INTEGER NOT NULL DEFAULT 0,
  commands      INTEGER NOT NULL DEFAULT 0,
  attempts      INTEGER,                  -- the proof
  refused       INTEGER,
  let_through   INTEGER,
  files         TEXT NOT NULL DEFAULT '[]',
  times         TEXT NOT NULL DEFAULT '{}',   -- milliseconds a step
  created       INTEGER NOT NULL,
  updated       INTEGER NOT NULL,
  created_by    TEXT NOT NULL
) STRICT;
CREATE INDEX jobs_member ON jobs (member);
CREATE INDEX jobs_open ON jobs (state) WHERE state NOT IN ('handed-over', 'cancelled');
CREATE INDEX jobs_updated ON jobs (updated);
CREATE INDEX jobs_spooled ON jobs (updated) WHERE files <> '[]';

CREATE TABLE cards (
  id           INTEGER PRIMARY KEY,
  member       INTEGER NOT NULL REFERENCES members,
  job          INTEGER NOT NULL REFERENCES jobs,
  kind         TEXT NOT NULL,
  number       TEXT NOT NULL REFERENCES numbers,
  state        TEXT NOT NULL,
  sequence     INTEGER NOT NULL,          -- how many cards this member had, this one counted
  replaces     INTEGER REFERENCES cards,
  uid          TEXT,
  chip         TEXT,
  profile      TEXT,
  protection   TEXT,
  key_version  INTEGER,
  target       BLOB,                      -- SHA-256 of what the chip shall hold
  issued_on    TEXT NOT NULL,             -- the date in the chip's header
  created      INTEGER NOT NULL,
  live_at      INTEGER,
  ended_at     INTEGER,
  ended_why    TEXT
) STRICT;
CREATE INDEX cards_member ON cards (member);
CREATE INDEX cards_uid ON cards (uid);
CREATE INDEX cards_job ON cards (job);

-- The journal: durable marks of a job. Never keys.
CREATE TABLE marks (
  job     INTEGER NOT NULL REFERENCES jobs,
  seq     INTEGER NOT NULL,
  time    INTEGER NOT NULL,
  mark    TEXT NOT NULL,
  detail  TEXT NOT NULL,
  PRIMARY KEY (job, seq)
) STRICT, WITHOUT ROWID;

-- Idempotency keys: what was asked under a key and what was answered.
CREATE TABLE answers (
  key        TEXT PRIMARY KEY,
  command    TEXT NOT NULL,
  arguments  BLOB NOT NULL,               -- SHA-256, so that no name is kept twice
  actor      TEXT NOT NULL,
  made       INTEGER NOT NULL,            -- the job or member that came of it
  created    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The access log (개인정보의 안전성 확보조치 기준): append-only, chained; ids only.
CREATE TABLE access_entries (
  seq      INTEGER PRIMARY KEY,
  time     INTEGER NOT NULL,
  staff    TEXT NOT NULL,
  role     TEXT NOT NULL,
  desk     TEXT NOT NULL,
  origin   TEXT NOT NULL,
  member   INTEGER,
  what     TEXT NOT NULL,
  purpose  TEXT NOT NULL,
  hash     BLOB NOT NULL
) STRICT;
CREATE INDEX access_entries_member ON access_entries (member);
CREATE TRIGGER access_entries_no_update BEFORE UPDATE ON access_entries BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER access_entries_no_delete BEFORE DELETE ON access_entries BEGIN SELECT RAISE(ABORT, 'append-only'); END;
