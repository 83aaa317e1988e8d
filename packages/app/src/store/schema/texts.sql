-- The short texts that a run's spans share (names, roles, lanes, models, tools, first lines of errors), numbered from 1
-- within the run. Spans refer to them by number, so that a run's structure is read as plain integers.
CREATE TABLE texts (
  run_key INTEGER NOT NULL,
  text_no INTEGER NOT NULL,
  text VARCHAR NOT NULL
);
