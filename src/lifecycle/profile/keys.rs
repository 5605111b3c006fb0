//! The keys of a rule profile: names, types, what each accepts and what each means. The only place where a key is added.
//! Values come from files; none stands here.

use chrono::NaiveDate;

use super::number_format::NumberFormat;
use super::shapes::{Copies, Count, CountOrNone, DayList, Flag, Format, Span, Word, Words, YearlyDay};
use super::sourced::{Entry, Sourced};
use super::values::{
    DayType, FilingClockStart, FilingCopies, LeadDayMode, MaterialKind, MonthDay, RuleValue, UnlistedEffect, ValidityFrom,
};
use crate::base::workdays::{Period, RollOver};

/// For whom and when a profile holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) jurisdiction: String,
    pub(super) name: String,
    pub(super) first_day: Sourced<NaiveDate>,
    pub(super) last_day: Option<Sourced<NaiveDate>>,
}

/// Writes for every key the field, the getter, the entry and the reading, which differ in nothing but name and type.
macro_rules! rule_keys {
    ($($(#[$doc:meta])* $key:ident: $type:ty = $shape:expr;)+) => {
        /// The rules of a jurisdiction for a time, as values with sources.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct RuleProfile {
            header: Header,
            $($key: Sourced<$type>,)+
        }

        /// What could be read of a profile so far.
        pub(super) struct Draft {
            pub(super) header: Option<Header>,
            $(pub(super) $key: Option<Sourced<$type>>,)+
        }

        impl Draft {
            /// Reads every key; `reader` collects the problems.
            pub(super) fn read(header: Option<Header>, reader: &mut super::parse::Reader<'_>) -> Self {
                Self { header, $($key: reader.sourced(stringify!($key), &$shape),)+ }
            }

            /// The profile, if every key could be read.
            pub(super) fn finish(self) -> Option<RuleProfile> {
                Some(RuleProfile { header: self.header?, $($key: self.$key?,)+ })
            }
        }

        impl RuleProfile {
            /// The names of all keys, in the order of [`Self::entries`].
            pub const KEYS: &'static [&'static str] = &[$(stringify!($key),)+];

            $($(#[$doc])*
            #[must_use]
            pub fn $key(&self) -> <$type as RuleValue>::View<'_> {
                self.$key.value.view()
            })+

            /// Every key with its value as text, its source and its mark.
            pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
                [$(entry(stringify!($key), &self.$key),)+].into_iter()
            }

            /// Every key as it is stored.
            pub(super) fn values(&self) -> impl Iterator<Item = (&'static str, serde_json::Value)> {
                [$((stringify!($key), super::parse::sourced_to_json(&self.$key)),)+].into_iter()
            }

            /// What a key accepts, in Chinese and English, for the guide to writing profiles.
            pub fn accepted() -> impl Iterator<Item = (&'static str, super::Accepted)> {
                [$((stringify!($key), accepted_by::<$type>(&$shape)),)+].into_iter()
            }
        }
    };
}

rule_keys! {
    /// Fewest working days between complete materials and the meeting (N2 item 5: normally 5 `[F]`).
    legality_review_min_workdays: u16 = Count(0..=60);
    /// Most working days from complete materials to the opinion (N2 item 5: 15 `[F]`).
    legality_review_max_workdays: u16 = Count(1..=90);
    /// Fewest working days for the review of a major decision (N3 art 26: normally 7 `[F]`).
    decision_review_min_workdays: u16 = Count(0..=60);
    /// Working days in which the reviewer takes a submission in: accepts it, asks for supplements or finds it out of
    /// scope. No rule was found; the value is a choice `[I]`.
    intake_workdays: u16 = Count(1..=30);
    /// Whether the review clock stands still while the drafter supplements `[O]`.
    clock_stops_on_supplement: bool = Flag;
    /// The time for supplements (SC7 art 39, for decisions `[X]`).
    supplement_days: Period = Span(1..=90);
    /// Materials without which a submission is incomplete.
    materials_required: Vec<MaterialKind> = Words;
    /// Further materials where market entities are concerned.
    materials_required_market: Vec<MaterialKind> = Words;
    /// Whether the gate also asks for a counsel's opinion (N20: where counsel must be heard `[X]`).
    counsel_opinion_required: bool = Flag;
    /// Whether acts of high consequence need a second person.
    second_confirmation_required: bool = Flag;
    /// Whether system, security and audit administrators must be three persons.
    separate_administrators_required: bool = Flag;
    /// Fewest calendar days of public comment on documents that concern business (N15 art 62 `[F]`).
    public_comment_min_days: u16 = Count(0..=180);
    /// Fewest calendar days of public comment on major decisions (N3 art 15 `[F]`).
    decision_public_comment_min_days: u16 = Count(0..=180);
    /// Whether documents that concern market entities need a fair competition review (N4, since 2024-08-01 `[F]`).
    fair_competition_required: bool = Flag;
    /// How an official document number (发文字号) is written.
    number_format: NumberFormat = Format;
    /// How a register number (登记号) is written.
    register_no_format: NumberFormat = Format;
    /// How a filing number (备案号) is written.
    filing_no_format: NumberFormat = Format;
    /// The time from signature to publication (N16 art 26: 20 working days `[F]`).
    publication_days: Period = Span(1..=365);
    /// The time from publication to the policy interpretation (other cities `[X]`).
    interpretation_days: Period = Span(1..=365);
    /// Fewest calendar days from publication to effect (N14 art 32 `[F]`); sooner needs a reason.
    min_lead_days: u16 = Count(0..=365);
    /// Which day "N日后" is.
    lead_day_mode: LeadDayMode = Word;
    /// Longest validity in years.
    validity_max_years: u16 = Count(1..=50);
    /// Longest validity in years of a document whose title says 暂行 or 试行.
    validity_interim_max_years: u16 = Count(1..=50);
    /// Longest validity in years of a 通告, where a rule sets one.
    announcement_validity_max_years: Option<u16> = CountOrNone(1..=50);
    /// From which day a validity is counted.
    validity_from: ValidityFrom = Word;
    /// How many months before its expiry a document is evaluated.
    pre_expiry_review_months: u16 = Count(0..=60);
    /// The time for filing; [`Self::filing_day_type`] says of which days.
    filing_days: u16 = Count(1..=365);
    /// Whether [`Self::filing_days`] are calendar or working days.
    filing_day_type: DayType = Word;
    /// From which day the time for filing runs.
    filing_clock_start: FilingClockStart = Word;
    /// Copies of each part of a filing on paper.
    filing_copies: FilingCopies = Copies;
    /// The time for the form check of a filing.
    filing_intake_days: Period = Span(1..=365);
    /// The time for mending a suspended filing.
    filing_suspend_cure_days: Period = Span(1..=365);
    /// The time for the substantive review of a filing.
    filing_review_days: Period = Span(1..=365);
    /// By how much that time can be extended.
    filing_review_extension_days: Period = Span(1..=365);
    /// The time for rectification after a filing review.
    rectification_days: Period = Span(1..=365);
    /// The time for revoking after rectification failed.
    revoke_days_after_failure: Period = Span(1..=365);
    /// The time for answering a citizen's review suggestion (15 to 60 elsewhere).
    suggestion_reply_days: Period = Span(15..=60);
    /// By which day of the year the catalogue of last year's documents is due.
    catalogue_due: MonthDay = YearlyDay;
    /// Years between periodic clean-ups.
    cleanup_interval_years: u16 = Count(1..=20);
    /// What happens to documents that a clean-up does not list, unless the round says otherwise.
    unlisted_effect: UnlistedEffect = Word;
    /// The time for filing a major penalty (SC9 `[X]`).
    penalty_filing_days: Period = Span(1..=365);
    /// From how many yuan a citizen's fine is major (SC9 `[X]`).
    penalty_threshold_citizen: u32 = Count(1..=100_000_000);
    /// From how many yuan an organisation's fine is major (SC9 `[X]`).
    penalty_threshold_org: u32 = Count(1..=100_000_000);
    /// Whether a last day that is a rest day moves to the next working day; see [`Self::roll_over`].
    roll_over_last_day: bool = Flag;
    /// Local rest days besides the national ones (N19 art 4 `[F]`); give them to
    /// [`crate::base::workdays::Calendar::with_local_rest_days`].
    local_rest_days: Vec<NaiveDate> = DayList;
}

impl RuleProfile {
    /// The code of the jurisdiction, e.g. `sichuan`.
    #[must_use]
    pub fn jurisdiction(&self) -> &str {
        &self.header.jurisdiction
    }

    /// The Chinese name of the profile.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.header.name
    }

    /// The first day on which it holds.
    #[must_use]
    pub fn first_day(&self) -> NaiveDate {
        self.header.first_day.value
    }

    /// The last day on which it holds; `None` while no end is set.
    #[must_use]
    pub fn last_day(&self) -> Option<NaiveDate> {
        self.header.last_day.as_ref().map(|day| day.value)
    }

    /// Whether it holds on a day.
    #[must_use]
    pub fn covers(&self, day: NaiveDate) -> bool {
        self.first_day() <= day && self.last_day().is_none_or(|last_day| day <= last_day)
    }

    /// One key's value as text, source and mark; `None` if there is no such key.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<Entry<'_>> {
        self.entries().find(|entry| entry.key == key)
    }

    /// [`Self::roll_over_last_day`] as the calendar wants it.
    #[must_use]
    pub fn roll_over(&self) -> RollOver {
        if self.roll_over_last_day() { RollOver::Yes } else { RollOver::No }
    }

    /// [`Self::filing_days`] with [`Self::filing_day_type`].
    #[must_use]
    pub fn filing_period(&self) -> Period {
        match self.filing_day_type() {
            DayType::Calendar => Period::Days(self.filing_days()),
            DayType::Working => Period::Workdays(self.filing_days()),
        }
    }

    pub(super) fn header(&self) -> &Header {
        &self.header
    }

    pub(super) fn header_mut(&mut self) -> &mut Header {
        &mut self.header
    }
}

fn entry<'a, T: RuleValue>(key: &'static str, sourced: &'a Sourced<T>) -> Entry<'a> {
    Entry { key, value: sourced.value.text(), source: &sourced.source, mark: sourced.mark }
}

fn accepted_by<T>(shape: &impl super::shapes::Shape<T>) -> super::Accepted {
    shape.accepted()
}
