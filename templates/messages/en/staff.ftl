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
