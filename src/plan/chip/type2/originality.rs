//! The maker's signature over the UID. Start at [`Originality`].

/// What the signature shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Originality {
    /// NXP's: a genuine chip; says nothing of whose card it is.
    Genuine,
    /// The simulated silicon's own.
    Simulated,
    /// Nobody's that we know.
    Wrong,
}

kebab!(Originality { Genuine = "genuine", Simulated = "simulated", Wrong = "wrong" });
