# What stands beside the chains and is not as they say; the form of the database
err-audit-astray = { $how ->
        [unreadable] Table { $table } could not be read: it is gone, or holds what this program never writes.
        [heads-sum] The kept ends of the records are not those whose sum stands beside them.
        [account-unrecorded] Account { $row } was never made: the record of rights knows of no invitation and no set-up of it.
        [account-role] Account { $row } has another role than the record of rights gave it.
        [account-state] Account { $row } is active, locked or waiting otherwise than the record of rights says.
        [account-member] Account { $row } is joined to another membership than the record of rights says, or to none.
        [account-gone] Account { $row } is gone, and the record of rights says that it was made.
        [charge-gone] Charge { $row } is gone, and the ledger has its entries.
        [charge-unentered] Charge { $row } has no entry in the ledger.
        [charge-amount] Charge { $row } has another amount than the ledger says.
        [charge-state] Charge { $row } stands otherwise than its entries in the ledger left it.
        [charge-whose] Charge { $row } is of another member or job than the ledger says.
        [charge-paid] Charge { $row } was paid in another way or under another receipt than the ledger says.
        [charge-reason] Charge { $row } has another reason, exemption or evidence than the ledger says.
        [charge-rule] Charge { $row } names another fee rule than the ledger.
        [charge-by] Charge { $row } names others than the ledger as who charged or settled it.
        [charge-allowed] Charge { $row } names another signature than the ledger and the access log know of.
        [charge-why] Charge { $row } has other words of why than the ledger and the access log know of.
        [rule-text] The text of fee rule { $row } was altered.
        [rule-gone] The fee rule that charge { $row } was charged under is gone.
        [print-ungiven] Print { $row } is of a receipt that was never given.
        [close-uncounted] Entry { $row } of the ledger closes a day of which nobody counted the drawer.
        [note-gone] The words of entry { $row } of the ledger are gone.
        [note-altered] The words of entry { $row } of the ledger are not those that it was made with.
        [note-loose] Words are kept ({ $row }) that hang on no entry of the ledger.
        [job-gone] Job { $row } is gone, and the ledger charged for it.
        [job-member] Job { $row } is of another member than the ledger says.
        [job-reason] Job { $row } has another reason than the ledger says.
        [job-taken-back] Job { $row } is not cancelled, and the ledger took its charge back.
        [job-cancelled] Job { $row } is cancelled, and the ledger did not take its charge back.
        [job-charge] Job { $row } has no charge, not even of nothing.
        [job-card] Job { $row } does not fit its card: it is gone, of another job or member, or was never handed over.
        [job-marks] The journal of job { $row } does not say that it ended as it did.
        [job-unlogged] Job { $row } counts as handed over, and the access log knows of fewer hand-overs to its member.
        [card-job] Card { $row } is of no job, or of another member's.
        [card-live] Card { $row } counts as given out, and its job was never handed over.
        [card-second] Card { $row } is its member's second card of one kind in use.
        [card-lot] Card { $row } is of a lot of blank cards that there is not.
       *[other] Row { $row } of table { $table } is not as the records say.
    }
rec-audit-astray = Keep a copy of the database file and change nothing in it. Tell the manager and the privacy officer, and compare with a backup from before: the records that hang together are what holds.
err-audit-form = { $kind ->
        [index] Index { $name } of table { $table }
        [view] View { $name } ({ $table })
       *[table] Table { $name } ({ $table })
    } is { $how ->
        [missing] missing
        [altered] not what it was
       *[added] none of ours
    }. Somebody changed the form of the database.
rec-audit-form = Keep a copy of the database file. Tell the manager and the privacy officer, and find out who did it. When everything else is proven, indexes and views are put back: issuer audit verify --guards. A table comes back out of a backup alone.
rights-what-stood = Stood so
label-schema = Form
label-accounts = Accounts
label-heads = Ends
label-row = Row
