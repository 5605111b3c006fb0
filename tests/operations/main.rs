//! What happens when something around the service fails, tried with the real program: the database, the network, the disk, the
//! connections, the clients. And what it says of itself meanwhile: health, figures, log.

#![allow(missing_docs, unreachable_pub, reason = "helpers of a test binary are no public interface")]

mod disk;
mod exhaustion;
mod feed;
mod figures;
mod http;
mod logs;
mod outages;
#[path = "../commands/program.rs"]
#[allow(dead_code, reason = "shared with the tests of the command line, which use all of it")]
mod program;
mod proxy;
mod registry;
mod shutdown;
mod slow;
mod standby;
mod streaming;
