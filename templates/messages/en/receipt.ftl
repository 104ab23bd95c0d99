# Receipts: what is printed on them, and layouts that are refused
err-receipt-text-too-long = This does not fit on the receipt: { $text } ({ $characters } characters).
rec-receipt-text-too-long = Shorten the text, or make more room in the layout.
err-receipt-too-long = The receipt comes to { $length } mm, and the paper is { $most } mm.
rec-receipt-too-long = Shorten the reason, or choose the layout of the roll (receipt) for [layout] receipt in issuer.toml.
err-layout-no-barcode = The layout { $layout } has no room for a bar code and cannot be a card's.
rec-layout-no-barcode = Choose layouts of cards for card, barcode_card and sticker under [layout] in issuer.toml.
err-layout-no-rows = The layout { $layout } has no room for lines and cannot be a receipt's.
rec-layout-no-rows = Choose receipt or receipt-a6 for [layout] receipt in issuer.toml.

receipt-title-payment = Receipt
receipt-title-refund = Refund receipt
receipt-title-reversal = Reversal receipt
receipt-title-close = Close of day
receipt-title-copy = { $title } (copy)
receipt-copy = COPY
receipt-number = No. { $number }
receipt-won = { web-won }
receipt-times = { $count }
receipt-none = none

receipt-by-cash = { money-cash }
receipt-by-card = { money-card }
receipt-by-transfer = { money-transfer }

receipt-why-first-issue = First library card
receipt-why-sticker = 책이음 sticker
receipt-why-lost = New card ({ web-why-lost })
receipt-why-stolen = New card ({ web-why-stolen })
receipt-why-damaged = New card ({ web-why-damaged })
receipt-why-worn = New card ({ web-why-worn })
receipt-why-overwritten = New card ({ web-why-overwritten })
receipt-why-defective = New card ({ web-why-defective })
receipt-why-renamed = New card ({ web-why-renamed })
receipt-why-number-changed = New card ({ web-why-number-changed })
receipt-why-conversion = Conversion to 책이음

receipt-label-time = Date and time
receipt-label-member = Member number
receipt-label-name = Name
receipt-label-why = For
receipt-label-by-payment = Paid by
receipt-label-by-refund = Refunded by
receipt-label-by-reversal = Refunded by
receipt-label-first = First receipt
receipt-label-amount-payment = { money-paid }
receipt-label-amount-refund = { money-refunded }
receipt-label-amount-reversal = { money-reversed }
receipt-label-desk = Desk
receipt-label-staff = { money-by }
receipt-label-sign-member = Received, signed

receipt-label-day = { money-day }
receipt-label-time-close = Closed at
receipt-label-staff-close = { money-by }
receipt-label-expected = { money-expected }
receipt-label-counted = { money-counted }
receipt-label-difference = { money-difference }
receipt-label-difference-why = { money-difference-why }
receipt-label-taken = { money-in }
receipt-label-given-back = { money-out }
receipt-label-payments = { money-payments }
receipt-label-last-receipt = { money-last-receipt }
receipt-label-last-entry = Last ledger entry
receipt-label-last-number = Last member number
receipt-label-anchor = { money-anchor }
receipt-label-anchor-chain = Chain
receipt-label-anchor-sequence = Sequence
receipt-label-anchor-time = Time
receipt-label-anchor-head = Head
receipt-label-sign = Checked by

receipt-label-change = { money-change }
receipt-label-first-counted = First count / expected then
receipt-label-back-why = Refunded because
receipt-label-allowed-by = { money-allowed }
receipt-label-amount-close = { money-counted }
