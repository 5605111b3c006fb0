//! Numbers, gapless per body, kind and year. Writers of one run queue on its counter row until their transaction ends, so
//! that a number taken by an act that fails is given to the next one, and none is skipped.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use super::wire::{NumberEntry, NumberKind, NumberVoid};
use crate::base::db::refused_by;
use crate::base::ids::{BodyId, DocumentId, EntryId, NumberId};
use crate::base::said::Said;
use crate::identity::bodies::Body;
use crate::lifecycle::profile::NumberFormat;
use crate::schema::{number_counters, number_register, number_voids};
use crate::web::kind;
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// The next number of a body's run, given to a document. Where one act takes several, it takes them in the order of
/// [`NumberKind`], and all of them after its locks on documents.
///
/// # Errors
/// 409 `numbering_closed` where a number as it would be written was given before, by a body that had the same prefix.
pub async fn give(
    tx: &mut Tx<'_>,
    body: &Body,
    kind: NumberKind,
    year: i32,
    format: &NumberFormat,
    (document, entry): (DocumentId, EntryId),
) -> Result<(NumberId, String), Refusal> {
    let serial: i32 = diesel::insert_into(number_counters::table)
        .values((
            number_counters::body_id.eq(body.id),
            number_counters::kind.eq(kind),
            number_counters::year.eq(year),
            number_counters::last_serial.eq(1),
        ))
        .on_conflict((number_counters::body_id, number_counters::kind, number_counters::year))
        .do_update()
        .set(number_counters::last_serial.eq(number_counters::last_serial + 1))
        .returning(number_counters::last_serial)
        .get_result(tx.conn)
        .await?;
    let id = NumberId::new();
    let number = format.render(body.prefix(), year, u32::try_from(serial).map_err(Refusal::internal)?);
    diesel::insert_into(number_register::table)
        .values((
            number_register::id.eq(id),
            number_register::body_id.eq(body.id),
            number_register::kind.eq(kind),
            number_register::year.eq(year),
            number_register::serial.eq(serial),
            number_register::number.eq(&number),
            number_register::document_id.eq(document),
            number_register::given_at.eq(tx.now),
            number_register::entry_id.eq(entry),
        ))
        .execute(tx.conn)
        .await
        .map_err(
            |error| {
                if refused_by(&error) == Some("number_register_number_unique") { given_before(&number) } else { Refusal::from(error) }
            },
        )?;
    Ok((id, number))
}

fn given_before(number: &str) -> Refusal {
    Refusal::new(
        kind::NUMBERING_CLOSED,
        Said::new(
            format!("编号 {number} 已经用过，请管理员核对本机关的代字。"),
            format!("The number {number} was given before; an administrator checks this body's prefix."),
        ),
    )
    .with("number", number.into())
}

/// A page of a body's register in the order of giving.
///
/// # Errors
/// When the database refuses.
pub async fn numbers_page(
    tx: &mut Tx<'_>,
    body: BodyId,
    (kind, year): (Option<NumberKind>, Option<i32>),
    after: Option<NumberId>,
    limit: i64,
) -> Result<Vec<NumberEntry>, Refusal> {
    type Row = (NumberId, NumberKind, i32, i32, String, DocumentId, DateTime<Utc>, Option<(String, DateTime<Utc>)>);
    let mut query = number_register::table
        .left_join(number_voids::table.on(number_voids::number_id.eq(number_register::id)))
        .filter(number_register::body_id.eq(body))
        .select((
            number_register::id,
            number_register::kind,
            number_register::year,
            number_register::serial,
            number_register::number,
            number_register::document_id,
            number_register::given_at,
            (number_voids::reason, number_voids::voided_at).nullable(),
        ))
        .order(number_register::id)
        .limit(limit)
        .into_boxed();
    if let Some(kind) = kind {
        query = query.filter(number_register::kind.eq(kind));
    }
    if let Some(year) = year {
        query = query.filter(number_register::year.eq(year));
    }
    if let Some(after) = after {
        query = query.filter(number_register::id.gt(after));
    }
    let rows: Vec<Row> = query.load(tx.conn).await?;
    Ok(rows
        .into_iter()
        .map(|(id, kind, year, serial, number, document_id, given_at, void)| NumberEntry {
            id,
            kind,
            year,
            serial,
            number,
            document_id,
            given_at,
            void: void.map(|(reason, voided_at)| NumberVoid { reason, voided_at }),
        })
        .collect())
}
