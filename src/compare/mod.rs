//! Comparison of two texts of one normative document.
//!
//! [`articles`] cuts a text into its articles and other pieces, [`diff`]
//! aligns the pieces of two texts and says what changed, [`html`] and [`docx`]
//! show that to people, and [`published`] answers another question: whether a
//! published text is the approved one.
//!
//! Everything here is a pure function of its arguments: no I/O, no clock. The
//! time needed is bounded by the size of the texts, whatever they contain.
//! This module does not read files, find citations or judge content.

mod align;
pub mod articles;
pub mod diff;
pub mod docx;
pub mod html;
mod labels;
mod lines;
mod marks;
mod pairs;
pub mod published;
mod segments;
mod visible;

#[cfg(test)]
mod tests;
