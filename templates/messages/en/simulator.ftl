# The simulated desk: its readers and cards

err-simulator-folder = The folder of the simulated cards cannot be used: { $path } ({ $reason }).
rec-simulator-folder = Check the folder's permissions and the free space. [simulator] folder says where it is.
err-simulator-damaged = The file that says where the simulated cards lie cannot be read: { $path } ({ $reason }).
rec-simulator-damaged = Move that file away. No card is lost; all of them count as lifted then.
err-simulator-busy = Another program has been holding the simulated desk for too long: { $path }.
rec-simulator-busy = End the issuer program that hangs, then try again.
err-simulator-reader = There is no simulated reader { $reader }.
rec-simulator-reader = Take a name from issuer reader list, or raise [simulator] readers.
err-simulator-card = There is no simulated card { $uid }.
rec-simulator-card = Choose one from issuer rig card list, or make one with issuer rig card new.
err-simulator-occupied = Card { $uid } lies on reader { $reader }.
rec-simulator-occupied = Lift that card first.
err-simulator-uid-taken = There is a simulated card with UID { $uid } already.
rec-simulator-uid-taken = Give another UID, or none.
err-simulator-uid-length = No { $kind } card has a UID of { $length } bytes.
rec-simulator-uid-length = Give a UID of the length that this chip has, or none.
err-simulator-signature = A { $kind } chip has no originality signature.
rec-simulator-signature = Make an Ultralight EV1 or an NTAG.
err-simulator-kind = The simulated desk has no { $kind } chip.
rec-simulator-kind = Choose one of: { $kinds }.
err-simulator-image = The file of simulated card { $uid } has { $found } bytes; its kind of file has { $expected }.
rec-simulator-image = Take that file out of the cards folder and use a new card.
err-simulator-random = No random number was to be had for a simulated card's UID ({ $reason }).
rec-simulator-random = Check the system's random device, then try again.
