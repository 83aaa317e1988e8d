-- Lines that were refused, with the reason: kept, so that a person can look at them or read them again.
CREATE TABLE quarantine (
  uri VARCHAR NOT NULL,
  line BIGINT,
  byte_offset BIGINT,
  reason VARCHAR NOT NULL,
  text VARCHAR,
  refused_us BIGINT NOT NULL
);
