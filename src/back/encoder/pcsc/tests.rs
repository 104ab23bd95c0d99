//! pcscd left out.
