-- All of them: they are read once, when watching starts.
SELECT uri, format, read_bytes::DOUBLE AS read_bytes, size_bytes::DOUBLE AS size_bytes, modified_ms, fingerprint, run_ids, records::DOUBLE AS records
FROM source_positions ORDER BY uri;
