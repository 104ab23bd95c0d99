# What an auditor sees: what shows that a card is free, the text of a rule, a day closed again, why a card went out unpaid
reports-col-evidence = Shown by
reports-evidence-card-read = Old card read
reports-evidence-failed-job = A failed job on record
reports-evidence-record-changed = A changed record
reports-evidence-signed = A manager signed
reports-evidence-lot = A faulty lot
