//! Findings in a temporary folder and on computers made of folders.
