# 수수료 규칙, 면제, 무료 재발급의 근거

err-settings-fee-day = { $place }: 날짜를 읽을 수 없습니다
rec-settings-fee-day = "2027-01-01"처럼 연-월-일로 적으세요
err-settings-fee-since-missing = { $place }: [[{ $section }.change]]에 시작하는 날(since)이 없습니다
rec-settings-fee-since-missing = since = "2027-01-01"처럼 규칙이 바뀌는 날을 적으세요
err-settings-fee-changes = { $place }: 규칙을 바꾸는 묶음의 목록이 아닙니다
rec-settings-fee-changes = [[{ $section }.change]]처럼 대괄호를 두 겹으로 쓰고 그 아래에 적으세요
err-settings-fee-same-day = { $place }: { $since }에 시작하는 규칙이 둘입니다(앞의 규칙도 { $before })
rec-settings-fee-same-day = 둘을 하나로 합치거나 날짜를 고치세요
err-settings-fee-order = { $place }: { $since }이(가) 앞의 규칙이 시작하는 { $before }보다 빠릅니다
rec-settings-fee-order = 규칙을 시작하는 날의 순서로 적으세요
err-settings-fee-own-fault = { $place }: { $reason }은(는) 도서관 장비나 재료의 잘못이므로 수수료를 정할 수 없습니다
rec-settings-fee-own-fault = amount = 0 으로 두세요

err-exempt-said = 면제는 seen이나 told로 적습니다.
rec-exempt-said = 증빙을 확인했으면 seen, 말로만 들었으면 told로 적으세요.
err-exempt-proof-missing = 증빙을 확인하지 않으면 면제할 수 없습니다.
rec-exempt-proof-missing = 증빙을 확인하고 ‘증빙 확인함’을 표시하거나, 수수료를 받으세요.
cli-rec-exempt-proof-missing = 증빙을 확인하고 --exempt seen으로 다시 하거나, --exempt를 빼고 수수료를 받으세요.
err-exempt-not-here = 이 사유의 수수료에는 증빙으로 하는 면제가 없습니다.
rec-exempt-not-here = 면제 표시를 지우고 수수료를 받으세요. 도서관 규칙은 issuer.toml의 [fees.{ $reason }] exempt에 있습니다.
err-reissue-wait = 분실·도난을 알린 뒤 { $days }일이 지나야 재발급할 수 있습니다: { $first }부터.
rec-reissue-wait = 카드를 정지해 두고 { $first }부터 재발급하거나, 책임자의 승인을 받으세요.
cli-rec-reissue-wait = issuer card suspend로 정지해 두고 { $first }부터 재발급하거나, 책임지고 --anyway로 다시 하세요.
err-reissue-limit = 올해 재발급을 이미 { $had }번 했습니다. 도서관 규칙은 한 해에 { $most }번까지입니다.
rec-reissue-limit = 내년에 재발급하거나, 책임자의 승인을 받으세요.
cli-rec-reissue-limit = 내년에 재발급하거나, 책임지고 --anyway로 다시 하세요.

web-reissue-anyway = 책임자 승인으로 지금 재발급
web-reissue-wait = { $first }부터 재발급할 수 있습니다
web-reissue-wait-text = 분실·도난을 알린 뒤 { $days }일이 대기 기간입니다. 그 전에는 책임자가 승인해야 합니다.
web-exempt-legend = 면제
web-exempt-note = 어떤 사유인지는 저장하지 않습니다
web-exempt = 면제 대상
web-exempt-seen = 증빙 확인함
web-exempt-free = 면제
web-basis-exempt-seen = 면제
web-basis-exempt-told = 면제
web-basis-first-free = 첫 재발급 무료
web-basis-own-fault = 도서관 부담
web-unshown = 무료인 근거가 아직 없습니다
web-unshown-text = 이전 카드를 판독기에 놓아 읽으면 바로 됩니다. 카드가 없으면 책임자가 승인합니다.
web-approval-act-reissue-free = 근거 없이 무료로 재발급
web-approval-act-reissue-early = 대기 기간 중 재발급
web-approval-act-reissue-beyond = 한 해 횟수를 넘겨 재발급
web-approval-sign-reissue-free = 승인하고 무료로 재발급
web-approval-sign-reissue-early = 승인하고 재발급
web-approval-sign-reissue-beyond = 승인하고 재발급
web-history-reissue-free = 근거 없이 무료 재발급
web-history-reissue-early = 대기 기간 중 재발급
web-history-reissue-beyond = 횟수를 넘겨 재발급
web-history-old-card-returned = 이전 카드 돌려받음
label-rule = 규칙
label-basis = 금액 근거
label-old-card = 이전 카드
word-exempt-seen = 면제(증빙 확인)
word-exempt-told = 면제(말로 확인)
word-first-free = 첫 재발급 무료
word-own-fault = 도서관 부담

err-lost-is-reissued = { $member }번 회원에게는 분실·도난으로 정지한 카드가 있습니다.
rec-lost-is-reissued = 재발급하거나, 카드를 찾았으면 정지를 풀고 다시 하세요.
