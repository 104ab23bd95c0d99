# Card layouts and the bar code's pre-check.
err-name-too-long = The name does not fit on the card: { $text } ({ $characters } characters).
rec-name-too-long = Put spaces where it may break, or enter a shorter name for the card.
err-library-too-long = The library's name does not fit on the card: { $text } ({ $characters } characters).
rec-library-too-long = Use a shorter name in the library directory, or make more room in the layout.
err-layout-text-too-long = The layout's text { $id } is wider than its room: { $text } ({ $characters } characters).
rec-layout-text-too-long = Shorten the text in the layout, or widen its width.
err-glyph-missing = The character { $character } ({ $code }) is not in the fonts { $fonts }.
rec-glyph-missing = { $package ->
        [none] A name in this script cannot be printed. Give it as the passport has it in Latin letters, or in Hangul.
       *[other] Check the name. If it is right, whoever looks after this PC installs the package { $package } and, where the layout does not name its font yet, adds it under [fonts] of the layout.
    }
err-layout-file = The layout { $layout } cannot be used: { $why }
rec-layout-file = Mend that place in templates/layouts/{ $layout }.toml, or move the file away to use what is built in.
err-scene-too-large = No picture can be made at { $dpi } dpi.
rec-scene-too-large = Set [printer] dpi in issuer.toml to 2400 or less.
err-barcode-too-narrow = The room for the bar code is { $room } mm. At { $dpi } dpi it takes { $least } mm to be read.
rec-barcode-too-narrow = Widen it under [barcode] in the layout, or check the printer's dpi.
err-barcode-quiet-zone = The quiet zones beside the bar code are not clear.
rec-barcode-quiet-zone = Move pictures and texts out of the bar code's room in the layout.
err-barcode-contrast = Bar code and ground differ by { $contrast } %. It takes 70 % to be read.
rec-barcode-contrast = Make the bars black and their ground white in the layout.
err-barcode-modules = Something is drawn over the bar code, and its bars are uneven.
rec-barcode-modules = Move pictures and texts out of the bar code's room in the layout.
err-barcode-decode = The bar code as drawn does not read { $digits }. It reads: { $read }
rec-barcode-decode = Check the bar code's room in the layout, and look again with issuer preview.
