//! Work that keeps a processor busy, on a thread of its own, so that those that answer go on answering.

use std::sync::LazyLock;

use tokio::sync::Semaphore;

use super::refusal::Refusal;

/// Places for such work. The worst file takes half a gigabyte before it is refused, so that there are not as many as there are
/// callers; more than the processors can work on gains nothing.
static PLACES: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(2, |count| count.get().clamp(2, 4))));

/// Does it when a place is free. A caller who leaves does not end it; the place is its own until it is done.
///
/// # Errors
/// When its thread fails.
pub async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
    within(&PLACES, work).await
}

async fn within<T: Send + 'static>(places: &'static Semaphore, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
    let place = places.acquire().await.map_err(Refusal::internal)?;
    actix_web::web::block(move || {
        let _place = place;
        work()
    })
    .await
    .map_err(Refusal::internal)
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::sync::LazyLock;
    use std::sync::mpsc;
    use std::task::{Context, Poll, Waker};

    use tokio::sync::Semaphore;

    use super::within;

    #[actix_web::test]
    async fn a_caller_who_leaves_does_not_make_room_for_another() {
        static ONE: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(1));
        let (release, released) = mpsc::channel::<()>();
        let (over, is_over) = mpsc::channel();
        let mut left = Box::pin(within(&ONE, move || {
            let _ = released.recv();
            let _ = over.send(());
        }));
        assert!(left.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        drop(left);
        assert_eq!(ONE.available_permits(), 0, "the work goes on, and so does its place");
        let mut next = Box::pin(within(&ONE, move || is_over.try_recv().is_ok()));
        assert!(matches!(next.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Pending));
        let _ = release.send(());
        assert_eq!(next.await.ok(), Some(true), "the next begins when the one before is over");
    }
}
