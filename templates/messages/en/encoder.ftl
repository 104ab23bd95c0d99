# While a card lies on the reader. Technical facts (UID, sector) stand in the step.
err-card-removed = The card was taken away before it was finished.
rec-card-removed = Lay the same card back.
err-card-swapped = Another card lies on the reader ({ $found }).
rec-card-swapped = Lay the card back that was there before ({ $uid }).
err-two-cards = Two cards lie on the reader. Nothing is written meanwhile.
rec-two-cards = Take one away.
err-card-unsteady = The card answers only now and then ({ $uid }).
rec-card-unsteady = Lay it flat on the middle of the reader, away from metal.
err-unknown-key = This card is locked with a key that this library does not know (area { $sector }).
rec-unknown-key = Set it aside and lay down a new blank card.
err-chip-spoiled = The lock of area { $sector } is damaged, most likely cut off while it was being written, and answers no more.
rec-chip-spoiled = Discard this card and lay down a new blank card.
err-chip-defective = The chip does not keep what is written to it (area { $sectors }).
rec-chip-defective = Discard this card and lay down a new blank card.
err-chip-unverified = Area { $sector } does not hold what this card should hold.
rec-chip-unverified = Lay the card down again to have it written anew.
err-chip-lets-write = The lock did not hold: { $count } of the tried attacks were let through, the first in area { $sector }.
rec-chip-lets-write = Discard this card, it must not be handed over. Lay down a new blank card.
err-card-uid-settable = Anyone can give this card another UID ({ $uid }): it is a clone.
rec-card-uid-settable = Set it aside and take another card. Whoever wants such cards all the same sets [chip] magic_cards = "accept".
err-card-back-door = This card ({ $uid }) answers to a published back door that opens it past every key: it is a clone.
rec-card-back-door = Set it aside and take another card. Whoever wants such cards all the same sets [chip] magic_cards = "accept".
err-chip-phone = This is a phone, or a card that shows another UID each time.
rec-chip-phone = Lay the library card alone on the reader.
err-card-auth-limit = This card shuts for ever after { $limit } wrong passwords, so none was tried.
rec-card-auth-limit = Set it aside and lay down a new blank card.
err-card-configured = This card carries settings that cannot be taken back safely (ACCESS { $access }).
rec-card-configured = Set it aside and lay down a new blank card.
