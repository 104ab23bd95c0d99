# States of jobs, cards and numbers

job-state-planned = planned
job-state-encoding = encoding
job-state-locked = locked
job-state-proven = proven
job-state-printing = printing
job-state-print-in-doubt = print in doubt
job-state-ready = check to do
job-state-handed-over = handed over
job-state-failed = stopped
job-state-cancelled = cancelled

card-state-blank = blank
card-state-in-work = in work
card-state-ready = ready
card-state-live = live
card-state-suspended = suspended
card-state-void = void
card-state-spoiled = spoiled
card-state-returned = returned

number-state-reserved = reserved
number-state-live = live
number-state-retired = retired

job-step-card = Card
job-step-write = Write
job-step-read-back = Read back
job-step-lock = Lock
job-step-proof = Proof
job-step-print = Print
job-step-check = Check
job-step-hand-over = Hand over

err-job-state = a job that is { $state ->
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
    } does not take “{ $event ->
        [intent] write the card
        [locked] locked
        [proven] proven
        [print] print
        [printed] printed
        [in-doubt] print in doubt
        [out] the card came out
        [not-out] no card came out
        [spoiled] spoil the card
        [hand-over] hand over
        [fail] stop
        [resume] resume
       *[cancel] cancel
    }”
rec-job-state = { $state ->
        [print-in-doubt] say first whether a card came out
        [ready] check the card and hand it over, or cancel the job
        [handed-over] the card was handed over; reissue it if a new one is needed
        [cancelled] the job was cancelled; issue anew
        [failed] resume the stopped job or cancel it
       *[planned] open the job from the list and go on from where it stands
    }

err-card-state = a card that is { $state ->
        [blank] { card-state-blank }
        [in-work] { card-state-in-work }
        [ready] { card-state-ready }
        [live] { card-state-live }
        [suspended] { card-state-suspended }
        [void] { card-state-void }
        [spoiled] { card-state-spoiled }
       *[returned] { card-state-returned }
    } does not take “{ $event ->
        [take] take into work
        [finish] finish
        [go-live] go live
        [suspend] suspend
        [release] release
        [void] void
        [spoil] spoil
       *[return] return
    }”
rec-card-state = { $state ->
        [suspended] lift the suspension first, or finish the reissue
        [void] the card is void; find the member’s present card
        [spoiled] the card is spoiled; take another one
        [returned] the card was returned; take another one
       *[live] look at the card’s state on the member’s page and choose what fits it
    }

err-number-state = a number that is { $state ->
        [reserved] { number-state-reserved }
        [live] { number-state-live }
       *[retired] { number-state-retired }
    } does not take “{ $event ->
        [go-live] go live
       *[retire] retire
    }”
rec-number-state = look up the number in use on the member’s page; a retired one is never used again
