# 판독기: 꽂혀 있는지, 대답하는지, 누가 쓰는지
err-pcscd-absent = 판독기를 맡은 pcscd에 닿지 않습니다: { $reason }
rec-pcscd-absent = systemctl start pcscd.socket 을 실행하세요. 원인은 issuer doctor로 확인하세요.
err-reader-gone = 판독기 { $reader }이(가) 꽂혀 있지 않습니다.
rec-reader-gone = 판독기를 다시 꽂으세요. 꽂으면 이어서 합니다.
err-reader-stuck = 판독기 { $reader }이(가) 제때 대답하지 않습니다.
rec-reader-stuck = 판독기를 뽑았다가 다시 꽂으세요. 작업은 이어서 할 수 있습니다.
err-reader-confused = 판독기 { $reader }의 대답이 질문과 자꾸 어긋납니다. 그래서 멈췄습니다.
rec-reader-confused = 판독기를 뽑았다가 다시 꽂고 작업을 이어서 하세요. 그래도 그러면 다른 판독기를 쓰세요.
err-reader-refused = 이 계정은 판독기 { $reader }을(를) 쓸 수 없습니다.
rec-reader-refused = 관리자에게 issuer doctor를 실행해 권한을 고치게 하세요.
err-reader-crashed = 판독기 { $reader }의 드라이버가 멈췄습니다.
rec-reader-crashed = 카드를 다시 놓고 작업을 이어서 하세요. 되풀이되면 다른 판독기를 쓰세요.
err-reader-kernel = 판독기 { $reader }을(를) 커널 모듈 { $module }이(가) 잡고 있습니다.
rec-reader-kernel = 관리자에게 issuer doctor --fix 를 실행하게 한 뒤 판독기를 다시 꽂으세요.
err-reader-missed = { $port }에 꽂힌 판독기를 시스템이 알아보지 못했습니다.
rec-reader-missed = 판독기를 뽑았다가 다시 꽂으세요.
