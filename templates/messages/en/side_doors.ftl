# What is said where a card or money would leave by a side door.
web-say-cancelled-left = A card that was locked before was not seen blanked. If it turns up, lay it on the reader and blank it.
web-say-refunded-what = The fee of ₩{ $amount } was refunded.
web-say-refunded = Say why the card goes out unpaid, or cancel the job
err-desk-unknown = This library has no desk { $desk }.
rec-desk-unknown = Its desks are { $desks }: choose one of them.
err-day-before-books = On { $day } there were no books here yet.
rec-day-before-books = The first day that can be closed is { $first }.
reports-measure-exempt = Exempt by a tick alone (of jobs begun)
reports-measure-again = Free first cards for people who had one before (of jobs begun)
reports-short-exempt = Exempt, ticked
reports-short-again = Free, again
reports-alone = Nobody to compare
reports-clerks-alone = One person alone worked in this time: there is nobody to compare with. It does not mean that nothing stands out.
