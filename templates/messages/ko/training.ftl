# 연습: 표시, 화면, 모의 장비의 말썽
practice = 연습
practice-band = 여기의 회원과 회원증은 모두 지어낸 것입니다. 진짜 회원과 장비에는 아무 일도 생기지 않습니다.
practice-link = 연습 안내
practice-title = 연습 안내
practice-intro = 모의 장비로 여기의 회원에게 마음껏 해 보세요. 화면 아래 모의 장비에서 카드를 놓고 들어 올리고, 일부러 말썽도 냅니다.
practice-people = 연습할 회원
practice-state-live = 칩 회원증이 있음
practice-state-barcode = 바코드 회원증이 있음
practice-state-suspended = 잃어버려 정지됨
practice-state-overwritten = 회원증이 지워짐
practice-state-own-card = 자관 회원증이 있음
practice-state-no-card = 회원증이 없음
practice-state-unfinished = 발급하다 멈춤
practice-faults = 내 볼 말썽
practice-fault-tear = 쓰는 도중 치우기
practice-how-tear = 몇 번째 교환 뒤인지 넣고 누른 다음 카드를 놓으세요. 같은 카드를 다시 놓으면 이어집니다.
practice-fault-swap = 다른 카드로 바꾸기
practice-how-swap = 쓰는 도중에 누르세요. 다른 카드에는 아무것도 쓰지 않습니다.
practice-fault-printer = 카드 없음 · 걸림 · 리본 없음
practice-how-printer = 인쇄하기 전에 누르고, 인쇄가 멈추면 채우기를 누르세요.
practice-fault-reader = 판독기 뽑기
practice-how-reader = 쓰는 도중에 뽑았다가 다시 꽂으세요. 하던 일이 이어집니다.
practice-anew = 연습 처음부터
practice-anew-what = 연습한 것을 모두 지우고 회원을 처음처럼 다시 만듭니다. 로그인한 직원은 그대로입니다.
err-not-training = 연습용 데이터베이스가 아닙니다.
rec-not-training = 연습은 issuer serve --training으로 여는 창구에서 하세요.
err-training-elsewhere = 연습용 데이터베이스가 있을 자리에 { $stamp ->
        [trial] { word-trial }
       *[production] { word-production }
    } 데이터베이스가 있습니다.
rec-training-elsewhere = [store] path의 폴더 안에 있는 training 폴더를 다른 곳으로 옮기고 다시 시작하세요.
err-stamp-training = 연습용 데이터베이스는 issuer serve --training으로만 엽니다.
rec-stamp-training = [store] path에 진짜 데이터베이스의 파일을 적으세요.
err-training-busy = 판독기에서 하는 일이 아직 끝나지 않아 처음부터 시작하지 않았습니다.
rec-training-busy = 하던 일이 끝난 뒤 다시 누르세요.
err-printer-ribbon-out = 프린터 { $printer }의 리본이 다 되었습니다.
rec-printer-ribbon-out = 리본을 갈고 이어서 하세요. 칩과 회원번호는 그대로입니다.
word-ribbon-out = 리본 없음
web-printer-ribbon-out = 리본 없음
web-media-ribbon-out = 리본 없음
web-tray-ribbon-out = 리본 없음
web-tray-unplug = 판독기 뽑기
web-tray-plug = 판독기 꽂기
web-say-ribbon-what = 프린터의 리본이 다 되었습니다.
web-say-ribbon = 리본을 갈아 끼우세요
page-err-job-open = { $by } 직원이 이 회원의 { $job }번 작업을 시작했고, 그 작업이 아직 끝나지 않았습니다.
page-rec-job-open = 창구의 이어서 할 일에서 그 작업을 열거나, 시작한 직원에게 맡기세요.
