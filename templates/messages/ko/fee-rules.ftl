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
