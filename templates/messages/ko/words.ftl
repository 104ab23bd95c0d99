# The command line's words
label-withdrawn-is = 거둠
