# Charges.
err-charge-unknown = There is no such charge ({ $charge }).
rec-charge-unknown = See issuer fee show for the ids.
page-rec-charge-unknown = Do it again from the member's page.
err-charge-settled = Charge { $charge } is settled already: { $state ->
        [paid] it was paid
        [waived] it was waived
        [refunded] it was refunded
        [reversed] it was reversed
       *[free] it is free
    }.
rec-charge-settled = Look with issuer fee show. There is nothing left to do.
page-rec-charge-settled = There is nothing left to do. Look at the member's page.
err-fee-unpaid = The fee of ₩{ $amount } for job { $job } is not paid yet.
rec-fee-unpaid = Take the fee, then hand the card over.
cli-rec-fee-unpaid = Take it with issuer fee pay { $charge } --by cash, or hand over unpaid with issuer hand-over { $job } --unpaid WHY.
err-pay-and-waive = A fee cannot be both paid and waived.
rec-pay-and-waive = Use one of --pay and --waive.
page-rec-pay-and-waive = Choose one.
err-pay-by = It is not known how the fee was paid.
rec-pay-by = Choose cash, card or transfer.
page-rec-pay-by = Choose cash, card or bank transfer.
err-why-missing = The reason is empty.
rec-why-missing = Give the reason in one line. It is kept with the charge.
err-why-text = The reason is too long or holds characters that cannot be kept.
rec-why-text = Use one line of at most { $most } characters.

label-charge = Charge
label-amount = { money-amount }
label-reason = Reason
label-receipt = Receipt
label-paid-by = Paid by
label-why = Why
label-created = Since
part-amount = amount
part-charge = charge
word-unpaid = unpaid
word-paid = paid
word-waived = waived
word-reversed = reversed
word-cash = cash
word-transfer = transfer

web-won = ₩{ $amount }
web-free = Free
web-pay-cash = { money-cash }
web-pay-card = { money-card }
web-pay-transfer = { money-transfer }
web-pay-later = Later
web-pay-later-note = stays unpaid
web-pay-waive = Waive
web-pay-waive-note = give the reason
web-waive-why = Reason for waiving
web-unpaid-why = Why unpaid
web-charges = Unpaid fees
web-charges-note = No fines are taken here
web-charges-all = Total
web-charges-pay = Take the fee
web-charges-waive = Waive
web-charges-waive-note = waiving asks for a reason
web-charges-none = No fee is due.
web-charge-unpaid = unpaid
web-charge-paid = paid
web-charge-waived = waived
web-charge-reversed = reversed
web-charge-free = free
web-to-member = To the member
web-say-unpaid-what = The fee for this card is not paid yet.
web-say-unpaid = Take the fee of ₩{ $amount }
web-act-unpaid = Leave unpaid
web-say-cancelled-refund = Give ₩{ $amount } back
