//! The tables as diesel knows them. Generated from the migrated database; a test compares, never edited by hand.

diesel::table! {
    agenda_items (id) {
        id -> Uuid,
        meeting_id -> Uuid,
        body_id -> Uuid,
        held_on -> Date,
        meeting_status -> Text,
        document_id -> Uuid,
        revision_no -> Integer,
        revision_sha256 -> Text,
        opinion_id -> Uuid,
        opinion_no -> Integer,
        opinion_outcome -> Text,
        opinion_given_on -> Date,
        placed_by -> Uuid,
        placed_at -> Timestamptz,
        placed_on -> Date,
        entry_id -> Uuid,
        state -> Text,
        live_document_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    agenda_removals (id) {
        id -> Uuid,
        agenda_item_id -> Uuid,
        document_id -> Uuid,
        cause -> Text,
        removed_by -> Uuid,
        removed_at -> Timestamptz,
        entry_id -> Uuid,
    }
}

diesel::table! {
    bodies (id) {
        id -> Uuid,
        code -> Text,
        name -> Text,
        level -> Text,
        parent_id -> Nullable<Uuid>,
        number_prefix -> Nullable<Text>,
        may_issue -> Bool,
        review_body_id -> Nullable<Uuid>,
        jurisdiction -> Text,
        registry_first_day -> Date,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    calendar_days (day) {
        day -> Date,
        kind -> Text,
        name -> Text,
    }
}

diesel::table! {
    cleanup_outcomes (id) {
        id -> Uuid,
        cleanup_id -> Uuid,
        document_id -> Uuid,
        result_id -> Nullable<Uuid>,
        result -> Text,
        reason -> Text,
        amend_due -> Nullable<Date>,
        replaced_by -> Nullable<Uuid>,
        published_on -> Date,
        left_out -> Nullable<Text>,
        entry_id -> Uuid,
    }
}

diesel::table! {
    cleanup_publications (cleanup_id) {
        cleanup_id -> Uuid,
        minutes_no -> Text,
        published_on -> Date,
        recorded_on -> Date,
        recorded_by -> Uuid,
        recorded_at -> Timestamptz,
        profile_id -> Uuid,
        entry_id -> Uuid,
    }
}

diesel::table! {
    cleanup_results (id) {
        id -> Uuid,
        cleanup_id -> Uuid,
        document_id -> Uuid,
        result_no -> Integer,
        previous_no -> Nullable<Integer>,
        result -> Text,
        reason -> Text,
        amend_due -> Nullable<Date>,
        replaced_by -> Nullable<Uuid>,
        proposed_by -> Uuid,
        proposed_for -> Uuid,
        proposed_at -> Timestamptz,
        entry_id -> Uuid,
    }
}

diesel::table! {
    cleanups (id) {
        id -> Uuid,
        title -> Text,
        body_id -> Uuid,
        trigger -> Text,
        cutoff_date -> Date,
        law_id -> Nullable<Uuid>,
        unlisted_effect -> Text,
        lapse_if_missed -> Bool,
        opened_by -> Uuid,
        opened_for -> Uuid,
        opened_at -> Timestamptz,
        updated_at -> Timestamptz,
        entry_id -> Uuid,
    }
}

diesel::table! {
    comment_answers (comment_id) {
        comment_id -> Uuid,
        document_id -> Uuid,
        submission_id -> Uuid,
        adopted -> Text,
        reason -> Nullable<Text>,
        basis -> Nullable<Text>,
    }
}

diesel::table! {
    confirmations (id) {
        id -> Uuid,
        document_id -> Uuid,
        decision_id -> Uuid,
        decision_outcome -> Text,
        held_on -> Date,
        revision_no -> Integer,
        revision_sha256 -> Text,
        opinion_id -> Uuid,
        opinion_outcome -> Text,
        note -> Text,
        confirmed_by -> Uuid,
        confirmed_at -> Timestamptz,
        entry_id -> Uuid,
    }
}

diesel::table! {
    counsel_opinions (id) {
        id -> Uuid,
        document_id -> Uuid,
        revision_no -> Integer,
        revision_sha256 -> Text,
        counsel -> Text,
        kind -> Text,
        opinion -> Text,
        conflict_of_interest -> Bool,
        recorded_by -> Uuid,
        recorded_at -> Timestamptz,
        entry_id -> Uuid,
    }
}

diesel::table! {
    deadlines (document_id, kind, filing_key) {
        document_id -> Uuid,
        kind -> Text,
        filing_key -> Uuid,
        due_on -> Date,
        provisional -> Bool,
        start_on -> Date,
        profile_id -> Uuid,
    }
}

diesel::table! {
    decisions (id) {
        id -> Uuid,
        agenda_item_id -> Uuid,
        document_id -> Uuid,
        meeting_id -> Uuid,
        held_on -> Date,
        revision_no -> Integer,
        revision_sha256 -> Text,
        decision_no -> Integer,
        outcome -> Text,
        minutes_no -> Text,
        attendees -> Jsonb,
        presider -> Text,
        dissents -> Jsonb,
        corrects -> Nullable<Uuid>,
        reason -> Nullable<Text>,
        recorded_by -> Uuid,
        recorded_at -> Timestamptz,
        recorded_on -> Date,
        profile_id -> Uuid,
        entry_id -> Uuid,
    }
}

diesel::table! {
    documents (id) {
        id -> Uuid,
        origin -> Text,
        drafting_body_id -> Uuid,
        drafting_unit -> Text,
        created_by -> Uuid,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        revision_no -> Integer,
        revision_sha256 -> Nullable<Text>,
        title -> Nullable<Text>,
        document_class -> Nullable<Text>,
        issuing_authority_id -> Nullable<Uuid>,
        concerns_market_entities -> Nullable<Bool>,
        opinion_no -> Integer,
        opinion_outcome -> Nullable<Text>,
        opinion_revision_sha256 -> Nullable<Text>,
        submission_no -> Integer,
        stage -> Nullable<Text>,
        step -> Nullable<Text>,
        step_seq -> Integer,
        register_no -> Nullable<Text>,
        official_doc_no -> Nullable<Text>,
        signed_on -> Nullable<Date>,
        publication_date -> Nullable<Date>,
        effective_date -> Nullable<Date>,
        expiry_date -> Nullable<Date>,
        filing_no -> Nullable<Text>,
    }
}

diesel::table! {
    effect_end_voids (effect_end_id) {
        effect_end_id -> Uuid,
        reason -> Text,
        voided_at -> Timestamptz,
        entry_id -> Uuid,
    }
}

diesel::table! {
    effect_ends (id) {
        id -> Uuid,
        document_id -> Uuid,
        effect -> Text,
        from_on -> Date,
        cause -> Text,
        cause_id -> Uuid,
        recorded_at -> Timestamptz,
        entry_id -> Uuid,
    }
}

diesel::table! {
    files (sha256) {
        sha256 -> Text,
        size_bytes -> BigInt,
        media_type -> Text,
        content -> Bytea,
    }
}

diesel::table! {
    filing_changes (filing_id, seq) {
        filing_id -> Uuid,
        seq -> Integer,
        previous_seq -> Nullable<Integer>,
        from_status -> Nullable<Text>,
        action -> Text,
        status -> Text,
        at -> Timestamptz,
        day -> Date,
        entry_id -> Uuid,
        intake_id -> Nullable<Uuid>,
        supplement_id -> Nullable<Uuid>,
        review_id -> Nullable<Uuid>,
        rectification_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    filing_intakes (id) {
        id -> Uuid,
        filing_id -> Uuid,
        result -> Text,
        reason -> Nullable<Text>,
        number_id -> Nullable<Uuid>,
        auditor_id -> Uuid,
        taken_at -> Timestamptz,
        taken_on -> Date,
        profile_id -> Uuid,
        entry_id -> Uuid,
        leads_to -> Nullable<Text>,
    }
}

diesel::table! {
    filing_reviews (id) {
        id -> Uuid,
        filing_id -> Uuid,
        target_role -> Text,
        review_no -> Integer,
        previous_no -> Nullable<Integer>,
        result -> Text,
        problem_types -> Array<Text>,
        findings -> Nullable<Text>,
        due_on -> Nullable<Date>,
        due_provisional -> Nullable<Bool>,
        auditor_id -> Uuid,
        reviewed_at -> Timestamptz,
        reviewed_on -> Date,
        profile_id -> Uuid,
        entry_id -> Uuid,
        leads_to -> Nullable<Text>,
    }
}

diesel::table! {
    filing_supplements (id) {
        id -> Uuid,
        filing_id -> Uuid,
        note -> Nullable<Text>,
        file_sha256 -> Nullable<Text>,
        file_name -> Nullable<Text>,
        supplied_by -> Uuid,
        supplied_at -> Timestamptz,
        entry_id -> Uuid,
    }
}

diesel::table! {
    filing_targets (body_id, target_id) {
        body_id -> Uuid,
        target_id -> Uuid,
        role -> Text,
        ordinal -> Integer,
    }
}

diesel::table! {
    filing_transitions (from_status, action, to_status) {
        from_status -> Text,
        action -> Text,
        to_status -> Text,
    }
}

diesel::table! {
    filings (id) {
        id -> Uuid,
        document_id -> Uuid,
        publication_id -> Uuid,
        publication_date -> Date,
        body_id -> Uuid,
        target_id -> Uuid,
        role -> Text,
        filed_by -> Uuid,
        filed_at -> Timestamptz,
        filed_on -> Date,
        due_on -> Date,
        due_provisional -> Bool,
        late -> Nullable<Bool>,
        profile_id -> Uuid,
        entry_id -> Uuid,
        status -> Nullable<Text>,
        status_seq -> Integer,
        filing_no -> Nullable<Text>,
    }
}

diesel::table! {
    idempotency_keys (token_id, key) {
        token_id -> Uuid,
        key -> Text,
        fingerprint -> Text,
        status -> Integer,
        location -> Nullable<Text>,
        body -> Nullable<Text>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    intakes (id) {
        id -> Uuid,
        document_id -> Uuid,
        intake_no -> Integer,
        previous_no -> Nullable<Integer>,
        submission_id -> Uuid,
        result -> Text,
        recognition -> Text,
        concerns_market_entities -> Nullable<Bool>,
        missing -> Nullable<Jsonb>,
        reason -> Nullable<Text>,
        clock_start_on -> Nullable<Date>,
        due_on -> Nullable<Date>,
        due_provisional -> Nullable<Bool>,
        reviewer_id -> Uuid,
        body_id -> Uuid,
        taken_at -> Timestamptz,
        taken_on -> Date,
        profile_id -> Uuid,
        entry_id -> Uuid,
    }
}

diesel::table! {
    issuance_voids (id) {
        id -> Uuid,
        issuance_id -> Uuid,
        document_id -> Uuid,
        reason -> Text,
        voided_by -> Uuid,
        voided_at -> Timestamptz,
        entry_id -> Uuid,
    }
}

diesel::table! {
    issuances (id) {
        id -> Uuid,
        document_id -> Uuid,
        revision_no -> Integer,
        revision_sha256 -> Text,
        decision_id -> Uuid,
        decision_outcome -> Text,
        held_on -> Date,
        confirmation_id -> Nullable<Uuid>,
        decided_revision_no -> Nullable<Integer>,
        decided_revision_sha256 -> Nullable<Text>,
        signed_by -> Text,
        signed_on -> Date,
        register_number_id -> Uuid,
        register_kind -> Text,
        official_number_id -> Uuid,
        official_kind -> Text,
        recorded_by -> Uuid,
        recorded_at -> Timestamptz,
        recorded_on -> Date,
        profile_id -> Uuid,
        entry_id -> Uuid,
        state -> Text,
    }
}

diesel::table! {
    log_entries (id) {
        id -> Uuid,
        at -> Timestamptz,
        #[sql_name = "type"]
        type_ -> Text,
        user_id -> Nullable<Uuid>,
        body_id -> Nullable<Uuid>,
        role -> Nullable<Text>,
        token_id -> Nullable<Uuid>,
        request_id -> Nullable<Text>,
        document_id -> Nullable<Uuid>,
        subject_kind -> Text,
        subject_id -> Nullable<Uuid>,
        revision_no -> Nullable<Integer>,
        revision_sha256 -> Nullable<Text>,
        profile_id -> Nullable<Uuid>,
        data -> Jsonb,
        from_address -> Nullable<Text>,
    }
}

diesel::table! {
    log_nodes (level, index) {
        level -> Integer,
        index -> BigInt,
        hash -> Bytea,
    }
}

diesel::table! {
    log_seals (position) {
        position -> BigInt,
        follows -> Nullable<BigInt>,
        entry_id -> Uuid,
        leaf -> Bytea,
        leaf_hash -> Bytea,
    }
}

diesel::table! {
    materials (id) {
        id -> Uuid,
        document_id -> Uuid,
        kind -> Text,
        conclusion -> Nullable<Text>,
        file_sha256 -> Text,
        file_name -> Text,
        added_by -> Uuid,
        added_at -> Timestamptz,
        entry_id -> Uuid,
    }
}

diesel::table! {
    meetings (id) {
        id -> Uuid,
        body_id -> Uuid,
        kind -> Text,
        held_on -> Date,
        title -> Text,
        status -> Text,
        created_by -> Uuid,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    number_counters (body_id, kind, year) {
        body_id -> Uuid,
        kind -> Text,
        year -> Integer,
        last_serial -> Integer,
    }
}

diesel::table! {
    number_register (id) {
        id -> Uuid,
        body_id -> Uuid,
        kind -> Text,
        year -> Integer,
        serial -> Integer,
        previous_serial -> Nullable<Integer>,
        number -> Text,
        document_id -> Uuid,
        given_at -> Timestamptz,
        entry_id -> Uuid,
    }
}

diesel::table! {
    number_voids (number_id) {
        number_id -> Uuid,
        reason -> Text,
        voided_by -> Uuid,
        voided_at -> Timestamptz,
        entry_id -> Uuid,
    }
}

diesel::table! {
    opinion_comments (id) {
        id -> Uuid,
        opinion_id -> Uuid,
        document_id -> Uuid,
        ordinal -> Integer,
        article -> Text,
        problem -> Text,
        suggestion -> Text,
        basis -> Text,
    }
}

diesel::table! {
    opinions (id) {
        id -> Uuid,
        document_id -> Uuid,
        opinion_no -> Integer,
        previous_no -> Nullable<Integer>,
        revision_no -> Integer,
        revision_sha256 -> Text,
        submission_id -> Uuid,
        outcome -> Text,
        summary -> Text,
        items -> Jsonb,
        reason -> Nullable<Text>,
        corrects -> Nullable<Uuid>,
        reviewer_id -> Uuid,
        body_id -> Uuid,
        given_at -> Timestamptz,
        given_on -> Date,
        profile_id -> Uuid,
        entry_id -> Uuid,
    }
}

diesel::table! {
    publications (id) {
        id -> Uuid,
        document_id -> Uuid,
        issuance_id -> Uuid,
        issuance_state -> Text,
        revision_no -> Integer,
        revision_sha256 -> Text,
        signed_on -> Date,
        publication_date -> Date,
        effective_date -> Date,
        expiry_date -> Date,
        channel -> Text,
        short_lead_reason -> Nullable<Text>,
        file_sha256 -> Nullable<Text>,
        file_name -> Nullable<Text>,
        published_text -> Nullable<Text>,
        recorded_by -> Uuid,
        recorded_at -> Timestamptz,
        recorded_on -> Date,
        profile_id -> Uuid,
        entry_id -> Uuid,
    }
}

diesel::table! {
    rectifications (id) {
        id -> Uuid,
        filing_id -> Uuid,
        review_id -> Uuid,
        action -> Text,
        report -> Text,
        replacement_document_id -> Nullable<Uuid>,
        reported_by -> Uuid,
        reported_at -> Timestamptz,
        reported_on -> Date,
        entry_id -> Uuid,
    }
}

diesel::table! {
    registry_state (singleton) {
        singleton -> Bool,
        is_demo -> Bool,
        clock_offset_us -> BigInt,
        rules_version -> BigInt,
        cursor_secret -> Bytea,
    }
}

diesel::table! {
    revision_joint_authorities (document_id, revision_no, ordinal) {
        document_id -> Uuid,
        revision_no -> Integer,
        ordinal -> Integer,
        body_id -> Uuid,
        may_issue -> Bool,
    }
}

diesel::table! {
    revision_replaces (document_id, revision_no, replaced_id) {
        document_id -> Uuid,
        revision_no -> Integer,
        replaced_id -> Uuid,
        effect -> Text,
    }
}

diesel::table! {
    revisions (document_id, revision_no) {
        document_id -> Uuid,
        revision_no -> Integer,
        previous_no -> Nullable<Integer>,
        revision_sha256 -> Text,
        title -> Text,
        document_class -> Text,
        issuing_authority_id -> Uuid,
        issuer_may_issue -> Bool,
        concerns_market_entities -> Bool,
        text -> Text,
        file_sha256 -> Nullable<Text>,
        file_name -> Nullable<Text>,
        note -> Nullable<Text>,
        authored_by -> Uuid,
        created_at -> Timestamptz,
        entry_id -> Uuid,
    }
}

diesel::table! {
    rule_profiles (id) {
        id -> Uuid,
        jurisdiction -> Text,
        name -> Text,
        first_day -> Date,
        last_day -> Nullable<Date>,
        rules -> Jsonb,
        imported_at -> Timestamptz,
    }
}

diesel::table! {
    signing_keys (key_id) {
        key_id -> Text,
        algorithm -> Text,
        public_key -> Bytea,
        introduced_at -> Timestamptz,
        introduced_by -> Nullable<Text>,
        signature -> Nullable<Bytea>,
        entry_id -> Uuid,
    }
}

diesel::table! {
    stage_changes (document_id, seq) {
        document_id -> Uuid,
        seq -> Integer,
        previous_seq -> Nullable<Integer>,
        stage -> Text,
        step_seq -> Integer,
        at -> Timestamptz,
        entry_id -> Uuid,
    }
}

diesel::table! {
    stages (stage) {
        stage -> Text,
        ordinal -> Integer,
    }
}

diesel::table! {
    step_changes (document_id, seq) {
        document_id -> Uuid,
        seq -> Integer,
        previous_seq -> Nullable<Integer>,
        from_stage -> Nullable<Text>,
        from_step -> Nullable<Text>,
        action -> Text,
        stage -> Text,
        step -> Text,
        at -> Timestamptz,
        entry_id -> Uuid,
        submission_id -> Nullable<Uuid>,
        intake_id -> Nullable<Uuid>,
        opinion_id -> Nullable<Uuid>,
        agenda_item_id -> Nullable<Uuid>,
        agenda_removal_id -> Nullable<Uuid>,
        decision_id -> Nullable<Uuid>,
        confirmation_id -> Nullable<Uuid>,
        issuance_id -> Nullable<Uuid>,
        issuance_void_id -> Nullable<Uuid>,
        publication_id -> Nullable<Uuid>,
        filing_id -> Nullable<Uuid>,
        cleanup_outcome_id -> Nullable<Uuid>,
        withdrawal_id -> Nullable<Uuid>,
        revision_no -> Nullable<Integer>,
        cleared_outcome -> Nullable<Text>,
        decided_outcome -> Nullable<Text>,
        cleaned_result -> Nullable<Text>,
        intake_result -> Nullable<Text>,
        opined_outcome -> Nullable<Text>,
    }
}

diesel::table! {
    step_transitions (from_stage, from_step, action, to_stage, to_step) {
        from_stage -> Text,
        from_step -> Text,
        action -> Text,
        to_stage -> Text,
        to_step -> Text,
    }
}

diesel::table! {
    steps (stage, step) {
        stage -> Text,
        step -> Text,
    }
}

diesel::table! {
    submission_materials (submission_id, material_id) {
        submission_id -> Uuid,
        material_id -> Uuid,
        document_id -> Uuid,
    }
}

diesel::table! {
    submissions (id) {
        id -> Uuid,
        document_id -> Uuid,
        submission_no -> Integer,
        previous_no -> Nullable<Integer>,
        revision_no -> Integer,
        revision_sha256 -> Text,
        kind -> Text,
        note -> Nullable<Text>,
        urgent_reason -> Nullable<Text>,
        urgent_basis -> Nullable<Text>,
        submitted_by -> Uuid,
        submitted_at -> Timestamptz,
        submitted_on -> Date,
        profile_id -> Uuid,
        entry_id -> Uuid,
    }
}

diesel::table! {
    tokens (id) {
        id -> Uuid,
        user_id -> Uuid,
        body_id -> Uuid,
        name -> Text,
        token_sha256 -> Text,
        created_at -> Timestamptz,
        expires_at -> Nullable<Timestamptz>,
        revoked_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    tree_heads (tree_size) {
        tree_size -> BigInt,
        root_hash -> Bytea,
        at -> Timestamptz,
        key_id -> Text,
        signature -> Bytea,
    }
}

diesel::table! {
    unsealed_acts (act) {
        act -> BigInt,
        first_entry_id -> Uuid,
        commit_order -> Nullable<BigInt>,
        key_id -> Nullable<Text>,
        endorsement -> Nullable<Bytea>,
        doubted_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    unsealed_entries (entry_id) {
        entry_id -> Uuid,
        act -> BigInt,
        seq -> BigInt,
    }
}

diesel::table! {
    unsealed_rows (act, seq) {
        act -> BigInt,
        seq -> BigInt,
        entry_id -> Nullable<Uuid>,
        table_name -> Text,
        row_key -> Text,
        digest -> Nullable<Bytea>,
        replaced -> Nullable<Bytea>,
    }
}

diesel::table! {
    user_roles (user_id, body_id, role) {
        user_id -> Uuid,
        body_id -> Uuid,
        role -> Text,
    }
}

diesel::table! {
    users (id) {
        id -> Uuid,
        login -> Text,
        name -> Text,
        created_at -> Timestamptz,
        disabled_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    withdrawals (id) {
        id -> Uuid,
        document_id -> Uuid,
        reason -> Text,
        withdrawn_by -> Uuid,
        withdrawn_at -> Timestamptz,
        entry_id -> Uuid,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    agenda_items,
    agenda_removals,
    bodies,
    calendar_days,
    cleanup_outcomes,
    cleanup_publications,
    cleanup_results,
    cleanups,
    comment_answers,
    confirmations,
    counsel_opinions,
    deadlines,
    decisions,
    documents,
    effect_end_voids,
    effect_ends,
    files,
    filing_changes,
    filing_intakes,
    filing_reviews,
    filing_supplements,
    filing_targets,
    filing_transitions,
    filings,
    idempotency_keys,
    intakes,
    issuance_voids,
    issuances,
    log_entries,
    log_nodes,
    log_seals,
    materials,
    meetings,
    number_counters,
    number_register,
    number_voids,
    opinion_comments,
    opinions,
    publications,
    rectifications,
    registry_state,
    revision_joint_authorities,
    revision_replaces,
    revisions,
    rule_profiles,
    signing_keys,
    stage_changes,
    stages,
    step_changes,
    step_transitions,
    steps,
    submission_materials,
    submissions,
    tokens,
    tree_heads,
    unsealed_acts,
    unsealed_entries,
    unsealed_rows,
    user_roles,
    users,
    withdrawals,
);
