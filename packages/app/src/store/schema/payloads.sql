-- Inputs and outputs of spans, each content once: a text as it is after a \u0002, everything else as JSON. The digest is the first 128 bits of its
-- SHA-256, in four integers: a bigint would have to be made for each half. Of a long content this is the first part; the others
-- follow with the next numbers, name the first as their head, and have no digest (all 0).
CREATE TABLE payloads (
  payload_no INTEGER NOT NULL,
  digest_a INTEGER NOT NULL,
  digest_b INTEGER NOT NULL,
  digest_c INTEGER NOT NULL,
  digest_d INTEGER NOT NULL,
  content VARCHAR NOT NULL USING COMPRESSION zstd,
  head INTEGER
);
