# The 책이음 card of a member who has the library's own card: by conversion only.
err-own-card-held = Member { $member } has the library's own card; a 책이음 card is not issued beside it.
rec-own-card-held = Convert it: issuer convert { $member }
page-err-own-card-held = This member has the library’s own card; none is issued beside it.
page-rec-own-card-held = Press “Convert to a 책이음 card” on the member’s page.
web-history-own-card = The own card, by choice
