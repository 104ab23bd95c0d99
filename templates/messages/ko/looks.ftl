# What a job was, in one word; where a clerk stands
web-did-sticker = 스티커
web-did-conversion = 전환
web-did = 한 일
web-at-desk = { $n }번 창구
