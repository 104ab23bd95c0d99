# The command line's words
label-withdrawn-is = Withdrawn
