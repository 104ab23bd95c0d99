# 작업과 카드, 번호의 상태

job-state-planned = 준비
job-state-encoding = 기록 중
job-state-locked = 잠금 마침
job-state-proven = 잠금 시험 마침
job-state-printing = 인쇄 중
job-state-print-in-doubt = 인쇄 확인 필요
job-state-ready = 대조 남음
job-state-handed-over = 전달함
job-state-failed = 멈춤
job-state-cancelled = 취소함

card-state-blank = 빈 카드
card-state-in-work = 만드는 중
card-state-ready = 전달 전
card-state-live = 사용 중
card-state-suspended = 정지
card-state-void = 무효
card-state-spoiled = 폐기
card-state-returned = 회수함

number-state-reserved = 예약
number-state-live = 사용 중
number-state-retired = 끝난 번호

job-step-card = 카드 확인
job-step-write = 기록
job-step-read-back = 확인 읽기
job-step-lock = 잠금
job-step-proof = 잠금 시험
job-step-print = 인쇄
job-step-check = 대조
job-step-hand-over = 전달

err-job-state = 지금 작업 상태({ $state ->
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
    })에서는 ‘{ $event ->
        [intent] 카드 기록
        [locked] 잠금
        [proven] 잠금 시험
        [print] 인쇄
        [printed] 인쇄 마침
        [in-doubt] 인쇄 확인 요청
        [out] 카드가 나왔다는 답
        [not-out] 카드가 나오지 않았다는 답
        [spoiled] 카드 폐기
        [hand-over] 전달
        [fail] 멈춤
        [resume] 이어 하기
       *[cancel] 취소
    }’ 처리를 할 수 없습니다
rec-job-state = { $state ->
        [print-in-doubt] 카드가 나왔는지 먼저 답하세요
        [ready] 회원증을 대조해 건네거나, 작업을 취소하세요
        [handed-over] 이미 건넨 회원증입니다. 새 카드가 필요하면 재발급하세요
        [cancelled] 취소한 작업입니다. 새로 발급하세요
        [failed] 멈춘 작업을 이어 하거나 취소하세요
       *[planned] 작업 목록에서 이 작업을 열어 지금 상태부터 이어 하세요
    }

err-card-state = 카드 상태({ $state ->
        [blank] { card-state-blank }
        [in-work] { card-state-in-work }
        [ready] { card-state-ready }
        [live] { card-state-live }
        [suspended] { card-state-suspended }
        [void] { card-state-void }
        [spoiled] { card-state-spoiled }
       *[returned] { card-state-returned }
    })에서는 ‘{ $event ->
        [take] 작업에 쓰기
        [finish] 작업 마침
        [go-live] 사용 시작
        [suspend] 정지
        [release] 정지 해제
        [void] 무효
        [spoil] 폐기
       *[return] 회수
    }’ 처리를 할 수 없습니다
rec-card-state = { $state ->
        [suspended] 먼저 정지를 풀거나 재발급을 마치세요
        [void] 무효가 된 회원증입니다. 지금 쓰는 회원증을 찾아 처리하세요
        [spoiled] 폐기한 카드입니다. 다른 카드를 쓰세요
        [returned] 회수한 카드입니다. 다른 카드를 쓰세요
       *[live] 회원 화면에서 카드 상태를 확인하고 그 상태에 맞는 처리를 고르세요
    }

err-number-state = 회원번호 상태({ $state ->
        [reserved] { number-state-reserved }
        [live] { number-state-live }
       *[retired] { number-state-retired }
    })에서는 ‘{ $event ->
        [go-live] 사용 시작
       *[retire] 사용 끝냄
    }’ 처리를 할 수 없습니다
rec-number-state = 회원 화면에서 지금 쓰는 번호를 확인하세요. 끝난 번호는 다시 쓰지 않습니다
