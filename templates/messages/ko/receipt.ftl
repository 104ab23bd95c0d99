# 영수증: 종이에 찍히는 말, 도안의 거절
err-receipt-text-too-long = 영수증에 들어가지 않습니다: { $text } ({ $characters }자).
rec-receipt-text-too-long = 글을 줄이거나, 도안에서 자리를 넓히세요.
err-receipt-too-long = 영수증이 { $length } mm가 되어 용지 { $most } mm에 들어가지 않습니다.
rec-receipt-too-long = 사유를 줄이거나, issuer.toml의 [layout] receipt에 두루마리 도안(receipt)을 고르세요.
err-layout-no-barcode = 도안 { $layout }에는 바코드 자리가 없어 회원증에 쓸 수 없습니다.
rec-layout-no-barcode = issuer.toml의 [layout]에서 card, barcode_card, sticker에 회원증 도안을 고르세요.
err-layout-no-rows = 도안 { $layout }에는 줄 자리가 없어 영수증에 쓸 수 없습니다.
rec-layout-no-rows = issuer.toml의 [layout] receipt에 receipt나 receipt-a6을 고르세요.

receipt-title-payment = 영수증
receipt-title-refund = 반환 영수증
receipt-title-reversal = 취소 영수증
receipt-title-close = 마감 영수증
receipt-title-copy = { $title } (사본)
receipt-copy = 사본
receipt-number = No. { $number }
receipt-won = { web-won }
receipt-times = { $count }건
receipt-none = 없음

receipt-by-cash = { money-cash }
receipt-by-card = { money-card }
receipt-by-transfer = { money-transfer }

receipt-why-first-issue = 회원증 첫 발급
receipt-why-sticker = 책이음 스티커
receipt-why-lost = 재발급({ web-why-lost })
receipt-why-stolen = 재발급({ web-why-stolen })
receipt-why-damaged = 재발급({ web-why-damaged })
receipt-why-worn = 재발급({ web-why-worn })
receipt-why-overwritten = 재발급({ web-why-overwritten })
receipt-why-defective = 재발급({ web-why-defective })
receipt-why-renamed = 재발급({ web-why-renamed })
receipt-why-number-changed = 재발급({ web-why-number-changed })
receipt-why-conversion = 책이음으로 전환

receipt-label-time = 일시
receipt-label-member = 회원번호
receipt-label-name = 이름
receipt-label-why = 내용
receipt-label-by-payment = 수납 방법
receipt-label-by-refund = 반환 방법
receipt-label-by-reversal = 반환 방법
receipt-label-first = 처음 영수증
receipt-label-amount-payment = 수납 금액
receipt-label-amount-refund = 반환 금액
receipt-label-amount-reversal = 취소 금액
receipt-label-desk = 창구
receipt-label-staff = { money-by }
receipt-label-sign-member = 받은 분 서명

receipt-label-day = { money-day }
receipt-label-time-close = 마감 일시
receipt-label-staff-close = { money-by }
receipt-label-expected = { money-expected }
receipt-label-counted = { money-counted }
receipt-label-difference = { money-difference }
receipt-label-difference-why = { money-difference-why }
receipt-label-taken = { money-in }
receipt-label-given-back = { money-out }
receipt-label-payments = { money-payments }
receipt-label-last-receipt = { money-last-receipt }
receipt-label-last-entry = 마지막 장부 순번
receipt-label-last-number = 마지막 회원번호
receipt-label-anchor = { money-anchor }
receipt-label-anchor-chain = 기록
receipt-label-anchor-sequence = 순번
receipt-label-anchor-time = 때
receipt-label-anchor-head = 끝값
receipt-label-sign = 확인

receipt-label-change = { money-change }
receipt-label-first-counted = { money-first-count } / 그때 장부
receipt-label-back-why = 반환 사유
receipt-label-allowed-by = { money-allowed }
receipt-label-amount-close = { money-counted }
