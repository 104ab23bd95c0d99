# 수수료.
err-charge-unknown = 그런 수수료가 없습니다({ $charge }).
rec-charge-unknown = issuer fee show로 번호를 확인하세요.
page-rec-charge-unknown = 회원 화면에서 다시 하세요.
err-charge-settled = { $charge }번 수수료는 이미 { $state ->
        [paid] 받았습니다
        [waived] 면제했습니다
        [refunded] 반환했습니다
        [reversed] 취소했습니다
       *[free] 무료입니다
    }.
rec-charge-settled = issuer fee show로 확인하세요. 더 할 일은 없습니다.
page-rec-charge-settled = 더 할 일은 없습니다. 회원 화면에서 확인하세요.
err-fee-unpaid = { $job }번 발급의 수수료 { $amount }원을 아직 받지 않았습니다.
rec-fee-unpaid = 수수료를 받은 뒤에 전달하세요.
cli-rec-fee-unpaid = issuer fee pay { $charge } --by cash로 받거나, issuer hand-over { $job } --unpaid 사유로 미납인 채 전달하세요.
err-pay-and-waive = 수납과 면제를 함께 할 수 없습니다.
rec-pay-and-waive = --pay와 --waive 가운데 하나만 쓰세요.
page-rec-pay-and-waive = 하나만 고르세요.
err-pay-by = 받은 방법을 알 수 없습니다.
rec-pay-by = cash, card, transfer 가운데 고르세요.
page-rec-pay-by = 현금, 카드, 이체 가운데 고르세요.
err-why-missing = 사유가 비어 있습니다.
rec-why-missing = 사유를 한 줄로 적으세요. 장부에 남습니다.
err-why-text = 사유에 쓸 수 없는 글자가 있거나 너무 깁니다.
rec-why-text = { $most }자까지 한 줄로 적으세요.

label-charge = 수수료
label-amount = { money-amount }
label-reason = 사유
label-receipt = 영수증
label-paid-by = 수납 방법
label-why = 사유
label-created = 생긴 때
part-amount = 금액
part-charge = 수수료
word-unpaid = 미납
word-paid = 수납
word-waived = 면제
word-reversed = 취소
word-cash = 현금
word-transfer = 이체

web-won = { $amount }원
web-free = 무료
web-pay-cash = { money-cash }
web-pay-card = { money-card }
web-pay-transfer = { money-transfer }
web-pay-later = 나중에
web-pay-later-note = 미납으로 남음
web-pay-waive = 면제
web-pay-waive-note = 사유를 적음
web-waive-why = 면제 사유
web-unpaid-why = 미납 사유
web-charges = 미납 수수료
web-charges-note = 연체료는 따로 받지 않습니다
web-charges-all = 합계
web-charges-pay = 수납
web-charges-waive = 면제
web-charges-waive-note = 면제는 사유를 적습니다
web-charges-none = 받을 수수료가 없습니다.
web-charge-unpaid = { money-unpaid }
web-charge-paid = { money-paid }
web-charge-waived = { money-waived }
web-charge-reversed = { money-reversed }
web-charge-free = { money-free }
web-to-member = 회원으로
web-say-unpaid-what = 이 발급의 수수료를 아직 받지 않았습니다.
web-say-unpaid = 수수료 { $amount }원을 받으세요
web-act-unpaid = 미납으로 두기
web-say-cancelled-refund = 받은 { $amount }원을 돌려주세요
