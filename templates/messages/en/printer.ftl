# The spool folder and the simulated printer.
err-spool-gone = There is no place for the spool folder { $folder }.
rec-spool-gone = Check that the disk or the shared folder is connected.
err-spool-unwritable = The spool folder { $folder } cannot be written: { $why }
rec-spool-unwritable = Check the folder's permissions, and move away a file of the same name.
err-spool-full = The spool folder { $folder } has too little room. It takes { $least }.
rec-spool-full = Delete files that nobody needs from that disk.
err-printer-media-empty = The printer { $printer } is out of cards.
rec-printer-media-empty = Fill it and go on. Chip and number stay as they are.
err-printer-media-jam = A card is jammed in the printer { $printer }.
rec-printer-media-jam = Take the jammed card out and go on. Chip and number stay as they are.
err-printer-fault-file = The simulated printer's state cannot be written to { $path }: { $why }
rec-printer-fault-file = Check the folder's permissions.
