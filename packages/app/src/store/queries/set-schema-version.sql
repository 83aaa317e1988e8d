-- Written in the transaction that upgrades the tables.
UPDATE meta SET value = $version WHERE key = 'schema_version';
