# Log-ins in the access log.
web-history-log-in = log-in
access-detail-log-in-wrong = { $address } · after { $n } wrong passwords
