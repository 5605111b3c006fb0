//! The catalogue of problems: every stable `code` with its status and its title in both languages.
//! A problem that is not listed here cannot be answered; the service prints this list at `/api/docs/problems`.

/// One kind of problem.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// Stable word by which programs tell problems apart.
    pub code: &'static str,
    /// HTTP status.
    pub status: u16,
    /// Title in Chinese.
    pub zh: &'static str,
    /// Title in English.
    pub en: &'static str,
}

macro_rules! kinds {
    ($($name:ident = $code:literal, $status:literal, $zh:literal, $en:literal;)+) => {
        $(#[doc = $en] pub const $name: &Kind = &Kind { code: $code, status: $status, zh: $zh, en: $en };)+
        /// Every kind there is.
        pub const ALL: &[&Kind] = &[$($name),+];
    };
}

kinds! {
    // What may be answered to any call.
    UNAUTHENTICATED = "unauthenticated", 401, "请先登录", "Sign in first";
    NOT_FOUND = "not_found", 404, "没有找到", "Not found";
    FORBIDDEN = "forbidden", 403, "无权进行此操作", "Not allowed";
    METHOD_NOT_ALLOWED = "method_not_allowed", 405, "不支持这种请求方法", "Method not allowed";
    NOT_ACCEPTABLE = "not_acceptable", 406, "无法按所要求的格式答复", "Not acceptable";
    BAD_REQUEST = "bad_request", 400, "请求无法解析", "The request cannot be parsed";
    MALFORMED_BODY = "malformed_body", 400, "请求正文无法解析", "The body cannot be parsed";
    UNKNOWN_QUERY_PARAMETER = "unknown_query_parameter", 400, "查询参数不被支持", "Unknown query parameter";
    BAD_QUERY_PARAMETER = "bad_query_parameter", 400, "查询参数的值不正确", "Bad query parameter";
    BAD_CURSOR = "bad_cursor", 400, "翻页标记无效", "Bad cursor";
    BAD_HEADER = "bad_header", 400, "请求头的值不正确", "Bad header";
    INVALID_INPUT = "invalid_input", 422, "提交的内容不符合要求", "The input is not as required";
    REQUEST_TIMEOUT = "request_timeout", 408, "提交的内容传送超时", "The body took too long to arrive";
    PAYLOAD_TOO_LARGE = "payload_too_large", 413, "提交的内容过大", "The body is too large";
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type", 415, "不支持这种内容类型", "Unsupported media type";
    UNSUPPORTED_FILE = "unsupported_file", 415, "不支持这种文件", "Unsupported file";
    UNREADABLE_FILE = "unreadable_file", 422, "文件无法读取", "The file cannot be read";
    PRECONDITION_FAILED = "precondition_failed", 412, "内容已被更改，请重新读取", "Changed meanwhile; read it again";
    PRECONDITION_REQUIRED = "precondition_required", 428, "请带上 If-Match", "If-Match is required";
    IDEMPOTENCY_KEY_REUSED = "idempotency_key_reused", 422, "同一个幂等键不能用于不同的内容", "The key was used with another body";
    IDEMPOTENCY_KEY_IN_FLIGHT = "idempotency_key_in_flight", 409, "同一个幂等键的请求正在处理", "The first request with this key is still running";
    TOO_MANY_REQUESTS = "too_many_requests", 429, "请求过于频繁", "Too many requests";
    UNAVAILABLE = "unavailable", 503, "服务暂时不可用", "Temporarily unavailable";
    STORAGE_FULL = "storage_full", 503, "存储空间已满", "The storage is full";
    OUTCOME_UNKNOWN = "outcome_unknown", 503, "操作结果尚不确定", "It is not known whether it was done";
    INTERNAL = "internal", 500, "服务内部错误", "Internal error";
    // The procedure.
    WRONG_STEP = "wrong_step", 409, "文件所处的步骤不允许此操作", "Not possible at this step";
    GATE_CLOSED = "gate_closed", 409, "未通过合法性审核关口", "The gate is closed";
    REVISION_NOT_CURRENT = "revision_not_current", 409, "所指的文本版本不是当前版本", "Not the current revision";
    TEXT_FIXED = "text_fixed", 409, "此项内容在本步骤不得更改", "Fixed at this step";
    ALREADY_FILED = "already_filed", 409, "已向该机关报备", "Already filed there";
    NUMBERING_CLOSED = "numbering_closed", 409, "该编号序列不能再使用", "This run of numbers is closed";
    MEETING_CANCELLED = "meeting_cancelled", 409, "会议已取消", "The meeting was cancelled";
    CLEANUP_PUBLISHED = "cleanup_published", 409, "清理结果已经公布", "The round has been published";
    NOTHING_TO_PUBLISH = "nothing_to_publish", 409, "本轮清理还没有任何结果", "The round has no result yet";
    DOCUMENT_FINAL = "document_final", 409, "文件已经终结", "The document is final";
    CLOCK_BACKWARDS = "clock_backwards", 409, "演示时钟只能向前拨", "The clock moves forward only";
    NO_PROFILE = "no_profile", 409, "该地区当日没有适用的规则", "No rule profile for that place and day";
    AUTHOR_CANNOT_REVIEW = "author_cannot_review", 403, "起草文本的人不得审核", "An author does not review";
    FILER_CANNOT_REVIEW = "filer_cannot_review", 403, "报备人不得办理自己报备的文件", "Who filed does not register or review it";
    BEYOND_POWERS = "beyond_powers", 403, "超出本机关的职权", "Beyond the powers of this body";
    // Values that break a rule.
    MISSING = "missing", 422, "缺少必填项", "Missing";
    UNKNOWN_FIELD = "unknown_field", 422, "没有这一项", "Unknown field";
    WRONG_TYPE = "wrong_type", 422, "类型不对", "Wrong type";
    NOT_AN_OPTION = "not_an_option", 422, "不在可选值之内", "Not one of the options";
    TOO_SHORT = "too_short", 422, "太短", "Too short";
    TOO_LONG = "too_long", 422, "太长", "Too long";
    TOO_MANY = "too_many", 422, "太多", "Too many";
    OUT_OF_RANGE = "out_of_range", 422, "超出范围", "Out of range";
    BAD_FORMAT = "bad_format", 422, "格式不对", "Bad format";
    BLANK = "blank", 422, "不能为空白", "Blank";
    BAD_CHARACTER = "bad_character", 422, "含有不能存储的字符", "Contains a character that cannot be stored";
    DUPLICATE = "duplicate", 422, "重复", "Given twice";
    TEXT_OR_FILE = "text_or_file", 422, "请提供 text 或 file 之一", "Give either text or file";
    UNKNOWN_BODY = "unknown_body", 422, "没有这个机关", "No such body";
    UNKNOWN_DOCUMENT = "unknown_document", 422, "没有这份文件", "No such document";
    NOT_AN_ISSUER = "not_an_issuer", 422, "该机关无权制定规范性文件", "This body may not issue";
    NOT_THE_ISSUER = "not_the_issuer", 422, "不是同一制定机关已公布的文件", "Not a published document of the same issuer";
    NO_REVIEW_BODY = "no_review_body", 422, "制定机关没有指定审核机构", "The issuer has no review body";
    SAME_TEXT = "same_text", 422, "文本没有改动", "The same text";
    ADOPTED_BUT_TEXT_UNCHANGED = "adopted_but_text_unchanged", 422, "称已采纳意见但文本没有改动", "Adopted, but the text is unchanged";
    COMMENTS_UNANSWERED = "comments_unanswered", 422, "还有审核意见没有答复", "Comments are unanswered";
    UNKNOWN_COMMENT = "unknown_comment", 422, "没有这条待答复的意见", "No such unanswered comment";
    REASON_REQUIRED = "reason_required", 422, "需要说明理由", "A reason is required";
    NOTE_REQUIRED = "note_required", 422, "需要作出说明", "A note is required";
    MATERIALS_MISSING = "materials_missing", 422, "送审材料不齐", "Materials are missing";
    COMMENTS_REQUIRED = "comments_required", 422, "须列明意见", "At least one comment is required";
    RECOGNITION_MISMATCH = "recognition_mismatch", 422, "认定与处理结果不符", "Recognition and result do not fit";
    CONCLUSION_MISMATCH = "conclusion_mismatch", 422, "结论只能也必须随公平竞争审查结论提交", "A conclusion goes with that kind only";
    UNKNOWN_DECISION = "unknown_decision", 422, "没有这条可更正的决定", "No such decision to correct";
    DATE_IN_FUTURE = "date_in_future", 422, "日期不得晚于今天", "Not after today";
    DATE_BEFORE_ACT = "date_before_act", 422, "日期早于所依据的行为", "Before the act that it follows";
    RETROACTIVE = "retroactive", 422, "施行日期早于公布日期", "Effective before publication";
    LEAD_TOO_SHORT = "lead_too_short", 422, "公布至施行的间隔过短", "Too short between publication and effect";
    VALIDITY_TOO_LONG = "validity_too_long", 422, "有效期超过上限", "Validity too long";
    EXPIRY_BEFORE_EFFECT = "expiry_before_effect", 422, "失效日期早于施行日期", "Expires before taking effect";
    PUBLISHED_TEXT_DIFFERS = "published_text_differs", 422, "公布文本与审议通过的文本不一致", "The published text differs";
    UNKNOWN_TARGET = "unknown_target", 422, "不是本机关的报备对象", "Not a filing target of this body";
    NO_FILING_TARGET = "no_filing_target", 422, "制定机关没有报备对象", "The issuer has no filing target";
    DUE_ON_MISMATCH = "due_on_mismatch", 422, "整改期限只随要求纠正的结果提出", "due_on goes with a result that asks for a correction";
    REPLACEMENT_NOT_RELATED = "replacement_not_related", 422, "替代文件与本文件不相关", "The replacement does not replace this document";
    NOT_IN_ROUND = "not_in_round", 422, "文件不在本轮清理范围内", "Not in the scope of this round";
    AMEND_DUE_REQUIRED = "amend_due_required", 422, "修改须有期限，且仅限修改", "amend_due goes with amendment_ordered only";
    DATE_TOO_EARLY = "date_too_early", 422, "日期过早", "Too early";
    DATE_OUT_OF_RANGE = "date_out_of_range", 422, "日期超出可用范围", "Outside the usable range of dates";
}

/// Why the gate is closed, in the words of the public contract. These are reasons within `gate_closed`, not problems of their own.
pub const GATE_REASONS: &[&str] = &[
    "never_submitted",
    "awaiting_intake",
    "under_review",
    "no_opinion",
    "opinion_stale",
    "unlawful",
    "comments_unanswered",
    "materials_missing",
    "fair_competition_missing",
    "fair_competition_negative",
    "counsel_opinion_missing",
    "withdrawn",
    "out_of_scope",
    "supplement_requested",
    "amendment_required",
    "already_on_agenda",
    "already_decided",
    "wrong_body",
    "meeting_before_opinion",
    "meeting_too_early",
    "meeting_already_held",
    "meeting_cancelled",
];

#[cfg(test)]
mod tests {
    use super::{ALL, GATE_REASONS};
    use crate::lifecycle::gate::GateReason;

    #[test]
    fn every_reason_of_the_gate_is_in_the_catalogue() {
        let reasons: Vec<&str> = GateReason::ALL.iter().map(|reason| reason.as_str()).collect();
        assert_eq!(reasons, GATE_REASONS);
    }

    #[test]
    fn every_code_occurs_once_and_is_snake_case() {
        let mut codes: Vec<_> = ALL.iter().map(|kind| kind.code).collect();
        codes.sort_unstable();
        let count = codes.len();
        codes.dedup();
        assert_eq!(codes.len(), count);
        assert!(codes.iter().all(|code| code.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_')));
    }
}
