//! Queries that are asked at once on one connection, and which of their errors counts.
//!
//! Inside a transaction the first that fails makes the server refuse the others, and which of the answers is looked at first is
//! chance. What is reported is the one that was refused for its own sake.

use diesel::result::Error as DieselError;

/// What the server says to whatever comes after a statement that failed.
const ABORTED: &str = "current transaction is aborted";

/// An error that may be the consequence of another.
pub trait Consequence {
    /// Whether it says only that something before it failed.
    fn is_consequence(&self) -> bool;
}

impl Consequence for DieselError {
    fn is_consequence(&self) -> bool {
        matches!(self, Self::DatabaseError(_, said) if said.message().starts_with(ABORTED))
    }
}

/// Results of queries that were asked at once.
pub trait Together {
    /// All that they found.
    type Found;
    /// Why one of them failed.
    type Error;

    /// All of them, or the error from which the others follow.
    ///
    /// # Errors
    /// Where one failed.
    fn together(self) -> Result<Self::Found, Self::Error>;
}

macro_rules! tuples {
    ($(($($each:ident),+);)+) => {$(
        impl<Failed: Consequence, $($each),+> Together for ($(Result<$each, Failed>,)+) {
            type Found = ($($each,)+);
            type Error = Failed;

            #[allow(non_snake_case, reason = "a value is named as its type")]
            fn together(self) -> Result<Self::Found, Failed> {
                let ($($each,)+) = self;
                let causes = [$($each.as_ref().err().map(Consequence::is_consequence)),+];
                // None failed for its own sake where all of it came after something that did.
                let first = causes.iter().position(|cause| *cause == Some(false)).or_else(|| causes.iter().position(Option::is_some));
                let mut place = 0_usize..;
                $(
                    let here = place.next();
                    let $each = match $each {
                        Err(error) if here == first => return Err(error),
                        other => other,
                    };
                )+
                Ok(($($each?,)+))
            }
        }
    )+};
}

tuples! {
    (A, B);
    (A, B, C);
    (A, B, C, D, E, F);
    (A, B, C, D, E, F, G, H);
}

#[cfg(test)]
mod tests {
    use diesel::result::{DatabaseErrorKind, Error};

    use super::Together;

    fn error(message: &str) -> Result<i32, Error> {
        Err(Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new(message.to_owned())))
    }

    #[test]
    fn the_error_that_counts_is_the_one_from_which_the_others_follow() {
        let aborted = || error("current transaction is aborted, commands ignored until end of transaction block");
        let own = || error("permission denied for table documents");
        for (results, expected) in [
            ((own(), aborted(), Ok(3)), Some("permission denied for table documents")),
            ((aborted(), own(), aborted()), Some("permission denied for table documents")),
            ((Ok(1), aborted(), own()), Some("permission denied for table documents")),
            ((Ok(1), aborted(), Ok(3)), Some("current transaction is aborted, commands ignored until end of transaction block")),
            ((Ok(1), Ok(2), Ok(3)), None),
        ] {
            let failed = results.together().err().map(|error| error.to_string());
            assert_eq!(failed.as_deref(), expected);
        }
        assert_eq!((Ok::<_, Error>(1), Ok::<_, Error>("b")).together().expect("both"), (1, "b"));
    }
}
