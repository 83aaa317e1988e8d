-- One payload, for the details of what was clicked.
SELECT content FROM payloads WHERE payload_no = $payloadNo;
