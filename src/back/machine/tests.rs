//! Machines made of folders: each look against a tree that has just what it looks for.
