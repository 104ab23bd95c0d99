# What a job was, in one word; where a clerk stands
web-did-sticker = Sticker
web-did-conversion = Conversion
web-did = Job
web-at-desk = Desk { $n }
web-did-issue = Issue
web-did-reissue = Reissue
web-today-converted = { $n } converted
web-history-by-training = practice set-up
