-- What the flows of the desk keep. Times and numbers as in 0001; dates YYYY-MM-DD.

ALTER TABLE members ADD COLUMN identity_on TEXT;       -- the day on which the document was seen
ALTER TABLE members ADD COLUMN condition TEXT;         -- home, work, school: what ties them to this library; NULL: it asks for nothing
ALTER TABLE members ADD COLUMN origin TEXT NOT NULL DEFAULT 'enrolled' CHECK (origin IN ('enrolled', 'imported'));
ALTER TABLE members ADD COLUMN reconciled INTEGER;     -- imported by hand: when the register confirmed it; NULL: not yet
ALTER TABLE members ADD COLUMN own_ended INTEGER;      -- when the own card gave way to a 책이음 card
ALTER TABLE members ADD COLUMN withdrawn INTEGER;

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

-- A practice database: when its made-up members were made, whole. NULL while they are being made, and in every other one.
ALTER TABLE house ADD COLUMN samples INTEGER;
