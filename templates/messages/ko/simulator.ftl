# 모의 장비: 모의 판독기와 모의 카드

err-simulator-folder = 모의 카드가 든 폴더를 쓸 수 없습니다: { $path } ({ $reason }).
rec-simulator-folder = 폴더의 권한과 디스크의 남은 자리를 확인하세요. 자리는 [simulator] folder에서 정합니다.
err-simulator-damaged = 모의 카드가 놓인 자리를 적은 파일을 읽을 수 없습니다: { $path } ({ $reason }).
rec-simulator-damaged = 그 파일을 다른 곳으로 옮기세요. 카드는 모두 그대로 있고, 판독기에서 치워진 것으로 됩니다.
err-simulator-busy = 다른 프로그램이 모의 장비를 너무 오래 잡고 있습니다: { $path }.
rec-simulator-busy = 멈춰 있는 issuer 프로그램을 끝내고 다시 하세요.
err-simulator-reader = 이름이 { $reader }인 모의 판독기가 없습니다.
rec-simulator-reader = issuer reader list에 나오는 이름을 쓰거나 [simulator] readers를 늘리세요.
err-simulator-card = UID가 { $uid }인 모의 카드가 없습니다.
rec-simulator-card = issuer rig card list에서 카드를 고르거나 issuer rig card new로 만드세요.
err-simulator-occupied = 판독기 { $reader }에 카드 { $uid }이(가) 놓여 있습니다.
rec-simulator-occupied = 그 카드를 먼저 치우세요.
err-simulator-uid-taken = UID가 { $uid }인 모의 카드가 이미 있습니다.
rec-simulator-uid-taken = 다른 UID를 주거나 UID 없이 만드세요.
err-simulator-uid-length = { $kind } 카드에는 { $length }바이트 UID가 없습니다.
rec-simulator-uid-length = 이 칩에 맞는 길이의 UID를 주거나 UID 없이 만드세요.
err-simulator-signature = { $kind } 칩에는 진품 서명이 없습니다.
rec-simulator-signature = Ultralight EV1이나 NTAG로 만드세요.
err-simulator-kind = 모의 장비에 { $kind } 칩이 없습니다.
rec-simulator-kind = 다음 가운데 하나를 고르세요: { $kinds }.
err-simulator-image = 모의 카드 { $uid }의 파일 크기가 { $found }바이트입니다. 이런 파일은 { $expected }바이트입니다.
rec-simulator-image = 그 파일을 cards 폴더에서 치우고 새 카드를 쓰세요.
err-simulator-random = 모의 카드의 UID로 쓸 난수를 얻을 수 없습니다 ({ $reason }).
rec-simulator-random = 시스템의 난수 장치를 확인하고 다시 하세요.
