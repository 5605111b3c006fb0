//! The program as it is shipped, over a socket, with nothing but the public contract: the whole path of one document, killed
//! and started again on the way, and two instances on one database, one of them killed. `LAWGATE_BIN` names the binary; without it the one that cargo built for this test is taken.

#![allow(missing_docs, unreachable_pub, reason = "helpers of a test binary are no public interface")]

mod client;
mod instances;
mod program;
mod whole_path;
