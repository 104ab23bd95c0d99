-- Blank cards by type and lot. What was received, tested, found broken or counted is written here; what was issued, spoiled or
-- given back follows from the cards themselves. Times as in 0001.

CREATE TABLE stock_lots (
  id       INTEGER PRIMARY KEY,
  type     TEXT NOT NULL,                -- classic-1k …, barcode-card, sticker
  name     TEXT NOT NULL COLLATE NOCASE, -- as its maker printed it on the box
  created  INTEGER NOT NULL,
  UNIQUE (type, name)
) STRICT;
CREATE TRIGGER stock_lots_no_update BEFORE UPDATE ON stock_lots BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER stock_lots_no_delete BEFORE DELETE ON stock_lots BEGIN SELECT RAISE(ABORT, 'append-only'); END;

CREATE TABLE stock_moves (
  id        INTEGER PRIMARY KEY,
  lot       INTEGER NOT NULL REFERENCES stock_lots,
  time      INTEGER NOT NULL,
  kind      TEXT NOT NULL CHECK (kind IN ('received', 'test', 'spoiled', 'counted', 'opened', 'fault')),
  n         INTEGER NOT NULL CHECK (n >= 0),
  expected  INTEGER CHECK ((kind = 'counted') = (expected IS NOT NULL)),  -- of a count: what the books said
  why       TEXT,
  by        TEXT NOT NULL,
  desk      TEXT NOT NULL
) STRICT;
CREATE INDEX stock_moves_lot ON stock_moves (lot, kind);
CREATE INDEX stock_moves_time ON stock_moves (time);
CREATE TRIGGER stock_moves_no_update BEFORE UPDATE ON stock_moves BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER stock_moves_no_delete BEFORE DELETE ON stock_moves BEGIN SELECT RAISE(ABORT, 'append-only'); END;

ALTER TABLE cards ADD COLUMN lot INTEGER REFERENCES stock_lots;  -- of which lot the blank was; NULL: none was known
ALTER TABLE cards ADD COLUMN back_at INTEGER;                    -- came back to the library after it had been handed over
ALTER TABLE cards ADD COLUMN blank_at INTEGER;                   -- is a blank again since

-- The sums of the lots, without a look at the cards themselves.
CREATE INDEX cards_stock ON cards (lot, live_at) WHERE lot IS NOT NULL;
CREATE INDEX cards_stock_work ON cards (lot) WHERE lot IS NOT NULL AND state IN ('blank', 'in-work', 'ready');
CREATE INDEX cards_stock_spoiled ON cards (ended_at, lot, ended_why) WHERE state = 'spoiled' AND lot IS NOT NULL;
CREATE INDEX cards_stock_back ON cards (back_at, lot, state, kind, blank_at) WHERE back_at IS NOT NULL AND lot IS NOT NULL;
CREATE INDEX cards_stock_none ON cards (kind, chip, created) WHERE lot IS NULL;
CREATE INDEX cards_live ON cards (live_at, lot) WHERE live_at IS NOT NULL;
