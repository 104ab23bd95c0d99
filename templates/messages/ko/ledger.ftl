# 장부.
err-charge-not-paid = { $charge }번 수수료는 { $state ->
        [unpaid] 아직 받지 않았습니다
        [waived] 면제했습니다
        [refunded] 이미 환불했습니다
        [reversed] 이미 되돌렸습니다
       *[free] 무료입니다
    }.
rec-charge-not-paid = 받은 수수료만 환불합니다. issuer fee show로 확인하세요.
page-rec-charge-not-paid = 받은 수수료만 환불합니다.

word-refunded = 환불
web-charge-refunded = 환불
web-charges-past = 지난 수수료
web-charges-past-act = 영수증 · 환불
web-refund = 환불
web-refund-why = 환불 사유
web-refund-note = { $way } { $amount }을 돌려줍니다
web-receipt-no = 영수증 { $n }
web-slip-fee-is-refunded = 환불함
web-history-refund-fee = 환불
web-history-at-refund-fee = 환불한 뒤 다시 물음
web-history-give-up-card = 카드 없이 취소
web-approval-act-refund-fee = 수수료 환불
web-approval-act-give-up-card = 카드를 지우지 않고 취소
web-approval-sign-refund-fee = 승인하고 환불
web-approval-sign-give-up-card = 승인하고 취소
