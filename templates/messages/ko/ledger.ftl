# 장부.
err-charge-not-paid = { $charge }번 수수료는 { $state ->
        [unpaid] 아직 받지 않았습니다
        [waived] 면제했습니다
        [refunded] 이미 반환했습니다
        [reversed] 이미 취소했습니다
       *[free] 무료입니다
    }.
rec-charge-not-paid = 받은 수수료만 반환합니다. issuer fee show로 확인하세요.
page-rec-charge-not-paid = 받은 수수료만 반환합니다.

word-refunded = 반환
web-charge-refunded = { money-refunded }
web-charges-past = 지난 수수료
web-charges-past-act = 영수증 · 반환
web-refund = 반환
web-refund-why = 반환 사유
web-refund-note = { $way } { $amount }을 돌려줍니다
web-receipt-no = 영수증 { $n }
web-receipt-back = 취소 영수증 { $n }
web-slip-fee-is-refunded = 반환함
web-history-refund-fee = 반환
web-history-at-refund-fee = 반환한 뒤 다시 물음
web-history-give-up-card = 발급 취소
web-approval-act-refund-fee = 수수료 반환
web-approval-act-give-up-card = 돈과 카드를 되돌리는 발급 취소
web-approval-sign-refund-fee = 승인하고 반환
web-approval-sign-give-up-card = 승인하고 발급 취소

err-receipt-unknown = { $receipt }번 영수증이 없습니다.
rec-receipt-unknown = 영수증에 찍힌 번호를 확인하세요.
web-receipt-kind-payment = { money-entry-payment }
web-receipt-kind-refund = { money-entry-refund }
web-receipt-kind-reversal = { money-entry-reversal }
web-receipt-kind-close = { money-entry-close }
web-receipt-not-printed = 아직 인쇄하지 않음
web-receipt-printed = { $n }번 인쇄함
web-receipt-print = 인쇄
web-receipt-copy = 사본 인쇄
web-say-receipt = 영수증 { $n }번도 함께 드리세요.
web-slip-receipt = 수수료를 내면 영수증을 받습니다. 받지 못했으면 말씀하세요.
web-history-at-receipt = 영수증 보기
web-history-at-print-receipt = 영수증 다시 인쇄
web-receipt-give-back = { $amount }원을 회원에게 돌려주세요.
web-receipt-sign = 함께 나온 영수증에 받은 분의 서명을 받습니다. 카드로 받았으면 카드 단말기에서도 취소하세요.
web-cancel-money = 받은 { $amount }을 돌려주고, 영수증에 서명을 받습니다.
