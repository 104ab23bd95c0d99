-- What a conversion may undo, who holds an own card, and the counts of a day. Times as in 0001.

ALTER TABLE members ADD COLUMN own_card INTEGER NOT NULL DEFAULT 0;  -- 1: the library's own card was handed out, and gives way by conversion alone
UPDATE members SET own_card = 1 WHERE own_number IS NOT NULL AND NOT national;

-- A number that a conversion adopted is nobody's again when that is cancelled: it counts as never given, and its row stays
-- for the job alone that points at it.
ALTER TABLE numbers ADD COLUMN released INTEGER;

-- What a day brought, by kind and reason, without a look at the jobs themselves.
CREATE INDEX jobs_done ON jobs (updated, kind, reason) WHERE state = 'handed-over';
