# What must fit together at enrolment
err-guardian-self = the guardian has the child’s name
rec-guardian-self = give the name of the guardian who consents
err-consent-before-birth = the day of the consent lies before the birth
rec-consent-before-birth = look at the day of the consent and the birth date again; leave the day empty for today
err-consent-before-text = the day of the consent lies before the version of the text ({ $version })
rec-consent-before-text = take the consent anew with the text of now and give that day; leave it empty for today
