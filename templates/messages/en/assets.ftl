# Embedded files, their overrides, fonts.
err-asset-missing = The program has no file { $path }.
rec-asset-missing = Check the name. A file of that name in the templates folder will do too.
err-asset-unreadable = The file { $path } cannot be read: { $why }
rec-asset-unreadable = Check the file's permissions and content, or move it away to use what is built in.
err-messages-unreadable = A message file cannot be read: { $why }
rec-messages-unreadable = Mend that line in the templates/messages folder, or move the file away.
err-layout-missing = There is no layout { $layout }.
rec-layout-missing = Check the name under [layout] in issuer.toml, or put { $layout }.toml into templates/layouts.
err-font-missing = The font { $font } is not on this PC.
rec-font-missing = Install the package { $package }: apt-get install { $package }
err-font-unknown = The font { $font } cannot be found.
rec-font-unknown = Check the font's name in the layout, or put { $font }.ttf into templates/fonts.
err-font-unreadable = The file of the font { $font } cannot be read.
rec-font-unreadable = Install the font's package again, or choose another font in the layout.
