-- Movements of blank cards and prints of receipts are chained as the ledger is. What was written before is chained as it stands when
-- a program that does so opens the database: begin_late.rs, in the transaction of this file. Times as in 0001.

DROP TRIGGER stock_moves_no_update;
DROP TRIGGER stock_moves_no_delete;
DROP INDEX stock_moves_lot;
DROP INDEX stock_moves_time;
ALTER TABLE stock_moves RENAME TO stock_moves_before;
ALTER TABLE receipt_prints RENAME TO receipt_prints_before;

-- Type and name are those of the lot: a lot itself is not chained, and is held against what was written down of it.
CREATE TABLE stock_moves (
  seq       INTEGER PRIMARY KEY,
  time      INTEGER NOT NULL,
  lot       INTEGER NOT NULL REFERENCES stock_lots,
  type      TEXT NOT NULL,
  name      TEXT NOT NULL,
  kind      TEXT NOT NULL CHECK (kind IN ('received', 'test', 'spoiled', 'counted', 'opened', 'fault')),
  n         INTEGER NOT NULL CHECK (n >= 0),
  expected  INTEGER CHECK ((kind = 'counted') = (expected IS NOT NULL)),  -- of a count: what the books said
  why       TEXT,                        -- of cards, never of a person
  by        TEXT NOT NULL,
  desk      TEXT NOT NULL,
  hash      BLOB NOT NULL
) STRICT;
CREATE INDEX stock_moves_lot ON stock_moves (lot, kind);
CREATE INDEX stock_moves_time ON stock_moves (time);
CREATE TRIGGER stock_moves_no_update BEFORE UPDATE ON stock_moves BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER stock_moves_no_delete BEFORE DELETE ON stock_moves BEGIN SELECT RAISE(ABORT, 'append-only'); END;

-- Printed once as the original; every further print is a copy.
CREATE TABLE receipt_prints (
  seq      INTEGER PRIMARY KEY,
  time     INTEGER NOT NULL,
  receipt  INTEGER NOT NULL,
  nth      INTEGER NOT NULL,
  staff    TEXT NOT NULL,
  hash     BLOB NOT NULL,
  UNIQUE (receipt, nth)
) STRICT;
CREATE TRIGGER receipt_prints_no_update BEFORE UPDATE ON receipt_prints BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER receipt_prints_no_delete BEFORE DELETE ON receipt_prints BEGIN SELECT RAISE(ABORT, 'append-only'); END;

-- Who gave the card to its holder: not always whoever began the job. Of older jobs the access log says it.
ALTER TABLE jobs ADD COLUMN handed_over_by TEXT;
UPDATE jobs SET handed_over_by = (SELECT staff FROM access_entries
    WHERE member = jobs.member AND what = 'change' AND purpose = 'hand-over' AND time >= jobs.updated ORDER BY seq LIMIT 1)
  WHERE state = 'handed-over';

-- Days of a desk on which won moved and that nobody has closed.
CREATE INDEX ledger_entries_desk ON ledger_entries (desk, day) WHERE kind NOT IN ('close', 'reopen') AND amount <> 0;
