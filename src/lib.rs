//! lawgate, a registry for the legality review (合法性审核) of China's administrative normative documents (行政规范性文件).
//!
//! Each document goes one way through four stages, `drafted` → `legality_review` → `filed` → `cleaned_up`, and none reaches a
//! meeting's agenda before its review has passed on that very text. Read [`lifecycle`] first: the rules, as pure functions.
//! Then [`documents`], the feature that the others build on; [`web`] for how a call becomes one transaction; and
//! `docs/ARCHITECTURE.md` for where everything is.

pub mod app;
pub mod base;
pub mod cleanups;
pub mod cluster;
pub mod commands;
pub mod compare;
pub mod demo;
pub mod documents;
pub mod evidence;
pub mod filings;
pub mod identity;
pub mod issuances;
pub mod journal;
pub mod lifecycle;
pub mod meetings;
pub mod metrics;
pub mod possible;
pub mod reading;
pub mod reviews;
pub mod router;
pub mod rules;
#[expect(missing_docs, reason = "generated: the comments stand in the database")]
pub mod schema;
pub mod server;
pub mod service;
pub mod settings;
pub mod setup;
pub mod standby;
pub mod upkeep;
pub mod web;
