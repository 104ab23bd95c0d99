# Card layouts and the bar code's pre-check.
err-name-too-long = 이름이 회원증에 들어가지 않습니다: { $text } ({ $characters }자).
rec-name-too-long = 띄어 쓸 곳을 띄우거나, 회원증에 쓸 짧은 이름으로 고치세요.
err-library-too-long = 도서관 이름이 회원증에 들어가지 않습니다: { $text } ({ $characters }자).
rec-library-too-long = 도서관 목록에서 짧은 이름을 쓰거나, 도안에서 자리를 넓히세요.
err-layout-text-too-long = 도안의 글 { $id }이(가) 자리보다 깁니다: { $text } ({ $characters }자).
rec-layout-text-too-long = 도안에서 글을 줄이거나 width를 넓히세요.
err-glyph-missing = 글자 { $character } ({ $code })이(가) 글꼴 { $fonts }에 없습니다.
rec-glyph-missing = { $package ->
        [none] 이 문자로 된 이름은 찍을 수 없습니다. 여권이나 외국인등록증에 적힌 로마자 이름이나 한글로 넣으세요.
       *[other] 이름을 확인하세요. 맞다면 컴퓨터를 맡은 사람이 꾸러미 { $package }을(를) 깔고, 도안에 없는 글꼴이면 도안의 [fonts]에 더하게 하세요.
    }
err-layout-file = 도안 { $layout }을(를) 쓸 수 없습니다: { $why }
rec-layout-file = templates/layouts/{ $layout }.toml에서 그곳을 고치거나, 파일을 치워 프로그램에 든 도안을 쓰세요.
err-scene-too-large = { $dpi } dpi로는 그림을 만들 수 없습니다.
rec-scene-too-large = issuer.toml의 [printer] dpi를 2400 아래로 고치세요.
err-barcode-too-narrow = 바코드 자리가 { $room } mm입니다. { $dpi } dpi에서는 { $least } mm가 있어야 읽힙니다.
rec-barcode-too-narrow = 도안의 [barcode]에서 width를 넓히거나, 프린터의 dpi를 확인하세요.
err-barcode-quiet-zone = 바코드 좌우의 여백이 비어 있지 않습니다.
rec-barcode-quiet-zone = 도안에서 그림과 글을 바코드 자리 밖으로 옮기세요.
err-barcode-contrast = 바코드와 바탕의 명암 차가 { $contrast } %입니다. 70 %가 되어야 읽힙니다.
rec-barcode-contrast = 도안에서 바코드는 검게, 바탕은 희게 하세요.
err-barcode-modules = 바코드 위에 다른 것이 그려져 막대 너비가 고르지 않습니다.
rec-barcode-modules = 도안에서 그림과 글을 바코드 자리 밖으로 옮기세요.
err-barcode-decode = 그려진 바코드가 { $digits }(으)로 읽히지 않습니다. 읽힌 것: { $read }
rec-barcode-decode = 도안에서 바코드 자리를 확인하고, issuer preview로 다시 보세요.
