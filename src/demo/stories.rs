//! What has happened in the demo township: one story for each document, told through the actions that a user's calls take,
//! with the bodies that a user's calls have.

use chrono::{Days, NaiveDate};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::people::People;
use super::texts::{self, Text};
use super::township::JURISDICTION;
use crate::base::ids::{CleanupId, DocumentId, FilingId, MeetingId};
use crate::cleanups;
use crate::documents::actions::{add_material, draft};
use crate::documents::files::StoredFile;
use crate::documents::show;
use crate::documents::text_input::TextInput;
use crate::filings;
use crate::issuances;
use crate::lifecycle::facts::MaterialKind;
use crate::lifecycle::profile::earliest_effective;
use crate::meetings;
use crate::reviews;
use crate::setup::SetupError;
use crate::web::body::Upload;
use crate::web::refusal::Refusal;
use crate::web::tx::Tx;

/// The town whose documents these are.
const TOWN: &str = "qinghe";
/// Who signs.
const MAYOR: &str = "何镇长";

/// Tells all stories, the longest first.
///
/// # Errors
/// Where an action refuses, which would be a fault of the story.
pub async fn tell(people: &mut People<'_>) -> Result<(), SetupError> {
    let straw = published(people, texts::STRAW, 330).await?;
    let filings = file(people, straw, people.workdays_ago(304)).await?;
    for (who, filing) in &filings {
        register(people, who, *filing, people.workdays_ago(300)).await?;
        review(people, who, *filing, people.workdays_ago(288)).await?;
    }
    clean_up(people, straw).await?;

    let streets = published(people, texts::STREETS, 46).await?;
    for (who, filing) in file(people, streets, people.workdays_ago(19)).await? {
        register(people, who, filing, people.workdays_ago(16)).await?;
        if who == "auditor" {
            review(people, who, filing, people.workdays_ago(7)).await?;
        }
    }

    let dogs = submitted(people, texts::DOGS, people.workdays_ago(21), people.workdays_ago(17)).await?;
    take_in(people, dogs, people.workdays_ago(16)).await?;
    opine(people, dogs, people.workdays_ago(5)).await?;
    let next_meeting = people.workdays_ahead(6);
    schedule(people, people.workdays_ago(4), next_meeting, "下次镇长办公会议").await?;

    let river = submitted(people, texts::RIVER, people.workdays_ago(12), people.workdays_ago(8)).await?;
    take_in(people, river, people.workdays_ago(7)).await?;

    let market = drafted(people, people.workdays_ago(3), texts::MARKET).await?;
    material(people, market, people.workdays_ago(2), MaterialKind::DraftingExplanation).await?;
    Ok(())
}

/// A body as a call would send it.
fn body<T: DeserializeOwned>(value: Value) -> Result<T, SetupError> {
    Ok(serde_json::from_value(value)?)
}

async fn drafted(people: &mut People<'_>, day: NaiveDate, text: Text) -> Result<DocumentId, SetupError> {
    let new = body(json!({"title": text.title, "document_class": "government_document", "issuing_authority": TOWN,
        "drafting_unit": text.drafting_unit, "concerns_market_entities": text.concerns_market_entities}))?;
    let input = TextInput { text: text.text.to_owned(), file: None };
    people.act("drafter", day, async |tx| draft::draft(tx, new, input).await).await
}

async fn material(people: &mut People<'_>, document: DocumentId, day: NaiveDate, kind: MaterialKind) -> Result<(), SetupError> {
    let (name, content) = texts::material(kind);
    let file = StoredFile::of(Upload { file_name: name.to_owned(), content: content.as_bytes().to_vec() });
    let new = body(json!({"kind": kind}))?;
    people.act("drafter", day, async |tx| add_material::add_material(tx, document, new, file).await.map(|_| ())).await
}

async fn submitted(people: &mut People<'_>, text: Text, drafted_on: NaiveDate, submitted_on: NaiveDate) -> Result<DocumentId, SetupError> {
    let document = drafted(people, drafted_on, text).await?;
    for kind in
        [MaterialKind::DraftingExplanation, MaterialKind::LegalBasis, MaterialKind::CommentSummary, MaterialKind::UnitLegalityOpinion]
    {
        material(people, document, submitted_on, kind).await?;
    }
    let new = body(json!({"revision": 1, "note": "材料已备齐，请予审核。"}))?;
    people.act("drafter", submitted_on, async |tx| reviews::actions::submit::submit(tx, document, new).await.map(|_| ())).await?;
    Ok(document)
}

async fn take_in(people: &mut People<'_>, document: DocumentId, day: NaiveDate) -> Result<(), SetupError> {
    let new = body(json!({"result": "accepted"}))?;
    people.act("reviewer", day, async |tx| reviews::actions::take_in::take_in(tx, document, new).await.map(|_| ())).await
}

async fn opine(people: &mut People<'_>, document: DocumentId, day: NaiveDate) -> Result<(), SetupError> {
    let new = body(json!({"revision": 1, "outcome": "lawful", "summary": "经审核，制定主体合法，内容未超越权限，程序完备，无不同意见。"}))?;
    people.act("reviewer", day, async |tx| reviews::actions::opine::opine(tx, document, new).await.map(|_| ())).await
}

async fn schedule(people: &mut People<'_>, day: NaiveDate, held_on: NaiveDate, title: &str) -> Result<MeetingId, SetupError> {
    let new = body(json!({"body": TOWN, "kind": "office_meeting", "held_on": held_on, "title": title}))?;
    people.act("secretary", day, async |tx| meetings::actions::schedule::schedule(tx, new).await).await
}

/// From the first draft to publication, beginning `begun` working days ago and taking 26 of them.
async fn published(people: &mut People<'_>, text: Text, begun: u32) -> Result<DocumentId, SetupError> {
    let at = |people: &People<'_>, after: u32| people.workdays_ago(begun.saturating_sub(after));
    let document = submitted(people, text, at(people, 0), at(people, 4)).await?;
    take_in(people, document, at(people, 5)).await?;
    opine(people, document, at(people, 12)).await?;
    let held_on = at(people, 20);
    let meeting = schedule(people, at(people, 13), held_on, "镇长办公会议").await?;
    people.act("secretary", at(people, 14), async |tx| meetings::actions::place::place(tx, meeting, document).await.map(|_| ())).await?;
    let decision = body(json!({"outcome": "approved", "minutes_no": format!("青镇办纪〔{}〕", held_on.format("%Y%m%d")),
        "attendees": [MAYOR, "周副镇长", "郑副镇长", "冯委员"], "presider": MAYOR}))?;
    people
        .act("secretary", held_on, async |tx| meetings::actions::decide::decide(tx, meeting, document, decision).await.map(|_| ()))
        .await?;
    let signed_on = at(people, 22);
    let issuance = body(json!({"signed_by": MAYOR, "signed_on": signed_on}))?;
    people.act("secretary", signed_on, async |tx| issuances::actions::issue::issue(tx, document, issuance).await).await?;
    let publication_date = at(people, 25);
    let publish = async |tx: &mut Tx<'_>| {
        let rules = tx.rules.clone();
        let earliest = earliest_effective(publication_date, rules.in_force(JURISDICTION, publication_date)?.profile);
        // As each text says of itself, 自公布之日起三十日后, and not before the profile lets it.
        let effective_date = earliest.max(publication_date.checked_add_days(Days::new(30)).unwrap_or(earliest));
        let said = body(json!({"publication_date": publication_date, "effective_date": effective_date,
            "channel": "临江县人民政府网站、镇政务公开栏"}))
        .map_err(Refusal::internal)?;
        issuances::actions::publish::publish(tx, document, said, None).await
    };
    people.act("secretary", publication_date, publish).await?;
    Ok(document)
}

/// Files with both superiors, and says who of the demo receives each filing.
async fn file(people: &mut People<'_>, document: DocumentId, day: NaiveDate) -> Result<Vec<(&'static str, FilingId)>, SetupError> {
    let call = body(json!({}))?;
    people
        .act("drafter", day, async |tx| {
            filings::actions::file::file(tx, document, call).await?;
            let made = show::filings_of(tx, document).await?;
            Ok::<_, Refusal>(
                made.into_iter()
                    .map(|filing| (if filing.target.code == "linjiang" { "county_auditor" } else { "auditor" }, filing.id))
                    .collect(),
            )
        })
        .await
}

async fn register(people: &mut People<'_>, who: &str, filing: FilingId, day: NaiveDate) -> Result<(), SetupError> {
    let call = body(json!({"result": "registered"}))?;
    people.act(who, day, async |tx| filings::actions::intake::intake(tx, filing, call).await.map(|_| ())).await
}

async fn review(people: &mut People<'_>, who: &str, filing: FilingId, day: NaiveDate) -> Result<(), SetupError> {
    let call = body(json!({"result": "passed", "findings": "主体、权限、内容、程序均符合规定。"}))?;
    people.act(who, day, async |tx| filings::actions::review::review(tx, filing, call).await.map(|_| ())).await
}

async fn clean_up(people: &mut People<'_>, document: DocumentId) -> Result<(), SetupError> {
    let (opened, proposed, decided) = (people.workdays_ago(60), people.workdays_ago(55), people.workdays_ago(40));
    let round = body(
        json!({"title": format!("青禾镇{}年规范性文件清理", decided.format("%Y")), "body": TOWN, "trigger": "periodic", "cutoff_date": opened}),
    )?;
    let round: CleanupId = people.act("auditor", opened, async |tx| cleanups::actions::open::open(tx, round).await).await?;
    let result = body(json!({"document_id": document, "result": "continued", "reason": "仍需执行，内容与现行规定相符"}))?;
    people.act("auditor", proposed, async |tx| cleanups::actions::propose::propose(tx, round, result).await.map(|_| ())).await?;
    let publication = body(json!({"minutes_no": format!("青镇办纪〔{}〕", decided.format("%Y%m%d")), "published_on": decided}))?;
    people.act("secretary", decided, async |tx| cleanups::actions::publish::publish(tx, round, publication).await).await
}
