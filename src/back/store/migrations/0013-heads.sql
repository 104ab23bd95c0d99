-- Where each chain ended when it was last written: a chain that is cut off or taken away with its months does not say so itself.
-- The row of '' holds a sum of all the others, so that none of them goes unseen. What was written before is taken as it stands when a
-- program that keeps heads opens the database: heads.rs and rights_held.rs, in the transaction of this file.
CREATE TABLE chain_heads (
  log   TEXT PRIMARY KEY,                -- the table; '' for the sum
  seq   INTEGER NOT NULL,                -- its last number; of the sum how often it was made
  hash  BLOB NOT NULL
) STRICT, WITHOUT ROWID;
