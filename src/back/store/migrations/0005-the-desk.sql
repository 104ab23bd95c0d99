-- What the flows of the desk keep. Times and numbers as in 0001; dates YYYY-MM-DD.

ALTER TABLE members ADD COLUMN identity_on TEXT;       -- the day on which the document was seen
ALTER TABLE members ADD COLUMN condition TEXT;         -- home, work, school: what ties them to this library; NULL: it asks for nothing
ALTER TABLE members ADD COLUMN origin TEXT NOT NULL DEFAULT 'enrolled' CHECK (origin IN ('enrolled', 'imported'));
ALTER TABLE members ADD COLUMN reconciled INTEGER;     -- imported by hand: when the register confirmed it; NULL: not yet
ALTER TABLE members ADD COLUMN own_ended INTEGER;      -- when the own card gave way to a 책이음 card
ALTER TABLE members ADD COLUMN withdrawn INTEGER;
ALTER TABLE members ADD COLUMN withdrawn_why TEXT;     -- what was said of it, if anything

-- What was consented to: the text by version and hash, when, how and before whom. A row is never changed but to note its withdrawal.
CREATE TABLE member_consents (
  member     INTEGER NOT NULL REFERENCES members,
  seq        INTEGER NOT NULL,
  kind       TEXT NOT NULL CHECK (kind IN ('local', 'national')),
  version    TEXT NOT NULL,              -- of the text, as the catalogue has it; '' before texts had one
  hash       BLOB,                       -- SHA-256 of the text that was shown
  given      INTEGER NOT NULL,
  given_on   TEXT NOT NULL,              -- the day on the paper, or of the clerk's tick
  way        TEXT NOT NULL,              -- at-desk, on-paper, by-guardian-at-desk, by-guardian-on-paper, before
  taken_by   TEXT NOT NULL,
  withdrawn  INTEGER,
  PRIMARY KEY (member, seq)
) STRICT, WITHOUT ROWID;
INSERT INTO member_consents SELECT id, 1, 'local', '', NULL, consent_at, date(consent_at / 1000, 'unixepoch'), 'before', created_by, NULL FROM members;
INSERT INTO member_consents SELECT id, 2, 'national', '', NULL, consent_at, date(consent_at / 1000, 'unixepoch'), 'before', created_by, NULL FROM members WHERE national;

-- The password that an imported member chose: argon2id over a keyed hash. Never in the register, an outbox or an export.
CREATE TABLE member_passwords (
  member       INTEGER PRIMARY KEY REFERENCES members,
  phc          TEXT NOT NULL,            -- argon2id, PHC string
  key_version  INTEGER NOT NULL,         -- of the key under which the password was hashed first
  set_at       INTEGER NOT NULL
) STRICT;

-- A reissue: which card ends when this job's is handed over, and which number goes out of use with it.
ALTER TABLE jobs ADD COLUMN replaces INTEGER REFERENCES cards;
ALTER TABLE jobs ADD COLUMN old_number TEXT REFERENCES numbers;

-- Why a card is blocked for now, since when and by whom.
ALTER TABLE cards ADD COLUMN suspended_why TEXT;
ALTER TABLE cards ADD COLUMN suspended_at INTEGER;
ALTER TABLE cards ADD COLUMN suspended_by TEXT;

-- What a card costs its holder; one a job.
CREATE TABLE charges (
  id          INTEGER PRIMARY KEY,
  member      INTEGER NOT NULL REFERENCES members,
  job         INTEGER REFERENCES jobs,
  reason      TEXT NOT NULL,
  amount      INTEGER NOT NULL CHECK (amount >= 0),   -- won
  state       TEXT NOT NULL CHECK (state IN ('free', 'unpaid', 'paid', 'waived', 'reversed')),
  paid_by     TEXT CHECK (paid_by IN ('cash', 'card', 'transfer')),
  why         TEXT,                      -- of a waiver
  created     INTEGER NOT NULL,
  created_by  TEXT NOT NULL,
  settled     INTEGER,
  settled_by  TEXT
) STRICT;
CREATE INDEX charges_member ON charges (member);
CREATE UNIQUE INDEX charges_job ON charges (job);


-- Names from each of their characters on, and the same of their initial consonants: part of a name is found by an index.
-- Kept by triggers, whoever writes the name. A name has sixty characters at most.
CREATE TABLE member_names (
  start     INTEGER NOT NULL,            -- 0: the whole name; 1: from a later character on
  part      TEXT NOT NULL,
  member    INTEGER NOT NULL,
  initials  TEXT NOT NULL,
  PRIMARY KEY (start, part, member)
) STRICT, WITHOUT ROWID;
CREATE INDEX member_names_initials ON member_names (start, initials, part);
CREATE TABLE member_name_places (at INTEGER PRIMARY KEY) STRICT;
INSERT INTO member_name_places WITH RECURSIVE n(at) AS (VALUES (1) UNION ALL SELECT at + 1 FROM n WHERE at < 60) SELECT at FROM n;
INSERT OR IGNORE INTO member_names SELECT at > 1, substr(name_key, at), member, substr(initials, at)
  FROM member_persons JOIN member_name_places ON at <= length(name_key);
CREATE TRIGGER member_names_written AFTER INSERT ON member_persons BEGIN
  INSERT OR IGNORE INTO member_names SELECT at > 1, substr(new.name_key, at), new.member, substr(new.initials, at)
    FROM member_name_places WHERE at <= length(new.name_key);
END;
CREATE TRIGGER member_names_changed AFTER UPDATE OF name_key, initials ON member_persons BEGIN
  DELETE FROM member_names WHERE start IN (0, 1) AND member = old.member AND part IN (
    SELECT substr(old.name_key, at) FROM member_name_places WHERE at <= length(old.name_key));
  INSERT OR IGNORE INTO member_names SELECT at > 1, substr(new.name_key, at), new.member, substr(new.initials, at)
    FROM member_name_places WHERE at <= length(new.name_key);
END;
CREATE TRIGGER member_names_gone AFTER DELETE ON member_persons BEGIN
  DELETE FROM member_names WHERE start IN (0, 1) AND member = old.member AND part IN (
    SELECT substr(old.name_key, at) FROM member_name_places WHERE at <= length(old.name_key));
END;

-- What the strip counts twice a second, the day and what is not finished: few rows each.
CREATE INDEX members_imported ON members (created) WHERE origin = 'imported';
CREATE INDEX members_unreconciled ON members (created) WHERE origin = 'imported' AND reconciled IS NULL;
CREATE INDEX cards_spoiled ON cards (ended_at) WHERE state = 'spoiled';
CREATE INDEX cards_suspended ON cards (suspended_at) WHERE state = 'suspended';
CREATE INDEX charges_unpaid ON charges (job) WHERE state = 'unpaid';
CREATE INDEX jobs_created ON jobs (created);
CREATE INDEX cards_number ON cards (number);
-- A practice database: when its made-up members were made, whole. NULL while they are being made, and in every other one.
ALTER TABLE house ADD COLUMN samples INTEGER;
