-- A scan, not an index: 2 to 7 ms a million payloads, and asked only for contents that the filter in memory may know.
SELECT digest_a, digest_b, digest_c, digest_d, payload_no AS value FROM payloads
WHERE digest_a IN (SELECT unnest($digests)) AND head IS NULL;
