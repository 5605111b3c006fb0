//! A large answer, handed to the connection piece by piece and for a bounded time, so that a caller who reads slowly or not at
//! all costs its share of a bounded memory and nobody else's. A caller who reads nothing any more is the socket's to give up.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use actix_web::body::{BodySize, MessageBody};
use actix_web::web::Bytes;

use super::memory::Held;

/// From this size on an answer is paced.
pub const LARGE_BYTES: usize = 256 * 1024;
/// What is handed over at once.
const PIECE_BYTES: usize = 64 * 1024;
/// How long a caller may take to read an answer: as long as one to send it.
pub const PATIENCE: Duration = super::body::BODY_PATIENCE;

/// The answer that is being read.
#[derive(Debug)]
pub struct Paced {
    left: Bytes,
    deadline: Instant,
    _held: Held,
}

impl Paced {
    /// Paces what is held in memory meanwhile.
    #[must_use]
    pub fn new(bytes: Bytes, held: Held, patience: Duration) -> Self {
        Self { left: bytes, deadline: Instant::now() + patience, _held: held }
    }
}

/// Why an answer broke off.
#[derive(Debug, thiserror::Error)]
#[error("the caller took too long to read the answer")]
pub struct TooSlow;

impl MessageBody for Paced {
    type Error = TooSlow;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.left.len() as u64)
    }

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, TooSlow>>> {
        if self.left.is_empty() {
            return Poll::Ready(None);
        }
        if Instant::now() >= self.deadline {
            return Poll::Ready(Some(Err(TooSlow)));
        }
        let count = self.left.len().min(PIECE_BYTES);
        Poll::Ready(Some(Ok(self.left.split_to(count))))
    }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::task::{Context, Poll, Waker};
    use std::time::Duration;

    use actix_web::body::MessageBody;
    use actix_web::web::Bytes;

    use super::{PIECE_BYTES, Paced};
    use crate::web::memory::Budget;

    static BUDGET: Budget = Budget::of(1);

    fn next(paced: &mut Paced) -> Option<Result<Bytes, super::TooSlow>> {
        match Pin::new(paced).poll_next(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(next) => next,
            Poll::Pending => panic!("it has all that it will have"),
        }
    }

    #[test]
    fn the_pieces_are_the_whole() {
        let whole: Vec<u8> = (0..PIECE_BYTES * 2 + 5).map(|n| u8::try_from(n % 251).expect("small")).collect();
        let mut paced = Paced::new(whole.clone().into(), BUDGET.hold(), Duration::from_secs(60));
        let mut read = Vec::new();
        while let Some(piece) = next(&mut paced) {
            read.extend_from_slice(&piece.expect("in time"));
        }
        assert_eq!(read, whole);
    }

    #[test]
    fn a_caller_who_takes_too_long_is_given_up() {
        let mut paced = Paced::new(Bytes::from_static(b"text"), BUDGET.hold(), Duration::ZERO);
        assert!(next(&mut paced).is_some_and(|piece| piece.is_err()));
    }
}
