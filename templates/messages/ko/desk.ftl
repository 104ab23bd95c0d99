# 창구의 일: 회원, 발급, 전달, 로그인, 장비
sample-name = 홍길동

err-not-allowed = 이 일은 { $role ->
        [administrator] 관리자
       *[manager] 책임자나 관리자
    }만 할 수 있습니다.
rec-not-allowed = { $role ->
        [administrator] 관리자에게
       *[manager] 책임자나 관리자에게
    } 맡기세요. 내 권한은 그대로이고 바뀐 것은 없습니다.
err-not-initialised = 데이터베이스 { $file }이(가) 아직 없습니다.
rec-not-initialised = 먼저 issuer init을 실행하거나 issuer serve로 시작하세요.
err-production-settings = 운영용 데이터베이스는 issuer.toml 없이 만들지 않습니다.
rec-production-settings = [library] code에 우리 도서관의 부호를 적은 issuer.toml을 먼저 만드세요.
err-stamp-differs = 이 데이터베이스는 { $stamp ->
        [trial] { word-trial }
        [training] { word-training }
       *[production] { word-production }
    }입니다. 운영용으로 바꿀 수 없습니다.
rec-stamp-differs = [store] path에 다른 파일을 적고 issuer init --production을 다시 하세요.
err-simulated-in-production = 운영용 데이터베이스에서는 모의 판독기를 쓰지 않습니다.
rec-simulated-in-production = [reader] kind에 실제 판독기를 적거나, 연습은 시험용 데이터베이스에서 하세요.
err-database-lost = 열쇠 파일은 있는데 데이터베이스 { $file }이(가) 없거나 비어 있습니다.
rec-database-lost = 백업을 되살리세요. 새로 만들면 이미 드린 번호를 다시 주게 됩니다. 정말 처음부터 시작하려면 열쇠 파일도 다른 곳으로 옮기세요.
err-no-thread = 서비스의 정리 일을 시작하지 못했습니다: { $reason }
rec-no-thread = 컴퓨터를 다시 시작하세요.
err-folder-loose = 이 컴퓨터의 다른 계정도 { $folder } 폴더를 볼 수 있습니다.
rec-folder-loose = chmod 700 { $folder } 을 실행하세요.
err-profile-missing = 칩 규격 "{ $profile }"이(가) 없습니다.
rec-profile-missing = templates/chips/{ $profile }.toml 파일을 다시 두세요. 이 규격으로 만든 회원증이 없으면 [chip] profile을 "ieum"으로 두세요.
err-profile-name = 칩 규격 파일 { $file } 안에 다른 이름 "{ $name }"이(가) 적혀 있습니다.
rec-profile-name = 그 안에 name = "{ $file }"(이)라고 적으세요. 또는 파일 이름을 { $name }.toml로 바꾸고 [chip] profile도 그렇게 적으세요.
err-key-file-foreign = { $file }의 키는 이 데이터베이스의 키가 아닙니다. { $purpose } 키(버전 { $version })가 다릅니다.
rec-key-file-foreign = 이 데이터베이스의 키 파일을 되돌려 놓으세요. 발급한 회원증이 그 키에 달려 있습니다.
err-key-file-old = 키 파일 { $file }은(는) 예전 사본입니다. 이 데이터베이스가 아는 버전 { $version } 키가 없습니다.
rec-key-file-old = 가장 새로운 키 파일 사본을 되돌려 놓으세요.
err-clock-behind = 컴퓨터의 시계가 마지막 기록보다 { $seconds }초 늦습니다.
rec-clock-behind = 시계를 맞추세요. 일은 계속할 수 있습니다.
err-no-randomness = 운영체제가 난수를 주지 않았습니다: { $reason }
rec-no-randomness = 컴퓨터를 다시 시작하고 다시 하세요.
err-file-unwritable = 파일 { $file }에 쓸 수 없습니다: { $reason }
rec-file-unwritable = 폴더가 있는지, 쓸 수 있는지 확인하고 다른 이름으로 해 보세요.
err-library-unknown = 도서관 부호 { $code }은(는) 목록에 없습니다.
rec-library-unknown = 없다고 잘못된 부호는 아닙니다. issuer library find로 이름을 찾아보세요.

err-member-duplicate = 같은 사람일 수 있는 회원이 이미 있습니다: { $members }번
rec-member-duplicate = 그 회원을 열어 확인하세요. 다른 사람이 맞으면 --anyway로 계속하세요.
err-guardian-identity-missing = 보호자의 신분증을 확인하지 않았습니다.
rec-guardian-identity-missing = 확인한 보호자 신분증의 종류를 고르세요.
err-own-number-taken = 자관 번호 { $number }은(는) 이미 다른 회원({ $member }번)의 것입니다.
rec-own-number-taken = 번호를 다시 확인하세요.
err-own-card-only = 회원 { $member }번은 책이음 전국 등록에 동의하지 않아 책이음 회원증을 드릴 수 없습니다.
rec-own-card-only = 전국 등록 동의를 받거나 자관 회원증을 쓰게 하세요.
err-member-withdrawn = 회원 { $member }번은 탈퇴했습니다.
rec-member-withdrawn = 다시 가입하게 하세요.

err-job-open = 회원 { $member }번에게 끝나지 않은 { $job }번 작업이 있습니다({ $state ->
        [planned] { job-state-planned }
        [encoding] { job-state-encoding }
        [locked] { job-state-locked }
        [proven] { job-state-proven }
        [printing] { job-state-printing }
        [print-in-doubt] { job-state-print-in-doubt }
        [ready] { job-state-ready }
        [handed-over] { job-state-handed-over }
        [failed] { job-state-failed }
       *[cancelled] { job-state-cancelled }
    }).
rec-job-open = 그 작업을 이어서 하거나 취소하세요.
err-card-live = 회원 { $member }번에게 쓰고 있는 { $kind ->
        [rfid] { word-rfid }
        [barcode] { word-barcode }
       *[sticker] { word-sticker }
    } 회원증이 있습니다.
rec-card-live = 새로 필요하면 재발급하세요.
err-nothing-to-pay = 이 발급에는 받을 수수료가 없습니다.
rec-nothing-to-pay = --pay와 --waive 없이 발급하세요.
err-too-many-cards = 회원 { $member }번은 회원증을 이미 { $cards }장 받았습니다. 칩의 차례 칸이 다 찼습니다.
rec-too-many-cards = 담당자에게 알리세요. 이 회원에게는 바코드 회원증을 드리세요.
err-card-timeout = { $seconds }초 동안 판독기 { $reader }에 카드가 놓이지 않았습니다.
rec-card-timeout = 카드를 올려놓고 작업을 이어서 하세요. 회원번호는 그대로입니다.
err-card-of-other = 놓인 카드 { $lying }은(는) 이미 다른 회원증입니다: { $whose }
rec-card-of-other = 그 카드를 치우고 맞는 카드를 올려놓으세요. 아무것도 쓰지 않았습니다.
err-card-spoiled = 놓인 카드 { $lying }은(는) 폐기로 기록된 카드입니다.
rec-card-spoiled = 폐기함에 넣고 새 카드를 올려놓으세요.
err-card-of-ours = 놓인 카드 { $lying }은(는) 우리 도서관의 회원증({ $number })인데 등록부에 없습니다. 아무것도 쓰지 않았습니다.
rec-card-of-ours = 치우고 빈 카드를 놓으세요. 등록부에 다시 올리려면 issuer card recover를, 새로 쓰려면 issuer card blank를 실행하세요.
err-card-foreign = 놓인 카드 { $lying }은(는) 다른 도서관의 회원증입니다: { $library } ({ $code }). 아무것도 쓰지 않았습니다.
rec-card-foreign = 치우고 회원이나 그 도서관에 돌려주세요. 새 회원증을 만들려면 빈 카드를 놓으세요.
err-card-not-there = 판독기에 카드가 없습니다.
rec-card-not-there = 카드를 올려놓고 다시 하세요.
err-let-go = 카드를 기다리던 일을 멈췄습니다.
rec-let-go = 준비되면 작업을 이어서 하세요. 회원번호는 그대로입니다.
err-job-running = { $job }번 작업을 다른 곳에서 하고 있습니다({ $holder }).
rec-job-running = 그쪽이 끝나기를 기다리세요. 창구 화면이 카드를 기다리고 있으면 그 화면에서 그만두세요(Esc).
err-reader-unknown = 판독기 "{ $reader }"이(가) 없습니다.
rec-reader-unknown = 있는 판독기 가운데 고르세요: { $readers }
err-no-reader = 판독기가 하나도 없습니다.
rec-no-reader = 판독기를 꽂고 [reader] 설정을 확인하세요.
err-reader-thread = 판독기 { $reader }을(를) 움직이는 일이 멈췄습니다.
rec-reader-thread = 서비스를 다시 시작하세요. 작업은 이어서 할 수 있습니다.
err-printer-unknown = 프린터 "{ $printer }"이(가) 없습니다.
rec-printer-unknown = 있는 프린터 가운데 고르세요: { $printers }
err-print-in-doubt = { $job }번 작업의 카드가 인쇄되었는지 알 수 없습니다.
rec-print-in-doubt = 프린터를 보고 나왔으면 out, 나오지 않았으면 not-out, 망쳤으면 spoiled로 이어서 하세요.
err-no-tray = 이 데이터베이스에는 모의 장비가 없습니다.
rec-no-tray = 실제 판독기와 프린터를 쓰세요.

err-not-ready = { $job }번 작업은 아직 전달할 수 없습니다({ $state ->
        [planned] { job-state-planned }
        [encoding] { job-state-encoding }
        [locked] { job-state-locked }
        [proven] { job-state-proven }
        [printing] { job-state-printing }
        [print-in-doubt] { job-state-print-in-doubt }
        [ready] { job-state-ready }
        [handed-over] { job-state-handed-over }
        [failed] { job-state-failed }
       *[cancelled] { job-state-cancelled }
    }).
rec-not-ready = 작업을 이어서 끝낸 뒤에 전달하세요.
err-scan-missing = 인쇄된 번호를 읽지 않았습니다.
rec-scan-missing = 회원증의 바코드를 찍거나 번호 { $number }을(를) 넣으세요.
err-scan-unreadable = 읽은 값 "{ $text }"은(는) 회원번호가 아닙니다.
rec-scan-unreadable = 회원증의 바코드를 다시 찍으세요. 번호는 열네 자리입니다.
err-scan-mismatch = 찍은 번호 { $scanned }은(는) { $whose }의 것입니다. 이 작업의 번호는 { $wanted }입니다.
rec-scan-mismatch = 이 회원의 회원증을 찾아 다시 찍으세요. 전달하지 않았습니다.
err-chip-mismatch = 카드 { $uid }의 칩이 번호 { $wanted }과(와) 맞지 않습니다.
rec-chip-mismatch = 이 카드를 드리지 말고 issuer card recover로 되살리세요. 거부되면 작업을 취소한 뒤 다시 발급하세요.

err-setup-link = 이 설정 링크는 이미 쓰였거나, 새 링크가 나왔거나, 하루가 지났습니다.
rec-setup-link = { $ask ->
        [administrator] 관리자에게 issuer staff reset으로 만든 새 링크를 받으세요.
       *[nobody] issuer init을 실행해 새 링크를 받으세요.
    }
err-no-administrator = 관리자가 아직 없습니다. 설정 링크는 시스템 로그에 남기지 않습니다.
rec-no-administrator = issuer를 실행하는 계정으로 issuer init --admin 이름을 실행해 링크를 받으세요. 받아 둔 링크가 있으면 그것을 쓰세요.
err-log-in-refused = 이름이나 비밀번호가 맞지 않습니다.
rec-log-in-refused = { $wait ->
        [some] { $seconds }초 뒤에 다시 넣으세요. 그 전에는 맞는 비밀번호도 확인하지 않습니다. 잊었으면 관리자에게 알리세요.
       *[none] 다시 넣으세요. 잊었으면 관리자에게 알리세요.
    }
err-staff-name = { $wrong ->
        [empty] 직원 이름이 비어 있습니다.
        [long] 직원 이름이 너무 깁니다.
        [letters] 직원 이름에 글자가 없습니다.
       *[sign] 직원 이름에 쓸 수 없는 글자가 있습니다({ $sign }).
    }
rec-staff-name = 한 자에서 마흔 자까지, 글자와 숫자와 띄어쓰기와 ’ ' . - ( ) · 로 넣으세요.

# 판독기에 놓인 카드: 어떻게 할지
card-next-live = 쓰고 있는 회원증입니다. 회원에게 돌려주세요.
card-next-open = 쓰고 있는 회원증인데 휴대전화로 고칠 수 있는 곳이 있습니다. issuer card recover로 닫은 뒤 수수료 없이 돌려주세요.
card-next-suspended = 지금은 쓸 수 없게 막아 둔 회원증입니다. 맡아 두고 회원을 확인하세요.
card-next-void = 이제 쓸 수 없는 회원증입니다. 거두어 issuer card blank로 비우세요.
card-next-returned = 돌려받은 카드입니다. issuer card blank로 비워 다시 쓰세요.
card-next-discard = 이제 쓸 수 없거나 돌려받은 카드인데 비울 수도 없습니다. 거두어 폐기하세요.
card-next-in-work = 만들고 있는 회원증입니다. issuer job resume { $job }(으)로 이어서 하세요.
card-next-ready = 다 만든 회원증입니다. issuer hand-over { $job }(으)로 전달하세요.
card-next-ready-lost = 다 만든 회원증인데 칩의 내용이 다르고 되살릴 수도 없습니다. 폐기하고 issuer job resume { $job } --print spoiled로 다시 만드세요.
card-next-spoiled = 못 쓰게 된 카드로 적혀 있습니다. 폐기하세요.
card-next-spoiled-live = 우리가 쓰는 도중에 끊겨 못 쓰게 된 회원증입니다. 폐기하고 issuer issue { $member }(으)로 새 회원증을 수수료 없이 드리세요.
card-next-spoiled-job = 못 쓰게 된 카드로 적혀 있고 작업이 새 빈 카드를 기다립니다. 폐기하고 issuer job resume { $job }(으)로 이어서 하세요.
card-next-foreign = 다른 도서관({ $library })의 회원증입니다. 그 도서관에 알리거나 회원에게 돌려주세요.
card-next-recover = 칩의 내용이 달라졌지만 다시 쓸 수 있습니다. issuer card recover로 되살리세요. 수수료는 없습니다.
card-next-overwritten = 다른 사람이 칩의 키를 바꾸었거나, 칩이 상했거나 영구히 잠겼습니다. 되살릴 수 없으니 거두고, 우선 issuer issue { $member } --kind barcode로 바코드 회원증을 드리세요.
card-next-blank = 빈 카드입니다. 새 회원증에 쓰세요.
card-next-blank-already = 처음부터 빈 카드였습니다. 그대로 쓰세요.
card-next-formatted = 잠기지 않은 칩에 휴대전화나 가게에서 쓴 내용이 있습니다. 필요 없는 내용이면 그대로 발급하거나 issuer card blank로 비우세요.
card-next-claimed = 잠기지 않은 칩에 우리 도서관의 번호가 있습니다. 누구나 쓸 수 있었던 번호입니다. 회원번호를 찾아보고, 찾는 사람이 없으면 issuer card blank로 비우세요.
card-next-clone = 누구나 UID를 바꾸거나 어떤 키든 지나칠 수 있는 복제 카드입니다. 새 회원증에 쓰지 말고 폐기하세요.
card-next-unrecorded = 우리 키로 잠긴 카드인데 등록부에 없습니다. 회원번호를 찾아보고, 없으면 issuer card blank로 비우세요.
card-next-unrecorded-lost = 우리 키로 잠갔던 카드인데 등록부에 없고 비울 수도 없습니다. 회원번호를 찾아보고 카드는 폐기하세요.
card-next-unknown = 우리 카드도 빈 카드도 아닙니다. 아무것도 쓰지 말고 따로 두세요.
card-next-whole = 온전한 카드입니다. 아무것도 바꾸지 않았습니다. 그대로 쓰세요.
card-next-unfinished = 쓰는 도중에 끊겼거나 휴대전화로 고칠 수 있는 곳이 남은 회원증입니다. issuer card recover로 마무리하세요. 수수료는 없습니다.
card-next-chip-differs = 칩은 { $found }인데 등록부에는 같은 UID가 { $wanted }(으)로 적혀 있습니다. 발급한 카드가 아니니 아무것도 쓰지 말고 따로 두세요.
card-next-booked = 온전한 카드이고, 등록부에 다시 적었습니다. 회원에게 돌려주세요.
card-next-restored = 카드를 되살렸습니다. 수수료 없이 그대로 돌려주세요.
card-next-rekeyed = 카드에 새 키를 썼습니다. 수수료 없이 그대로 돌려주세요.
err-card-in-use = 회원 { $member }번의 회원증({ $number })으로 쓰이는 카드입니다({ $state ->
        [in-work] { card-state-in-work }
        [ready] { card-state-ready }
        [live] { card-state-live }
       *[suspended] { card-state-suspended }
    }).
rec-card-in-use = { $state ->
        [in-work] issuer job cancel { $job }(으)로 작업을 먼저 취소하세요.
        [ready] issuer job cancel { $job }(으)로 작업을 먼저 취소하세요.
        [live] 비우지 말고 회원에게 돌려주세요.
       *[suspended] 막아 둔 일이 끝날 때까지 그대로 맡아 두세요.
    }
err-card-unrecoverable = 회원증({ $number })을 되살릴 수 없습니다. { $sector ->
        [all] 영구히 잠겨 있습니다.
       *[other] { $sector }구역이 우리 키에 응답하지 않습니다.
    }
rec-card-unrecoverable = 거두고, 우선 issuer issue { $member } --kind barcode로 바코드 회원증을 드리세요.
err-card-reset = 쓰고 있는 회원증인데 칩이 공장 키로 돌아가 있습니다.
rec-card-reset = issuer card read로 읽어 나오는 대로 하세요.
err-content-differs = 칩의 내용이 등록부의 번호 { $wanted }과(와) 맞지 않습니다.
rec-content-differs = issuer card read로 읽어 나오는 대로 하세요.
err-card-not-in-use = 지금 쓰는 회원증이 아닙니다: { $state ->
        [void] { card-state-void }
        [returned] { card-state-returned }
       *[spoiled] { card-state-spoiled }
    }.
rec-card-not-in-use = 카드를 받지 마세요. issuer card read로 읽어 나오는 대로 하세요.
err-card-unregistered = 우리 키로 잠기거나 봉인된 카드인데 등록부에 없습니다.
rec-card-unregistered = 카드를 받지 마세요. issuer card read로 읽어 나오는 대로 하세요.
err-card-unrecorded = 등록부에 없는 카드인데 우리 도서관의 번호({ $number })가 있습니다. 아무것도 쓰지 않았습니다.
rec-card-unrecorded = { $profile ->
        [none] 회원번호를 찾아보세요. 카드를 새로 쓰려면 issuer card blank로 비우세요.
       *[other] 칩 규격 "{ $profile }"(으)로 만든 카드입니다. [chip] profile을 "{ $profile }"(으)로 바꾸고 다시 하세요. 카드를 새로 쓰려면 issuer card blank로 비우세요.
    }
err-keys-changed = 우리 회원증인데 { $sector }구역이 우리 키에 응답하지 않습니다.
rec-keys-changed = 다시 쓸 수 없는 카드입니다. issuer card read로 읽어 쓰고 있는 회원증이면 돌려주고, 아니면 나오는 대로 하세요.
err-chip-differs = 놓인 카드 { $uid }의 칩은 { $found }인데 등록부에는 { $wanted }(으)로 적혀 있습니다.
rec-chip-differs = 발급한 카드가 아니니 따로 두세요. 아무것도 쓰지 않았습니다.
err-keys-not-ours = 이 카드를 잠근 키는 우리 도서관의 키가 아닙니다.
rec-keys-not-ours = 어느 도서관의 카드인지 확인하세요.
err-originality-wrong = 칩 제조사의 서명이 맞지 않습니다. 정품 칩이 아닐 수 있습니다.
rec-originality-wrong = 카드를 산 곳에 알리고, 새로 살 때 정품인지 확인하세요.
err-card-not-ours = 우리 키로 잠기지도, 우리가 봉인하지도 않은 카드입니다.
rec-card-not-ours = 내용이 필요 없으면 issuer card blank로 비우세요.
