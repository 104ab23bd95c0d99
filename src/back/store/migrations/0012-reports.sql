-- Reports over years: the index of business days holds what is added up, in the order in which it is, so that no row is looked up
-- and nothing is sorted. It is the entries themselves: no sum is kept anywhere.
DROP INDEX ledger_entries_day;
CREATE INDEX ledger_entries_day ON ledger_entries (day, reason, kind, account, desk, staff, amount, expected, evidence);

-- Why a card went out before its charge was settled, and who let it: whoever waives it later has words of their own.
ALTER TABLE charges ADD COLUMN unpaid_why TEXT;
ALTER TABLE charges ADD COLUMN unpaid_by TEXT;
UPDATE charges SET unpaid_why = why, unpaid_by = allowed_by WHERE state = 'unpaid' AND why IS NOT NULL;
