# What keeps the books whole: guards, lots held against their movements, days that nobody closed
err-audit-guard = Table { $table }: its guard { $guard } is { $how ->
        [missing] missing
        [altered] not what it was
       *[added] none of ours
    }. Somebody changed the database, and rows may have been altered meanwhile.
rec-audit-guard = Keep a copy of the database file. Tell the manager and the privacy officer, and compare with anchors kept elsewhere (--anchors). When you know who did it and everything else is proven, put it back: issuer audit verify --guards
err-audit-stock = A lot of cards is not what its movements say.
rec-audit-stock = Keep a copy of the database file and tell the manager. The movements are right: compare issuer stock show with the boxes.
label-guards = Guards
label-guard = Guard
label-table = Table
label-stock = Lots
label-notes = Words
word-missing = missing
word-altered = altered
word-added = added
web-history-audit-guards = put the guards of tables back
web-history-at-audit-guards = The access log
reports-measure-taken = Blanks taken out of stock by hand, of cards used and these
reports-short-taken = Blanks taken
err-books-broken = The record { $chain } is broken from entry { $seq } on.
rec-books-broken = Look where it is broken: issuer audit verify
err-ledger-unclosed = { $desk ->
        [command-line] The command line
       *[other] Desk { $desk }
    } has not closed { $day }.{ $more ->
        [none] {""}
       *[other] {" "}More desks with days to close: { $more }.
    }
rec-ledger-unclosed = Count its drawer and close that day{ $desk ->
        [command-line] : issuer ledger close --day { $day } --counted WON
       *[other] {" "}at the desk, or here: issuer ledger close --desk { $desk } --day { $day } --counted WON
    }
doctor-check-ledger = Books
doctor-ok-ledger = this month's entries are whole, and the tables are guarded
doctor-check-ledger-close = Close of days
doctor-ok-ledger-close = every day before today is closed
