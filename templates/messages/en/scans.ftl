# Scans, and what was being typed.

web-no-scan-stranger = Log in first
web-no-scan-then-stranger = Once logged in, a scan finds. Of the number just scanned nothing is kept.
web-no-scan-member = A scan finds nothing here
web-no-scan-then-member = The member looks at this page. Scan once the screen is back with you.

web-say-goes-on = The job then goes on by itself. The number and everything done so far stay.

# What was being typed
web-go-on-typing-enrol = Go on enrolling
web-go-on-typing-import = Go on importing
web-ended-kept = What was being entered is still there when the same person logs in.
