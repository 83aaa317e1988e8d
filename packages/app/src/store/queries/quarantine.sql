-- The newest first: they belong to what the person just imported.
SELECT uri, line::DOUBLE AS line, byte_offset::DOUBLE AS byte_offset, reason, text, refused_us::DOUBLE AS refused_us
FROM quarantine ORDER BY refused_us DESC, uri, line LIMIT $limit;
