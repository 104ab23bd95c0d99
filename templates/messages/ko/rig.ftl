# 시험대: 시스템의 드라이버가 진짜처럼 찾는 모의 판독기

rig-folder-is = 시험대
rig-use-pcsc = PC/SC 판독기를 쓰려면 다른 터미널에서:
rig-use-libnfc = PN532 보드를 쓰려면 다른 터미널에서:
rig-vpcd-open = vpcd가 이 컴퓨터의 포트 { $ports }에서 기다립니다. 어느 계정이든 먼저 연결하는 쪽이 카드가 됩니다.
rig-how-to-end = 카드는 issuer rig card로, 장치는 issuer rig unplug, plug, fault로 움직입니다. Ctrl-C를 누르면 모두 끝납니다.

label-device = 장치
label-plugged = 꽂힘
label-fault = 고장
label-tray = 모의 카드 자리
label-signal = 불빛과 소리
label-pcscd = pcscd

err-rig-count = 모의 장치의 수 "{ $text }"을(를) 쓸 수 없습니다.
rec-rig-count = 모든 장치를 더해 { $most } 이하로 쓰세요. vpcd 판독기는 둘로 셉니다.
err-rig-address = vpcd의 주소 "{ $text }"을(를) 읽을 수 없습니다.
rec-rig-address = IP 주소와 포트를 쓰세요. 예: 127.0.0.1:35963
err-rig-timing = 속도 "{ $text }"이(가) 없습니다.
rec-rig-timing = none이나 acr122u를 고르세요.
err-rig-fault = 고장 "{ $text }"이(가) 없습니다.
rec-rig-fault = 다음 낱말에서 고르세요: none, stuck, late, no-escape, mutate=N, mutate=N:SEED, status-bit7, slow=MS. rig simulate --fault에는 장치 번호와 =를 앞에 쓰세요.
err-rig-fault-kind = 고장 "{ $text }"은(는) 이 장치에 없습니다.
rec-rig-fault-kind = no-escape는 PC/SC 판독기에만 있습니다. issuer rig devices로 장치를 확인하세요.
err-rig-folder = 시험대의 폴더를 쓸 수 없습니다: { $path } ({ $reason ->
    [holds-others] 시험대가 만들지 않은 것이 들어 있음
    [characters] 경로에 쌍점이나 줄바꿈, UTF-8이 아닌 글자가 있음
   *[other] { $reason }
}).
rec-rig-folder = --folder로 경로가 짧은 새 폴더나 빈 폴더를 주고, 권한과 디스크의 남은 자리를 확인하세요.
err-rig-taken = 이 폴더에서 다른 시험대가 돌고 있습니다: { $folder }.
rec-rig-taken = issuer rig stop으로 끝내거나 --folder로 다른 폴더를 주세요.
err-rig-needs = 모의 판독기에 쓰는 { $what }이(가) 이 컴퓨터에 없습니다.
rec-rig-needs = 설치하세요: apt-get install { $package }
err-rig-compile = 모의 판독기의 드라이버를 컴파일할 수 없습니다: { $reason }
rec-rig-compile = C 컴파일러와 libpcsclite-dev를 확인하거나 --driver로 만들어 둔 드라이버를 주세요.
err-rig-pcscd = 시험대의 pcscd가 판독기를 찾지 못했습니다 ({ $reason }).
rec-rig-pcscd = 같은 버전의 pcscd와 libpcsclite-dev를 설치하고 시험대를 다시 시작하세요.
err-rig-signals = 프로그램을 끝내라는 신호를 받을 수 없습니다 ({ $reason }).
rec-rig-signals = 이 계정의 다른 프로그램을 끝내고 다시 하세요.
err-rig-absent = 이 폴더에 대답하는 시험대가 없습니다: { $folder } ({ $reason }).
rec-rig-absent = issuer rig simulate로 시작하거나 시험대의 폴더를 --folder로 알려 주세요.
err-rig-device = 시험대에 장치 { $device }이(가) 없습니다.
rec-rig-device = 다음 가운데 하나를 고르세요: { $devices }.
err-rig-no-pcscd = 이 시험대에는 pcscd가 없습니다.
rec-rig-no-pcscd = --readers를 1 이상으로 시험대를 시작하세요.
err-rig-plug = 장치를 꽂을 수 없습니다 ({ $reason }).
rec-rig-plug = 시험대의 폴더와 디스크의 남은 자리를 확인하고 다시 하세요.
err-rig-word = 시험대가 "{ $text }"을(를) 모릅니다.
rec-rig-word = start, stop, restart, kill 가운데 하나를 고르세요.
