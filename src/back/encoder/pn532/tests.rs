//! A PN532 that says what a test wants.
