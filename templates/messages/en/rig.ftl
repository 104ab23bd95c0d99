# The rig: simulated readers as the system's drivers find them

rig-folder-is = Rig
rig-use-pcsc = Use the PC/SC readers, in another terminal:
rig-use-libnfc = Use the PN532 boards, in another terminal:
rig-vpcd-open = vpcd listens at port { $ports } of this machine: whoever connects there, under any account, is the card.
rig-how-to-end = Cards are moved with issuer rig card, devices with issuer rig unplug, plug and fault. Ctrl-C ends all of it.

label-device = Device
label-plugged = Plugged in
label-fault = Fault
label-tray = On the tray
label-signal = Light and buzzer
label-pcscd = pcscd

err-rig-count = The number of simulated devices, "{ $text }", cannot be used.
rec-rig-count = Give numbers of { $most } at most, all devices together; a reader of vpcd's counts twice.
err-rig-address = The address of a vpcd, "{ $text }", cannot be read.
rec-rig-address = Write an IP address and a port, for example 127.0.0.1:35963
err-rig-timing = There is no timing "{ $text }".
rec-rig-timing = Choose none or acr122u.
err-rig-fault = There is no fault "{ $text }".
rec-rig-fault = Choose words of: none, stuck, late, no-escape, mutate=N, mutate=N:SEED, status-bit7, slow=MS. For rig simulate --fault write the device's number and = before them.
err-rig-fault-kind = This device cannot have the fault "{ $text }".
rec-rig-fault-kind = no-escape is one of PC/SC readers. issuer rig devices shows which they are.
err-rig-folder = The rig's folder cannot be used: { $path } ({ $reason ->
    [holds-others] other things are in it, and no rig made it
    [characters] a colon, a line break or letters that are not UTF-8 are in its path
   *[other] { $reason }
}).
rec-rig-folder = Give a new or empty folder with a short path with --folder; check its permissions and the free space.
err-rig-taken = Another rig runs in this folder: { $folder }.
rec-rig-taken = End it with issuer rig stop, or give another folder with --folder.
err-rig-needs = Simulated readers need { $what }, which this computer does not have.
rec-rig-needs = Install it: apt-get install { $package }
err-rig-compile = The simulated readers' driver cannot be compiled: { $reason }
rec-rig-compile = Check the C compiler and libpcsclite-dev, or give a ready-made driver with --driver.
err-rig-pcscd = The rig's pcscd did not find its readers ({ $reason }).
rec-rig-pcscd = Install pcscd and libpcsclite-dev of the same version, then start the rig again.
err-rig-signals = The program cannot be told to end ({ $reason }).
rec-rig-signals = End other programs of this account, then try again.
err-rig-absent = No rig answers in this folder: { $folder } ({ $reason }).
rec-rig-absent = Start one with issuer rig simulate, or say with --folder where it is.
err-rig-device = The rig has no device { $device }.
rec-rig-device = Choose one of: { $devices }.
err-rig-no-pcscd = This rig has no pcscd.
rec-rig-no-pcscd = Start a rig with --readers 1 or more.
err-rig-plug = The device cannot be plugged in ({ $reason }).
rec-rig-plug = Check the rig's folder and the free space, then try again.
err-rig-word = The rig does not know "{ $text }".
rec-rig-word = Choose start, stop, restart or kill.
