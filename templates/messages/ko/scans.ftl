# 찍기와 입력하던 것.

web-no-scan-stranger = 먼저 로그인하세요
web-no-scan-then-stranger = 로그인한 뒤에 찍으면 찾습니다. 방금 찍은 번호는 남지 않습니다.
web-no-scan-member = 여기서는 찍어도 찾지 않습니다
web-no-scan-then-member = 회원이 보는 화면입니다. 화면을 돌려받은 뒤에 찍으세요.

web-say-goes-on = 그러면 이 발급은 저절로 이어집니다. 회원번호와 여기까지 한 일은 그대로입니다.

# 입력하던 것
web-go-on-typing-enrol = 가입 이어 하기
web-go-on-typing-import = 반입 이어 하기
web-ended-kept = 입력하던 것은 같은 사람이 로그인하면 그대로 있습니다.
