//! The event feed: a page of it, or all that comes as server-sent events.

use std::convert::Infallible;
use std::time::Duration;

use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream;
use serde::Deserialize;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};
use utoipa::{IntoParams, OpenApi};

use super::feed::{self, Placed};
use super::wire::{Event, Events};
use crate::web::call::{Answer, Call, Ctx};
use crate::web::cursor::page_limit;
use crate::web::reply::Reply;

/// The operations of this module.
#[derive(OpenApi)]
#[openapi(paths(events, stream))]
pub struct Api;

/// How long a stream is silent at most, so that nobody on the way takes it for dead.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How often a stream with nothing new asks whether the service stops.
const LISTEN: Duration = Duration::from_secs(1);
/// How many events one look puts into a stream.
const STREAMED_AT_ONCE: i64 = 200;

/// Where a page of the feed begins and how long it is.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct After {
    /// The last position that the caller has; from the beginning where it is left out.
    pub after: Option<u32>,
    /// Items per page; 50 by default, over 200 is read as 200.
    #[serde(default, deserialize_with = "crate::web::query::limit")]
    pub limit: Option<u32>,
}

/// Where a stream begins.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StreamAfter {
    /// The last position that the caller has; from the beginning where it is left out. `Last-Event-ID` goes before it.
    pub after: Option<u32>,
}

/// Read the event feed
///
/// The log's entries that the caller may read, in the order of the commits. A reader that asks after its last `next` misses nothing
/// and sees nothing twice, whatever was running at the time; an entry has its position within a second of its commit.
#[utoipa::path(get, path = "/api/v1/events", tag = "evidence", params(After),
    responses((status = 200, description = "The events", body = Events)))]
pub async fn events(ctx: Ctx) -> Answer {
    let call = ctx.signed_in().await?;
    let wanted: After = call.query()?;
    let limit = page_limit(wanted.limit)?;
    call.show_on_primary(async |tx| {
        let page = feed::page(tx, wanted.after.map(i64::from), limit).await?;
        Reply::ok(&Events { items: page.entries.into_iter().map(Event::of).collect(), next: page.next })
    })
    .await
}

/// Follow the event feed
///
/// The same as server-sent events, for as long as the caller stays and their token holds. Each has its position as its `id`, so
/// that a reader that was cut off goes on where it was.
#[utoipa::path(get, path = "/api/v1/events/stream", tag = "evidence", params(StreamAfter),
    responses((status = 200, description = "The events, one behind another", body = Event, content_type = "text/event-stream")))]
pub async fn stream(ctx: Ctx, request: HttpRequest) -> Answer {
    let call = ctx.signed_in().await?;
    let wanted: StreamAfter = call.query()?;
    let last = request.headers().get("last-event-id").and_then(|value| value.to_str().ok()).and_then(|value| value.trim().parse().ok());
    let reader = Reader { after: last.or(wanted.after).map(i64::from), sizes: call.app.sealer.sizes(), call };
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/event-stream"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .streaming(stream::unfold(reader, |reader| reader.next())))
}

/// Somebody who follows the feed.
struct Reader {
    call: Call,
    after: Option<i64>,
    sizes: watch::Receiver<u64>,
}

impl Reader {
    /// What comes next, once it has come; `None` at the end of the stream. Whoever comes back is told the reason.
    async fn next(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        let silent_since = Instant::now();
        loop {
            if self.call.app.stopping.is_begun() {
                return None;
            }
            // What was there before the look is looked at; what comes later is word for the next one.
            self.sizes.mark_unchanged();
            self.call = self.call.renewed().await.ok()?;
            let page = self.call.look(async |tx| feed::page(tx, self.after, STREAMED_AT_ONCE).await).await.ok()?;
            let is_further = page.next != self.after;
            self.after = page.next;
            if !page.entries.is_empty() {
                let events: Option<Vec<String>> = page.entries.into_iter().map(written).collect();
                return Some((Ok(Bytes::from(events?.concat())), self));
            }
            if is_further {
                continue;
            }
            // The word that the service stops comes through nothing that could be waited for here.
            while !self.call.app.stopping.is_begun() && timeout(LISTEN, self.sizes.changed()).await.is_err() {
                if silent_since.elapsed() >= HEARTBEAT {
                    return Some((Ok(Bytes::from_static(b": nothing new\n\n")), self));
                }
            }
        }
    }
}

fn written(entry: Placed) -> Option<String> {
    let event = Event::of(entry);
    let data = serde_json::to_string(&event).ok()?;
    Some(format!("id: {}\nevent: {}\ndata: {data}\n\n", event.position, event.entry_type))
}
