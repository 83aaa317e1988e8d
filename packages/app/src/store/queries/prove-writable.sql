-- Changes nothing, and is written to the log all the same: fails while the disk is full.
UPDATE meta SET value = value;
