# Where money is taken: what nobody chose is not cash
web-pay-take = Take
web-pay-choose = choose how
err-pay-missing = how the fee of { $amount } won is paid was not chosen
rec-pay-missing = choose cash, card, transfer, later or waive
