# 접속기록의 로그인 줄.
web-history-log-in = 로그인
access-detail-log-in-wrong = { $address } · 그 전에 틀린 비밀번호 { $n }번
