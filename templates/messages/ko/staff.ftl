# 직원의 비밀번호
err-password-short = 비밀번호가 너무 짧습니다.
rec-password-short = { $least }자 이상 넣으세요. 뜻이 통하는 낱말 여럿이면 외우기 쉽습니다.
err-password-long = 비밀번호가 너무 깁니다.
rec-password-long = { $most }자까지 넣으세요.
err-password-name = 비밀번호에 이름이 들어 있습니다.
rec-password-name = 이름이 들어가지 않은 다른 비밀번호를 넣으세요.
err-password-row = 비밀번호가 자판의 줄이나 되풀이되는 글자로 되어 있습니다.
rec-password-row = 이어진 글자와 되풀이되는 글자 말고 서로 다른 글자를 더 넣으세요.
err-password-common = 누구나 먼저 넣어 보는 비밀번호입니다.
rec-password-common = 널리 쓰는 낱말 말고 나만 아는 낱말을 더 넣으세요.
