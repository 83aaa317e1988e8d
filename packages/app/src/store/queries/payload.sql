-- One payload, for the details of what was clicked: its parts, in their order. Two scans of one number each: with OR between
-- them every content would be decompressed.
SELECT content FROM (
  SELECT payload_no, content FROM payloads WHERE payload_no = $payloadNo
  UNION ALL
  SELECT payload_no, content FROM payloads WHERE head = $payloadNo
)
ORDER BY payload_no;
