# 이어진 기록과 견주어 다른 것, 데이터베이스의 꼴
err-audit-astray = { $how ->
        [unreadable] { $table } 표를 읽을 수 없습니다. 표가 없거나 이 프로그램이 쓰지 않는 값이 들어 있습니다.
        [heads-sum] 따로 적어 둔 기록의 끝이 그 합과 다릅니다.
        [account-unrecorded] { $row }번 계정은 만든 기록이 없습니다. 권한 기록에 초대도 비밀번호 설정도 없습니다.
        [account-role] { $row }번 계정의 역할이 권한 기록과 다릅니다.
        [account-state] { $row }번 계정의 상태(사용, 잠금, 대기)가 권한 기록과 다릅니다.
        [account-member] { $row }번 계정의 본인 회원 정보가 권한 기록과 다릅니다.
        [account-gone] { $row }번 계정이 없어졌습니다. 권한 기록에는 만든 것으로 남아 있습니다.
        [charge-gone] { $row }번 수수료가 없어졌습니다. 장부에는 남아 있습니다.
        [charge-unentered] { $row }번 수수료가 장부에 없습니다.
        [charge-amount] { $row }번 수수료의 금액이 장부와 다릅니다.
        [charge-state] { $row }번 수수료의 상태가 장부와 다릅니다.
        [charge-whose] { $row }번 수수료의 회원이나 작업이 장부와 다릅니다.
        [charge-paid] { $row }번 수수료의 결제 방법이나 영수증 번호가 장부와 다릅니다.
        [charge-reason] { $row }번 수수료의 사유, 감면, 근거가 장부와 다릅니다.
        [charge-rule] { $row }번 수수료의 기준이 장부와 다릅니다.
        [charge-by] { $row }번 수수료를 매기거나 처리한 사람이 장부와 다릅니다.
        [charge-allowed] { $row }번 수수료의 승인한 사람이 장부나 접속기록과 다릅니다.
        [charge-why] { $row }번 수수료의 사유 글이 장부나 접속기록과 다릅니다.
        [rule-text] 수수료 기준 { $row }의 글이 바뀌었습니다.
        [rule-gone] { $row }번 수수료를 매긴 기준이 없어졌습니다.
        [print-ungiven] 인쇄 기록 { $row }번은 발급한 적이 없는 영수증입니다.
        [close-uncounted] 장부 { $row }번은 아무도 금고를 세지 않은 마감입니다.
        [note-gone] 장부 { $row }번의 사유 글이 없어졌습니다.
        [note-altered] 장부 { $row }번의 사유 글이 처음과 다릅니다.
        [note-loose] 장부 어디에도 딸리지 않은 사유 글({ $row })이 있습니다.
        [job-gone] { $row }번 작업이 없어졌습니다. 장부에는 그 수수료가 남아 있습니다.
        [job-member] { $row }번 작업의 회원이 장부와 다릅니다.
        [job-reason] { $row }번 작업의 사유가 장부와 다릅니다.
        [job-taken-back] { $row }번 작업은 취소되지 않았는데 장부는 그 수수료를 취소했습니다.
        [job-cancelled] { $row }번 작업은 취소되었는데 장부는 그 수수료를 취소하지 않았습니다.
        [job-charge] { $row }번 작업에 수수료 기록이 없습니다(0원도 기록이 있어야 합니다).
        [job-card] { $row }번 작업과 그 카드가 맞지 않습니다. 카드가 없거나, 다른 작업·회원의 것이거나, 전달된 적이 없습니다.
        [job-marks] { $row }번 작업의 진행 기록에 그렇게 끝났다는 말이 없습니다.
        [job-unlogged] { $row }번 작업은 전달된 것으로 되어 있는데 접속기록에는 그 회원에게 전달한 횟수가 모자랍니다.
        [card-job] { $row }번 카드의 작업이 없거나 다른 회원의 것입니다.
        [card-live] { $row }번 카드는 나간 것으로 되어 있는데 그 작업은 전달된 적이 없습니다.
        [card-second] { $row }번 카드는 한 회원이 쓰는 같은 종류의 두 번째 카드입니다.
        [card-lot] { $row }번 카드의 묶음이 없습니다.
       *[other] { $table } 표의 { $row }번이 기록과 다릅니다.
    }
rec-audit-astray = 데이터베이스 파일을 고치지 말고 사본을 따로 두세요. 책임자와 개인정보 보호책임자에게 알리고, 그 전의 백업과 견주세요. 맞는 것은 이어진 기록입니다.
err-audit-form = { $table } 표: { $kind ->
        [index] 색인
        [view] 보기
       *[table] 표
    }({ $name })가 { $how ->
        [missing] 없습니다
        [altered] 바뀌었습니다
       *[added] 이 프로그램의 것이 아닙니다
    }. 누군가 데이터베이스의 꼴을 바꾸었습니다.
rec-audit-form = 데이터베이스 파일의 사본을 따로 두세요. 책임자와 개인정보 보호책임자에게 알리고 누가 했는지 알아보세요. 나머지가 모두 맞으면 색인과 보기는 되돌릴 수 있습니다: issuer audit verify --guards. 표는 백업에서만 되살릴 수 있습니다.
rights-what-stood = 그때 상태
label-schema = 데이터베이스 꼴
label-accounts = 계정
label-heads = 기록 끝
label-row = 줄
