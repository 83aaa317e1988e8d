-- Second half of moving a position on.
INSERT INTO source_positions VALUES (
  $uri, $format, $offset::BIGINT, $size::BIGINT, $modifiedMs::DOUBLE, $fingerprint, $runIds, $records::BIGINT
);
