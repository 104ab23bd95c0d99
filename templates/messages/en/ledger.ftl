# The ledger.
err-charge-not-paid = Charge { $charge } { $state ->
        [unpaid] is not paid yet
        [waived] was waived
        [refunded] is paid back already
        [reversed] is reversed already
       *[free] is free
    }.
rec-charge-not-paid = Only what was paid is paid back. Look with issuer fee show.
page-rec-charge-not-paid = Only what was paid is paid back.

word-refunded = paid back
web-charge-refunded = Paid back
web-charges-past = Past fees
web-charges-past-act = Receipts, paying back
web-refund = Pay back
web-refund-why = Reason for paying back
web-refund-note = { $amount } goes back: { $way }
web-receipt-no = Receipt { $n }
web-slip-fee-is-refunded = Paid back
web-history-refund-fee = Paid back
web-history-at-refund-fee = asked again after paying back
web-history-give-up-card = Cancelled without the card
web-approval-act-refund-fee = Pay the fee back
web-approval-act-give-up-card = Cancel without blanking the card
web-approval-sign-refund-fee = Approve and pay back
web-approval-sign-give-up-card = Approve and cancel
