# Rules of fees, exemptions, and what shows that a reissue is free

err-settings-fee-day = { $place }: this day cannot be read
rec-settings-fee-day = write year, month and day, as "2027-01-01"
err-settings-fee-since-missing = { $place }: this [[{ $section }.change]] does not say since when
rec-settings-fee-since-missing = write the day on which the rule changes, as since = "2027-01-01"
err-settings-fee-changes = { $place }: this is no list of changes
rec-settings-fee-changes = write [[{ $section }.change]], in two pairs of brackets, and what changes below
err-settings-fee-same-day = { $place }: two rules begin on { $since } (the one before on { $before })
rec-settings-fee-same-day = make one of the two, or correct a day
err-settings-fee-order = { $place }: { $since } is earlier than { $before }, on which the rule before begins
rec-settings-fee-order = write the rules in the order of the days on which they begin
err-settings-fee-own-fault = { $place }: { $reason } is the fault of the library’s own machine or stock, for which nothing can be charged
rec-settings-fee-own-fault = leave it at amount = 0

err-exempt-said = an exemption is seen or told.
rec-exempt-said = Write seen when the proof was looked at, told when it was only said.
err-exempt-proof-missing = Without its proof seen, nobody is exempt.
rec-exempt-proof-missing = Look at the proof and tick “Proof seen”, or take the fee.
cli-rec-exempt-proof-missing = Look at the proof and say --exempt seen, or leave --exempt out and take the fee.
err-exempt-not-here = The fee for this reason has no exemption by proof.
rec-exempt-not-here = Take the tick away and take the fee. The library’s rule is exempt of [fees.{ $reason }] in issuer.toml.
err-reissue-wait = A card reported lost or stolen is replaced { $days } days after the report: from { $first } on.
rec-reissue-wait = Block the card and reissue it from { $first } on, or have a manager sign.
cli-rec-reissue-wait = Block it with issuer card suspend and reissue it from { $first } on, or answer for it with --anyway.
err-reissue-limit = { $had } cards were reissued to this member this year already; the library’s rule allows { $most } a year.
rec-reissue-limit = Reissue it next year, or have a manager sign.
cli-rec-reissue-limit = Reissue it next year, or answer for it with --anyway.

web-reissue-anyway = Reissue now, a manager signs
web-reissue-wait = It may be reissued from { $first } on
web-reissue-wait-text = There are { $days } days to wait after a loss is reported. Before that a manager signs.
web-exempt-legend = Exemption
web-exempt-note = on what ground is not stored
web-exempt = Exempt
web-exempt-seen = Proof seen
web-exempt-free = exempt
web-basis-exempt-seen = Exempt
web-basis-exempt-told = Exempt
web-basis-first-free = First reissue is free
web-basis-own-fault = On the library
web-unshown = Nothing shows yet that this is free
web-unshown-text = Lay the old card on the reader and it is. Without the card a manager signs.
web-approval-act-reissue-free = Reissue free of charge, with nothing to show for it
web-approval-act-reissue-early = Reissue before the waiting days are over
web-approval-act-reissue-beyond = Reissue beyond the most of a year
web-approval-sign-reissue-free = Approve, free of charge
web-approval-sign-reissue-early = Approve and reissue
web-approval-sign-reissue-beyond = Approve and reissue
web-history-reissue-free = Reissued free, unshown
web-history-reissue-early = Reissued before its time
web-history-reissue-beyond = Reissued beyond the limit
web-history-old-card-returned = Old card brought back
label-rule = rule
label-basis = why this amount
label-old-card = old card
word-exempt-seen = exempt, proof seen
word-exempt-told = exempt, as told
word-first-free = first reissue is free
word-own-fault = on the library

err-lost-is-reissued = Member { $member } has a card that is blocked as lost or stolen.
rec-lost-is-reissued = Reissue it, or release it if it was found, and try again.
