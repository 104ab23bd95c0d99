# The desk's work: members, issuing, handing over, log-in, devices
sample-name = 홍길동

err-not-allowed = Only { $role ->
        [administrator] an administrator
       *[manager] a manager or an administrator
    } may do this.
rec-not-allowed = Ask { $role ->
        [administrator] an administrator
       *[manager] a manager or an administrator
    }. Nothing was changed.
err-not-initialised = There is no database { $file } yet.
rec-not-initialised = Run issuer init first, or start with issuer serve.
err-production-settings = A production database is not made without an issuer.toml.
rec-production-settings = Make an issuer.toml that names your library in [library] code first.
err-stamp-differs = This database is a { $stamp ->
        [trial] { word-trial }
        [training] { word-training }
       *[production] { word-production }
    }; it cannot become production.
rec-stamp-differs = Name another file in [store] path and run issuer init --production again.
err-simulated-in-production = A production database takes no simulated readers.
rec-simulated-in-production = Name a real reader in [reader] kind, or practise on a trial database.
err-database-lost = The key file is there, but the database { $file } is missing or empty.
rec-database-lost = Restore a backup. A new database would give numbers a second time. To really begin anew, move the key file away too.
err-no-thread = The service's upkeep could not be started: { $reason }
rec-no-thread = Restart the computer.
err-folder-loose = Other accounts of this computer can look into the folder { $folder }.
rec-folder-loose = Run chmod 700 { $folder }
err-profile-missing = There is no chip profile "{ $profile }".
rec-profile-missing = Put the file templates/chips/{ $profile }.toml back. If no card was made by it, set [chip] profile to "ieum".
err-profile-name = The chip profile { $file } has another name in it, "{ $name }".
rec-profile-name = Write name = "{ $file }" there, or name the file { $name }.toml and set [chip] profile to it.
err-key-file-foreign = The keys in { $file } are not the keys of this database: { $purpose }, version { $version }, is another one.
rec-key-file-foreign = Put the key file back that belongs to this database; the cards that are out hang on its keys.
err-key-file-old = The key file { $file } is an old copy: this database knows keys of version { $version }, and it has none.
rec-key-file-old = Put the newest copy of the key file back.
err-clock-behind = The computer's clock is { $seconds } seconds behind the newest entry.
rec-clock-behind = Set the clock. Work can go on.
err-no-randomness = The operating system gave no random numbers: { $reason }
rec-no-randomness = Restart the computer and try again.
err-file-unwritable = The file { $file } cannot be written: { $reason }
rec-file-unwritable = Check that the folder exists and can be written to, or take another name.
err-library-unknown = The directory does not have the library code { $code }.
rec-library-unknown = That does not make it wrong. Look for the name with issuer library find.

err-member-duplicate = Members who may be the same person exist already: { $members }
rec-member-duplicate = Open them and look. If this is somebody else, go on with --anyway.
err-guardian-identity-missing = The guardian's identity was not checked.
rec-guardian-identity-missing = Choose the kind of document that the guardian showed.
err-own-number-taken = The own number { $number } belongs to another member ({ $member }).
rec-own-number-taken = Check the number.
err-own-card-only = Member { $member } did not consent to national registration and cannot have a 책이음 card.
rec-own-card-only = Obtain the consent, or let the member use the library's own card.
err-member-withdrawn = Member { $member } has withdrawn.
rec-member-withdrawn = Enrol the person again.

err-job-open = Member { $member } has an unfinished job { $job } ({ $state ->
        [planned] { job-state-planned }
        [encoding] { job-state-encoding }
        [locked] { job-state-locked }
        [proven] { job-state-proven }
        [printing] { job-state-printing }
        [print-in-doubt] { job-state-print-in-doubt }
        [ready] { job-state-ready }
        [handed-over] { job-state-handed-over }
        [failed] { job-state-failed }
       *[cancelled] { job-state-cancelled }
    }).
rec-job-open = Resume or cancel that job.
err-card-live = Member { $member } has a { $kind ->
        [rfid] { word-rfid }
        [barcode] { word-barcode }
       *[sticker] { word-sticker }
    } card in use.
rec-card-live = Reissue it if a new one is needed.
err-nothing-to-pay = There is no fee to pay for this card.
rec-nothing-to-pay = Issue without --pay and --waive.
err-too-many-cards = Member { $member } has had { $cards } cards already; the chip's sequence is used up.
rec-too-many-cards = Tell whoever looks after issuer, and give this member a bar-code card.
err-card-timeout = No card was laid on the reader { $reader } within { $seconds } seconds.
rec-card-timeout = Lay a card down and resume the job. The number stands.
err-card-of-other = The card { $lying } that lies there is somebody's already: { $whose }
rec-card-of-other = Take it away and lay the right card down. Nothing was written.
err-card-spoiled = The card { $lying } that lies there was booked as spoiled.
rec-card-spoiled = Throw it away and lay a new card down.
err-card-of-ours = The card { $lying } that lies there is one of ours ({ $number }), and the register does not know it. Nothing was written.
rec-card-of-ours = Take it away and lay a blank down. To book it again: issuer card recover; to use it anew: issuer card blank
err-card-foreign = The card { $lying } that lies there is another library's: { $library } ({ $code }). Nothing was written.
rec-card-foreign = Take it away and give it to its member or to that library. For a new card lay a blank down.
err-card-not-there = No card lies on the reader.
rec-card-not-there = Lay the card down and try again.
err-let-go = Waiting for a card was stopped.
rec-let-go = Resume the job when you are ready. The number stands.
err-job-running = Job { $job } is being run elsewhere ({ $holder }).
rec-job-running = Wait until that is done. Where a page waits for the card, leave it there (Esc).
err-reader-unknown = There is no reader "{ $reader }".
rec-reader-unknown = Choose one of these: { $readers }
err-no-reader = There is no reader at all.
rec-no-reader = Plug a reader in and check the [reader] settings.
err-reader-thread = What drives the reader { $reader } has stopped.
rec-reader-thread = Restart the service. The job can be resumed.
err-printer-unknown = There is no printer "{ $printer }".
rec-printer-unknown = Choose one of these: { $printers }
err-print-in-doubt = Nobody knows whether the card of job { $job } was printed.
rec-print-in-doubt = Look at the printer, then resume with --print out, not-out or spoiled.
err-no-tray = This database has no simulated devices.
rec-no-tray = Use the real reader and printer.

err-not-ready = Job { $job } cannot be handed over yet ({ $state ->
        [planned] { job-state-planned }
        [encoding] { job-state-encoding }
        [locked] { job-state-locked }
        [proven] { job-state-proven }
        [printing] { job-state-printing }
        [print-in-doubt] { job-state-print-in-doubt }
        [ready] { job-state-ready }
        [handed-over] { job-state-handed-over }
        [failed] { job-state-failed }
       *[cancelled] { job-state-cancelled }
    }).
rec-not-ready = Resume the job, then hand the card over.
err-scan-missing = The printed number was not read.
rec-scan-missing = Scan the card's bar code, or enter the number { $number }.
err-scan-unreadable = What was read, "{ $text }", is no member number.
rec-scan-unreadable = Scan the card's bar code again. The number has fourteen digits.
err-scan-mismatch = The scanned number { $scanned } is { $whose }'s. This job's number is { $wanted }.
rec-scan-mismatch = Find this member's card and scan it. Nothing was handed over.
err-chip-mismatch = The chip of card { $uid } does not agree with the number { $wanted }.
rec-chip-mismatch = Do not hand this card over. Restore it with issuer card recover; if that is refused, cancel the job and issue again.

err-setup-link = This set-up link was used already, ended by a newer one, or is more than a day old.
rec-setup-link = { $ask ->
        [administrator] Ask an administrator for a new link, made with issuer staff reset.
       *[nobody] Run issuer init for a new link.
    }
err-no-administrator = There is no administrator yet. The set-up link is not written to the system's log.
rec-no-administrator = Run issuer init --admin NAME as the account that runs issuer for a link, or use the link you have.
err-log-in-refused = Name or password is wrong.
rec-log-in-refused = { $wait ->
        [some] Enter them again in { $seconds } seconds; before that not even the right one is looked at. If you forgot them, tell the administrator.
       *[none] Enter them again. If you forgot them, tell the administrator.
    }
err-staff-name = { $wrong ->
        [empty] The name is empty.
        [long] The name is too long.
        [letters] The name holds no letter.
       *[sign] The name holds a character that it may not have ({ $sign }).
    }
rec-staff-name = Enter one to forty characters: letters, digits, spaces and ’ ' . - ( ) ·

# The card on the reader: what to do
card-next-live = This card is in use. Give it back to its member.
card-next-open = This card is in use, and a phone can still change a part of it. Close it with issuer card recover, free of charge, then give it back.
card-next-suspended = This card is blocked for now. Keep it and look the member up.
card-next-void = This card is void. Keep it and make it blank with issuer card blank.
card-next-returned = This card was returned. Make it blank with issuer card blank and use it again.
card-next-discard = This card is void or was returned, and cannot be made blank any more. Keep it and throw it away.
card-next-in-work = This card is being made. Go on with issuer job resume { $job }.
card-next-ready = This card is ready. Hand it over with issuer hand-over { $job }.
card-next-ready-lost = The chip of this finished card does not hold what it should, and cannot be restored. Throw it away and make another: issuer job resume { $job } --print spoiled
card-next-spoiled = This card was booked as spoiled. Throw it away.
card-next-spoiled-live = This member's card was cut off while we wrote on it, and was booked as spoiled. Throw it away and give the member a new one, free of charge: issuer issue { $member }
card-next-spoiled-job = This card was booked as spoiled, and its job wants a new blank. Throw it away and go on with issuer job resume { $job }.
card-next-foreign = This card is another library's ({ $library }). Tell that library, or give it back to its member.
card-next-recover = The chip does not hold what it should, and can be written anew. Restore it with issuer card recover, free of charge.
card-next-overwritten = Somebody changed the chip's keys, or it is damaged or locked for ever. It cannot be restored: take it in, and give the member a bar-code card for now with issuer issue { $member } --kind barcode.
card-next-blank = This card is blank. Use it for a new card.
card-next-blank-already = This card was blank already. Use it as it is.
card-next-formatted = Somebody's data stand on this unlocked chip, as phones and shops leave them. If nobody needs them, issue it, or make it blank with issuer card blank.
card-next-claimed = A number of this library stands on this unlocked chip, where anyone may have written it. Look the number up; if nobody misses the card, make it blank with issuer card blank.
card-next-clone = This card is a clone: anyone can change its UID or open it past every key. Do not use it for a new card; throw it away.
card-next-unrecorded = This card is locked with our keys, and the register does not know it. Look its number up; if there is none, make it blank with issuer card blank.
card-next-unrecorded-lost = This card was locked with our keys, the register does not know it, and it cannot be made blank. Look its number up, and throw the card away.
card-next-unknown = This card is neither ours nor blank. Write nothing on it and set it aside.
card-next-whole = This card is whole, and nothing was changed. Use it as it is.
card-next-unfinished = This card was cut off while it was written, or a phone can still change a part of it. Finish it with issuer card recover, free of charge.
card-next-chip-differs = This chip is a { $found }, and the register has a { $wanted } of its UID: it is not the card that was issued. Write nothing on it and set it aside.
card-next-booked = This card is whole, and the register knows it again. Give it back to its member.
card-next-restored = This card is restored. Give it back, free of charge.
card-next-rekeyed = The card has the new keys now. Give it back, free of charge.
err-card-in-use = This card is member { $member }'s ({ $number }) and { $state ->
        [in-work] { card-state-in-work }
        [ready] { card-state-ready }
        [live] { card-state-live }
       *[suspended] { card-state-suspended }
    }.
rec-card-in-use = { $state ->
        [in-work] Cancel its job first: issuer job cancel { $job }
        [ready] Cancel its job first: issuer job cancel { $job }
        [live] Leave it as it is and give it back to its member.
       *[suspended] Keep it as it is until what it was blocked for is settled.
    }
err-card-unrecoverable = The card { $number } cannot be restored: { $sector ->
        [all] it is locked for ever.
       *[other] sector { $sector } answers to none of our keys.
    }
rec-card-unrecoverable = Take it in, and give the member a bar-code card for now: issuer issue { $member } --kind barcode
err-card-reset = This card is in use, and its chip is back at the factory's keys.
rec-card-reset = Read it with issuer card read, which says what to do.
err-content-differs = The chip does not hold what the register has for the number { $wanted }.
rec-content-differs = Read it with issuer card read, which says what to do.
err-card-not-in-use = This card is not in use: { $state ->
        [void] { card-state-void }
        [returned] { card-state-returned }
       *[spoiled] { card-state-spoiled }
    }.
rec-card-not-in-use = Do not accept it. Read it with issuer card read, which says what to do.
err-card-unregistered = This card is locked or sealed with our keys, and the register does not know it.
rec-card-unregistered = Do not accept it. Read it with issuer card read, which says what to do.
err-card-unrecorded = The register does not know this card, and it shows a number of this library ({ $number }). Nothing was written.
rec-card-unrecorded = { $profile ->
        [none] Look its number up. To use the card anew: issuer card blank
       *[other] It was made by the chip profile "{ $profile }". Set [chip] profile to "{ $profile }" and try again; to use the card anew: issuer card blank
    }
err-keys-changed = Sector { $sector } of this card of ours answers to none of our keys.
rec-keys-changed = It cannot be written anew. Read it with issuer card read: if that says that it is in use, give it back; else do what it says.
err-chip-differs = The card { $uid } that lies there is a { $found }, and the register has a { $wanted } of this UID.
rec-chip-differs = Set it aside; it is not the card that was issued. Nothing was written.
err-keys-not-ours = The keys that lock this card are not this library's.
rec-keys-not-ours = Find out which library's card it is.
err-originality-wrong = The chip maker's signature is wrong; the chip may not be genuine.
rec-originality-wrong = Tell the seller, and ask for genuine chips when ordering.
err-card-not-ours = This card is neither locked with our keys nor sealed by us.
rec-card-not-ours = If nobody needs what stands on it, make it blank with issuer card blank.
