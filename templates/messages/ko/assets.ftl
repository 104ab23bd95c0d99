# Embedded files, their overrides, fonts.
err-asset-missing = 프로그램에 { $path } 파일이 없습니다.
rec-asset-missing = 이름을 확인하세요. templates 폴더에 같은 이름의 파일을 두어도 됩니다.
err-asset-unreadable = { $path } 파일을 읽을 수 없습니다: { $why }
rec-asset-unreadable = 파일의 권한과 내용을 확인하거나, 파일을 치워 프로그램에 든 것을 쓰세요.
err-messages-unreadable = 문구 파일을 읽을 수 없습니다: { $why }
rec-messages-unreadable = templates/messages 폴더에서 그 줄을 고치거나 파일을 치우세요.
err-layout-missing = { $layout } 도안이 없습니다.
rec-layout-missing = issuer.toml의 [layout]에 적은 이름을 확인하거나, templates/layouts 폴더에 { $layout }.toml을 두세요.
err-font-missing = 글꼴 { $font }이(가) 이 PC에 없습니다.
rec-font-missing = 꾸러미 { $package }을(를) 설치하세요: apt-get install { $package }
err-font-unknown = 글꼴 { $font }을(를) 찾을 수 없습니다.
rec-font-unknown = 도안에 적은 글꼴 이름을 확인하거나, templates/fonts 폴더에 { $font }.ttf를 두세요.
err-font-unreadable = 글꼴 { $font }의 파일을 읽을 수 없습니다.
rec-font-unreadable = 글꼴 꾸러미를 다시 설치하거나, 도안에서 다른 글꼴을 고르세요.
