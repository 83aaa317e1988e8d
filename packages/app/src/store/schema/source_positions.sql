-- How far each followed file has been read; written in the transaction that stores what was read.
CREATE TABLE source_positions (
  uri VARCHAR NOT NULL,
  format VARCHAR NOT NULL,
  read_bytes BIGINT NOT NULL,
  size_bytes BIGINT NOT NULL,
  modified_ms DOUBLE NOT NULL,
  fingerprint VARCHAR NOT NULL,
  run_ids VARCHAR[] NOT NULL,
  -- Null while a file is followed: only a reader of the whole file knows.
  records BIGINT
);
