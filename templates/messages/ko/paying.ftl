# 돈을 받을 때: 고르지 않은 것은 현금이 아닙니다
web-pay-take = 수납
web-pay-choose = 받는 방법 고르기
err-pay-missing = 수수료 { $amount }원을 어떻게 받는지 고르지 않았습니다
rec-pay-missing = 현금, 카드, 이체, 나중에, 면제 가운데 하나를 고르세요
