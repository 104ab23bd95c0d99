-- Reports over years: the index of business days holds what is added up, in the order in which it is, so that no row is looked up
-- and nothing is sorted. It is the entries themselves: no sum is kept anywhere.
DROP INDEX ledger_entries_day;
CREATE INDEX ledger_entries_day ON ledger_entries (day, reason, kind, account, desk, staff, amount, expected, evidence);
