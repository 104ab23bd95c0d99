# 장부를 온전히 지키는 것: 보호 장치, 내역과 견준 묶음, 마감하지 않은 날
err-audit-guard = { $table } 표의 보호 장치({ $guard })가 { $how ->
        [missing] 없습니다
        [altered] 바뀌었습니다
       *[added] 이 프로그램의 것이 아닙니다
    }. 누군가 데이터베이스를 바꾸었고, 그동안 기록이 바뀌었을 수 있습니다.
rec-audit-guard = 데이터베이스 파일의 사본을 따로 두세요. 책임자와 개인정보 보호책임자에게 알리고 따로 둔 기준(--anchors)에 맞추어 보세요. 누가 했는지 알았고 나머지가 모두 맞으면 되돌리세요: issuer audit verify --guards
err-audit-stock = 카드 묶음이 입고·처리 내역과 다릅니다.
rec-audit-stock = 데이터베이스 파일의 사본을 두고 책임자에게 알리세요. 맞는 것은 내역입니다. issuer stock show와 상자를 견주세요.
label-guards = 보호 장치
label-guard = 장치
label-table = 표
label-stock = 묶음
label-notes = 사유
word-missing = 없음
word-altered = 바뀜
word-added = 더해짐
web-history-audit-guards = 표의 보호 장치를 복구함
web-history-at-audit-guards = 접속기록
reports-measure-taken = 재고에서 손으로 뺀 카드(쓴 것과 뺀 것 가운데)
reports-short-taken = 재고에서 뺌
err-books-broken = { $chain } 기록이 { $seq }번부터 어긋나 있습니다.
rec-books-broken = 어디가 어긋났는지 확인하세요: issuer audit verify
err-ledger-unclosed = { $desk ->
        [command-line] 명령줄에서
       *[other] { $desk }번 창구에서
    } { $day }을 마감하지 않았습니다.{ $more ->
        [none] {""}
       *[other] {" "}마감하지 않은 날이 있는 창구가 { $more }곳 더 있습니다.
    }
rec-ledger-unclosed = 시재를 세어 그날을 마감하세요{ $desk ->
        [command-line] : issuer ledger close --day { $day } --counted 금액
       *[other] . 그 창구에서 하거나 여기에서: issuer ledger close --desk { $desk } --day { $day } --counted 금액
    }
doctor-check-ledger = 장부
doctor-ok-ledger = 이번 달 것이 어긋나지 않고 표마다 보호 장치가 있습니다
doctor-check-ledger-close = 일 마감
doctor-ok-ledger-close = 오늘 전의 날을 모두 마감했습니다
