-- Read before anything else.
SELECT value FROM meta WHERE key = 'schema_version';
