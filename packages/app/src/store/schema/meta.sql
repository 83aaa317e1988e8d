-- Facts about the store itself: its schema version, checked before anything else is read.
CREATE TABLE meta (
  key VARCHAR NOT NULL,
  value VARCHAR NOT NULL
);
