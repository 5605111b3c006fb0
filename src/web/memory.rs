//! How much memory large bodies may take together, those that arrive and those that are being read by callers.
//! What one body may take is bounded elsewhere; this bounds many at once.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::refusal::Refusal;

/// What bodies that arrive may take together.
pub static ARRIVING: Budget = Budget::of(256 * 1024 * 1024);
/// What answers that callers have not read yet may take together.
pub static LEAVING: Budget = Budget::of(256 * 1024 * 1024);

/// A sum that must not grow beyond a bound.
#[derive(Debug)]
pub struct Budget {
    held_bytes: AtomicUsize,
    bytes_max: usize,
}

impl Budget {
    /// A budget of so many bytes.
    #[must_use]
    pub const fn of(bytes_max: usize) -> Self {
        Self { held_bytes: AtomicUsize::new(0), bytes_max }
    }

    /// Nothing yet, to be grown.
    #[must_use]
    pub const fn hold(&'static self) -> Held {
        Held { budget: self, bytes: 0 }
    }
}

/// A part of a budget, given back when dropped.
#[derive(Debug)]
pub struct Held {
    budget: &'static Budget,
    bytes: usize,
}

impl Held {
    /// Takes so many bytes more.
    ///
    /// # Errors
    /// 503 when others hold too much already; then nothing was taken.
    pub fn grow(&mut self, bytes: usize) -> Result<(), Refusal> {
        let max = self.budget.bytes_max;
        let fits = |held: usize| held.checked_add(bytes).filter(|sum| *sum <= max);
        match self.budget.held_bytes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits) {
            Ok(_) => {
                self.bytes += bytes;
                Ok(())
            }
            Err(held) => Err(Refusal::crowded(format!("{held} of {max} bytes are held by large bodies"))),
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.budget.held_bytes.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::Budget;

    #[test]
    fn what_was_given_back_can_be_taken_and_no_more_than_there_is() {
        static BUDGET: Budget = Budget::of(10);
        let (mut one, mut other) = (BUDGET.hold(), BUDGET.hold());
        assert!(one.grow(6).is_ok() && other.grow(4).is_ok());
        assert!(other.grow(1).is_err());
        drop(one);
        assert!(other.grow(6).is_ok() && other.grow(1).is_err());
    }
}
