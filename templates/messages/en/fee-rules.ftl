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
