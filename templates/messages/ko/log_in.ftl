# 로그인, 로그인 유지, 내 계정
err-log-in-wait = 비밀번호가 여러 번 맞지 않아 잠시 받지 않습니다.
rec-log-in-wait = { $seconds }초 뒤에 다시 넣으세요. 그 전에는 맞는 비밀번호도 확인하지 않습니다.
err-log-in-busy = 지금 로그인하려는 사람이 너무 많습니다.
rec-log-in-busy = { $seconds }초 뒤에 다시 넣으세요.
err-session-elsewhere = 이 로그인은 다른 컴퓨터에서 시작되었습니다.
rec-session-elsewhere = 여기에서 다시 로그인하세요. 시작한 곳에서는 그대로 쓸 수 있습니다.
err-session-unknown = 이미 끝났거나 내 것이 아닌 로그인입니다.
rec-session-unknown = 내 계정 화면을 다시 여세요.
err-password-old = 지금 비밀번호가 맞지 않습니다.
rec-password-old = { $wait ->
        [some] { $seconds }초 뒤에 지금 쓰는 비밀번호를 다시 넣으세요. 비밀번호는 바뀌지 않았습니다.
       *[none] 지금 쓰는 비밀번호를 다시 넣으세요. 비밀번호는 바뀌지 않았습니다.
    }
err-password-same = 새 비밀번호가 지금 것과 같습니다.
rec-password-same = 다른 비밀번호를 넣으세요.

log-in-ended = 로그인이 끝났습니다
log-in-ended-why = 오래 쓰지 않았거나, 다른 곳에서 이 로그인을 끝냈거나, 관리자가 계정을 바꾸었습니다.
log-in-wait-left = 다시 넣을 수 있을 때까지 #초
log-in-wait-over = 이제 다시 넣을 수 있습니다.
web-set-up-logged-in = 이 브라우저에는 { $name } 님이 로그인해 있습니다. 비밀번호를 정하면 그 로그인은 끝나고 새로 시작하는 사람의 화면이 됩니다.

account-title = 내 계정
account-mine = 내 정보
account-since = 만든 날
account-sessions = 로그인한 곳 { $n }
account-where = 어디에서
account-here = 이 컴퓨터
account-elsewhere = 다른 컴퓨터
account-began = 시작
account-seen = 마지막 사용
account-this = 지금 이 화면
account-end = 끝내기
account-end-of = { $day } { $time }에 시작한 로그인 끝내기
account-end-others = 다른 로그인 모두 끝내기
account-note = 내가 시작하지 않은 로그인이 있으면 끝내고 비밀번호를 바꾸세요.
account-password = 비밀번호 바꾸기
account-password-old = 지금 비밀번호
account-password-new = 새 비밀번호
account-password-change = 비밀번호 바꾸기
account-password-note = 다른 로그인은 모두 끝납니다.
account-done-password = 비밀번호를 바꾸었습니다. 다른 로그인은 모두 끝났습니다.
account-done-ended = 그 로그인을 끝냈습니다.
account-done-others = 다른 로그인을 모두 끝냈습니다.
