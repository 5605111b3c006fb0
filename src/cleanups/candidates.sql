-- The candidates of a round, each with all its reasons. $1 body, $2 cut-off date, $3 today, $4 months before expiry,
-- $5 whether the round looks at every document, $6 the round, $7 the id after which the page begins, $8 limit.
SELECT d.id, d.title, d.official_doc_no, d.drafting_unit, d.stage, d.step, e.effect, d.publication_date, d.effective_date, d.expiry_date,
       r.reasons, p.result AS proposed
  FROM documents d
 CROSS JOIN LATERAL (SELECT effect_on(d.id, $3) AS effect) e
  LEFT JOIN LATERAL (SELECT o.result, o.amend_due FROM cleanup_outcomes o
                      WHERE o.document_id = d.id AND o.left_out IS NULL ORDER BY o.id DESC LIMIT 1) last ON true
  LEFT JOIN LATERAL (SELECT c.result FROM cleanup_results c
                      WHERE c.cleanup_id = $6 AND c.document_id = d.id ORDER BY c.result_no DESC LIMIT 1) p ON true
 CROSS JOIN LATERAL (SELECT EXISTS (SELECT 1 FROM effect_ends x WHERE x.document_id = d.id AND x.cause = 'replacement'
                        AND NOT EXISTS (SELECT 1 FROM effect_end_voids v WHERE v.effect_end_id = x.id)) AS replaced) s
 CROSS JOIN LATERAL (SELECT array_remove(ARRAY[
        CASE WHEN $5 AND e.effect IN ('not_yet_effective', 'in_force') THEN 'in_scope' END,
        CASE WHEN e.effect IN ('not_yet_effective', 'in_force', 'lapsed')
              AND (d.expiry_date - make_interval(months => $4))::date <= $3 THEN 'validity_ends' END,
        CASE WHEN s.replaced THEN 'replaced' END,
        CASE WHEN NOT EXISTS (SELECT 1 FROM filings f WHERE f.document_id = d.id) THEN 'issued_not_filed' END,
        CASE WHEN EXISTS (SELECT 1 FROM filings f
                            JOIN LATERAL (SELECT v.result FROM filing_reviews v WHERE v.filing_id = f.id ORDER BY v.review_no DESC LIMIT 1) v
                              ON v.result IN ('self_correction', 'ordered_correction', 'revoked')
                           WHERE f.document_id = d.id) THEN 'adverse_filing_result' END,
        CASE WHEN last.result = 'amendment_ordered' AND last.amend_due < $3 AND NOT s.replaced THEN 'amendment_missed' END
        ]::text[], NULL) AS reasons) r
 WHERE d.issuing_authority_id = $1 AND d.publication_date <= $2
   AND d.step NOT IN ('repealed', 'declared_lapsed')
   AND (last.result IS NULL OR last.result NOT IN ('repealed', 'declared_lapsed'))
   AND ($7 IS NULL OR d.id > $7)
   AND cardinality(r.reasons) > 0
 ORDER BY d.id
 LIMIT $8
