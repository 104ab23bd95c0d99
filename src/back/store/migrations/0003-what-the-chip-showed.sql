-- What a chip showed of itself while its card was made.
ALTER TABLE jobs ADD COLUMN back_doors TEXT;     -- refused, answered, not-tested, none: published back doors of clones
ALTER TABLE cards ADD COLUMN originality TEXT;   -- genuine, simulated, wrong: the maker's signature; NULL: it has none
