# Passwords of the staff
err-password-short = The password is too short.
rec-password-short = Enter { $least } characters or more. Several words of a sentence are easy to remember.
err-password-long = The password is too long.
rec-password-long = Enter at most { $most } characters.
err-password-name = The password holds the name.
rec-password-name = Choose one without the name.
err-password-row = The password follows a row of the keyboard or repeats itself.
rec-password-row = Add characters that do not follow or repeat each other.
err-password-common = The password is one that everybody tries first.
rec-password-common = Add words of your own to it.

# Accounts of the staff
err-staff-unknown = There is no account { $staff }.
rec-staff-unknown = Look for its id with issuer staff list.
page-rec-staff-unknown = Choose one on the list of the staff.
err-role-unknown = That is no role.
rec-role-unknown = Enter clerk, manager or administrator.
page-rec-role-unknown = Choose a role.
err-staff-self = Nobody locks or resets their own account or changes their own role.
rec-staff-self = Ask another administrator.
err-staff-state = The account is locked. It was not reset.
rec-staff-state = Unlock it first: issuer staff unlock { $staff }
page-rec-staff-state = Unlock it first.
err-staff-last-administrator = Nobody but this account is an administrator.
rec-staff-last-administrator = { $whom ->
        [nobody] Make another administrator first: issuer staff add NAME --role administrator. Try again once they have chosen a password through the link.
       *[somebody] Make somebody else an administrator first: issuer staff role ID administrator. These could be: { $others }.
    }
page-rec-staff-last-administrator = { $whom ->
        [nobody] Add another administrator first.
       *[somebody] Make somebody else an administrator first. These could be: { $others }.
    }
err-staff-member-unknown = No member has that number.
rec-staff-member-unknown = Check the number, or leave the field empty.
err-staff-member-taken = That member is known as { $name } (account { $staff }) already.
rec-staff-member-taken = Check the number. If it is the same person, take it from that account first: issuer staff member { $staff } none
page-rec-staff-member-taken = Check the number. If it is the same person, take it from that account first.
err-staff-locked = The account is locked already.
rec-staff-locked = It can be unlocked on the list of the staff.
page-err-key-reused = This page was sent before, and with something else in it. What was sent now was not done.
page-rec-key-reused = Open the page anew, look what was done, and do it again if it is wanted.

# The page of a set-up link
web-set-up-yours = Choose your password
web-set-up-invited = This address works once. The password is yours alone; no administrator can see it.
web-set-up-start = Save and begin

# The page of the staff
web-staff = Staff
web-staff-n = { $n } in all
web-staff-me = (you)
web-staff-role = Role
web-staff-seen = Last seen
web-staff-approvals = Approvals, 30 d
web-staff-sessions = Sessions
web-staff-acts = What can be done
web-staff-is-member = membership known
web-staff-link-until = { $day }, until { $time }
web-staff-link-over = no link – reset for a new one
web-staff-approvals-from = from { $day } { $time }
web-role-clerk = Clerk
web-role-manager = Manager
web-role-administrator = Administrator
web-role-may-clerk = the work of the desk
web-role-may-manager = approves, and sees the access log
web-role-may-administrator = accounts and keys as well
staff-state-invited = no password yet
staff-state-active = active
staff-state-locked = locked
web-staff-lock = Lock
web-staff-unlock = Unlock
web-staff-reset = Reset
web-staff-member = Member
web-staff-lock-of = Lock { $name }
web-staff-unlock-of = Unlock { $name }
web-staff-reset-of = Reset { $name }
web-staff-role-of = Role of { $name }
web-staff-member-of = Member number of { $name }
web-staff-add = Add somebody
web-staff-name-hint = They log in with this name
web-staff-number = Their own member number
web-staff-number-hint = May stay empty. Once known, they cannot serve themselves
web-staff-number-known = It is known already. Save it empty to take it back
web-staff-add-button = Add and get the link
web-staff-link-what = { $name } · { $role }
web-staff-link = Hand this address to { $name } in person
web-staff-link-then = It works once. They open it, choose a password and begin.
web-staff-link-label = Set-up link
web-staff-link-note = It cannot be seen again once you leave this page. Do not send it by mail or chat. If it is lost, a reset makes a new one.
web-staff-link-again = This is a further link to the same account. The one before opens still, and as soon as one is used the others are over.
web-staff-copy = Copy
web-staff-copied = Copied
web-staff-done-locked = The account of { $name } is locked.
web-staff-done-unlocked = The account of { $name } is unlocked.
web-staff-done-no-password = It has no password. Reset it and hand on the new link.
web-staff-done-role = { $name } has a new role: { $role }
web-staff-done-role-same = { $name } has this role as before: { $role }
web-staff-done-member = The member number of { $name } is saved.
web-staff-done-member-none = { $name } has no member number here.
web-staff-link-used = { $name } has used the link already.
web-staff-link-used-then = There is nothing left to do. If it was somebody else, lock the account.
web-staff-to-list = To the staff
web-staff-ask-lock = Lock this account?
web-staff-ask-reset = Reset this account?
web-staff-ask-then-lock = They cannot log in until it is unlocked. Nothing is deleted.
web-staff-ask-then-reset = They have to choose a password again through a new link.
web-staff-keep = Leave it
web-staff-will = What happens
web-staff-will-sessions = { $n } open. At once they are over, and what is being typed is lost
web-staff-will-password-lock = Stays, and works again when it is unlocked
web-staff-will-password-reset = Is taken away. A new link for a day is made, and older ones are void
web-staff-will-approvals = Approvals
web-staff-will-approvals-lock = None while it is locked
web-staff-will-approvals-reset = None for 24 hours
web-staff-will-past = What they did
web-staff-will-past-stays = Stays on record, and this is recorded too
web-staff-really-lock = Lock the account
web-staff-really-reset = Reset and get the link
web-staff-really-role = Change the role
web-staff-really-member = Save
web-staff-edit-role = Change the role
web-staff-edit-member = Their own member number
web-staff-role-then = The new role holds at once.
web-staff-role-ends = Open sessions that end at once: { $n }.
web-staff-role-note = After a change they log in again, and what they were typing is lost. The change is recorded.
web-history-at-staff = Own membership of somebody of the staff

# The command line
label-staff = Account
label-role = Role
label-last-seen = Last seen
label-sessions = Sessions
label-approvals = Approvals, 30 days
label-approvals-from = Approves from
label-setup-until = Link until
word-clerk = clerk
word-manager = manager
word-administrator = administrator
