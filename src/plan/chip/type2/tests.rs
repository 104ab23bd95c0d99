//! Tests of the Type 2 plans together.
