# Logging in, sessions, one's own account
err-log-in-wait = several passwords were wrong, and none is looked at for a while
rec-log-in-wait = enter it again in { $seconds } seconds; before that not even the right one is looked at
err-log-in-busy = too many people are logging in at this moment
rec-log-in-busy = enter it again in { $seconds } seconds
err-session-elsewhere = this session was begun on another computer
rec-session-elsewhere = log in again here; where it was begun it goes on
err-session-unknown = this session has ended or is not yours
rec-session-unknown = open the page of your account again
err-password-old = your present password is another one
rec-password-old = { $wait ->
        [some] enter the password that you use now again in { $seconds } seconds; it was not changed
       *[none] enter the password that you use now; it was not changed
    }
err-password-same = the new password is the one that you have
rec-password-same = enter another one

log-in-ended = Your session is over
log-in-ended-why = It was not used for long, or it was ended from elsewhere, or an administrator changed the account.
log-in-wait-left = # seconds until you can enter it again
log-in-wait-over = You can enter it again now.
web-set-up-logged-in = { $name } is logged in in this browser. Once the password is saved that session ends, and whoever begins here has the page.

account-title = My account
account-mine = About me
account-since = Since
account-sessions = Sessions { $n }
account-where = Where
account-here = This computer
account-elsewhere = Another computer
account-began = Began
account-seen = Last used
account-this = This page
account-end = End
account-end-of = End the session begun { $day } { $time }
account-end-others = End all others
account-note = If one of them is not yours, end it and change your password.
account-password = Change the password
account-password-old = Present password
account-password-new = New password
account-password-change = Change the password
account-password-note = All other sessions end.
account-done-password = The password was changed, and all other sessions ended.
account-done-ended = That session was ended.
account-done-others = All other sessions were ended.
