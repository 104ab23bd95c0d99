-- Under which rule a fee was charged, why it is less, and what shows that a reissue is free. Times as in 0001.

ALTER TABLE charges ADD COLUMN rule TEXT;              -- fee_rules.rule; NULL: from before rules had names
ALTER TABLE charges ADD COLUMN basis TEXT;             -- exempt-seen, exempt-told, first-free, own-fault: never the ground
ALTER TABLE charges ADD COLUMN evidence TEXT;          -- of a reason without a fee: card-read, failed-job, record-changed, signed, lot

-- The text of each rule under which something was charged; its name has a hash of it.
CREATE TABLE fee_rules (
  rule  TEXT PRIMARY KEY,
  text  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER fee_rules_no_update BEFORE UPDATE ON fee_rules BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER fee_rules_no_delete BEFORE DELETE ON fee_rules BEGIN SELECT RAISE(ABORT, 'append-only'); END;

-- When the name was last corrected, whoever writes it: a card from before bears the old one.
ALTER TABLE member_persons ADD COLUMN renamed INTEGER;
CREATE TRIGGER member_persons_renamed AFTER UPDATE OF name ON member_persons WHEN old.name <> new.name BEGIN
  UPDATE member_persons SET renamed = CAST(unixepoch('subsec') * 1000 AS INTEGER) WHERE member = new.member;
END;
