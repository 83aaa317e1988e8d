-- As known-payloads, for the calls that were counted.
SELECT digest_a, digest_b, digest_c, digest_d, run_key AS value FROM calls
WHERE digest_a IN (SELECT unnest($digests));
