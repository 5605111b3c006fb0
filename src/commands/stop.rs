//! The wish to stop, from SIGTERM or SIGINT: known from the first moment of a long-running command, so that each of its steps
//! can end in order. A second signal ends the program at once.

use std::io;
use std::sync::mpsc;
use std::thread;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use super::Failure;
use super::database::on_runtime;
use crate::base::said::Said;

/// Why a long-running command ended before it served.
#[derive(Debug)]
pub enum Early {
    /// It was told to: exit status 0.
    Stopped,
    /// Something failed.
    Failed(Failure),
}

impl From<Failure> for Early {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl Early {
    /// What a command says that is not done where it was told to stop.
    #[must_use]
    pub fn into_failure(self) -> Failure {
        match self {
            Self::Stopped => Failure::failed(Said::fixed("已按要求中止，没有留下任何东西", "told to stop; nothing is left behind")),
            Self::Failed(failure) => failure,
        }
    }

    /// What the command answers.
    ///
    /// # Errors
    /// The failure, if it was one.
    pub fn into_answer(self) -> Result<(), Failure> {
        match self {
            Self::Stopped => Ok(()),
            Self::Failed(failure) => Err(failure),
        }
    }
}

/// Whether the program has been told to stop.
#[derive(Clone, Debug)]
pub struct Stop {
    wanted: watch::Receiver<bool>,
}

impl Stop {
    /// Listens for SIGTERM and SIGINT from now on, in a thread of its own.
    ///
    /// # Errors
    /// When the system refuses the handlers or the thread.
    pub fn on_signals() -> Result<Self, Failure> {
        let refused = |error: io::Error| Failure::because(&Said::fixed("无法接收停止信号", "signals to stop cannot be received"), &error);
        let (tell, wanted) = watch::channel(false);
        let (listening, heard) = mpsc::channel();
        thread::Builder::new().name("signals".into()).spawn(move || listen(&tell, &listening)).map_err(refused)?;
        heard.recv().unwrap_or_else(|gone| Err(io::Error::other(gone))).map_err(refused)?;
        Ok(Self { wanted })
    }

    /// Whether it has been told by now.
    #[must_use]
    pub fn is_wanted(&self) -> bool {
        *self.wanted.borrow()
    }

    /// Waits until it is told.
    pub async fn told(&self) {
        let mut wanted = self.wanted.clone();
        if wanted.wait_for(|wanted| *wanted).await.is_err() {
            // The thread that listens ends with the program only.
            std::future::pending::<()>().await;
        }
    }

    /// Runs one step of a start, and gives it up when the program is told to stop. What the step did in an open transaction
    /// is undone with its connection.
    ///
    /// # Errors
    /// The step's own failure, or [`Early::Stopped`].
    pub fn unless_told<T>(&self, step: impl Future<Output = Result<T, Failure>>) -> Result<T, Early> {
        on_runtime(self.or_told(step))?
    }

    /// As [`Stop::unless_told`], where there is a runtime already.
    ///
    /// # Errors
    /// As [`Stop::unless_told`].
    pub async fn or_told<T>(&self, step: impl Future<Output = Result<T, Failure>>) -> Result<T, Early> {
        tokio::select! {
            biased;
            () = self.told() => Err(Early::Stopped),
            done = step => done.map_err(Early::Failed),
        }
    }
}

fn listen(tell: &watch::Sender<bool>, listening: &mpsc::Sender<io::Result<()>>) {
    let signals = || -> io::Result<(tokio::runtime::Runtime, Signal, Signal)> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
        let entered = runtime.enter();
        let (terminate, interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        drop(entered);
        Ok((runtime, terminate, interrupt))
    };
    // The starter waits for the word, so that sending it cannot fail.
    let (runtime, mut terminate, mut interrupt) = match signals() {
        Ok(ready) => {
            let _ = listening.send(Ok(()));
            ready
        }
        Err(error) => {
            let _ = listening.send(Err(error));
            return;
        }
    };
    runtime.block_on(async {
        either(&mut terminate, &mut interrupt).await;
        tracing::info!("stopping: what is in flight is finished; another signal stops at once");
        tell.send_replace(true);
        let number = either(&mut terminate, &mut interrupt).await;
        tracing::warn!("stopping at once");
        // The server of a private cluster is told by the system that its parent is gone, and shuts down.
        std::process::exit(128 + number);
    });
}

/// Waits for either signal and gives its number.
async fn either(terminate: &mut Signal, interrupt: &mut Signal) -> i32 {
    tokio::select! {
        _ = terminate.recv() => SignalKind::terminate().as_raw_value(),
        _ = interrupt.recv() => SignalKind::interrupt().as_raw_value(),
    }
}
