-- Which master keys this database's cards hang on: check values, never keys. A key file with others is another library's.
CREATE TABLE key_checks (
  version      INTEGER NOT NULL,
  purpose      TEXT NOT NULL,
  check_value  TEXT NOT NULL,             -- six hex digits, as `key show` has them
  PRIMARY KEY (version, purpose)
) STRICT, WITHOUT ROWID;
