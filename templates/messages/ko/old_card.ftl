# 재발급한 회원증을 전달할 때 묻는 이전 카드: 규칙이 돌려받으라고 할 때만
err-old-card-unsaid = 이전 카드를 돌려받았는지 고르지 않았습니다.
rec-old-card-unsaid = 돌려받음이나 못 돌려받음을 고르세요.
web-old-card-what = 이 재발급은 이전 카드를 돌려받아야 합니다.
web-old-card-ask = 이전 카드를 돌려받았는지 고르세요
web-old-card-then = 돌려받은 카드는 회수, 못 돌려받은 카드는 무효로 남습니다.
web-old-card-yes = 돌려받음
web-old-card-no = 못 돌려받음
web-history-old-card-kept = 이전 카드 못 돌려받음
web-old-card-but-yes = 돌려받음으로 바꾸기
web-old-card-but-no = 못 돌려받음으로 바꾸기
web-old-card-note = 기록
