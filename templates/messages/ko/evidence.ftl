# 이 사람이 그 회원인지 무엇으로 확인했는지.
web-evidence-ask = 이 사람이 회원 본인인지 확인하세요
web-evidence-note = 회원증을 판독기에 올려놓거나, 신분증을 보세요. 번호만으로는 아무것도 바꾸지 않습니다. 무엇으로 확인했는지는 기록에 남습니다.
web-evidence-see-document = 신분증을 보았습니다
web-evidence-see-word = 직원이 아는 회원입니다
web-evidence-card = 회원증을 읽어 확인함
web-evidence-document = 신분증을 보고 확인함
web-evidence-word = 직원이 확인함
err-evidence-missing = 이 사람이 회원 본인인지 아직 확인하지 않았습니다(회원 { $member }).
rec-evidence-missing = 회원증을 판독기에 올려놓거나, 신분증을 보고 회원 화면에서 확인했다고 누르세요.
err-condition = 이 도서관에서 쓰는 가입 조건이 아닙니다.
rec-condition = home(거주), work(직장), school(학교) 가운데 하나를 고르세요.
