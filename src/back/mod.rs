//! The back rooms: they carry out what the plans say and know the outside world — files, SQLite, readers, printers.

pub mod assets;
pub mod encoder;
pub mod keys;
pub mod locks;
pub mod machine;
pub mod printer;
pub mod process;
pub mod settings;
pub mod store;
pub mod unnamed;
