//! Proof that the log says what it said. A sealer gives committed entries their positions and hashes them into a tree, together
//! with the digests of the rows that their acts wrote; the head of the tree is signed.

pub mod digests;
pub mod head;
pub mod http;
pub mod keys;
pub mod leaf;
pub mod seal;
pub mod sealer;
pub mod store;
pub mod tree;
pub mod verify;
pub mod waiting;
pub mod wire;
