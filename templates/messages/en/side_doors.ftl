# What is said where a card or money would leave by a side door.
web-say-cancelled-left = A card that was locked before was not seen blanked. If it turns up, lay it on the reader and blank it.
