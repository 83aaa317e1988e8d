-- Written in the transaction that makes the tables.
INSERT INTO meta VALUES ('schema_version', $version);
