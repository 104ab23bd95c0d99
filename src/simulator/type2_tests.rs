//! The Type 2 chips against their data sheets.
