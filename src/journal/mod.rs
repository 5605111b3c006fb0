//! The append-only log (操作日志): every action writes its entry in its own transaction. The timeline reads it.
//! Nothing here changes or deletes an entry; the database refuses it too.

pub mod entry;
pub mod feed;
pub mod http;
pub mod store;
pub mod wire;
