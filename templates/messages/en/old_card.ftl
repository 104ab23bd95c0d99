# The old card, asked for as the new one is handed over: where the rule wants it back
err-old-card-unsaid = Nobody has said whether the old card came back.
rec-old-card-unsaid = Choose returned or not returned.
web-old-card-what = This reissue takes the old card back.
web-old-card-ask = Say whether the old card came back
web-old-card-then = Returned, it goes back to stock; not returned, it stays void.
web-old-card-yes = Returned
web-old-card-no = Not returned
web-history-old-card-kept = Old card not brought back
web-old-card-but-yes = Change to returned
web-old-card-but-no = Change to not returned
web-old-card-note = Note it
