-- Fills the filter in memory, once, at the first payload that is written.
SELECT digest_a, digest_b FROM payloads WHERE head IS NULL;
