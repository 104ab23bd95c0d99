# Readers: whether they are plugged in, answer, and who uses them.
err-pcscd-absent = pcscd, which drives the readers, cannot be reached: { $reason }
rec-pcscd-absent = Run systemctl start pcscd.socket. issuer doctor shows the cause.
err-reader-gone = The reader { $reader } is not plugged in.
rec-reader-gone = Plug the reader in again. The job goes on then.
err-reader-stuck = The reader { $reader } does not answer in time.
rec-reader-stuck = Unplug the reader and plug it in again. The job can be resumed.
err-reader-confused = The reader { $reader } keeps giving answers that are not of the question, so the work was stopped.
rec-reader-confused = Unplug the reader, plug it in again and resume the job. If it goes on, use another reader.
err-reader-refused = This account may not use the reader { $reader }.
rec-reader-refused = Have an administrator run issuer doctor and mend the permissions.
err-reader-crashed = The driver of the reader { $reader } has ended.
rec-reader-crashed = Lay the card down again and resume the job. If it goes on, use another reader.
err-reader-kernel = The reader { $reader } is held by the kernel module { $module }.
rec-reader-kernel = Have an administrator run issuer doctor --fix, then plug the reader in again.
err-reader-missed = The system has missed the reader that is plugged in at { $port }.
rec-reader-missed = Unplug the reader and plug it in again.
