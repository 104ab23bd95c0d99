# Members, numbers, names, consent

err-library-code = a library code has six digits: “{ $text }”
rec-library-code = give the six-digit code; look it up by the library’s name with: library find
err-member-number = a member number has fourteen digits, this has { $digits } characters
rec-member-number = give all fourteen digits on the card; spaces may be left out
err-number-serial = the end of a member number has eight digits at most: { $serial }
rec-number-serial = use a number from 00000000 to 99999999
err-own-number = the library’s own number has a character it may not have, or the wrong length: “{ $text }”
rec-own-number = use one to fourteen capital letters, digits and hyphens
err-own-number-missing = a card of the library’s own needs a number of the library’s own
rec-own-number-missing = give the number of the library’s system, or get the national consent and issue a 책이음 card
err-identity-number = this holds what looks like the number of an identity document
rec-identity-number = take the number out; only the kind of document is kept

err-name-missing = there is no name
rec-name-missing = give a name with at least one letter
err-name-characters = the name holds a character that it may not have or that nobody sees ({ $sign })
rec-name-characters = take it out and type the name by hand; letters, digits, spaces and ’ ' . - ( ) · are allowed
err-name-long = the name is too long, { $length } characters
rec-name-long = shorten it to { $longest } characters
err-birth-date = { $of ->
        [group] the founding day
       *[person] the birth date
    }{ $fault ->
        [missing] {" "}is missing
        [short-year] {" "}has a year of two digits, which may be either century
        [no-such-day] {" "}is on no calendar: there is no such day
        [future] {" "}lies after today
        [past] {" "}lies more than 130 years back
       *[unread] {" "}cannot be read as a date
    }
rec-birth-date = { $of ->
        [group] for a group, give the day it was founded, not its representative’s birth date, in eight digits like 19880314
       *[person] give year, month and day in eight digits like 19880314
    }{ $fault ->
        [short-year] ; six digits serve for finding only
       *[other] {""}
    }
err-phone = a telephone number has nine to fifteen digits
rec-phone = use digits, hyphens and spaces, and a + before a country code (010-1234-5678)

err-member-kind = this kind of member is not known
rec-member-kind = choose one of adult, teen, child, foreigner, group
err-identity-kind = this kind of identity document is not known
rec-identity-kind = choose one of resident-card, driver-licence, passport, alien-card, student-card, mobile, other
err-consent = this consent is not known
rec-consent = give local, or local,national
err-consent-missing = there is no consent to membership of this library
rec-consent-missing = show the form and get the consent
err-consent-national-missing = every card of this library is a 책이음 card, which needs consent to the national register
rec-consent-national-missing = get the national consent; without it say that membership is not possible here
err-identity-missing = no identity document was looked at
rec-identity-missing = look at a document and choose its kind; its number is not kept
err-kind-birth = the kind ({ $kind ->
        [child] child
        [teen] teen
        [foreigner] foreigner
        [group] group
       *[adult] adult
    }) does not fit the age of { $age }
rec-kind-birth = look at the birth date again; the kind that fits that age is { $fits ->
        [child] child (under 14)
        [teen] teen (14 to 18)
       *[adult] adult (from 19)
    }
err-guardian-missing = a child of { $age } needs a guardian’s consent and identity check
rec-guardian-missing = give the guardian’s name and look at the guardian’s document

err-number-range = the range of numbers is wrong: { $first } to { $last }
rec-number-range = make [number] first no greater than last, and last no greater than { $greatest }
err-numbers-used-up = library { $library } has used all its numbers from { $first } to { $last }
rec-numbers-used-up = get a new range and change [number] first and last in issuer.toml
err-numbers-low = library { $library } has { $left } numbers left
rec-numbers-low = get a new range before they end and change [number] in issuer.toml
err-number-range-guard = the number { $number }, which this desk did not give, lies in the range still to be given
rec-number-range-guard = tell the administrator or whoever looks after this PC the number { $number }. They change first and last under [number] in issuer.toml so that { $number } lies outside them and only numbers of this desk inside, and start issuer again; as it stands the next serial would be { $next }. Then do it again

err-library-row = { $file } line { $line } is no library: “{ $text }”
rec-library-row = put a six-digit code and a name in that line
err-library-columns = the first line of { $file } has no columns code and name
rec-library-columns = make the first line code,name,address,tel,homepage
