# The ledger.
err-charge-not-paid = Charge { $charge } { $state ->
        [unpaid] is not paid yet
        [waived] was waived
        [refunded] is refunded already
        [reversed] is reversed already
       *[free] is free
    }.
rec-charge-not-paid = Only what was paid is refunded. Look with issuer fee show.
page-rec-charge-not-paid = Only what was paid is refunded.

word-refunded = refunded
web-charge-refunded = refunded
web-charges-past = Past fees
web-charges-past-act = Receipts, refunds
web-refund = Refund
web-refund-why = Reason for the refund
web-refund-note = { $amount } is refunded: { $way }
web-receipt-no = Receipt { $n }
web-receipt-back = Receipt of the refund { $n }
web-slip-fee-is-refunded = Refunded
web-history-refund-fee = Refunded
web-history-at-refund-fee = asked again after a refund
web-history-give-up-card = Job cancelled
web-approval-act-refund-fee = Refund a fee
web-approval-act-give-up-card = Cancel the job: money or a locked card goes back
web-approval-sign-refund-fee = Approve and refund
web-approval-sign-give-up-card = Approve and cancel the job

err-receipt-unknown = There is no receipt { $receipt }.
rec-receipt-unknown = Look at the number that is printed on the receipt.
web-receipt-kind-payment = { money-entry-payment }
web-receipt-kind-refund = { money-entry-refund }
web-receipt-kind-reversal = { money-entry-reversal }
web-receipt-kind-close = { money-entry-close }
web-receipt-not-printed = not printed yet
web-receipt-printed = printed { $n ->
        [one] once
       *[other] { $n } times
    }
web-receipt-print = Print
web-receipt-copy = Print a copy
web-say-receipt = Give receipt { $n } with it.
web-slip-receipt = Whoever pays gets a receipt. Please ask if you did not get one.
web-history-at-receipt = looked at a receipt
web-history-at-print-receipt = printed a receipt again
web-receipt-give-back = Give { $amount } won back to the member.
web-receipt-sign = Whoever gets it signs the receipt that was printed. What was paid by card is cancelled at the card terminal too.
web-cancel-money = { $amount } that were paid go back, and the receipt is signed.
