# The settings file and the environment

err-settings-missing = there is no settings file { $place }
rec-settings-missing = correct the path in --config or ISSUER_CONFIG, or leave both out to start with the defaults
err-settings-unreadable = the settings file { $place } cannot be read
rec-settings-unreadable = see that it is a UTF-8 text file which this account may read
err-settings-syntax = near { $place } this is not TOML
rec-settings-syntax = look at the quotes, brackets and equals signs of that line, and remove a name that stands twice
err-settings-unknown-key = { $from ->
        [environment] there is no setting for the environment variable { $place }
       *[file] { $place }: there is no setting { $key }
    }
rec-settings-unknown-key = { $from ->
        [environment] correct the spelling or remove the variable; known here: { $known }
       *[file] correct the spelling or remove the line; known here: { $known }
    }
err-settings-section = { $place }: { $key } is a section, not one value
rec-settings-section = write a line [{ $key }] and put its settings below
err-settings-key-missing = the program has no default for { $key }
rec-settings-key-missing = write { $key } in issuer.toml
err-settings-value = { $place }: { $key } does not take this value
rec-settings-value = { $takes ->
        [choice] use one of { $allowed }
        [number] use a number in { $allowed }
        [name] write the file’s name without its ending, in quotes: letters, digits, - and _
        [list] write it as ["one", "two"], or [] for none
        [pairs] write it as {"{"} name = "value" {"}"}
        [zone] write the name of a time zone, as { $allowed }
        [address] write an IP address and port, as { $allowed }
        [host] write a name or an IP address alone, as { $allowed }: no port and no http://
        [path] write the path of a file or folder
       *[text] write the value in quotes
    }
err-settings-library-code = { $place }: a library code has six digits; it says ‘{ $text }’
rec-settings-library-code = write your library’s six-digit code in quotes; issuer library find looks it up by name
err-printer-unsupported = { $place }: this version has no { $kind } printers
rec-printer-unsupported = leave it at [printer] kind = "spool" and print the PDFs of that folder
err-register-unsupported = { $place }: this version does not connect to a { $kind } register
rec-register-unsupported = leave it at [register] kind = "none"
err-folder-unwritable = the folder { $folder } cannot be written to
rec-folder-unwritable = { $why ->
        [permission] let this account write to it
        [read-only] the file system is read-only; set another folder or mount it writable
        [full] the disk is full; make room
        [file] something that is no folder is in its place; move it or set another folder
       *[other] see that the disk is connected, or set another folder
    }
