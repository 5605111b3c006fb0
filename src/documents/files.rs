//! Original bytes of files: stored once under their SHA-256, given back identical.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use sha2::{Digest, Sha256};

use crate::reading::{self, Format};
use crate::schema::files;
use crate::web::body::Upload;
use crate::web::refusal::Refusal;

/// A file that was handed in, hashed and typed by its content.
#[derive(Clone, Debug)]
pub struct StoredFile {
    /// SHA-256 of the bytes.
    pub sha256: String,
    /// The name under which it came.
    pub name: String,
    /// Media type, told by content.
    pub media_type: &'static str,
    /// The bytes.
    pub content: Vec<u8>,
}

impl StoredFile {
    /// Hashes and types an upload.
    #[must_use]
    pub fn of(upload: Upload) -> Self {
        let media_type = reading::media_type(&upload.content);
        Self::typed(upload, media_type)
    }

    /// Hashes an upload that was read as this format.
    #[must_use]
    pub fn read_as(upload: Upload, format: Format) -> Self {
        Self::typed(upload, format.media_type())
    }

    fn typed(upload: Upload, media_type: &'static str) -> Self {
        Self { sha256: hex::encode(Sha256::digest(&upload.content)), name: upload.file_name, media_type, content: upload.content }
    }
}

/// Stores a file, unless the same bytes are there.
///
/// # Errors
/// When the database refuses.
pub async fn file_store(conn: &mut AsyncPgConnection, file: &StoredFile) -> Result<(), Refusal> {
    let size_bytes = i64::try_from(file.content.len()).map_err(Refusal::internal)?;
    diesel::insert_into(files::table)
        .values((
            files::sha256.eq(&file.sha256),
            files::size_bytes.eq(size_bytes),
            files::media_type.eq(file.media_type),
            files::content.eq(&file.content),
        ))
        .on_conflict(files::sha256)
        .do_nothing()
        .execute(conn)
        .await?;
    Ok(())
}

/// A file's media type and bytes.
///
/// # Errors
/// When there is none.
pub async fn file_fetch(conn: &mut AsyncPgConnection, sha256: &str) -> Result<(String, Vec<u8>), Refusal> {
    Ok(files::table.find(sha256).select((files::media_type, files::content)).first(conn).await?)
}
