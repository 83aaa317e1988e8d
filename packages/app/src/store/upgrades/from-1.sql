-- From version 1 to 2. The columns stay NULL for what is here: runs give their summary instead, and payloads are in one part.
ALTER TABLE runs ADD COLUMN judged VARCHAR;
ALTER TABLE payloads ADD COLUMN head INTEGER;
