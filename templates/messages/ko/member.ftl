# 회원, 번호, 이름, 동의

err-library-code = 도서관 부호는 숫자 여섯 자리여야 합니다: ‘{ $text }’
rec-library-code = 여섯 자리 도서관 부호를 넣으세요. 모르면 도서관 이름으로 찾으세요(library find)
err-member-number = 회원번호는 숫자 열네 자리여야 합니다. 넣은 값은 { $digits }자입니다
rec-member-number = 회원증에 적힌 열네 자리를 모두 넣으세요. 띄어쓰기는 없어도 됩니다
err-number-serial = 회원번호 뒷자리는 여덟 자리를 넘을 수 없습니다: { $serial }
rec-number-serial = 00000000부터 99999999 사이의 번호를 쓰세요
err-own-number = 자관 번호에 쓸 수 없는 글자가 있거나 길이가 맞지 않습니다: ‘{ $text }’
rec-own-number = 영문 대문자, 숫자, 하이픈으로 한 자에서 열네 자까지 넣으세요
err-own-number-missing = 자관 회원증에는 자관 번호가 있어야 합니다
rec-own-number-missing = 도서관 시스템의 번호를 넣거나, 책이음 전국 등록 동의를 받아 책이음 회원증으로 발급하세요
err-identity-number = 주민등록번호, 운전면허번호, 여권번호처럼 보이는 번호가 들어 있습니다
rec-identity-number = 신분증 번호를 지우세요. 어떤 신분증을 보았는지만 남깁니다

err-name-missing = 이름이 없습니다
rec-name-missing = 글자가 한 자 이상 있는 이름을 넣으세요
err-name-characters = 이름에 쓸 수 없는 글자나 보이지 않는 글자가 있습니다({ $sign })
rec-name-characters = 그 글자를 지우고 이름을 직접 입력하세요. 글자, 숫자, 띄어쓰기와 ’ ' . - ( ) · 를 쓸 수 있습니다
err-name-long = 이름이 { $length }자로 너무 깁니다
rec-name-long = { $longest }자 안으로 줄이세요
err-birth-date = { $of ->
        [group] 설립일
       *[person] 생년월일
    }{ $fault ->
        [missing] 이 없습니다
        [short-year] 의 연도가 두 자리여서 몇 년인지 알 수 없습니다
        [no-such-day] 로 넣은 날은 달력에 없습니다
        [future] 이 오늘보다 뒤입니다
        [past] 이 130년보다 더 앞입니다
       *[unread] 을 날짜로 읽을 수 없습니다
    }
rec-birth-date = { $of ->
        [group] 단체는 대표자의 생년월일이 아니라 단체를 만든 날(설립일)을 19880314처럼 여덟 자리로 넣으세요
       *[person] 19880314처럼 연, 월, 일을 여덟 자리로 넣으세요
    }{ $fault ->
        [short-year] . 여섯 자리로는 찾기만 할 수 있습니다
       *[other] {""}
    }
err-phone = 전화번호는 숫자 아홉 자리에서 열다섯 자리여야 합니다
rec-phone = 숫자와 하이픈, 띄어쓰기로 넣고 나라 번호는 + 로 시작하세요(010-1234-5678)

err-member-kind = 회원 구분을 알 수 없습니다
rec-member-kind = adult, teen, child, foreigner, group 가운데 하나를 고르세요
err-identity-kind = 확인한 신분증의 종류를 알 수 없습니다
rec-identity-kind = resident-card, driver-licence, passport, alien-card, student-card, mobile, other 가운데 하나를 고르세요
err-consent = 동의 항목을 알 수 없습니다
rec-consent = local 또는 local,national 로 넣으세요
err-consent-missing = 우리 도서관 회원 가입과 이용에 대한 동의가 없습니다
rec-consent-missing = 동의서를 보여 주고 동의를 받으세요
err-consent-national-missing = 이 도서관의 회원증은 모두 책이음 회원증이라 책이음 전국 등록 동의가 있어야 합니다
rec-consent-national-missing = 책이음 전국 등록 동의를 받으세요. 동의하지 않으면 가입할 수 없다고 알리세요
err-identity-missing = 신분증을 확인하지 않았습니다
rec-identity-missing = 신분증을 보고 종류를 고르세요. 번호는 적지 않습니다
err-kind-birth = 회원 구분({ $kind ->
        [child] 어린이
        [teen] 청소년
        [foreigner] 외국인
        [group] 단체
       *[adult] 성인
    })이 나이(만 { $age }세)와 맞지 않습니다
rec-kind-birth = 생년월일을 다시 보세요. 그 나이에 맞는 구분은 { $fits ->
        [child] 어린이(만 14세 미만)
        [teen] 청소년(만 14~18세)
       *[adult] 성인(만 19세부터)
    }입니다
err-guardian-missing = 만 { $age }세 어린이는 보호자의 동의와 신분 확인이 있어야 합니다
rec-guardian-missing = 보호자의 이름을 넣고 보호자의 신분증을 확인하세요

err-number-range = 번호 범위가 맞지 않습니다: { $first }부터 { $last }까지
rec-number-range = [number] first는 last보다 크지 않게, last는 { $greatest }보다 크지 않게 고치세요
err-numbers-used-up = { $library } 도서관의 번호 { $first }부터 { $last }까지를 모두 썼습니다
rec-numbers-used-up = 새 범위를 받아 issuer.toml의 [number] first와 last를 고치세요
err-numbers-low = { $library } 도서관에 남은 번호가 { $left }개입니다
rec-numbers-low = 다 쓰기 전에 새 범위를 받아 issuer.toml의 [number]를 고치세요
err-number-range-guard = 이 창구가 주지 않은 번호 { $number }이 앞으로 줄 번호 범위 안에 있습니다
rec-number-range-guard = 관리자나 기술 담당자에게 번호 { $number }을 알리세요. 담당자는 issuer.toml의 [number] first와 last를 { $number }이 그 밖에 있도록, 이 창구가 줄 번호만으로 고치고 issuer를 다시 시작합니다. 지금대로면 다음 번호의 뒷자리는 { $next }입니다. 그 뒤에 하던 일을 다시 하세요

err-library-row = { $file } { $line }행을 도서관으로 읽을 수 없습니다: ‘{ $text }’
rec-library-row = 그 행에 여섯 자리 부호와 도서관 이름을 적으세요
err-library-columns = { $file }의 첫 행에 code와 name 열이 없습니다
rec-library-columns = 첫 행을 code,name,address,tel,homepage 로 적으세요
