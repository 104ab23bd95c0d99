# 카드가 판독기 위에 있는 동안. UID와 구역 같은 기술 정보는 단계에 적는다.
err-card-removed = 카드가 도중에 치워졌습니다.
rec-card-removed = 같은 카드를 다시 올려놓으세요.
err-card-swapped = 다른 카드가 올라와 있습니다({ $found }).
rec-card-swapped = 먼저 놓았던 카드({ $uid })를 다시 올려놓으세요.
err-two-cards = 카드 두 장이 함께 올라와 있습니다. 그동안은 아무것도 쓰지 않습니다.
rec-two-cards = 한 장을 치우세요.
err-card-unsteady = 카드가 드문드문 응답합니다({ $uid }).
rec-card-unsteady = 금속에서 떨어진 곳에서 카드를 판독기 한가운데에 평평하게 놓으세요.
err-unknown-key = 이 도서관이 모르는 키로 잠긴 카드입니다({ $sector }구역).
rec-unknown-key = 따로 치워 두고 새 빈 카드를 올려놓으세요.
err-chip-spoiled = { $sector }구역의 자물쇠가 상해 더는 응답하지 않습니다. 쓰는 도중에 끊긴 것으로 보입니다.
rec-chip-spoiled = 이 카드를 폐기하고 새 빈 카드를 올려놓으세요.
err-chip-defective = 칩에 쓴 내용이 남지 않습니다({ $sectors }구역).
rec-chip-defective = 이 카드를 폐기하고 새 빈 카드를 올려놓으세요.
err-chip-unverified = { $sector }구역의 내용이 이 카드에 있어야 할 것과 다릅니다.
rec-chip-unverified = 다시 기록하도록 카드를 다시 올려놓으세요.
err-chip-lets-write = 잠금이 버티지 못했습니다. 시험 가운데 { $count }건이 통했고, 처음 통한 곳은 { $sector }구역입니다.
rec-chip-lets-write = 이 카드는 전달하지 말고 폐기하세요. 새 빈 카드를 올려놓으세요.
err-card-uid-settable = 누구나 UID를 바꿀 수 있는 복제 카드입니다({ $uid }).
rec-card-uid-settable = 이 카드를 빼고 다른 카드를 쓰세요. 그래도 쓰려면 [chip] magic_cards = "accept"로 바꾸세요.
err-card-back-door = 알려진 뒷문으로 어떤 키든 지나칠 수 있는 복제 카드입니다({ $uid }).
rec-card-back-door = 이 카드를 빼고 다른 카드를 쓰세요. 그래도 쓰려면 [chip] magic_cards = "accept"로 바꾸세요.
err-chip-phone = 휴대전화이거나, 놓을 때마다 UID가 바뀌는 카드입니다.
rec-chip-phone = 회원증 카드만 판독기에 놓으세요.
err-card-auth-limit = 암호가 { $limit }번 틀리면 영영 잠기는 카드라서 하나도 시도하지 않았습니다.
rec-card-auth-limit = 따로 치워 두고 새 빈 카드를 올려놓으세요.
err-card-configured = 이 카드에는 안전하게 되돌릴 수 없는 설정이 들어 있습니다(ACCESS { $access }).
rec-card-configured = 따로 치워 두고 새 빈 카드를 올려놓으세요.
