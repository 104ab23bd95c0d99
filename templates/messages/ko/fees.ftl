# 수수료.
err-charge-unknown = 그런 수수료가 없습니다({ $charge }).
rec-charge-unknown = issuer fee show로 번호를 확인하세요.
