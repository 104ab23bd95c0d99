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

# 직원의 계정
err-staff-unknown = { $staff }번 직원이 없습니다.
rec-staff-unknown = issuer staff list로 번호를 확인하세요.
page-rec-staff-unknown = 직원 목록에서 고르세요.
err-role-unknown = 역할을 알 수 없습니다.
rec-role-unknown = clerk, manager, administrator 가운데 하나를 넣으세요.
page-rec-role-unknown = 역할을 고르세요.
err-staff-self = 자기 계정은 스스로 잠그거나 재설정하거나 역할을 바꿀 수 없습니다.
rec-staff-self = 다른 관리자에게 맡기세요.
err-staff-state = 잠긴 계정입니다. 재설정하지 않았습니다.
rec-staff-state = 먼저 잠금을 푸세요: issuer staff unlock { $staff }
page-rec-staff-state = 먼저 잠금을 푸세요.
err-staff-last-administrator = 이 계정 말고는 관리자가 없습니다.
rec-staff-last-administrator = { $whom ->
        [nobody] 먼저 다른 관리자를 만드세요: issuer staff add 이름 --role administrator. 그 사람이 링크로 비밀번호를 정한 뒤에 다시 하세요.
       *[somebody] 먼저 다른 직원을 관리자로 바꾸세요: issuer staff role 번호 administrator. 관리자가 될 수 있는 직원은 { $others }입니다.
    }
page-rec-staff-last-administrator = { $whom ->
        [nobody] 먼저 다른 관리자를 추가하세요.
       *[somebody] 먼저 다른 직원을 관리자로 바꾸세요. 관리자가 될 수 있는 직원은 { $others }입니다.
    }
err-staff-member-unknown = 그 번호를 쓰는 회원이 없습니다.
rec-staff-member-unknown = 회원번호를 다시 보거나 칸을 비워 두세요.
err-staff-member-taken = 그 회원은 이미 { $name }({ $staff }번 직원)의 회원번호로 알려져 있습니다.
rec-staff-member-taken = 회원번호를 다시 보세요. 같은 사람이면 그 계정에서 먼저 지우세요: issuer staff member { $staff } none
page-rec-staff-member-taken = 회원번호를 다시 보세요. 같은 사람이면 그 계정에서 먼저 지우세요.
err-staff-locked = 이미 잠긴 계정입니다.
rec-staff-locked = 직원 목록에서 풀 수 있습니다.
page-err-key-reused = 이 화면은 이미 한 번 보냈고, 지금 내용은 그때와 다릅니다. 이번에 보낸 것은 하지 않았습니다.
page-rec-key-reused = 화면을 새로 열어 무엇이 되었는지 본 다음, 필요하면 다시 하세요.

# 설정 링크의 페이지
web-set-up-yours = 비밀번호 정하기
web-set-up-invited = 이 주소는 한 번만 쓸 수 있습니다. 비밀번호는 본인만 알아야 하며, 관리자도 볼 수 없습니다.
web-set-up-start = 정하고 시작하기

# 직원 페이지
web-staff = 직원
web-staff-n = { $n }명
web-staff-me = (나)
web-staff-role = 역할
web-staff-seen = 마지막 사용
web-staff-approvals = 30일 승인
web-staff-sessions = 로그인한 곳
web-staff-acts = 할 수 있는 일
web-staff-is-member = 회원번호 알림
web-staff-link-until = { $day } { $time }까지
web-staff-link-over = 링크 없음 – 재설정으로 새 링크
web-staff-approvals-from = { $day } { $time }부터
web-role-clerk = 사서
web-role-manager = 책임자
web-role-administrator = 관리자
web-role-may-clerk = 창구 업무
web-role-may-manager = 승인과 접속기록도
web-role-may-administrator = 직원 계정과 키까지
staff-state-invited = 비밀번호 정하기 전
staff-state-active = 사용 중
staff-state-locked = 잠김
web-staff-lock = 잠그기
web-staff-unlock = 풀기
web-staff-reset = 재설정
web-staff-member = 회원번호
web-staff-lock-of = { $name } 계정 잠그기
web-staff-unlock-of = { $name } 계정 잠금 풀기
web-staff-reset-of = { $name } 계정 재설정
web-staff-role-of = { $name } 역할 바꾸기
web-staff-member-of = { $name } 본인의 회원번호
web-staff-add = 직원 추가
web-staff-name-hint = 이 이름으로 로그인합니다
web-staff-number = 본인의 회원번호
web-staff-number-hint = 몰라도 됩니다. 알면 자기 일을 스스로 처리하지 못하게 막습니다
web-staff-number-known = 이미 알려져 있습니다. 비워서 저장하면 지웁니다
web-staff-add-button = 추가하고 링크 받기
web-staff-link-what = { $name } · { $role }
web-staff-link = { $name } 님께 이 주소를 직접 건네세요
web-staff-link-then = 한 번만 쓸 수 있습니다. 본인이 주소를 열어 비밀번호를 정하면 바로 시작합니다.
web-staff-link-label = 설정 링크
web-staff-link-note = 이 화면을 벗어나면 다시 볼 수 없습니다. 메일이나 메신저로 보내지 마세요. 잃어버리면 재설정으로 새 링크를 만듭니다.
web-staff-link-again = 같은 계정에 링크를 하나 더 만들었습니다. 먼저 받은 링크도 아직 열리며, 어느 하나를 쓰면 나머지는 모두 끝납니다.
web-staff-copy = 복사
web-staff-copied = 복사했습니다
web-staff-done-locked = { $name } 계정을 잠갔습니다.
web-staff-done-unlocked = { $name } 계정의 잠금을 풀었습니다.
web-staff-done-no-password = 비밀번호가 없습니다. 재설정으로 새 링크를 받아 건네세요.
web-staff-done-role = { $name } 님의 역할을 바꾸었습니다: { $role }
web-staff-done-role-same = { $name } 님의 역할은 그대로입니다: { $role }
web-staff-done-member = { $name } 님 본인의 회원번호를 저장했습니다.
web-staff-done-member-none = { $name } 님 본인의 회원번호는 비어 있습니다.
web-staff-link-used = { $name } 님이 링크를 이미 썼습니다.
web-staff-link-used-then = 더 할 일이 없습니다. 본인이 쓴 것이 아니면 계정을 잠그세요.
web-staff-to-list = 직원 목록으로
web-staff-ask-lock = 이 계정을 잠글까요
web-staff-ask-reset = 이 계정을 재설정할까요
web-staff-ask-then-lock = 잠금을 풀 때까지 로그인할 수 없습니다. 지우지는 않습니다.
web-staff-ask-then-reset = 본인이 새 링크로 비밀번호를 다시 정해야 합니다.
web-staff-keep = 그대로 두기
web-staff-will = 이렇게 됩니다
web-staff-will-sessions = { $n }곳의 로그인이 바로 끝납니다. 입력하던 것은 사라집니다
web-staff-will-password-lock = 그대로 남아, 풀면 다시 씁니다
web-staff-will-password-reset = 지웁니다. 하루 동안 쓸 수 있는 링크를 새로 만들고 이전 링크는 없앱니다
web-staff-will-approvals = 승인
web-staff-will-approvals-lock = 잠긴 동안 할 수 없습니다
web-staff-will-approvals-reset = 24시간 동안 할 수 없습니다
web-staff-will-past = 지난 기록
web-staff-will-past-stays = 한 일은 그대로 남고, 이 일도 기록됩니다
web-staff-really-lock = 계정 잠그기
web-staff-really-reset = 재설정하고 새 링크 받기
web-staff-really-role = 역할 바꾸기
web-staff-really-member = 저장
web-staff-edit-role = 역할 바꾸기
web-staff-edit-member = 본인의 회원번호
web-staff-role-then = 새 역할은 바로 적용됩니다.
web-staff-role-ends = { $n }곳의 로그인이 바로 끝납니다.
web-staff-role-note = 역할이 바뀌면 다시 로그인해야 하고, 입력하던 것은 사라집니다. 바꾼 일은 기록됩니다.
web-history-at-staff = 직원 본인의 회원번호

# 명령줄
label-staff = 직원
label-role = 역할
label-last-seen = 마지막 사용
label-sessions = 로그인한 곳
label-approvals = 30일 승인
label-approvals-from = 승인 시작
label-setup-until = 링크 기한
word-clerk = { web-role-clerk }
word-manager = { web-role-manager }
word-administrator = { web-role-administrator }
