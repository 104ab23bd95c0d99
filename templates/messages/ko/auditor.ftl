# 감사 담당자가 보는 것: 무료의 증빙, 요금 규정의 본문, 다시 마감한 날, 미납 교부의 사유
reports-col-evidence = 무료 증빙
reports-evidence-card-read = 옛 카드를 읽음
reports-evidence-failed-job = 실패한 작업 기록
reports-evidence-record-changed = 바뀐 회원 기록
reports-evidence-signed = 책임자 승인
reports-evidence-lot = 불량 카드 묶음
