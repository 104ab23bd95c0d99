# The spool folder and the simulated printer.
err-spool-gone = 인쇄 폴더를 둘 곳이 없습니다: { $folder }
rec-spool-gone = 디스크나 공유 폴더가 연결되어 있는지 확인하세요.
err-spool-unwritable = 인쇄 폴더 { $folder }에 쓸 수 없습니다: { $why }
rec-spool-unwritable = 폴더의 권한을 확인하고, 같은 이름의 파일이 있으면 치우세요.
err-spool-full = 인쇄 폴더 { $folder }에 남은 자리가 모자랍니다. { $least }가 있어야 합니다.
rec-spool-full = 디스크에서 필요 없는 파일을 지우세요.
err-printer-media-empty = 프린터 { $printer }에 카드가 없습니다.
rec-printer-media-empty = 프린터에 카드를 채우고 이어서 하세요. 칩과 회원번호는 그대로입니다.
err-printer-media-jam = 프린터 { $printer }에 카드가 걸렸습니다.
rec-printer-media-jam = 걸린 카드를 빼고 이어서 하세요. 칩과 회원번호는 그대로입니다.
err-printer-fault-file = 모의 프린터의 상태를 { $path }에 적을 수 없습니다: { $why }
rec-printer-fault-file = 폴더의 권한을 확인하세요.
