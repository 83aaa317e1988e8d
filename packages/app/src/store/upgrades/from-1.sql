-- From version 1 to 2. The column stays NULL for the runs that are here: they give their summary instead.
ALTER TABLE runs ADD COLUMN judged VARCHAR;
