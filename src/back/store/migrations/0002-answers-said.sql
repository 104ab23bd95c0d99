-- What was answered under an idempotency key, where it cannot be made again from the state of a job: JSON, ids only.
-- `made` then holds the UID that the request is held to.
ALTER TABLE answers ADD COLUMN said TEXT;
