-- What a conversion may undo, who holds an own card, and the counts of a day. Times as in 0001.

ALTER TABLE members ADD COLUMN own_card INTEGER NOT NULL DEFAULT 1;  -- 0: a 책이음 card was chosen in place of the own one, which nobody handed out

-- A number that a conversion adopted is nobody's again when that is cancelled: it counts as never given, and its row stays
-- for the job alone that points at it.
ALTER TABLE numbers ADD COLUMN released INTEGER;

-- What a day brought, by kind and reason, without a look at the jobs themselves.
CREATE INDEX jobs_done ON jobs (updated, kind, reason) WHERE state = 'handed-over';
