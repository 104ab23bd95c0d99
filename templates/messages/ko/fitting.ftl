# 가입할 때 서로 맞아야 하는 값
err-guardian-self = 보호자의 이름이 어린이의 이름과 같습니다
rec-guardian-self = 동의하는 보호자의 이름을 넣으세요
err-consent-before-birth = 동의한 날이 태어난 날보다 앞섭니다
rec-consent-before-birth = 동의한 날과 생년월일을 다시 보세요. 오늘 동의했으면 동의한 날을 비워 두세요
err-consent-before-text = 동의한 날이 동의서의 판({ $version })보다 앞섭니다
rec-consent-before-text = 지금의 동의서로 다시 동의를 받고 그 날을 넣으세요. 오늘이면 비워 두세요
