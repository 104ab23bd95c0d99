# 찍기와 입력하던 것.

web-no-scan-stranger = 먼저 로그인하세요
web-no-scan-then-stranger = 로그인한 뒤에 찍으면 찾습니다. 방금 찍은 번호는 남지 않습니다.
web-no-scan-member = 여기서는 찍어도 찾지 않습니다
web-no-scan-then-member = 회원이 보는 화면입니다. 화면을 돌려받은 뒤에 찍으세요.
