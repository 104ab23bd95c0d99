# 카드와 돈이 옆문으로 새는 곳에서 하는 말.
web-say-cancelled-left = 앞서 잠근 카드는 비운 것을 아무도 보지 못했습니다. 찾으면 리더에 올려 비우세요.
web-say-refunded-what = 받은 수수료 { $amount }원을 돌려주었습니다.
web-say-refunded = 내지 않은 채 전달하는 사유를 적거나 발급을 취소하세요
err-desk-unknown = { $desk }번 창구는 이 도서관에 없습니다.
rec-desk-unknown = 있는 창구는 { $desks }번입니다. 그 가운데에서 고르세요.
err-day-before-books = { $day }에는 장부가 아직 없었습니다.
rec-day-before-books = { $first }부터 마감할 수 있습니다.
reports-measure-exempt = 확인 표시만으로 면제(시작한 발급 가운데)
reports-measure-again = 전에 카드가 있던 사람의 무료 첫 발급(시작한 발급 가운데)
reports-short-exempt = 표시 면제
reports-short-again = 무료 첫 발급
reports-alone = 견줄 사람 없음
reports-clerks-alone = 이 기간에 일한 사람이 한 명뿐이라 견줄 사람이 없습니다. 눈에 띄는 것이 없다는 뜻이 아닙니다.
