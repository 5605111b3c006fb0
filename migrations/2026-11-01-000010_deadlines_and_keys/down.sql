DROP TABLE idempotency_keys, deadlines;
