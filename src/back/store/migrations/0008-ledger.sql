-- Money: append-only, chained entries, and their words beside them. Times as in 0001; a day is a desk's business day.

-- One row an entry. Ids and codes alone: words stand in money_notes, the row holds a salted hash of them.
CREATE TABLE ledger_entries (
  seq         INTEGER PRIMARY KEY,
  time        INTEGER NOT NULL,
  day         TEXT NOT NULL,             -- YYYY-MM-DD: what comes after a desk's close is its next day's
  desk        TEXT NOT NULL,             -- '' at the command line
  kind        TEXT NOT NULL CHECK (kind IN ('charge', 'payment', 'waiver', 'refund', 'reversal', 'close', 'reopen')),
  charge      INTEGER,
  job         INTEGER,
  member      INTEGER,
  reason      TEXT,                      -- of the card
  amount      INTEGER NOT NULL,          -- won; of a close what was counted
  account     TEXT,                      -- where the won come from or go to: receivable, cash, card, transfer, waived
  staff       TEXT NOT NULL,             -- who did it: staff:7, os:root
  allowed_by  TEXT,                      -- whose signature it wanted
  rule        TEXT,                      -- under which the amount was charged
  basis       TEXT,                      -- why it is less than the rule says; never the ground of an exemption
  evidence    TEXT,                      -- what shows that a card that costs nothing is right to
  receipt     INTEGER,                   -- one series without gaps
  refers      INTEGER,                   -- the entry that it takes back; of a close the last entry before it
  expected    INTEGER,                   -- of a close: what the drawer should hold
  change      INTEGER,                   -- of a close: what of that stays in the drawer
  note        BLOB,                      -- salted hash of the words
  hash        BLOB NOT NULL
) STRICT;
CREATE INDEX ledger_entries_day ON ledger_entries (day);
CREATE INDEX ledger_entries_charge ON ledger_entries (charge);
CREATE INDEX ledger_entries_member ON ledger_entries (member);
CREATE UNIQUE INDEX ledger_entries_receipt ON ledger_entries (receipt) WHERE receipt IS NOT NULL;
CREATE INDEX ledger_entries_closes ON ledger_entries (desk, seq) WHERE kind IN ('close', 'reopen');
-- Nothing of it is ever dropped.
CREATE TRIGGER ledger_entries_no_update BEFORE UPDATE ON ledger_entries BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER ledger_entries_no_delete BEFORE DELETE ON ledger_entries BEGIN SELECT RAISE(ABORT, 'append-only'); END;

-- What a desk counted before it was told what to expect: every count is kept, the first one too.
CREATE TABLE ledger_counts (
  seq      INTEGER PRIMARY KEY,
  time     INTEGER NOT NULL,
  day      TEXT NOT NULL,                -- through which the drawer was counted
  desk     TEXT NOT NULL,
  staff    TEXT NOT NULL,
  counted  INTEGER NOT NULL,             -- won
  pieces   TEXT NOT NULL,                -- notes and coins: "10000x3 500x2"; '' where a sum was typed
  entry    INTEGER NOT NULL,             -- the last entry of the ledger by then; 0 before the first
  hash     BLOB NOT NULL
) STRICT;
CREATE INDEX ledger_counts_desk ON ledger_counts (desk, seq);
CREATE INDEX ledger_counts_day ON ledger_counts (desk, day);
CREATE TRIGGER ledger_counts_no_update BEFORE UPDATE ON ledger_counts BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER ledger_counts_no_delete BEFORE DELETE ON ledger_counts BEGIN SELECT RAISE(ABORT, 'append-only'); END;

-- What somebody said of an entry, by the hash that the entry holds: personal, and may be purged.
CREATE TABLE money_notes (
  hash  BLOB PRIMARY KEY,
  salt  BLOB NOT NULL,
  text  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Printed once as the original; every further print is a copy.
CREATE TABLE receipt_prints (
  receipt  INTEGER NOT NULL,
  nth      INTEGER NOT NULL,
  time     INTEGER NOT NULL,
  staff    TEXT NOT NULL,
  PRIMARY KEY (receipt, nth)
) STRICT, WITHOUT ROWID;

ALTER TABLE house ADD COLUMN ledger INTEGER;     -- when charges from before the ledger got their entries; NULL: not yet

-- A charge is how its entries left it: kept beside them so that it is found at once, and held against them when they are verified.
DROP INDEX charges_unpaid;
ALTER TABLE charges RENAME COLUMN state TO stood;
ALTER TABLE charges ADD COLUMN state TEXT NOT NULL DEFAULT 'unpaid'
  CHECK (state IN ('free', 'unpaid', 'paid', 'waived', 'refunded', 'reversed'));
UPDATE charges SET state = stood;
ALTER TABLE charges DROP COLUMN stood;
CREATE INDEX charges_unpaid ON charges (job) WHERE state = 'unpaid';
ALTER TABLE charges ADD COLUMN receipt INTEGER;  -- of its payment
