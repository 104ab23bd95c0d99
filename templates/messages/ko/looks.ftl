# What a job was, in one word; where a clerk stands
web-did-sticker = 스티커
web-did-conversion = 전환
web-did = 한 일
web-at-desk = { $n }번 창구
web-did-issue = 발급
web-did-reissue = 재발급
web-today-converted = 전환 { $n }
web-history-by-training = 연습 준비
