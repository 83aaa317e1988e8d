-- One row a run. The columns are what lists filter and sort by; `summary` is the whole truth as JSON, so that a new
-- field of a summary needs no new column. No table has an index: a primary key made inserting 2.5 times and the file
-- 4 times as costly, and zone maps on run_key find a run's rows as fast.
CREATE TABLE runs (
  run_key INTEGER NOT NULL,
  run_id VARCHAR NOT NULL,
  name VARCHAR NOT NULL,
  task_type VARCHAR,
  session_id VARCHAR,
  project VARCHAR,
  status VARCHAR NOT NULL,
  agent VARCHAR,
  -- 0 where nothing tells when it was; so is last_us.
  start_us BIGINT NOT NULL,
  last_us BIGINT NOT NULL,
  duration_us BIGINT NOT NULL,
  tokens BIGINT NOT NULL,
  cost_usd DOUBLE,
  score DOUBLE,
  leverage DOUBLE,
  rounds INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  models VARCHAR[] NOT NULL,
  -- `key=value` each.
  labels VARCHAR[] NOT NULL,
  -- Everything the search box looks at, in lower case.
  search VARCHAR NOT NULL,
  -- Not ZSTD: a page of the list would decompress 2048 summaries for each that it shows.
  summary VARCHAR NOT NULL,
  -- The header where it is not simply the summary's part of it; NULL otherwise.
  header VARCHAR,
  -- What reports look at, without names; NULL where an older Tacho stored the run, which then has its summary only.
  judged VARCHAR
);
