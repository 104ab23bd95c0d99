//! The clones against what is published of them.
