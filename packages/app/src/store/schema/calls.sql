-- Which run counted an API call first: a call counts once, whatever number of runs repeat it. The digest is the first
-- 128 bits of the SHA-256 of the call's key.
CREATE TABLE calls (
  run_key INTEGER NOT NULL,
  digest_a INTEGER NOT NULL,
  digest_b INTEGER NOT NULL,
  digest_c INTEGER NOT NULL,
  digest_d INTEGER NOT NULL
);
