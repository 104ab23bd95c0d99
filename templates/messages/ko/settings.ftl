# 설정 파일과 환경 변수

err-settings-missing = 설정 파일이 없습니다: { $place }
rec-settings-missing = --config 또는 ISSUER_CONFIG의 경로를 고치거나, 둘 다 빼고 기본 설정으로 시작하세요
err-settings-unreadable = 설정 파일을 읽을 수 없습니다: { $place }
rec-settings-unreadable = 이 계정이 읽을 수 있는 UTF-8 글 파일인지 확인하세요
err-settings-syntax = { $place } 근처를 TOML로 읽을 수 없습니다
rec-settings-syntax = 그 행의 따옴표, 괄호, 등호를 보고, 같은 이름이 두 번 있으면 하나를 지우세요
err-settings-unknown-key = { $from ->
        [environment] 환경 변수 { $place }에 해당하는 설정이 없습니다
       *[file] { $place }: { $key } 설정은 없습니다
    }
rec-settings-unknown-key = { $from ->
        [environment] 철자를 고치거나 그 변수를 지우세요. 쓸 수 있는 변수: { $known }
       *[file] 철자를 고치거나 그 행을 지우세요. 쓸 수 있는 이름: { $known }
    }
err-settings-section = { $place }: { $key } 자리에는 값 하나가 아니라 묶음이 와야 합니다
rec-settings-section = [{ $key }] 행을 쓰고 그 아래에 설정을 적으세요
err-settings-key-missing = { $key } 설정의 기본값이 프로그램에 없습니다
rec-settings-key-missing = issuer.toml에 이 설정을 적으세요: { $key }
err-settings-value = { $place }: { $key }의 값이 맞지 않습니다
rec-settings-value = { $takes ->
        [choice] { $allowed } 가운데 하나로 고치세요
        [number] { $allowed } 사이의 수로 고치세요
        [name] 파일 이름에서 끝을 뺀 이름을 따옴표 안에 적으세요. 글자, 숫자, - 와 _ 를 쓸 수 있습니다
        [list] ["하나", "둘"]처럼 적으세요. 비우려면 [] 를 적으세요
        [pairs] {"{"} 이름 = "값" {"}"} 처럼 적으세요
        [zone] { $allowed }처럼 시간대 이름을 적으세요
        [address] { $allowed }처럼 IP 주소와 포트를 적으세요
        [host] { $allowed }처럼 이름이나 IP 주소만 적으세요. 포트와 http:// 는 빼세요
        [path] 파일이나 폴더의 경로를 적으세요
       *[text] 값을 따옴표 안에 적으세요
    }
err-settings-library-code = { $place }: 도서관 부호는 숫자 여섯 자리여야 합니다. 적힌 값: ‘{ $text }’
rec-settings-library-code = 우리 도서관의 여섯 자리 부호를 따옴표 안에 적으세요. 모르면 issuer library find로 이름을 찾으세요
err-printer-unsupported = { $place }: { $kind } 프린터는 이 판에서 쓸 수 없습니다
rec-printer-unsupported = [printer] kind = "spool" 로 두고 폴더의 PDF를 인쇄하세요
err-register-unsupported = { $place }: { $kind } 등록부 연결은 이 판에서 쓸 수 없습니다
rec-register-unsupported = [register] kind = "none" 으로 두세요
err-folder-unwritable = { $folder } 폴더에 쓸 수 없습니다
rec-folder-unwritable = { $why ->
        [permission] 이 계정이 그 폴더에 쓸 수 있게 권한을 고치세요
        [read-only] 읽기 전용 저장 장치입니다. 다른 폴더를 설정하거나 쓰기로 다시 연결하세요
        [full] 저장 장치가 가득 찼습니다. 자리를 비우세요
        [file] 그 자리에 폴더가 아닌 것이 있습니다. 옮기거나 다른 폴더를 설정하세요
       *[other] 저장 장치가 연결되어 있는지 보고, 다른 폴더를 설정하세요
    }
