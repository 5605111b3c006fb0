//! Signing, unified numbering and publication (签发, 统一登记, 统一编号, 公布).

pub mod http;
