//! Issuances: signing with gapless numbers, voiding, and publication.

mod numbering;
mod publication;
