-- Inputs and outputs of spans as JSON, each content once. The digest is the first 128 bits of its SHA-256.
CREATE TABLE payloads (
  payload_no INTEGER NOT NULL,
  digest_a BIGINT NOT NULL,
  digest_b BIGINT NOT NULL,
  content VARCHAR NOT NULL USING COMPRESSION zstd
);
