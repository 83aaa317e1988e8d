-- Fills the filter in memory, once, at the first call that is claimed.
SELECT digest_a, digest_b FROM calls;
