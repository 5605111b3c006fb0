//! Tests of the file reader through its public face: one binary, so that it links once.
//!
//! Most files are built in memory; those of the shared corpus are read where they are present.

#![allow(missing_docs, unreachable_pub, reason = "helpers of a test binary are no public interface")]

mod compound;
mod corpus;
mod doc;
mod doc_support;
mod docx;
mod fuzz;
mod hostile;
mod numbering;
mod odt;
mod outcomes;
mod pdf;
mod pdf_columns;
mod pdf_files;
mod pdf_hostile;
mod pdf_margins;
mod pdf_support;
mod support;
mod text;

use lawgate::reading as reader;
