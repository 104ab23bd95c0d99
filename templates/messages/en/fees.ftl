# Charges.
err-charge-unknown = There is no such charge ({ $charge }).
rec-charge-unknown = See issuer fee show for the ids.
