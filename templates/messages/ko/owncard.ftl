# 자관 회원증을 쓰는 회원의 책이음 회원증: 전환으로만.
err-own-card-held = 회원 { $member }번은 자관 회원증을 쓰고 있어 따로 발급하지 않습니다.
rec-own-card-held = 책이음 회원증으로 전환하세요: issuer convert { $member }
page-err-own-card-held = 이 회원은 자관 회원증을 쓰고 있어 따로 발급하지 않습니다.
page-rec-own-card-held = 회원 화면에서 ‘책이음으로 전환’을 누르세요.
web-history-own-card = 자관 회원증 선택
