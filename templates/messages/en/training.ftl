# Practice: its marks, its page, faults of the simulated devices
practice = 연습
practice-band = Every member and card here is made up. Nothing happens to real members or devices.
practice-link = About practice
practice-title = Practice
practice-intro = Do as you like with these members on simulated devices. In the tray below you lay cards down, lift them, and make trouble on purpose.
practice-people = Members to practise with
practice-state-live = have a card with a chip
practice-state-barcode = have a bar-code card
practice-state-suspended = lost their card, blocked
practice-state-overwritten = their card was overwritten
practice-state-own-card = have the library's own card
practice-state-no-card = have no card
practice-state-unfinished = a card was begun and not finished
practice-faults = Trouble to make
practice-fault-tear = Tear away while writing
practice-how-tear = Enter after which exchange, press it, then lay a card down. Lay the same card back and it goes on.
practice-fault-swap = Swap for another card
practice-how-swap = Press it while a card is written. Nothing is written on the other card.
practice-fault-printer = Out of cards · Jam · Out of ribbon
practice-how-printer = Press one before printing, and Refill when the print has stopped.
practice-fault-reader = Unplug the reader
practice-how-reader = Unplug it while a card is written and plug it in again. The work goes on.
practice-anew = Begin practice anew
practice-anew-what = Takes away everything that was practised and makes the members as they were. Staff who are logged in stay.
err-not-training = This is no training database.
rec-not-training = Practise at the desk that issuer serve --training opens.
err-training-elsewhere = Where the training database belongs there is a { $stamp ->
        [trial] { word-trial }
       *[production] { word-production }
    } database.
rec-training-elsewhere = Move the folder training, inside the folder of [store] path, somewhere else and start again.
err-stamp-training = A training database is opened by issuer serve --training alone.
rec-stamp-training = Name the real database's file in [store] path.
err-training-busy = Work at the reader has not ended yet, so practice did not begin anew.
rec-training-busy = Press it again when that work has ended.
err-printer-ribbon-out = The printer { $printer } is out of ribbon.
rec-printer-ribbon-out = Change the ribbon and go on. Chip and number stay as they are.
word-ribbon-out = ribbon out
web-printer-ribbon-out = out of ribbon
web-media-ribbon-out = out of ribbon
web-tray-ribbon-out = Out of ribbon
web-tray-unplug = Unplug reader
web-tray-plug = Plug reader in
web-say-ribbon-what = The printer has run out of ribbon.
web-say-ribbon = Change the ribbon
page-err-job-open = { $by } began job { $job } for this member, and it has not ended.
page-rec-job-open = Open that job under what is to be gone on with on the desk, or leave it to whoever began it.
