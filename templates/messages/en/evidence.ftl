# What speaks for the person at the desk being the member.
web-evidence-ask = Make sure that this is the member
web-evidence-note = Lay their card on the reader, or look at a document. Nothing is changed by number alone. What it was is kept in the log.
web-evidence-see-document = I have seen a document
web-evidence-see-word = The staff knows them
web-evidence-card = Known by the card
web-evidence-document = Known by a document
web-evidence-word = Known by the staff
err-evidence-missing = It is not made sure yet that this is the member ({ $member }).
rec-evidence-missing = Lay their card on the reader, or look at a document and say so on the member's page.
err-condition = That is no condition of membership.
rec-condition = Choose home, work or school.
